"""What commands print: a table for people, JSON for programs."""

import ctypes
import os
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import orjson
import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

# A pipe has no width of its own; 120 columns hold every table whole.
console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)

AsJson = typer.Option(False, "--json", help="Print JSON.")


def print_json(value: Any) -> None:
    """One JSON document on stdout; pydantic models as the API would send them."""
    typer.echo(orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2).decode())


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table whose numeric columns (names ending in a space) line up on the right."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for name in columns:
        table.add_column(name.strip(), justify="right" if name.endswith(" ") else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def percent(value: float | None, digits: int = 1) -> str:
    """A fraction as a signed percentage; missing is a dash."""
    return "–" if value is None else f"{value * 100:+.{digits}f} %".replace("-", "−")


def size(value: float | None) -> str:
    """A fraction that has no sign as a percentage."""
    return percent(value).removeprefix("+")


def day_of(moment: datetime | None) -> date | None:
    """The day that an option names; its parser makes an instant of it."""
    return None if moment is None else moment.date()


@contextmanager
def only_ours() -> Generator[None, None, None]:
    """What libraries print by themselves goes to stderr meanwhile: HiGHS 1.12 has lines that no option turns off."""
    sys.stdout.flush()
    ours = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        # C keeps lines of its own back, which would come out behind ours; Windows' C has to be asked in another way.
        if os.name == "posix":
            ctypes.CDLL(None).fflush(None)
        os.dup2(ours, 1)
        os.close(ours)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return str(value)
