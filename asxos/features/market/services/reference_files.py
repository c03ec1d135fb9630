"""Reading CSV files of corporate actions and securities: columns by name, lines kept for what must be refused."""

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from csv import DictReader
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TypeVar

from asxos.domain.identifiers import MalformedCode, canonical_symbol
from asxos.features.market.services.errors import BadReferenceFile
from asxos.providers.prices import Refused

R = TypeVar("R")

Row = dict[str, str]

# Our names, and what files call them; compared without case, spaces and underscores.
NAMES: Mapping[str, tuple[str, ...]] = {
    "symbol": ("symbol", "code", "asxcode", "ticker"),
    "current": ("currentsymbol2020",),
    "ex_date": ("exdate", "date"),
    "session_date": ("date",),
    "index": ("index", "code"),
    "price": ("priceindex", "close"),
    "total_return": ("accumulationindex", "totalreturn"),
    "factor": ("factor",),
    "amount": ("amountaud", "amount"),
    "franked": ("frankedpct", "franked"),
    "kind": ("kind", "type"),
    "method": ("method",),
    "name": ("name", "companyname"),
    "group": ("industrygroup", "gicsindustrygroup", "gicsgroup", "sector"),
    "listed_on": ("listingdate", "listedon"),
    "first_seen": ("firstseen", "firstdate"),
    "last_seen": ("lastseen", "lastdate"),
    "is_temporary": ("temporarycode",),
    "is_estimated": ("estimated",),
}


@dataclass
class ReferenceFile:
    """The rows of a CSV file under our names, each with its line; `refused` fills up while they are parsed."""

    path: Path
    columns: frozenset[str]
    rows: list[tuple[int, Row]]
    refused: list[Refused] = field(default_factory=list[Refused])

    def parsed(self, parse: Callable[[Row], R]) -> Iterator[R]:
        """What `parse` makes of each row; one that it raises ValueError for is refused with its line."""
        for line, row in self.rows:
            try:
                yield parse(row)
            except ValueError as error:
                self.refused.append(Refused(self.path.name, line, str(error)))

    def require(self, *names: str) -> None:
        """Raises: BadReferenceFile: a column is missing."""
        if absent := [name for name in names if name not in self.columns]:
            raise BadReferenceFile(self.path, f"no column {' and no column '.join(absent)}")


def read_reference(path: Path) -> ReferenceFile:
    """The file, its header found under whatever title lines stand above it.

    Raises: BadReferenceFile: unreadable, or no line has two columns that we know.
    """
    lines = _text(path).splitlines(keepends=True)
    header = next((i for i, line in enumerate(lines) if len(set(_known(line.split(",")).values())) > 1), None)
    if header is None:
        raise BadReferenceFile(path, "no header line with columns of actions or securities")
    reader = DictReader(StringIO("".join(lines[header:])))
    names = _known(reader.fieldnames or [])
    rows = [
        (header + reader.line_num, {ours: (row.get(theirs) or "").strip() for ours, theirs in names.items()})
        for row in reader
    ]
    return ReferenceFile(path, frozenset(names), rows)


def code_of_name(path: Path) -> str | None:
    """The code in a file name such as `dividends_CBA.csv`; None when its last word is none."""
    try:
        return canonical_symbol(path.name.split(".")[0].split("_")[-1])
    except MalformedCode:
        return None


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise BadReferenceFile(path, str(error)) from error


def _known(header: Sequence[str]) -> dict[str, str]:
    """Our name of each column that we know, and the file's."""
    plain = {field.strip().strip('"').casefold().replace(" ", "").replace("_", ""): field for field in header}
    return {ours: plain[name] for ours, names in NAMES.items() for name in names[::-1] if name in plain}
