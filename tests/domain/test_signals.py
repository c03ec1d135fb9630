import math

import pytest

from asxos.domain.signals import ModelOutput, SignalType, Thresholds, confidence_of, label_of, noted, ranked

T = Thresholds()


def output(symbol: str, ml_prob: float = 0.5, score: float = 0.0) -> ModelOutput:
    return ModelOutput(symbol, SignalType.HOLD, 0.5, 0.0, 1, score, ml_prob)


def test_a_note_on_all_outputs_comes_before_their_own() -> None:
    own = ModelOutput("BHP.AX", SignalType.HOLD, 0.5, 0.0, 1, note="without b")
    assert [o.note for o in noted([output("A.AX"), own], "challenger")] == ["challenger", "challenger; without b"]
    assert noted([own], None) == [own]


@pytest.mark.parametrize(
    ("ml_prob", "label"),
    [
        (1.0, "STRONG_BUY"),
        (0.60, "STRONG_BUY"),
        (0.5999, "BUY"),
        (0.53, "BUY"),
        (0.5299, "HOLD"),
        (0.5, "HOLD"),
        (0.4701, "HOLD"),
        (0.47, "SELL"),
        (0.4001, "SELL"),
        (0.40, "STRONG_SELL"),
        (0.0, "STRONG_SELL"),
    ],
)
def test_a_probability_on_a_threshold_gets_the_stronger_label(ml_prob: float, label: str) -> None:
    assert label_of(ml_prob, T) == label


def test_confidence_is_the_probability_of_the_side_named_so_a_certain_sell_is_near_one() -> None:
    assert confidence_of(0.62, SignalType.STRONG_BUY) == 0.62
    assert confidence_of(0.05, SignalType.STRONG_SELL) == 0.95
    assert confidence_of(0.48, SignalType.HOLD) == confidence_of(0.52, SignalType.HOLD) == 0.52


def test_thresholds_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="must rise"):
        Thresholds(strong_buy=0.5, buy=0.6)


def test_ranks_go_by_probability_then_score_then_symbol() -> None:
    given = [output("D.AX", 0.5, 1), output("B.AX", 0.6, 0), output("C.AX", 0.5, 2), output("A.AX", 0.5, 1)]
    assert [(o.symbol, o.rank) for o in ranked(given)] == [("B.AX", 1), ("C.AX", 2), ("A.AX", 3), ("D.AX", 4)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"confidence": 1.01}, "confidence must be in"),
        ({"ml_prob": math.nan}, "ml_prob must be in"),
        ({"expected_return": math.inf}, "must be finite"),
        ({"score": math.nan}, "must be finite"),
        ({"rank": 0}, "rank counts from 1"),
        ({"interval": (0.1, -0.1)}, "from low to high"),
    ],
)
def test_an_output_with_an_impossible_number_is_refused(change: dict[str, object], message: str) -> None:
    fields = {"symbol": "BHP.AX", "signal": SignalType.BUY, "confidence": 0.5, "expected_return": 0.0, "rank": 1}
    with pytest.raises(ValueError, match=f"BHP.AX: .*{message}"):
        ModelOutput(**{**fields, **change})  # pyright: ignore[reportArgumentType]
