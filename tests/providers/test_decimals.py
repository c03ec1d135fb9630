import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from asxos.providers.decimals import shortest_decimals


@given(st.lists(st.integers(1, 9_999_999), min_size=1), st.integers(2, 4))
def test_a_price_of_seven_digits_survives_float32(digits: list[int], decimals: int) -> None:
    prices = pl.Series([number / 10**decimals for number in digits])
    assert shortest_decimals(prices.cast(pl.Float32)).to_list() == prices.to_list()


def test_a_price_of_a_tenth_of_a_cent_is_exact() -> None:
    assert shortest_decimals(pl.Series([0.235, 50.605, 7633.4, 0.001], dtype=pl.Float32)).to_list() == [
        0.235,
        50.605,
        7633.4,
        0.001,
    ]


def test_float32_widened_by_a_vendor_is_mended_and_true_float64_is_not_touched() -> None:
    assert shortest_decimals(pl.Series([17.850000381469727, 1 / 3])).to_list() == [17.85, 1 / 3]


def test_missing_prices_stay_missing_and_tiny_ones_stay_as_they_are() -> None:
    tiny = float(np.float32(1e-12))
    assert shortest_decimals(pl.Series([None, tiny, 2.0], dtype=pl.Float32)).to_list() == [None, tiny, 2.0]
