"""Which shares a rebalancing may trade, what is known of each, and which are left alone and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.ledger.parcels import Parcel
from asxos.domain.money import ZERO
from asxos.domain.rebalancing.problem import Share
from asxos.domain.rebalancing.targets import Target
from asxos.domain.tax.standing import Standing, sale_of
from asxos.features.portfolio.services.holdings import Holding, Valuation
from asxos.features.portfolio.services.ports import Companies, LatestPrice, LatestSignal, Prices, Signals

FloatArray = NDArray[np.float64]

LOOK_BACK = timedelta(days=730)
"""Of returns that volatilities and correlations are taken from."""
LEAST_RETURNS = 60


@dataclass(frozen=True)
class LeftAlone:
    """A holding that is not traded nor counted, or parcels that are not sold."""

    code: str
    reason: str


@dataclass(frozen=True)
class Candidates:
    """What may be traded. `returns`: daily, shape (n_sessions, n_shares), NaN where missing; `market_caps`: A$."""

    shares: tuple[Share, ...]
    returns: FloatArray
    market_caps: Mapping[str, float]
    left_alone: tuple[LeftAlone, ...]
    signals_as_of: date | None


@dataclass(frozen=True)
class _Known:
    """Everything that is known of the codes that might be traded."""

    prices: Mapping[str, LatestPrice]
    signals: Mapping[str, LatestSignal]
    market_caps: Mapping[str, float]
    returns: Mapping[str, pl.DataFrame]


class CandidateService:
    """Prices, returns, signals and sizes of all of them at once."""

    def __init__(self, *, prices: Prices, signals: Signals, companies: Companies) -> None:
        self.prices = prices
        self.signals = signals
        self.companies = companies

    async def find(self, valuation: Valuation, standing: Standing, on: date, target: Target, top: int) -> Candidates:
        """What is held and the `top` best-ranked shares that are not. Raises: what signals raise without a ranking."""
        held = {holding.code: holding for holding in valuation.holdings}
        known = await self._known(valuation, await self._best(held, top), target)
        reasons = {code: _why_not(code, held.get(code), known, target) for code in [*held, *_new(known, held)]}
        codes = [code for code, reason in reasons.items() if reason is None]
        shares = [_share(code, held.get(code), known, standing, on, target) for code in codes]
        left = [LeftAlone(code, reason) for code, reason in reasons.items() if reason is not None and code in held]
        left += [LeftAlone(s.code, reason) for s in shares if (reason := _unsold(s, standing))]
        as_of = max((signal.as_of for signal in known.signals.values()), default=None)
        returns = _aligned([known.returns[code] for code in codes])
        return Candidates(tuple(shares), returns, known.market_caps, tuple(left), as_of)

    async def _best(self, held: Mapping[str, Holding], top: int) -> list[LatestSignal]:
        """The best-ranked that are not held, in a ranking that holds so many more."""
        if not top:
            return []
        best = await self.signals.get_best(top + len(held))
        return sorted((s for s in best if s.symbol not in held), key=lambda s: s.rank)[:top]

    async def _known(self, valuation: Valuation, best: Sequence[LatestSignal], target: Target) -> _Known:
        held = {h.code: h for h in valuation.holdings}
        prices = {code: holding.price for code, holding in held.items() if holding.price is not None}
        prices |= await self.prices.get_latest_prices_batch([signal.symbol for signal in best])
        signals = {code: holding.signal for code, holding in held.items() if holding.signal is not None}
        codes, last = sorted(prices), valuation.as_of
        caps = await self.companies.market_caps(codes) if target is Target.INDEX else {}
        returns: dict[str, pl.DataFrame] = {}
        if last is not None and codes:
            found = await self.prices.total_returns(codes, last - LOOK_BACK, last)
            returns = {codes[int(place)]: rows for (place,), rows in found.partition_by("place", as_dict=True).items()}
        return _Known(prices, signals | {signal.symbol: signal for signal in best}, caps, returns)


def _new(known: _Known, held: Mapping[str, Holding]) -> list[str]:
    return [code for code in known.prices if code not in held]


def _why_not(code: str, holding: Holding | None, known: _Known, target: Target) -> str | None:
    """Why a code cannot be traded; None when it can."""
    price, signal = known.prices.get(code), known.signals.get(code)
    if price is None:
        return "it has no price"
    if holding is not None and holding.is_stale:
        return f"its last price is of {price.session_date}"
    if target is Target.EXPECTED and (signal is None or signal.ml_expected_return is None):
        return "the ensemble did not rank it"
    if target is Target.INDEX and code not in known.market_caps:
        return "its market capitalisation is not known"
    return _why_unmeasured(price, known.returns.get(code))


def _why_unmeasured(price: LatestPrice, returns: pl.DataFrame | None) -> str | None:
    """Why neither its costs nor its risk can be told."""
    if not price.turnover_20 > 0:
        return "it is hardly traded: the median of 20 sessions is nothing"
    if returns is None or returns.height < LEAST_RETURNS:
        return f"it has {0 if returns is None else returns.height} returns, and its risk needs {LEAST_RETURNS}"
    if not float(returns["total_return"].to_numpy().std()) > 0:
        return "its price has not moved"
    return None


def _share(  # noqa: PLR0917 - what a share is known by
    code: str, holding: Holding | None, known: _Known, standing: Standing, on: date, target: Target
) -> Share:
    price, signal = known.prices[code], known.signals.get(code)
    expected = signal.ml_expected_return if signal is not None and target is Target.EXPECTED else None
    parcels = standing.parcels.get(code, ()) if holding is not None else ()
    return Share(
        code=code,
        price=price.close,
        turnover=price.turnover_20,
        volatility=float(known.returns[code]["total_return"].to_numpy().std()),
        units=float(sum((parcel.quantity for parcel in parcels), ZERO)),
        parcels=tuple(parcel for parcel in parcels if _can_be_taxed(parcel, standing, on)),
        sector=price.sector,
        expected=expected or 0.0,
    )


def _can_be_taxed(parcel: Parcel, standing: Standing, on: date) -> bool:
    return parcel.cost_base is not None and standing.parts(sale_of(parcel, on, parcel.cost_base)) is not None


def _unsold(share: Share, standing: Standing) -> str | None:
    """Why some of a share's parcels are not sold."""
    count = len(standing.parcels.get(share.code, ())) - len(share.parcels)
    return f"{count} of its parcels have no known cost, and so no known tax: they are not sold" if count else None


def _aligned(returns: Sequence[pl.DataFrame]) -> FloatArray:
    """One column a share over the sessions that any of them has."""
    sessions = pl.concat([rows["session_date"] for rows in returns]).unique().sort() if returns else pl.Series([])
    index = pl.DataFrame({"session_date": sessions})
    columns = [
        index.join(rows.select("session_date", "total_return"), on="session_date", how="left")["total_return"]
        for rows in returns
    ]
    return np.column_stack([column.to_numpy() for column in columns]) if columns else np.empty((0, 0))
