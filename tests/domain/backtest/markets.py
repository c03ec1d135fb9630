"""Small markets written out by hand, or made up from a seed, for backtests."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from asxos.domain.backtest import Market, Rankings, build_market, read_rankings
from asxos.domain.bars.adjustment import cumulative_factors, effective_factors
from asxos.domain.bars.matching import ACTION_SCHEMA

FIRST = date(2024, 1, 1)
Bar = tuple[float, float] | None
"""Open and close of one session; None: no bar."""


def day(session: int) -> date:
    return FIRST + timedelta(days=session)


def actions(*rows: tuple[int, int, str, float | None, float | None, float | None]) -> pl.DataFrame:
    """(security, session, kind, factor, amount, franked), each."""
    full = [(id, day(session), *rest, "reported") for id, session, *rest in rows]
    return pl.DataFrame(full, schema=ACTION_SCHEMA, orient="row")


def panel(bars: Mapping[int, Sequence[Bar]], known: pl.DataFrame, volume: int = 1_000_000) -> pl.DataFrame:
    """The panel as the market service makes it, from bars as traded."""
    rows: list[dict[str, Any]] = []
    for id, series in sorted(bars.items()):
        for session, bar in enumerate(series):
            if bar is not None:
                opened, closed = bar
                low, high = min(bar), max(bar)
                prices = {"open": opened, "high": high, "low": low, "close": closed, "volume": volume}
                rows.append({"security_id": id, "session_date": day(session), **prices})
    raw = pl.DataFrame(rows).with_columns(pl.col("security_id").cast(pl.Int32))
    scale = pl.Series(cumulative_factors(raw, effective_factors(known)))
    traded = raw["close"] * raw["volume"]
    return raw.with_columns(
        *[pl.col(name) * scale for name in ("open", "high", "low", "close")],
        volume=pl.col("volume") / scale,
        raw_close="close",
        turnover=traded,
    )


def market(bars: Mapping[int, Sequence[Bar]], *known: Any, delisted_after: int = 63, volume: int = 1_000_000) -> Market:
    """`known`: arguments of `actions`."""
    of_bars = actions(*known)
    return build_market(panel(bars, of_bars, volume), of_bars, delisted_after=delisted_after)


def rankings(
    place: Market, scores: Mapping[int, Mapping[int, float]], sectors: Mapping[int, str] | None = None
) -> Rankings:
    """From session to security to score."""
    rows = [(day(session), id, score) for session, of in scores.items() for id, score in of.items()]
    frame = pl.DataFrame(rows, schema=["session_date", "security_id", "score"], orient="row")
    named = pl.col("security_id").replace_strict(sectors or {}, default=None, return_dtype=pl.String)
    return read_rankings(frame.with_columns(sector=named), place)


def random_bars(rng: np.random.Generator, shares: int, sessions: int) -> dict[int, list[Bar]]:
    """Random walks with halts, a late listing and a delisting."""
    bars: dict[int, list[Bar]] = {}
    for id in range(1, shares + 1):
        closes = rng.uniform(0.05, 20) * np.exp(np.cumsum(rng.normal(0, 0.03, sessions)))
        opens = closes * np.exp(rng.normal(0, 0.01, sessions))
        series: list[Bar] = [
            (round(float(o), 3), round(float(c), 3)) for o, c in zip(opens + 0.01, closes + 0.01, strict=True)
        ]
        for session in np.flatnonzero(rng.random(sessions) < 0.1):
            series[session] = None
        bars[id] = series
    bars[1][: sessions // 5] = [None] * (sessions // 5)
    bars[2][sessions // 2 :] = [None] * (sessions - sessions // 2)
    return bars
