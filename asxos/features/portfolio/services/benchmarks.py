"""What a portfolio is held against: the index with dividends, else a fund that follows it."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.features.portfolio.services.ports import Prices

FUNDS = {
    "IOZ.AX": "iShares Core S&P/ASX 200 ETF",
    "STW.AX": "SPDR S&P/ASX 200 ETF",
    "A200.AX": "Betashares Australia 200 ETF",
    "VAS.AX": "Vanguard Australian Shares Index ETF (S&P/ASX 300)",
}
"""Stand in for the index where it is not stored, the nearest first."""
MAY_MISS = timedelta(days=7)
"""How far a series may fall short of a period's ends and still cover it: a long weekend."""


@dataclass(frozen=True)
class Benchmark:
    """Levels with dividends by session, `session_date, level`; None, with the `reason`, where there are none."""

    name: str | None
    method: str | None
    levels: pl.DataFrame | None
    reason: str | None = None

    def returns(self, days: list[date]) -> NDArray[np.float64]:
        """Over each of the days but the first, fractions, NaN where a level is missing; shape (n_days - 1,)."""
        if self.levels is None:
            return np.full(max(len(days) - 1, 0), np.nan)
        wanted = pl.DataFrame({"session_date": days}, schema={"session_date": pl.Date})
        levels = wanted.join(self.levels, on="session_date", how="left", maintain_order="left")["level"].to_numpy()
        return levels[1:] / levels[:-1] - 1

    def until(self, last: date) -> date | None:
        """The session of the last level up to `last`: up to a week before it."""
        if self.levels is None:
            return None
        days: list[date] = self.levels.filter(pl.col("session_date") <= last)["session_date"].to_list()
        return days[-1]

    def total(self, first: date, last: date) -> float | None:
        """From the last level up to `first` to the last up to `last`."""
        if self.levels is None:
            return None
        start, end = (self.levels.filter(pl.col("session_date") <= day)["level"] for day in (first, last))
        return float(end[-1] / start[-1] - 1)


class BenchmarkService:
    """Chooses what is stored and covers the period."""

    def __init__(self, *, prices: Prices) -> None:
        self.prices = prices

    async def find(self, first: date, last: date) -> Benchmark:
        """The first that covers the period, closes of `first` and `last` included."""
        short: list[str] = []
        for name, levels in (await self.prices.total_return_indices()).items():
            if _covers(levels, first, last):
                return Benchmark(f"{name} Accumulation", "total return index as published", levels)
            short.append(f"{name} from {levels['session_date'][0]} to {levels['session_date'][-1]}")
        codes = [code for code, paid in (await self.prices.dividends_of(list(FUNDS))).items() if paid]
        ordered = [code for code in FUNDS if code in codes]
        returns = await self.prices.total_returns(ordered, first - 2 * MAY_MISS, last) if ordered else None
        for place, code in enumerate(ordered):
            assert returns is not None
            levels = _levels(returns.filter(pl.col("place") == place))
            if _covers(levels, first, last):
                method = "closes as traded, dividends reinvested on their ex-date"
                return Benchmark(f"{FUNDS[code]} ({code})", method, levels)
            short.append(f"{code} from {levels['session_date'].min()} to {levels['session_date'].max()}")
        if short:
            return Benchmark(None, None, None, f"none covers the period: {'; '.join(short)}")
        known = ", ".join(FUNDS)
        return Benchmark(
            None, None, None, f"no index with dividends is stored, and no fund ({known}) with its dividends"
        )


def _levels(returns: pl.DataFrame) -> pl.DataFrame:
    return returns.select("session_date", level=(pl.col("total_return") + 1).cum_prod())


def _covers(levels: pl.DataFrame, first: date, last: date) -> bool:
    days = levels["session_date"]
    if not len(days):
        return False
    return bool(days[0] <= first and days[-1] >= last - MAY_MISS)
