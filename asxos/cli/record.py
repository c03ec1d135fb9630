"""`asxos signals verify`: whether the public record is as it was published."""

from typing import Annotated

import typer

from asxos.bootstrap import System
from asxos.cli.bars import Bars
from asxos.cli.output import AsJson, print_json, print_table
from asxos.cli.running import FAILED, with_system
from asxos.features.signals.schemas import VerificationOut
from asxos.features.signals.services import RecordService

SHOWN = 20


def verify(
    rederive: Annotated[int, typer.Option(min=0, help="Derive so many past rankings again, byte for byte.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Which ones: the same seed picks the same.")] = 0,
    head: Annotated[str | None, typer.Option(help="A hash noted down before: it must be in the record.")] = None,
    as_json: bool = AsJson,
) -> None:
    """Check every hash and every stored signal of the public record; exit 1 when something is not as published."""

    async def work(system: System) -> VerificationOut:
        with Bars() as bars:
            service = system.service(RecordService)
            return VerificationOut.of(await service.verify(bars, head=head, rederive=rederive, seed=seed))

    found = with_system(work)
    if as_json:
        print_json(found)
    else:
        _show(found)
    if not found.whole:
        raise typer.Exit(FAILED)


def _show(found: VerificationOut) -> None:
    if found.derived:
        rows = [[str(d.sequence), d.model, str(d.as_of), "equal" if d.equal else "DIFFERS"] for d in found.derived]
        print_table("Derived again from prices as stored then", ["Entry ", "Model", "Session", "Bytes"], rows)
    for fault in found.faults[:SHOWN]:
        typer.echo(f"{fault.where}: {fault.what}")
    if len(found.faults) > SHOWN:
        typer.echo(f"... and {len(found.faults) - SHOWN:,} more")
    if found.older:
        typer.echo(f"{found.older:,} rankings are from before the record, which does not cover them")
    state = "The record is whole" if found.whole else f"The record is NOT as published, faults: {len(found.faults):,}"
    typer.echo(f"{state}. {found.entries:,} rankings, {found.signals:,} signals compared")
    typer.echo(f"head {found.head or '–'}")
