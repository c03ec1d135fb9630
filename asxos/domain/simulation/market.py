"""The simulated market as frames: bars as traded, actions, securities and announcements, all from one seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.simulation.announcements import announce
from asxos.domain.simulation.names import SECTORS, codes, company
from asxos.domain.simulation.paths import Paths, walk
from asxos.domain.simulation.population import Population, found
from asxos.domain.simulation.trading import trade

DAYS_A_YEAR = 365.25
ACTIONS = {"symbol": pl.String, "ex_date": pl.Date, "kind": pl.String, "value": pl.Float64, "franked": pl.Float64}


class TooFewSessions(ValueError):
    """The years asked for hold fewer than two sessions of the calendar given."""

    status = 422


@dataclass(frozen=True)
class SimulatedMarket:
    """`bars`: symbol, session_date, open, high, low, close, volume; as traded, sorted by (symbol, session_date).
    `actions`: symbol, ex_date, kind, factor, amount, franked, method; sorted by (symbol, ex_date).
    `securities`: symbol, name, sector, listed_on, delisted_on (null while listed); sorted by symbol.
    `announcements`: symbol, known_at, headline, is_price_sensitive, pages; sorted by (known_at, symbol).
    """

    bars: pl.DataFrame
    actions: pl.DataFrame
    securities: pl.DataFrame
    announcements: pl.DataFrame


def simulate(
    seed: int, symbols: int, years: float, alpha: float, *, end: date, sessions: Sequence[date]
) -> SimulatedMarket:
    """`symbols` shares over the sessions of the last `years` years up to `end`; the same for the same arguments.

    A share's log return is market x beta + sector + its own fat-tailed, volatility-clustered part + a drift along the
    planted signal (`signal.planted_signal`: 12-1 momentum, calm, one-week reversal), so strong that the mean Spearman
    correlation of the signal with the return from the next open over 21 sessions is `alpha`. Without alpha the median
    log return is the same for all shares: nothing can be ranked. Signals begin after a share's first 252 sessions.
    Raises: TooFewSessions.
    """
    start = end - timedelta(days=years * DAYS_A_YEAR)
    days = [day for day in sorted(sessions) if start < day <= end]
    if len(days) < 2:
        raise TooFewSessions(f"{years} years to {end} hold {len(days)} sessions of the calendar: at least 2 are needed")
    rng = np.random.default_rng(seed)
    shares = found(rng, symbols, len(days), len(SECTORS))
    names = codes(rng, symbols)
    paths = walk(rng, shares, len(days), alpha)
    bars = trade(rng, shares, paths)
    return SimulatedMarket(
        _bars(shares, names, days, bars),
        _actions(shares, names, days, paths),
        _securities(shares, names, days),
        announce(rng, shares, names, days, paths),
    )


def _bars(shares: Population, names: list[str], days: list[date], bars: dict[str, NDArray[np.generic]]) -> pl.DataFrame:
    t = np.arange(len(days))
    is_listed = ((shares.listed[:, None] <= t) & (t < shares.delisted[:, None])).ravel()
    order = np.argsort(names)
    kept = is_listed.reshape(len(names), -1)[order].ravel()
    share = np.repeat(order, len(days))[kept]
    symbols = pl.Series(names).gather(share)
    dates = pl.Series(days, dtype=pl.Date).gather(np.tile(t, len(names))[kept])
    columns = {name: values.T[order].ravel()[kept] for name, values in bars.items()}
    return pl.DataFrame({"symbol": symbols, "session_date": dates, **columns})


def _actions(shares: Population, names: list[str], days: list[date], paths: Paths) -> pl.DataFrame:
    rows = [(names[i], days[t], kind, value, float(shares.franked[i])) for t, i, kind, value in paths.events]
    events = pl.DataFrame(rows, schema=ACTIONS, orient="row")
    is_dividend = pl.col("kind") == "dividend"
    return events.select(
        "symbol",
        "ex_date",
        "kind",
        pl.when(~is_dividend).then("value").alias("factor"),
        pl.when(is_dividend).then("value").alias("amount"),
        pl.when(is_dividend).then("franked").alias("franked"),
        pl.lit("reported").alias("method"),
    ).sort("symbol", "ex_date", "kind")


def _securities(shares: Population, names: list[str], days: list[date]) -> pl.DataFrame:
    sectors = list(SECTORS)
    placed = [sectors[s] for s in shares.sector]
    seen = dict.fromkeys(sectors, 0)
    titles: list[str] = []
    for sector in placed:
        titles.append(company(seen[sector], sector))
        seen[sector] += 1
    return pl.DataFrame(
        {
            "symbol": names,
            "name": titles,
            "sector": placed,
            "listed_on": [days[t] for t in shares.listed],
            "delisted_on": pl.Series([days[t] if t < len(days) else None for t in shares.delisted], dtype=pl.Date),
        }
    ).sort("symbol")
