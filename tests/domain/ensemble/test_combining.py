import math

import pytest

from asxos.domain.ensemble import ConflictStrategy, EnsembleRule, combine
from asxos.domain.signals import ModelOutput, SignalType, Thresholds

T, RULE = Thresholds(), EnsembleRule()


def said(symbol: str, ml_prob: float, mean: float = 0.0, ends: tuple[float, float] | None = None) -> ModelOutput:
    return ModelOutput(symbol, SignalType.HOLD, 0.5, mean, 1, 0.0, ml_prob, ends)


def only(members: dict[str, float], weights: dict[str, float], rule: EnsembleRule = RULE) -> ModelOutput:
    return combine({model: [said("BHP.AX", p)] for model, p in members.items()}, weights, rule, T)[0]


def test_probabilities_returns_and_intervals_are_combined_by_weight() -> None:
    # given two models at weights 0.6 and 0.4
    members = {"a": [said("BHP.AX", 0.60, 0.02, (-0.1, 0.2))], "b": [said("BHP.AX", 0.50, 0.01, (-0.2, 0.1))]}
    found = combine(members, {"a": 0.6, "b": 0.4}, RULE, T)[0]
    # then by hand: 0.36 + 0.20 = 0.56; 0.012 + 0.004 = 0.016; -0.06 - 0.08 = -0.14; 0.12 + 0.04 = 0.16
    assert found.ml_prob == pytest.approx(0.56)
    assert found.expected_return == pytest.approx(0.016)
    # the deviation is sqrt(0.6 x 0.04^2 + 0.4 x 0.06^2) = 0.04899, and the ends are apart
    # sqrt(1 + 0.04899^2 x 2 pi) = 1.00751 times 0.30
    assert found.disagreement == pytest.approx(0.04899, abs=1e-5)
    assert found.interval == pytest.approx((-0.14 - 0.00113, 0.16 + 0.00113), abs=1e-5)
    assert found.score == pytest.approx(math.log(0.56 / 0.44))
    assert (found.signal, found.confidence, found.note) == (SignalType.BUY, found.ml_prob, None)


def test_weights_are_rescaled_over_the_members_that_have_the_share_and_the_note_names_the_absent() -> None:
    members = {"a": [said("BHP.AX", 0.6)], "b": [said("CBA.AX", 0.4)]}
    found = {output.symbol: output for output in combine(members, {"a": 0.3, "b": 0.1}, RULE, T)}
    assert found["BHP.AX"].ml_prob == 0.6
    assert found["BHP.AX"].note == "without b"
    assert (found["CBA.AX"].note, found["CBA.AX"].interval) == ("without a", None)


def test_a_member_without_weight_has_no_voice() -> None:
    assert only({"a": 0.6, "b": 0.1}, {"a": 0.5, "b": 0.0}).ml_prob == 0.6
    assert only({"a": 0.6, "b": 0.1}, {"a": 0.5}).note is None


def test_a_lone_member_cannot_disagree() -> None:
    found = combine({"a": [said("BHP.AX", 0.6, 0.0, (-0.1, 0.1))], "b": []}, {"a": 0.5, "b": 0.5}, RULE, T)[0]
    assert (found.disagreement, found.interval, found.note) == (None, (-0.1, 0.1), "without b")


def test_an_interval_is_of_the_members_that_give_one() -> None:
    members = {"a": [said("BHP.AX", 0.6, 0.0, (-0.1, 0.2))], "b": [said("BHP.AX", 0.6)]}
    assert combine(members, {"a": 0.2, "b": 0.8}, RULE, T)[0].interval == (-0.1, 0.2)


def test_a_note_on_the_whole_ranking_comes_first() -> None:
    members = {"a": [said("BHP.AX", 0.5)], "b": []}
    assert (
        combine(members, {"a": 1, "b": 1}, RULE, T, "the baselines speak")[0].note == "the baselines speak; without b"
    )


def test_a_strong_minority_cannot_carry_a_label_against_the_majority() -> None:
    # given 0.4 x 0.80 + 0.6 x 0.45 = 0.59, yet only 40 % of the weight is above one half
    found = only({"a": 0.80, "b": 0.45}, {"a": 0.4, "b": 0.6})
    assert found.ml_prob == pytest.approx(0.59)
    assert (found.signal, found.note) == (SignalType.HOLD, "held: members agree by 40% of weight, 50% needed")
    assert found.confidence == pytest.approx(0.59)


def test_a_label_below_the_least_confidence_is_held() -> None:
    rule = EnsembleRule(min_confidence=0.6)
    assert only({"a": 0.55}, {"a": 1}, rule).note == "held: confidence 0.550 is below 0.6"
    assert only({"a": 0.39}, {"a": 1}, rule).signal is SignalType.STRONG_SELL
    assert only({"a": 0.45}, {"a": 1}, rule).signal is SignalType.HOLD
    assert only({"a": 0.45}, {"a": 1}).signal is SignalType.SELL


@pytest.mark.parametrize("strategy", [ConflictStrategy.MEAN_PROBABILITY, ConflictStrategy.STACKED])
def test_a_mean_probability_asks_for_no_agreement_but_for_confidence(strategy: ConflictStrategy) -> None:
    rule = EnsembleRule(strategy, min_agreement=1.0, min_confidence=0.58)
    assert only({"a": 0.80, "b": 0.45}, {"a": 0.4, "b": 0.6}, rule).signal is SignalType.BUY
    assert only({"a": 0.75, "b": 0.45}, {"a": 0.4, "b": 0.6}, rule).note == "held: confidence 0.570 is below 0.58"


def test_unanimous_holds_on_any_dissent() -> None:
    rule = EnsembleRule(ConflictStrategy.UNANIMOUS, min_agreement=0.0)
    weights = {"a": 0.7, "b": 0.2, "c": 0.1}
    assert only({"a": 0.7, "b": 0.7, "c": 0.49}, weights, rule).signal is SignalType.HOLD
    assert only({"a": 0.7, "b": 0.7, "c": 0.51}, weights, rule).signal is SignalType.STRONG_BUY


def test_both_reasons_are_told() -> None:
    members = {"a": [said("BHP.AX", 0.55)], "b": [said("CBA.AX", 0.5)]}
    rule = EnsembleRule(min_confidence=0.6)
    found = {o.symbol: o.note for o in combine(members, {"a": 0.5, "b": 0.5}, rule, T)}
    assert found == {"BHP.AX": "without b; held: confidence 0.550 is below 0.6", "CBA.AX": "without a"}


def test_the_order_does_not_depend_on_the_order_given() -> None:
    outputs = [said("C.AX", 0.5), said("A.AX", 0.5), said("B.AX", 0.6)]
    ordered = [combine({"a": given}, {"a": 1.0}, RULE, T) for given in (outputs, outputs[::-1])]
    assert ordered[0] == ordered[1]
    assert [(o.symbol, o.rank) for o in ordered[0]] == [("B.AX", 1), ("A.AX", 2), ("C.AX", 3)]


def test_certainty_has_a_finite_score() -> None:
    assert math.isfinite(only({"a": 1.0}, {"a": 1}).score)
