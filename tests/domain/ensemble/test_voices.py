from asxos.domain.ensemble import Standing, voices
from asxos.domain.ensemble.voices import ALL_SPEAK, BASELINES_SPEAK


def standing(model: str, weight: float, *, champion: bool = False, baseline: bool = False) -> Standing:
    return Standing(model, weight, champion, baseline)


def test_only_champions_speak_by_their_weights_rescaled() -> None:
    found = voices([standing("a", 0.5), standing("b", 0.375, champion=True), standing("c", 0.125, champion=True)])
    assert (found.weights, found.note) == ({"b": 0.75, "c": 0.25}, None)


def test_without_a_champion_the_baselines_speak_and_it_is_said() -> None:
    found = voices([standing("a", 0.5), standing("ridge", 0.0, baseline=True), standing("m", 0.0, baseline=True)])
    assert (found.weights, found.note) == ({"ridge": 0.5, "m": 0.5}, BASELINES_SPEAK)


def test_a_champion_without_weight_does_not_silence_the_rest() -> None:
    found = voices([standing("a", 0.5), standing("ridge", 0.0, champion=True, baseline=True)])
    assert (found.weights, found.note) == ({"ridge": 1.0}, BASELINES_SPEAK)


def test_without_champions_and_baselines_all_speak() -> None:
    found = voices([standing("a", 0.3), standing("b", 0.1), standing("c", 0.0)])
    assert (found.weights, found.note) == ({"a": 0.3 / 0.4, "b": 0.1 / 0.4}, ALL_SPEAK)
