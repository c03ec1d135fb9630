import polars as pl
import pytest

from asxos.domain.bars.quotes import quotes
from tests.domain.bars.factories import series


def quoted(closes: list[float], volume: int = 1_000) -> dict[str, object]:
    frame = series({1: closes}).with_columns(adjusted="close", volume=pl.lit(volume))
    return quotes(frame).row(0, named=True)


def test_a_quote_shows_the_last_close_its_change_and_the_median_turnover() -> None:
    quote = quoted([10.0, 11.0, 12.1])
    assert (quote["close"], quote["turnover_20"]) == (12.1, 11_000)
    assert quote["change"] == pytest.approx(0.1)


def test_the_spark_line_runs_from_lowest_to_highest_of_thirty_closes() -> None:
    assert quoted([1.0, 2.0, 3.0])["spark"] == "0Uz"
    assert len(str(quoted([float(n) for n in range(1, 32)])["spark"])) == 30
    assert quoted([5.0, 5.0])["spark"] == "VV"


def test_a_first_bar_has_no_change() -> None:
    assert quoted([5.0])["change"] is None


def test_the_thirty_first_bar_only_serves_the_change() -> None:
    assert str(quoted([100.0] + [1.0] * 29 + [2.0])["spark"])[-1] == "z"


def test_no_bars_make_no_quotes() -> None:
    assert quotes(series({1: []}).with_columns(adjusted="close")).height == 0
