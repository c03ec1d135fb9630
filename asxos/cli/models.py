"""`asxos models`: train, evaluate, list; promote, roll back and the ledger of both."""

from datetime import datetime
from getpass import getuser
from typing import Annotated

import typer

from asxos.bootstrap import System
from asxos.cli.bars import run_drawn
from asxos.cli.output import AsJson, print_json, print_table
from asxos.cli.running import with_system
from asxos.domain.ranking import ENSEMBLE
from asxos.features.models.jobs import PROMOTE_MODEL, ROLL_BACK_MODEL, TRAIN_MODEL
from asxos.features.models.schemas import EvaluationOut, FindingOut, ModelOut, PromotionOut, PromotionsOut
from asxos.features.models.services import CardService, PastRankingService

app = typer.Typer(no_args_is_help=True, help="The models, their record out of sample, and who of them speaks.")

ModelId = Annotated[str, typer.Argument(help="A model's id in models.yaml.")]
BY_YEAR = ("rank_ic", "hac_t", "net_spread", "turnover_best", "auc", "brier", "ece", "coverage")
Version = Annotated[int | None, typer.Option("--version", min=1, help="A version's number.")]
By = Annotated[str | None, typer.Option("--by", help="Who decides; default: the name you are logged in under.")]


@app.command()
def train(
    model: ModelId,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Use nothing known later.")] = None,
    as_json: bool = AsJson,
) -> None:
    """Train a model now, by walk-forward, store the version with its record, and put it through the gate."""
    args = {"model_id": model, "as_of": as_of.date().isoformat() if as_of else None}
    result = with_system(lambda system: run_drawn(system, TRAIN_MODEL, args))
    if as_json:
        print_json(result)
    else:
        decision = {"promote": "promoted", "refuse": "refused by the gate"}.get(result["decision"], "stood already")
        typer.echo(f"{result['model_id']} v{result['version']} trained as of {result['as_of']}: {decision}")


@app.command()
def evaluate(model: ModelId, version: Version = None, as_json: bool = AsJson) -> None:
    """How a version (default: the one that serves) did on dates it was not trained on, beside plain rules."""

    async def work(system: System) -> EvaluationOut:
        cards = system.service(CardService)
        if model == ENSEMBLE:
            return EvaluationOut.of_ensemble(await system.service(PastRankingService).evaluation(), await cards.tally())
        return EvaluationOut.of(await cards.evaluation(model, version), await cards.tally())

    evaluation = with_system(work)
    if as_json:
        print_json(evaluation)
    else:
        record = evaluation.model_dump(mode="json")
        plain = {name: value for name, value in record.items() if not isinstance(value, dict | list)}
        plain |= {"leaks_found": evaluation.leaks.found} if evaluation.leaks else {}
        plain |= {f"left out: {doubt}": rows for doubt, rows in evaluation.left_out.items()}
        print_table(f"{model}, out of sample", ["Figure", "Value "], [[n, _figure(v)] for n, v in plain.items()])
        years = [
            [y.part, *(_figure(getattr(y, name)) for name in BY_YEAR)] for y in evaluation.breakdown.get("year", [])
        ]
        print_table("By year", ["Year", *(f"{name.replace('_', ' ')} " for name in BY_YEAR)], years)


@app.command("list")
def list_models(as_json: bool = AsJson) -> None:
    """Every model of models.yaml: which version serves, and which challenges it."""

    async def work(system: System) -> list[ModelOut]:
        return [ModelOut.of(card) for card in await system.service(CardService).cards()]

    models = with_system(work)
    if as_json:
        print_json(models)
    else:
        columns = ["Model", "Type", "Enabled", "Weight ", "Serves", "Role", "Challenger", "Trained through", "Rank IC "]
        print_table("Models", columns, [_row(m) for m in models])


@app.command()
def promote(model: ModelId, version: Version = None, by: By = None, as_json: bool = AsJson) -> None:
    """Put a version (default: the newest) through the gate; refused, with the lines that failed, or champion."""
    args = {"model_id": model, "version": version, "by": by or getuser()}
    _show_decision(with_system(lambda system: run_drawn(system, PROMOTE_MODEL, args)), as_json)


@app.command()
def rollback(
    model: ModelId,
    to: Annotated[int | None, typer.Option(min=1, help="A former champion's number; default: the one before.")] = None,
    by: By = None,
    as_json: bool = AsJson,
) -> None:
    """Give the place back to a former champion, from the next ranking on."""
    args = {"model_id": model, "to": to, "by": by or getuser()}
    _show_decision(with_system(lambda system: run_drawn(system, ROLL_BACK_MODEL, args)), as_json)


@app.command()
def promotions(
    model: Annotated[str | None, typer.Argument(help="A model's id; default: all.")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 20,
    as_json: bool = AsJson,
) -> None:
    """The ledger: every decision on a version, who took it, and what the gate found; checked against its hashes."""

    async def work(system: System) -> PromotionsOut:
        return PromotionsOut.of(await system.service(CardService).ledger(model, limit))

    ledger = with_system(work)
    if as_json:
        print_json(ledger)
        return
    columns = ["No ", "Model", "Version", "Decision", "From session", "By", "The gate"]
    print_table("Promotions", columns, [_decision(p) for p in ledger.promotions])
    typer.echo("The ledger is as it was written." if ledger.intact else f"NOT AS WRITTEN from no {ledger.broken_at} on")


def _show_decision(decided: dict[str, object], as_json: bool) -> None:
    if as_json:
        print_json(decided)
    else:
        typer.echo(f"{decided['model_id']} v{decided['version']} is champion from {decided['effective_from']} on")


def _row(model: ModelOut) -> list[str]:
    rank_ic = model.metrics.rank_ic if model.metrics else None
    return [
        *(model.model_id, model.type, "yes" if model.enabled else "no", f"{model.weight:.2f}"),
        *(model.version or "–", model.role or "–", model.challenger or "–"),
        *(str(model.trained_through or "–"), _figure(rank_ic)),
    ]


def _decision(decided: PromotionOut) -> list[str]:
    failed = [f"{line.measure} {_value(line)}" for line in decided.gate if not line.passed]
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    found = f"failed: {failed[0]}{more}" if failed else f"passed {len(decided.gate)} lines"
    return [
        *(str(decided.id), decided.model_id, decided.version, decided.action.value),
        *(decided.effective_from.isoformat(), decided.decided_by, found),
    ]


def _value(line: FindingOut) -> str:
    return "not measured" if line.value is None else f"{line.value:.4g}"


def _figure(value: object) -> str:
    return "–" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)
