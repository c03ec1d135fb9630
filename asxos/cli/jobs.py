"""`asxos jobs`: what runs, what ran, run one now."""

from typing import Annotated

import orjson
import typer

from asxos.cli.bars import run_drawn
from asxos.cli.output import AsJson, print_json, print_table
from asxos.cli.running import refuse, with_system
from asxos.core.jobs.records import Job
from asxos.core.jobs.routes import JobOut

app = typer.Typer(no_args_is_help=True, help="What runs, and what ran.")


@app.command("list")
def list_jobs(limit: int = 20, as_json: bool = AsJson) -> None:
    """Jobs, latest first."""
    jobs = with_system(lambda system: system.jobs.list_jobs(limit))
    if as_json:
        print_json([JobOut.of(job) for job in jobs])
    else:
        print_table("Jobs", ["Id ", "Job", "State", "Step", "Seconds ", "Error"], [_row(job) for job in jobs])


@app.command("run")
def run_job(name: str, args: Annotated[str, typer.Option(help="The job's arguments as a JSON object.")] = "{}") -> None:
    """Run a job here and now, and wait for its end."""
    try:
        values = orjson.loads(args)
    except orjson.JSONDecodeError as error:
        refuse(f"--args is not JSON: {error}")
    print_json(with_system(lambda system: run_drawn(system, name, values)))


def _row(job: Job) -> list[str]:
    seconds = f"{job.seconds:.1f}" if job.seconds is not None else "–"
    return [str(job.id), job.name, job.state, job.step or "", seconds, (job.error or "")[:80]]
