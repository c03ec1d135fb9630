"""Index numbers from files, as the other ingests take theirs."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from asxos.bootstrap import System
from asxos.features.tax.repositories import CpiRepository
from asxos.features.tax.services import CpiService
from asxos.providers.cpi import BadCpiFile
from tests.cli.test_cli import asxos, quiet_afterwards

__all__ = ["quiet_afterwards"]


def written(folder: Path, text: str) -> Path:
    path = folder / "cpi.csv"
    path.write_text(text)
    return path


async def test_numbers_come_in_once_and_a_revision_counts(system: System, tmp_path: Path) -> None:
    service = system.service(CpiService)
    path = written(tmp_path, "Quarter,Index Number\n2024-06-30,138.8\n2024-Q3,139.1\n31/3/2024,137.4\n")
    assert await service.ingest(path) == {"rows": 3, "changed": 3, "refused": []}
    assert (await service.ingest(path))["changed"] == 0
    system.clock.instant = system.clock.instant.replace(day=31)  # pyright: ignore[reportAttributeAccessIssue] - a FixedClock
    assert (await service.ingest(written(tmp_path, "quarter,number\n2024Q3,139.2\n")))["changed"] == 1
    numbers = (await CpiRepository(system.db).latest()).numbers
    assert numbers == {
        date(2024, 3, 31): Decimal("137.4"),
        date(2024, 6, 30): Decimal("138.8"),
        date(2024, 9, 30): Decimal("139.2"),
    }


async def test_bad_rows_are_named_and_the_rest_goes_in(system: System, tmp_path: Path) -> None:
    rows = [
        "2024-Q3,139.1", "2024-Q5,139", "2024-08-31,139", ",139", "2024-12-31,140", "2024-Q2,none", "2024-Q2,-1",
        "2024-Q2,inf", "2024-Q2,138.81234", "2024-Q3,139.2", "2024-Q3,139.1", "2024-Q1",
    ]  # fmt: skip
    report = await system.service(CpiService).ingest(written(tmp_path, "\n".join(["quarter,number", *rows, ""])))
    assert (report["rows"], report["changed"]) == (12, 1)
    assert [line.removeprefix("cpi.csv:") for line in report["refused"]] == [
        "3: '2024-Q5' is neither the last day of a quarter nor a quarter such as 2024-Q3",
        "4: '2024-08-31' is neither the last day of a quarter nor a quarter such as 2024-Q3",
        "5: '' is neither the last day of a quarter nor a quarter such as 2024-Q3",
        "6: the quarter to 2024-12-31 is not over",
        "7: 'none' is not a number",
        "8: an index number of -1 cannot be",
        "9: an index number of inf cannot be",
        "10: 138.81234 has more than four decimals",
        "11: another number for the quarter to 2024-09-30 stands above: 139.1",
        "13: '' is not a number",
    ]


async def test_what_is_no_file_of_numbers_is_refused_whole(system: System, tmp_path: Path) -> None:
    for text, says in (("a,b\n1,2\n", "needs a column quarter"), ("", "needs a column quarter")):
        with pytest.raises(BadCpiFile, match=says):
            await system.service(CpiService).ingest(written(tmp_path, text))
    with pytest.raises(BadCpiFile):
        await system.service(CpiService).ingest(tmp_path)


def test_the_command_reports_like_its_kind(database_url: str, tmp_path: Path) -> None:
    path = written(tmp_path, "quarter,number\n2024-Q3,139.1\n2024-Q9,1\n")
    body = json.loads(asxos("ingest", "cpi", "--from", str(path), "--json", url=database_url).stdout)
    assert (body["rows"], body["changed"], len(body["refused"])) == (2, 1, 1)
