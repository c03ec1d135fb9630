"""How a command runs: open the system, one call, close it; bad input is one line on stderr and exit code 2."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from importlib.util import find_spec
from typing import Any, NoReturn, TypeVar

import typer

from asxos.bootstrap import System, open_system
from asxos.core.errors import AsxosError
from asxos.core.logging import configure_logging, correlated
from asxos.core.settings import Settings

R = TypeVar("R")

BAD_INPUT = 2
FAILED = 1


def with_system(call: Callable[[System], Awaitable[R]], *, simulated: bool | None = None) -> R:
    """Open the system, make one call, close it. `simulated` chooses the market; None is the one used last."""

    async def opened() -> R:
        async with open_system(Settings(), simulated=simulated) as system:
            return await call(system)

    return run(opened())


def run(work: Coroutine[Any, Any, R]) -> R:
    """Run a command's work with a correlation id; errors of ours become one line and an exit code."""
    settings = Settings()
    configure_logging(settings.log_level, as_json=settings.log_json)
    try:
        with correlated():
            return run_quickly(work)
    except AsxosError as error:
        refuse(str(error), FAILED if error.status >= 500 else BAD_INPUT)
    except KeyboardInterrupt:
        refuse("stopped", 130)


def run_quickly(work: Coroutine[Any, Any, R]) -> R:
    """`asyncio.run` on the quicker event loop, where the platform has it."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if find_spec("uvloop") is None:
        return None
    import uvloop  # noqa: PLC0415 - there is none for Windows

    return uvloop.new_event_loop


def refuse(message: str, code: int = BAD_INPUT) -> NoReturn:
    """Say what is wrong in one line and end the command."""
    print(f"asxos: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201 - the command's own voice
    raise typer.Exit(code)
