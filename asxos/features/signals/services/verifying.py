"""Verifying the record: the chain, the signals that are stored, what was announced, and rankings derived again."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from asxos.core.clock import Clock
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import EventType, SignalGenerated
from asxos.core.progress import Progress
from asxos.features.signals.checking import Fault, Walk, announcement_faults, head_faults, unrecorded_faults
from asxos.features.signals.records import LogEntry, RankingKey, VerificationRow
from asxos.features.signals.repositories import SignalLog, SignalRepository, VerificationRepository
from asxos.features.signals.services.deriving import Derived, Deriver

PAGE = 1_000


@dataclass(frozen=True)
class Verification:
    """What was looked at and what was found.

    `signals`: how many stored ones were compared; `older`: rankings from before the log began, for which it cannot
    vouch; `head`: the last entry's hash, worth writing down elsewhere.
    """

    verified_at: datetime
    entries: int
    head: str | None
    signals: int
    older: int
    faults: tuple[Fault, ...]
    derived: tuple[Derived, ...]

    @property
    def is_whole(self) -> bool:
        return not self.faults


@dataclass(frozen=True)
class RecordStatus:
    """The record at a glance: its last entry and the last verification, None where there is none."""

    end: LogEntry | None
    verified: VerificationRow | None


class RecordService:
    """The public record, read and checked; it is written by `Publisher`."""

    def __init__(
        self,
        log: SignalLog,
        signals: SignalRepository,
        verifications: VerificationRepository,
        deriver: Deriver,
        *,
        clock: Clock,
        event_bus: EventBus,
    ) -> None:
        self.log = log
        self.signals = signals
        self.verifications = verifications
        self.deriver = deriver
        self.clock = clock
        self.event_bus = event_bus

    async def status(self) -> RecordStatus:
        """Where the record ends, and when it was last verified."""
        return RecordStatus(await self.log.end(), await self.verifications.find_latest())

    async def verify(
        self, progress: Progress, *, head: str | None = None, rederive: int = 0, seed: int = 0
    ) -> Verification:
        """Walk the whole chain, compare every stored signal, derive `rederive` past rankings again, note the outcome.

        `head`: the hash of some earlier end of the log, kept elsewhere, that must be in the chain.
        """
        progress.step("record")
        keys = await self.log.keys()
        walk = await self._walk(keys, progress)
        stored = await self.log.rankings_stored()
        faults = [
            *walk.faults,
            *unrecorded_faults(stored, walk.latest.keys()),
            *announcement_faults(walk.hashes, [facts async for facts in self._announced()]),
            *head_faults(walk.hashes, [*await self.verifications.heads(), *([head] if head else [])]),
        ]
        progress.step("derive")
        derived = await self.deriver.derive(spread(keys, rederive, seed), progress)
        found = Verification(
            verified_at=self.clock.now(),
            entries=len(walk.hashes),
            head=walk.before.sha256 if walk.before else None,
            signals=walk.signals,
            older=sum(is_older and key not in walk.latest for key, is_older in stored.items()),
            faults=(*faults, *(Fault(_named(d), d.difference) for d in derived if d.difference is not None)),
            derived=tuple(derived),
        )
        await self.verifications.insert(_row(found))
        return found

    async def _walk(self, keys: Sequence[RankingKey], progress: Progress) -> Walk:
        walk = Walk({(key.model, key.as_of): key.sequence for key in keys})
        async for entry in self.log.entries():
            walk.take(entry)
            if walk.is_latest(entry):
                walk.compare(entry, await self.signals.get_ranking(entry.model, entry.as_of))
            progress.advance(len(walk.hashes) / len(keys))
        return walk

    async def _announced(self) -> AsyncGenerator[SignalGenerated, None]:
        """Every announcement that names an entry of the log."""
        before = None
        while page := await self.event_bus.get_history(EventType.SIGNAL_GENERATED, PAGE, before):
            for event in page:
                facts = SignalGenerated.model_validate(event.payload)
                if facts.sequence is not None:
                    yield facts
            before = page[-1].id


def spread(keys: Sequence[RankingKey], count: int, seed: int) -> list[int]:
    """The numbers of `count` entries spread evenly over the sessions, one at random out of each stretch."""
    rng = np.random.default_rng(seed)
    stretches = np.array_split(np.arange(len(keys)), min(count, len(keys))) if count and keys else []
    return [keys[int(rng.choice(stretch))].sequence for stretch in stretches]


def _named(derived: Derived) -> str:
    return f"signal_log {derived.sequence} ({derived.model}, {derived.as_of}) derived again"


def _row(found: Verification) -> dict[str, object]:
    return {
        "verified_at": found.verified_at,
        "entries": found.entries,
        "head": found.head,
        "signals": found.signals,
        "faults": len(found.faults),
        "derived": len(found.derived),
        "equal": sum(derived.difference is None for derived in found.derived),
    }
