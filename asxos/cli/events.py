"""`asxos events`: the log of what happened."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from asxos.bootstrap import System
from asxos.cli.output import AsJson, console, print_json
from asxos.cli.running import with_system
from asxos.core.events.routes import EventOut
from asxos.core.events.stream import Gap
from asxos.core.events.types import Event, EventType

app = typer.Typer(no_args_is_help=True, help="What happened.")


@app.command()
def tail(
    limit: Annotated[int, typer.Option(help="How many of the latest to begin with.")] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more.")] = False,
    as_json: bool = AsJson,
) -> None:
    """The latest events, oldest of them first."""

    async def read(system: System) -> None:
        for event in reversed(await system.event_bus.get_history(limit=limit)):
            _show(event, as_json)
        if follow:
            await _follow(system, as_json)

    with_system(read)


@app.command()
def replay(
    type: Annotated[EventType, typer.Option(help="Events of this type.")],
    subscriber: Annotated[str, typer.Option(help="To this durable subscriber.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="From this instant, UTC.")],
) -> None:
    """Deliver past events to a subscriber again, whether it has had them or not; the worker carries them out."""
    instant = since.replace(tzinfo=UTC)
    count = with_system(lambda system: system.event_bus.deliveries.replay(type, subscriber, instant))
    console.print(f"{count} deliveries queued")


async def _follow(system: System, as_json: bool) -> None:
    async with system.feed.running(), system.feed.listen() as queue:
        while True:
            item = await queue.get()
            if not isinstance(item, Gap):
                _show(item, as_json)


def _show(event: Event, as_json: bool) -> None:
    if as_json:
        print_json(EventOut.of(event))
    else:
        facts = "  ".join(f"{name}={value}" for name, value in event.payload.items() if value is not None)
        console.print(f"[dim]{event.timestamp:%Y-%m-%d %H:%M:%S}[/]  [bold]{event.type.value:<20}[/]  {facts}")
