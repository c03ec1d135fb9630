"""Where a portfolio's difference from the market came from: allocation and selection by sector."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.core.errors import BadInput
from asxos.domain.bars.adjustment import effective_factors
from asxos.domain.bars.total_return import total_returns
from asxos.domain.performance.attribution import Attribution, Period, attribute
from asxos.domain.performance.returns import Days
from asxos.domain.performance.universe import METHOD, Sectors, by_sector, sector_on
from asxos.domain.universe import UniverseRule, universe_mask
from asxos.features.portfolio.records import Portfolio
from asxos.features.portfolio.services.errors import EmptyPeriod, NoHistory
from asxos.features.portfolio.services.histories import HistoryService, Past
from asxos.features.portfolio.services.ports import Prices

FloatArray = NDArray[np.float64]

YEAR = timedelta(days=365)
LONGEST = 5 * YEAR
SETTLING = timedelta(days=60)
"""Before a period: enough sessions to tell who is eligible at its start."""


class TooLong(BadInput):
    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"{first} to {last} is longer than {LONGEST // YEAR} years")


@dataclass(frozen=True)
class AttributionReport:
    """From the close of `first` to that of `last`; `sessions`: those with something held, of `of_sessions`."""

    portfolio: Portfolio
    simulated: bool
    first: date
    last: date
    sessions: int
    of_sessions: int
    attribution: Attribution
    benchmark: str
    members: int


@dataclass(frozen=True)
class _Own:
    """The portfolio by sector: what each day's return was earned on and what was earned, (n_days - 1, n_groups), A$."""

    base: FloatArray
    gain: FloatArray


class AttributionService:
    """Day by day, so that the parts add up to the time-weighted return with income."""

    def __init__(self, histories: HistoryService, *, prices: Prices) -> None:
        self.histories = histories
        self.prices = prices

    async def attribute(
        self, owner: str, id: int, first: date | None = None, last: date | None = None
    ) -> AttributionReport:
        """From the open of `first` (default: a year before) to the close of `last` (default: the latest session).

        Raises: UnknownPortfolio; NoHistory; EmptyPeriod; TooLong.
        """
        past = await self.histories.past(owner, id)
        if first and last and first > last:
            raise EmptyPeriod(first, last)
        end = last or past.flows.days[-1]
        begin = max(first or end - YEAR, past.begun)
        if end - begin > LONGEST:
            raise TooLong(begin, end)
        held = past.history.traded.between(begin, end)
        base = held.value[:-1] + held.paid_in[1:]
        rows = np.flatnonzero(base.sum(axis=1) > 0)
        if not len(rows):
            raise NoHistory(f"{past.portfolio.name!r} held nothing with a price from {begin} to {end}")
        sectors = await self.prices.sectors(held.days[-1])
        names = _sectors_of(past, held.days[0], sectors)
        market = await self._market(list(held.days), sectors, sorted(set(names)))
        own = await asyncio.to_thread(_own, held, [market.groups.index(name) for name in names], len(market.groups))
        found = attribute(market.groups, [_period(own, market, row) for row in rows.tolist()])
        return AttributionReport(
            portfolio=past.portfolio,
            simulated=await self.prices.data_is_simulated(),
            first=held.days[0],
            last=held.days[-1],
            sessions=len(rows),
            of_sessions=len(held.days) - 1,
            attribution=found,
            benchmark=METHOD,
            members=market.members,
        )

    async def _market(self, days: list[date], sectors: pl.DataFrame, groups: list[str]) -> Sectors:
        panel = await self.prices.panel(days[-1], since=days[0] - SETTLING)
        actions = await self.prices.actions()
        return await asyncio.to_thread(_of_panel, panel, actions, days, sectors, groups)


def _of_panel(
    panel: pl.DataFrame, actions: pl.DataFrame, days: list[date], sectors: pl.DataFrame, groups: list[str]
) -> Sectors:
    shares = panel.select("session_date", "security_id")
    eligible = shares.filter(pl.Series(universe_mask(panel, UniverseRule())))
    closes = panel.select(
        pl.col("security_id").cast(pl.Int64).alias("place"), "security_id", "session_date", "raw_close"
    )
    dividends = actions.filter(pl.col("kind") == "dividend").select("security_id", "ex_date", "amount")
    returns = total_returns(closes.rename({"raw_close": "close"}), effective_factors(actions), dividends)
    keyed = returns.select(pl.col("place").cast(pl.Int32).alias("security_id"), "session_date", "total_return")
    return by_sector(days, eligible, keyed, sectors, groups)


def _sectors_of(past: Past, day: date, sectors: pl.DataFrame) -> list[str]:
    """The sector of each code's share at the start, else its first one after it."""
    ids = [past.securities.get(code) for code in past.history.codes]
    shares = pl.DataFrame({"session_date": [day] * len(ids), "security_id": ids}, schema_overrides=_KEYS)
    earliest = sectors.sort("valid_from").with_columns(
        valid_from=pl.when(pl.int_range(pl.len()).over("security_id") == 0).then(date.min).otherwise("valid_from")
    )
    found: list[str] = sector_on(shares, earliest)["sector"].to_list()
    for transfer in reversed(past.flows.transfers):
        if transfer.is_rename:
            found[transfer.source] = found[transfer.into]
    return found


def _own(held: Days, places: list[int], width: int) -> _Own:
    """Holdings summed by sector; a day's return is earned on what it began with and what was bought."""
    into = np.eye(width)[places]
    base = held.value[:-1] + held.paid_in[1:]
    gain = held.value[1:] + held.paid_out[1:] - base + held.income[1:]
    return _Own(base @ into, gain @ into)


def _period(own: _Own, market: Sectors, row: int) -> Period:
    base, gain = own.base[row], own.gain[row]
    has = base > 0
    return Period(
        weights=base / base.sum(),
        returns=np.where(has, gain / np.where(has, base, 1), 0),
        benchmark_weights=market.weights[row],
        benchmark_returns=market.returns[row],
    )


_KEYS = {"session_date": pl.Date, "security_id": pl.Int32}
