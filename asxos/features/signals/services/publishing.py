"""Publishing a ranking: the rows that are read, the reasons, an entry in the record and an event, or none of them."""

import zlib
from collections.abc import Mapping
from datetime import datetime

from asxos.core.clock import Clock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import EventType, SignalGenerated
from asxos.core.service import BaseService
from asxos.domain.chain import START
from asxos.domain.ranking import Explanation, Knowledge, Ranking
from asxos.domain.record import encode
from asxos.domain.signals import ModelOutput
from asxos.features.signals.headers import Header, content_sha256, entry_sha256
from asxos.features.signals.records import LogEntry, Reasons, Signal
from asxos.features.signals.repositories import ReasonRepository, SignalLog, SignalRepository


class Publisher(BaseService):
    """The only writer of rankings."""

    def __init__(
        self,
        signals: SignalRepository,
        reasons: ReasonRepository,
        log: SignalLog,
        *,
        clock: Clock,
        db: Database,
        event_bus: EventBus,
    ) -> None:
        super().__init__(db, event_bus)
        self.signals = signals
        self.reasons = reasons
        self.log = log
        self.clock = clock

    async def publish(self, ranking: Ranking, ids: Mapping[str, int], prices: Knowledge) -> int:
        """Store, record and announce a ranking; returns how many signals it has.

        A challenger's shadow is not published: it is only stored, to be compared.
        One that says what the record says already is no news: it is stored as it was, not recorded or announced again.
        """
        signals = signals_of(ranking, ids)
        reasons = [_reasons(e, ranking, ids[e.symbol]) for e in ranking.explanations]
        async with self.db.transaction():
            published_at = await self._record(ranking, signals, prices)
            await self.signals.persist_signals(signals, ranking.model, ranking.as_of, published_at)
            await self.reasons.persist_reasons(reasons)
        return len(signals)

    async def _record(self, ranking: Ranking, signals: list[Signal], prices: Knowledge) -> datetime:
        """When the ranking was published: now, with an entry and an event, unless the record has that very content."""
        if ranking.is_shadow:
            return self.clock.now()
        end = await self.log.lock_end(ranking.model, ranking.as_of)
        content = encode(signals)
        sha256 = content_sha256(content)
        if sha256 == end.content_sha256 and end.published_at is not None:
            return end.published_at
        header = Header.of(ranking, prices, (end.sequence or 0) + 1, self.clock.now(), sha256)
        text = header.to_text()
        entry = LogEntry(
            sequence=header.sequence,
            model=header.model,
            as_of=header.as_of,
            published_at=header.published_at,
            header=text,
            content=zlib.compress(content, level=1),
            sha256=entry_sha256(end.sha256 or START, text),
        )
        await self.log.append(entry)
        await self._announce(entry, signals)
        return entry.published_at

    async def _announce(self, entry: LogEntry, signals: list[Signal]) -> None:
        """The event carries the entry's hash, so whoever hears it can hold the record to it."""
        facts = SignalGenerated(
            model=entry.model,
            as_of=entry.as_of,
            count=len(signals),
            top_signal=signals[0].symbol if signals else None,
            sequence=entry.sequence,
            sha256=entry.sha256,
        )
        await self.publish_event(EventType.SIGNAL_GENERATED, facts)


def signals_of(ranking: Ranking, ids: Mapping[str, int]) -> list[Signal]:
    """A ranking as it is stored; `ids` are of the securities, by symbol."""
    return [_signal(output, ids[output.symbol]) for output in ranking.outputs]


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
