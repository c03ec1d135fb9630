"""HTTP for the event log: its history by page, and the live stream."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from asxos.core.events.event_bus import EventBus
from asxos.core.events.feed import EventFeed
from asxos.core.events.stream import EventQueue, Gap
from asxos.core.events.types import Event, EventType
from asxos.core.http import provided

router = APIRouter(prefix="/events", tags=["events"])

Bus = Annotated[EventBus, Depends(provided(EventBus))]
Feed = Annotated[EventFeed, Depends(provided(EventFeed))]

# Shorter than the idle limits of the usual proxies.
HEARTBEAT_SECONDS = 15.0


class EventOut(BaseModel):
    id: UUID
    type: EventType
    payload: dict[str, Any]
    source: str
    occurred_at: datetime
    correlation_id: str | None

    @classmethod
    def of(cls, event: Event) -> Self:
        assert event.id is not None
        return cls(
            id=event.id,
            type=event.type,
            payload=event.payload,
            source=event.source,
            occurred_at=event.timestamp,
            correlation_id=event.correlation_id,
        )


class EventsOut(BaseModel):
    """Newest first; pass the last id as `before` for the next page."""

    items: list[EventOut]


@router.get("")
async def events(
    bus: Bus,
    type: EventType | None = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    before: UUID | None = None,
) -> EventsOut:
    """What happened, newest first."""
    return EventsOut(items=[EventOut.of(event) for event in await bus.get_history(type, limit, before)])


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def stream(
    feed: Feed,
    types: Annotated[list[EventType] | None, Query(alias="type")] = None,
    last_event_id: Annotated[UUID | None, Header()] = None,
) -> StreamingResponse:
    """Events as they commit, as server-sent events; a reconnecting browser resumes behind its `Last-Event-ID`.

    An event `gap` says that some were left out: read afresh what you show.
    """
    return StreamingResponse(
        _lines(feed, types, last_event_id),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _lines(feed: EventFeed, types: list[EventType] | None, after: UUID | None) -> AsyncGenerator[bytes, None]:
    async with feed.listen(types, after=after) as queue:
        yield b"retry: 2000\n\n"
        while True:
            yield await _next_line(queue)


async def _next_line(queue: EventQueue) -> bytes:
    try:
        item = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return b": still here\n\n"
    if isinstance(item, Gap):
        return b"event: gap\ndata: " + orjson.dumps({"missed": item.missed}) + b"\n\n"
    body = orjson.dumps(EventOut.of(item).model_dump(mode="json"))
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (str(item.id).encode(), item.type.encode(), body)
