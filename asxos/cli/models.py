"""`asxos models`: train, evaluate, list."""

from datetime import datetime
from typing import Annotated

import typer

from asxos.bootstrap import System
from asxos.cli.bars import run_drawn
from asxos.cli.output import AsJson, print_json, print_table
from asxos.cli.running import with_system
from asxos.features.models.jobs import TRAIN_MODEL
from asxos.features.models.schemas import EvaluationOut, ModelOut
from asxos.features.models.services import CardService

app = typer.Typer(no_args_is_help=True, help="The models and their record out of sample.")

ModelId = Annotated[str, typer.Argument(help="A model's id in models.yaml.")]


@app.command()
def train(
    model: ModelId,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Use nothing known later.")] = None,
    as_json: bool = AsJson,
) -> None:
    """Train a model now, by walk-forward, and store the version with its record."""
    args = {"model_id": model, "as_of": as_of.date().isoformat() if as_of else None}
    result = with_system(lambda system: run_drawn(system, TRAIN_MODEL, args))
    if as_json:
        print_json(result)
    else:
        typer.echo(f"{result['model_id']} v{result['version']} trained as of {result['as_of']}")


@app.command()
def evaluate(model: ModelId, as_json: bool = AsJson) -> None:
    """How the newest version did on dates it was not trained on, beside plain rules."""

    async def work(system: System) -> EvaluationOut:
        return EvaluationOut.of(await system.service(CardService).evaluation(model))

    evaluation = with_system(work)
    if as_json:
        print_json(evaluation)
    else:
        record = evaluation.model_dump(mode="json")
        plain = {name: value for name, value in record.items() if not isinstance(value, dict | list)}
        plain |= {f"left out: {doubt}": rows for doubt, rows in evaluation.left_out.items()}
        print_table(f"{model}, out of sample", ["Figure", "Value "], [[n, _figure(v)] for n, v in plain.items()])


@app.command("list")
def list_models(as_json: bool = AsJson) -> None:
    """Every model of models.yaml and its newest version."""

    async def work(system: System) -> list[ModelOut]:
        return [ModelOut.of(card) for card in await system.service(CardService).cards()]

    models = with_system(work)
    if as_json:
        print_json(models)
    else:
        columns = ["Model", "Type", "Enabled", "Weight ", "Version", "Trained through", "Rank IC "]
        print_table("Models", columns, [_row(m) for m in models])


def _row(model: ModelOut) -> list[str]:
    rank_ic = model.metrics.rank_ic if model.metrics else None
    return [
        *(model.model_id, model.type, "yes" if model.enabled else "no", f"{model.weight:.2f}"),
        *(str(model.version or "–"), str(model.trained_through or "–"), _figure(rank_ic)),
    ]


def _figure(value: object) -> str:
    return "–" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)
