import polars as pl
import pytest

from asxos.domain.bars.jumps import judge_jumps
from tests.domain.bars.factories import series

WORDS = "ARH"


def verdict(closes: list[float], adjusted: list[float] | None = None, stored: list[int] | None = None) -> str:
    """One letter a bar: Accepted, Released, Held."""
    frame = series({1: closes}).with_columns(
        adjusted=pl.Series(adjusted or closes, dtype=pl.Float64),
        is_stored=pl.Series([bool(s) for s in stored or [0] * len(closes)], dtype=pl.Boolean),
    )
    return "".join(WORDS[code] for code in judge_jumps(frame))


@pytest.mark.parametrize(
    ("closes", "expected"),
    [
        ([10, 11, 12], "AAA"),
        ([10, 15, 15.2], "ARA"),
        ([10, 5, 5.1], "ARA"),
        ([10, 14.4, 10], "AAA"),
        ([10, 15], "AH"),
        ([10, 100, 10.1], "AHA"),
        ([10, 1, 10], "AHA"),
        ([10, 100, 10, 100, 10], "AHAHA"),
        ([10, 100, 30, 31], "AHRA"),
        ([10, 100, 1_000, 10], "AHHA"),
        ([10, 100, 1_000], "AHH"),
    ],
)
def test_a_jump_is_held_until_the_next_session_confirms_its_level(closes: list[float], expected: str) -> None:
    assert verdict(closes) == expected


def test_one_tick_of_a_share_at_a_tenth_of_a_cent_is_no_jump() -> None:
    assert verdict([0.001, 0.002, 0.001]) == "AAA"
    assert verdict([0.001, 0.003, 0.001]) == "AAA"
    assert verdict([0.001, 0.004, 0.001]) == "AHA"


def test_a_move_that_a_corporate_action_explains_is_no_jump() -> None:
    # ten for one: 100 becomes 10, adjusted it was 10 before
    assert verdict([100, 101, 10.2], adjusted=[10, 10.1, 10.2]) == "AAA"


def test_ticks_are_counted_on_the_price_as_traded() -> None:
    # 0.001 to 0.002 before a consolidation 100:1 is 0.10 to 0.20 adjusted, and still one tick
    assert verdict([0.001, 0.002, 0.001], adjusted=[0.1, 0.2, 0.1]) == "AAA"


def test_a_stored_bar_is_never_held_and_confirms_the_one_before_it() -> None:
    assert verdict([10, 100, 10], stored=[1, 1, 1]) == "AAA"
    assert verdict([10, 100, 101], stored=[1, 0, 1]) == "ARA"
    assert verdict([10, 100, 1_000, 1_001], stored=[1, 0, 1, 1]) == "AHAA"


def test_the_first_bar_of_a_security_is_not_compared_with_another_security() -> None:
    frame = series({1: [10.0], 2: [100.0, 10.0]})
    frame = frame.with_columns(adjusted="close", is_stored=pl.lit(value=False))
    assert judge_jumps(frame).tolist() == [0, 0, 2]


def test_no_bars_get_no_verdict() -> None:
    assert verdict([]) == ""
