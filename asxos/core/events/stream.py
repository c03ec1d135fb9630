"""One listener's place in the stream of events: bounded, so that a slow reader costs itself and nobody else."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from asxos.core.events.types import Event, EventType


@dataclass(frozen=True)
class Gap:
    """Stands where events were left out; the reader should read afresh what it shows.

    `missed` is how many were dropped, or None when that is not known (the place to resume from was too far back).
    """

    missed: int | None


class EventQueue:
    """Events in order, with a Gap where the reader was too slow."""

    def __init__(self, types: Iterable[EventType] | None, capacity: int) -> None:
        self._types = None if types is None else frozenset(types)
        self._capacity = capacity
        self._backlog: deque[Event | Gap] = deque()
        self._items: deque[Event] = deque()
        self._missed = 0
        self._ready = asyncio.Event()

    def wants(self, event: Event) -> bool:
        return self._types is None or event.type in self._types

    def put(self, event: Event) -> None:
        """Append, or count as missed when the reader is `capacity` behind. Never waits."""
        if self._missed or len(self._items) >= self._capacity:
            self._missed += 1
        else:
            self._items.append(event)
        self._ready.set()

    def resume(self, backlog: Iterable[Event | Gap]) -> None:
        """Put what was missed while away in front; it does not count towards the capacity."""
        self._backlog.extend(backlog)
        if self._backlog:
            self._ready.set()

    async def get(self) -> Event | Gap:
        """The next item. What was dropped is told once the reader has taken what came before."""
        await self._ready.wait()
        item = self._next()
        if not (self._backlog or self._items or self._missed):
            self._ready.clear()
        return item

    def _next(self) -> Event | Gap:
        if self._backlog:
            return self._backlog.popleft()
        if self._items:
            return self._items.popleft()
        missed, self._missed = self._missed, 0
        return Gap(missed)
