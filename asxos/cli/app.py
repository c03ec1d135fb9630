"""The commands, put together."""

import typer

from asxos.cli import events, ingest, jobs, models, operate, portfolio, signals
from asxos.cli.backtest import backtest
from asxos.cli.tax import tax
from asxos.cli.up import up

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Signals for the Australian share market that can be checked.",
)
app.command()(up)
app.command()(backtest)
app.command()(tax)
app.add_typer(ingest.app, name="ingest")
app.add_typer(models.app, name="models")
app.add_typer(signals.app, name="signals")
app.add_typer(portfolio.app, name="portfolio")
app.add_typer(jobs.app, name="jobs")
app.add_typer(events.app, name="events")
for command in (operate.serve, operate.worker, operate.migrate, operate.doctor, operate.openapi):
    app.command()(command)


def main() -> None:
    """Entry point of the installed command."""
    app()
