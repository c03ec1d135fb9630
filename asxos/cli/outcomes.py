"""`asxos signals outcomes`: what became of published signals."""

from datetime import datetime
from typing import Annotated

import typer

from asxos.bootstrap import System
from asxos.cli.output import AsJson, day_of, percent, print_json, print_table
from asxos.cli.running import with_system
from asxos.core.errors import BadInput
from asxos.domain.outcomes import HORIZONS
from asxos.features.signals.schemas import OutcomePartOut, OutcomesOut
from asxos.features.signals.services import OutcomeService

_COLUMNS = ("Part", "Signals ", "Calls ", "Hit-rate ", "95 % ", "Return ", "Excess ", "Net of cost ")


def outcomes(
    model: Annotated[str | None, typer.Option(help="A model's id, or `ensemble`; default: every one.")] = None,
    horizon: Annotated[int, typer.Option(help="Sessions: 1, 5, 21 or 63.")] = 21,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Of sessions from.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Of sessions up to.")] = None,
    as_json: bool = AsJson,
) -> None:
    """Settle what has come due, then say how often signals were right and what they earned."""

    async def work(system: System) -> OutcomesOut:
        if horizon not in HORIZONS:
            raise BadInput(f"no outcomes over {horizon} sessions: 1, 5, 21 or 63")
        service = system.service(OutcomeService)
        await service.settle()
        days = day_of(first), day_of(last)
        return OutcomesOut.of(horizon, *days, await service.tell(model, horizon, *days))

    found = with_system(work)
    print_json(found) if as_json else _show(found)


def _show(found: OutcomesOut) -> None:
    for each in found.models:
        rows = [
            [
                *("all" if part.by == "all" else f"{part.by} {part.name}", f"{part.signals:,}", f"{part.calls:,}"),
                *(_share(part.hit_rate), _interval(part)),
                *(percent(part.mean_return, 2), percent(part.mean_excess, 2), percent(part.mean_net, 2)),
            ]
            for part in each.parts
        ]
        print_table(f"{each.model}, {found.horizon} sessions from the next open", _COLUMNS, rows)
        typer.echo(f"not yet due: {each.not_due:,}; never traded again: {each.never_traded:,}")


def _interval(part: OutcomePartOut) -> str:
    return "–" if part.hit_low is None else f"{_share(part.hit_low)} to {_share(part.hit_high)}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
