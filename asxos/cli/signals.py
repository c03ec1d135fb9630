"""`asxos signals`: generate, read and explain rankings."""

from datetime import datetime
from typing import Annotated

import typer

from asxos.bootstrap import System
from asxos.cli import outcomes, record
from asxos.cli.bars import run_drawn
from asxos.cli.output import AsJson, day_of, percent, print_json, print_table
from asxos.cli.running import with_system
from asxos.domain.factors.library import FACTORS
from asxos.features.signals.repositories import DEFAULT_MODEL
from asxos.features.signals.schemas import ExplanationOut, FactorWords, LiveSignalsOut, SignalOut
from asxos.features.signals.services import GENERATE_SIGNALS, SignalService

app = typer.Typer(no_args_is_help=True, help="Rankings of shares.")

app.command()(record.verify)
app.command()(outcomes.outcomes)

Day = typer.Option(None, "--as-of", formats=["%Y-%m-%d"], help="A session; default: the latest with prices.")
_WORDS = {f.name: FactorWords(words=f.words, unit=f.unit) for f in FACTORS}


@app.command()
def generate(
    as_of: datetime | None = Day,
    history: Annotated[int, typer.Option(help="Also rank this many earlier sessions, a week apart.")] = 0,
    as_json: bool = AsJson,
) -> None:
    """Rank every share as known at the close of one session."""
    args = {"as_of": as_of.date().isoformat() if as_of else None, "history": history}
    result = with_system(lambda system: run_drawn(system, GENERATE_SIGNALS, args))
    if as_json:
        print_json(result)
    else:
        typer.echo(f"{result['signals']} signals stored in {result['rankings']} rankings up to {result['as_of']}")


@app.command()
def live(
    model: Annotated[str, typer.Option(help="A model's id, or `ensemble`.")] = DEFAULT_MODEL,
    limit: Annotated[int, typer.Option(min=1)] = 20,
    as_of: datetime | None = Day,
    as_json: bool = AsJson,
) -> None:
    """The latest ranking, best first."""

    async def work(system: System) -> LiveSignalsOut:
        day = day_of(as_of)
        return LiveSignalsOut.of(await system.service(SignalService).get_live_signals(model, limit, day))

    ranking = with_system(work)
    print_json(ranking) if as_json else show_ranking(ranking)


@app.command()
def explain(
    symbol: str,
    model: Annotated[str, typer.Option(help="A model that can explain itself.")] = "model_a",
    as_of: datetime | None = Day,
    as_json: bool = AsJson,
) -> None:
    """Why a share has its score, factor by factor."""

    async def work(system: System) -> ExplanationOut:
        day = day_of(as_of)
        return ExplanationOut.of(*await system.service(SignalService).explain(symbol, model, day), _WORDS)

    explained = with_system(work)
    if as_json:
        print_json(explained)
    else:
        rows = [[r.words, _value(r.value), r.unit, f"{r.contribution:+.4f}"] for r in explained.reasons]
        sums = f"{explained.base:+.4f} to {explained.score:+.4f} {explained.unit}"
        title = f"{explained.symbol} by {model} as of {explained.as_of}: {sums}"
        print_table(title, ["Factor", "Value ", "Unit", "Part of the score "], rows)


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def show_ranking(ranking: LiveSignalsOut) -> None:
    """A ranking as a table; simulated data says so."""
    mark = "  SIMULATED DATA" if ranking.simulated else ""
    columns = ["Rank ", "Symbol", "Signal", "Probability ", "Expected ", "90 % interval ", "Apart ", "Close ", "Name"]
    print_table(f"{ranking.model} as of {ranking.as_of}{mark}", columns, [_row(s) for s in ranking.signals])


def _row(signal: SignalOut) -> list[str]:
    interval = f"{percent(signal.interval[0])} … {percent(signal.interval[1])}" if signal.interval else "–"
    apart = f"{signal.disagreement:.3f}" if signal.disagreement is not None else "–"
    close = f"{signal.close:.3f}" if signal.close is not None else "–"
    return [
        *(str(signal.rank), signal.symbol, signal.signal.value.replace("_", " ")),
        *(f"{signal.ml_prob:.3f}", percent(signal.ml_expected_return, 2), interval, apart, close, signal.name or ""),
    ]
