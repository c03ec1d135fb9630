"""Small panels and datasets to train on: random walks, with or without something to find."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from asxos.domain.factors.library import FACTOR_NAMES
from asxos.domain.facts import NO_FACTS
from asxos.features.models.dataset import Dataset
from asxos.features.models.plugins.model_a import ModelAPlugin

FIRST = date(2018, 1, 1)


def weekdays(count: int) -> list[date]:
    days = (FIRST + timedelta(days=n) for n in range(count * 2))
    return [day for day in days if day.weekday() < 5][:count]


def random_walk(shares: int = 60, sessions: int = 760, seed: int = 1, trend: float = 0.0) -> pl.DataFrame:
    """Daily bars of liquid shares, volatility 2 % a day; `trend` is the deviation of a share's lasting daily drift."""
    rng = np.random.default_rng(seed)
    drift = rng.normal(0, trend, shares)[:, None] if trend else 0.0
    close = 10 * np.exp(np.cumsum(rng.normal(drift, 0.02, (shares, sessions)), axis=1))
    opens = close * np.exp(rng.normal(0, 0.004, close.shape))
    volume = rng.uniform(5e5, 5e6, close.shape)
    prices = {"open": opens, "high": np.maximum(opens, close), "low": np.minimum(opens, close), "close": close}
    return pl.DataFrame(
        {
            "security_id": np.repeat(np.arange(1, shares + 1, dtype=np.int32), sessions),
            "session_date": pl.Series(weekdays(sessions) * shares),
            **{name: values.ravel() for name, values in prices.items()},
            "volume": volume.ravel(),
            "raw_close": close.ravel(),
            "turnover": (close * volume).ravel(),
        }
    )


def symbols(shares: int = 60) -> dict[int, str]:
    return {share: f"S{share:02}.AX" for share in range(1, shares + 1)}


def dataset_of(factors: np.ndarray, excess: np.ndarray, shares: int) -> Dataset:
    """A dataset made directly: rows by session, then share; factors (n_rows, n_names) of model A, the rest missing."""
    sessions = len(excess) // shares
    known = np.full((len(excess), len(FACTOR_NAMES)), np.nan, np.float32)
    known[:, [FACTOR_NAMES.index(name) for name in ModelAPlugin.FEATURES]] = factors
    return Dataset(
        names=FACTOR_NAMES,
        factors=known,
        excess=excess,
        costs=np.full(len(excess), 0.01),
        security_ids=np.tile(np.arange(shares, dtype=np.int32), sessions),
        sessions=np.repeat(np.arange(sessions), shares),
        days=tuple(weekdays(sessions)),
        horizon=21,
        sectors=NO_FACTS.sectors,
        left_out=pl.DataFrame(schema={"session_date": pl.Date, "doubt": pl.String, "shares": pl.UInt32}),
    )
