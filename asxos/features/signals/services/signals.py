"""What can be done with signals: generate a session's rankings, read them, compare and explain them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from asxos.core.progress import Progress
from asxos.features.signals.records import LatestSignal, LiveSignals, PastSignal, Reasons
from asxos.features.signals.repositories import (
    DEFAULT_MODEL,
    EVERYTHING,
    ReasonRepository,
    SignalFilter,
    SignalRepository,
)
from asxos.features.signals.services.errors import NeverRanked, NoPrices, NotExplained
from asxos.features.signals.services.ports import Market, Models, Quote, Share
from asxos.features.signals.services.publishing import Publisher

GENERATE_SIGNALS = "generate_signals"
"""The job that runs `SignalService.generate_signals`."""


@dataclass(frozen=True)
class LiveView:
    """A ranking with what a page shows beside it."""

    live: LiveSignals
    shares: Mapping[int, Share]
    quotes: Mapping[int, Quote]
    simulated: bool


@dataclass(frozen=True)
class ShareView:
    """The latest word of every model on one share."""

    share: Share
    signals: list[PastSignal]
    simulated: bool


@dataclass(frozen=True)
class RunReport:
    """What a signal run stored: rankings and signals, up to `as_of`; why models did not rank that session."""

    as_of: date
    rankings: int
    signals: int
    absent: Mapping[str, str]


class SignalService:
    """Rankings in, rankings out. Reads announce nothing."""

    def __init__(
        self,
        repository: SignalRepository,
        reasons: ReasonRepository,
        *,
        publisher: Publisher,
        market: Market,
        models: Models,
    ) -> None:
        self.repo = repository
        self.reasons = reasons
        self.publisher = publisher
        self.market = market
        self.models = models

    async def generate_signals(self, as_of: date | None, history: int, progress: Progress) -> RunReport:
        """Rank everything listed on the latest session up to `as_of`, and on `history` earlier ones, five apart.

        Every session is ranked by models and prices as they were known on it.
        Raises: NoPrices: nothing is stored up to `as_of`.
        """
        progress.step("prices")
        prices = await self.market.knowledge(as_of)
        panel = await self.market.panel(as_of, known_at=prices.known_at, ingest_id=prices.ingest_id)
        sessions = _sessions_to_rank(panel, history)
        if not sessions:
            raise NoPrices(as_of)
        symbols = {id: share.symbol for id, share in (await self.market.directory()).items()}
        rankings = await self.models.rank_all(panel, sessions, symbols, progress)
        progress.step("store")
        ids = {symbol: id for id, symbol in symbols.items()}
        stored = [await self.publisher.publish(ranking, ids, prices) for ranking in rankings]
        return RunReport(sessions[-1], len(rankings), sum(stored), rankings[-1].recipe.absent(DEFAULT_MODEL))

    async def get_live_signals(
        self,
        model: str = DEFAULT_MODEL,
        limit: int = 20,
        as_of: date | None = None,
        where: SignalFilter = EVERYTHING,
        sector: str | None = None,
    ) -> LiveView:
        """The latest ranking of `model`, best first, with names and quotes. Raises: NoSignals."""
        if sector is not None:
            where = replace(where, security_ids=await self._in_sector(sector))
        live = await self.repo.get_live_signals(model, limit, as_of, where)
        ids = [signal.security_id for signal in live.signals]
        shares = await self.market.directory(ids)
        return LiveView(live, shares, await self.market.quotes(ids), await self.market.data_is_simulated())

    async def get_share(self, symbol: str) -> ShareView:
        """Every model's latest signal on one share. Raises: NotFound: an unknown symbol, or never ranked."""
        share = await self.market.resolve(symbol)
        signals = await self.repo.get_latest_of(share.id)
        if not signals:
            raise NeverRanked(share.symbol)
        return ShareView(share, signals, await self.market.data_is_simulated())

    async def get_latest_batch(self, symbols: Sequence[str]) -> Mapping[str, LatestSignal]:
        """The ensemble's latest word on each of these shares that it ranked."""
        return {found.symbol: found for found in await self.repo.get_latest_batch(symbols)} if symbols else {}

    async def get_best(self, limit: int) -> list[LatestSignal]:
        """The ensemble's best-ranked shares now. Raises: NoSignals."""
        live = await self.repo.get_live_signals(limit=limit)
        return list((await self.get_latest_batch([signal.symbol for signal in live.signals])).values())

    async def get_history(self, symbol: str, model: str, limit: int) -> tuple[Share, list[PastSignal]]:
        """What `model` has said of a share, latest first; empty when it never ranked it."""
        share = await self.market.resolve(symbol)
        return share, await self.repo.get_history(share.id, model, limit)

    async def explain(self, symbol: str, model: str, as_of: date | None = None) -> tuple[Share, Reasons]:
        """Why the share has its score (default: its latest). Raises: NotFound: no reasons are stored for it."""
        share = await self.market.resolve(symbol)
        found = await self.reasons.find_reasons(share.id, model, as_of)
        if found is None:
            raise NotExplained(share.symbol, model)
        return share, found

    async def compare(
        self, models: Sequence[str] | None, limit: int
    ) -> tuple[dict[str, LiveSignals], Mapping[int, Share]]:
        """The latest rankings of `models` (default: all that ever ranked) side by side. Raises: NoSignals."""
        chosen = models or await self.repo.models()
        rankings = {model: await self.repo.get_live_signals(model, limit) for model in chosen}
        ids = {signal.security_id for live in rankings.values() for signal in live.signals}
        return rankings, await self.market.directory(sorted(ids))

    async def _in_sector(self, sector: str) -> list[int]:
        shares = await self.market.directory()
        return [id for id, share in shares.items() if (share.sector or "").casefold() == sector.casefold()]


def _sessions_to_rank(panel: pl.DataFrame, history: int) -> list[date]:
    """The panel's last session and `history` before it, a trading week apart, oldest first."""
    days: list[date] = panel["session_date"].unique().sort().to_list()
    return days[::-5][: history + 1][::-1]
