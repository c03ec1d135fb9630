"""Who wants which events: the table the composition root fills, the same in every process."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from asxos.core.events.errors import DuplicateSubscriber, UnknownSubscriber
from asxos.core.events.types import Event, EventType

Handler = Callable[[Event], Awaitable[None]]


@dataclass(frozen=True)
class Subscriber:
    name: str
    handler: Handler
    is_durable: bool


@dataclass
class Subscribers:
    """Subscribers by event type; names are unique within a type, for a stored delivery knows only the name."""

    _by_type: dict[EventType, dict[str, Subscriber]] = field(default_factory=dict)

    def add(self, event_type: EventType, subscriber: Subscriber) -> None:
        """Raises: DuplicateSubscriber."""
        named = self._by_type.setdefault(event_type, {})
        if subscriber.name in named:
            raise DuplicateSubscriber(event_type, subscriber.name)
        named[subscriber.name] = subscriber

    def durable(self, event_type: EventType) -> list[str]:
        """Names of those that a stored delivery must reach."""
        return [s.name for s in self._of(event_type) if s.is_durable]

    def in_process(self, event_type: EventType) -> list[Subscriber]:
        """Those that every process serves from its own feed."""
        return [s for s in self._of(event_type) if not s.is_durable]

    def get(self, event_type: EventType, name: str) -> Subscriber:
        """Raises: UnknownSubscriber."""
        if (found := self._by_type.get(event_type, {}).get(name)) is None:
            raise UnknownSubscriber(event_type, name)
        return found

    def _of(self, event_type: EventType) -> Sequence[Subscriber]:
        return list(self._by_type.get(event_type, {}).values())
