"""A job's progress as bars on the terminal; on stderr, so that what a command prints can be piped."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from asxos.bootstrap import System
from asxos.core.jobs.records import Progress as JobProgress


async def run_drawn(system: System, job: str, args: Mapping[str, Any], key: str | None = None) -> dict[str, Any]:
    """Run a job here, its progress drawn as bars; returns its result."""
    with Bars() as bars:
        done = await system.jobs.run_now(job, key=key, args=args, on_progress=bars.show)
    return dict(done.result or {})


class Bars:
    """Draws one bar a step."""

    def __init__(self) -> None:
        self._drawn = Progress(
            SpinnerColumn(),
            TextColumn("{task.description:<24}"),
            BarColumn(bar_width=32),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[text]}"),
            console=Console(stderr=True),
        )
        self._task: TaskID | None = None
        self._step: str | None = None

    def __enter__(self) -> Self:
        self._drawn.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is None:
            self._finish()
        self._drawn.stop()

    def step(self, name: str) -> None:
        """Complete the bar before and begin one called `name`."""
        self._finish()
        self._task = self._drawn.add_task(name, total=1.0, text="")

    def advance(self, fraction: float, text: str = "") -> None:
        """Move the present bar to `fraction` of its length."""
        if self._task is not None:
            self._drawn.update(self._task, completed=fraction, text=text)

    def show(self, progress: JobProgress) -> None:
        """Follow a job: a new bar for each new step."""
        if progress.step is not None and progress.step != self._step:
            self._step = progress.step
            self.step(progress.step)
        self.advance(progress.fraction, progress.detail or "")

    def _finish(self) -> None:
        if self._task is not None:
            self._drawn.update(self._task, completed=1.0)
