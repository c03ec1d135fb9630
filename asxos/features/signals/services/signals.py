"""What can be done with signals: generate a session's rankings, read them, compare and explain them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from asxos.core.clock import Clock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import EventType, SignalGenerated
from asxos.core.progress import Progress
from asxos.core.service import BaseService
from asxos.domain.ranking import Explanation, Ranking
from asxos.domain.signals import ModelOutput
from asxos.features.signals.records import LatestSignal, LiveSignals, PastSignal, Reasons, Signal
from asxos.features.signals.repositories import (
    DEFAULT_MODEL,
    EVERYTHING,
    ReasonRepository,
    SignalFilter,
    SignalRepository,
)
from asxos.features.signals.services.errors import NeverRanked, NoPrices, NotExplained
from asxos.features.signals.services.ports import Market, Models, Quote, Share

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


class SignalService(BaseService):
    """Rankings in, rankings out. Reads announce nothing."""

    def __init__(
        self,
        repository: SignalRepository,
        reasons: ReasonRepository,
        *,
        market: Market,
        models: Models,
        clock: Clock,
        db: Database,
        event_bus: EventBus,
    ) -> None:
        super().__init__(db, event_bus)
        self.repo = repository
        self.reasons = reasons
        self.market = market
        self.models = models
        self.clock = clock

    async def generate_signals(self, as_of: date | None, history: int, progress: Progress) -> RunReport:
        """Rank everything listed on the latest session up to `as_of`, and on `history` earlier ones, five apart.

        Every session is ranked by models and prices as they were known on it.
        Raises: NoPrices: nothing is stored up to `as_of`.
        """
        progress.step("prices")
        panel = await self.market.panel(as_of)
        sessions = _sessions_to_rank(panel, history)
        if not sessions:
            raise NoPrices(as_of)
        symbols = {id: share.symbol for id, share in (await self.market.directory()).items()}
        rankings = await self.models.rank_all(panel, sessions, symbols, progress)
        progress.step("store")
        ids = {symbol: id for id, symbol in symbols.items()}
        stored = [await self._publish(ranking, ids) for ranking in rankings]
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

    async def _publish(self, ranking: Ranking, ids: Mapping[str, int]) -> int:
        signals = [_signal(output, ids[output.symbol]) for output in ranking.outputs]
        reasons = [_reasons(e, ranking, ids[e.symbol]) for e in ranking.explanations]
        top = signals[0].symbol if signals else None
        facts = SignalGenerated(model=ranking.model, as_of=ranking.as_of, count=len(signals), top_signal=top)
        async with self.db.transaction():
            count = await self.repo.persist_signals(signals, ranking.model, ranking.as_of, self.clock.now())
            await self.reasons.persist_reasons(reasons)
            if not ranking.is_shadow:
                await self.publish_event(EventType.SIGNAL_GENERATED, facts)
        return count


def _sessions_to_rank(panel: pl.DataFrame, history: int) -> list[date]:
    """The panel's last session and `history` before it, a trading week apart, oldest first."""
    days: list[date] = panel["session_date"].unique().sort().to_list()
    return days[::-5][: history + 1][::-1]


def _signal(output: ModelOutput, security_id: int) -> Signal:
    low, high = output.interval or (None, None)
    return Signal(
        security_id=security_id,
        symbol=output.symbol,
        rank=output.rank,
        score=output.score,
        ml_prob=output.ml_prob,
        ml_expected_return=output.expected_return,
        signal=output.signal.value,
        confidence=output.confidence,
        interval_low=low,
        interval_high=high,
        note=output.note,
        disagreement=output.disagreement,
    )


def _reasons(explanation: Explanation, ranking: Ranking, security_id: int) -> Reasons:
    return Reasons(
        security_id=security_id,
        as_of=ranking.as_of,
        model=ranking.model,
        unit=explanation.unit,
        base=explanation.base,
        score=explanation.score,
        factors=list(explanation.factors),
        factor_values=list(explanation.values),
        contributions=list(explanation.contributions),
    )
