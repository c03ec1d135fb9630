"""Prices that passed through float32, back as the decimals that were typed."""

import numpy as np
import polars as pl

FEWEST, MOST = 2, 9


def shortest_decimals(prices: pl.Series) -> pl.Series:
    """Prices as Float64 with the fewest decimals (at least two) that round to the same float32.

    0.235 in float32 widens to 0.23499999940395355; here it is 0.235 again. A Float64 that no float32 can hold never
    was one and stays untouched; so does a price that no nine decimals identify. Nulls stay null.
    """
    wide = prices.cast(pl.Float64).to_numpy(writable=True)
    narrow = wide.astype(np.float32)
    left = np.flatnonzero(np.isfinite(narrow) & (narrow == wide))
    for decimals in range(FEWEST, MOST + 1):
        scale = 10.0**decimals
        rounded = np.round(wide[left] * scale) / scale
        same = rounded.astype(np.float32) == narrow[left]
        wide[left[same]] = rounded[same]
        left = left[~same]
        if left.size == 0:
            break
    return pl.Series(prices.name, wide, nan_to_null=True)
