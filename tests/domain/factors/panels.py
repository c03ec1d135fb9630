"""Panels drawn from a seed, and how closely two factor matrices must agree."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.factors import FACTOR_NAMES

START = date(2020, 1, 1)


def make_security(security_id: int, rows: int, seed: int, *, start: date = START) -> pl.DataFrame:
    """A share whose price wanders, with ranges around the close and now and then a day without trades."""
    rng = np.random.default_rng([seed, security_id])
    close = 2.0 * np.exp(np.cumsum(rng.normal(0, 0.02, rows)))
    volume = np.where(rng.random(rows) < 0.1, 0.0, np.floor(rng.lognormal(10, 1, rows)))
    return pl.DataFrame(
        {
            "security_id": np.full(rows, security_id, np.int32),
            "session_date": [start + timedelta(days=i) for i in range(rows)],
            "open": close,
            "high": close * (1 + rng.uniform(0, 0.03, rows)),
            "low": close * (1 - rng.uniform(0, 0.03, rows)),
            "close": close,
            "volume": volume,
            "raw_close": close,
            "turnover": close * volume,
        }
    )


def make_panel(lengths: tuple[int, ...], seed: int = 7) -> pl.DataFrame:
    """A panel of shares with the given numbers of rows."""
    return pl.concat(make_security(i + 1, rows, seed) for i, rows in enumerate(lengths))


def assert_agree(left: NDArray[np.floating], right: NDArray[np.floating], tolerance: float = 1e-4) -> None:
    """Both miss the same values, and the others differ by `tolerance` at most, relative to a size of 0.001 or more."""
    assert left.shape == right.shape
    for k, name in enumerate(FACTOR_NAMES[: left.shape[1]]):
        one, other = left[:, k].astype(np.float64), right[:, k].astype(np.float64)
        np.testing.assert_array_equal(np.isnan(one), np.isnan(other), err_msg=f"{name}: missing")
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance * 1e-3, err_msg=name)
