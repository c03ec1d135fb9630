"""`asxos backtest` as a person types it, on the published market."""

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import asxos, quiet_afterwards

__all__ = ["quiet_afterwards"]


def test_a_run_is_printed_and_its_report_and_trades_are_written(published_url: str, tmp_path: Path) -> None:
    page, trades = tmp_path / "report.html", tmp_path / "trades.csv"
    args = ("backtest", "--model", "momentum", "--top", "5", "--report", str(page), "--trades", str(trades))
    table = asxos(*args, url=published_url)
    assert table.exit_code == 0, table.output
    for said in ("SIMULATED DATA", "Strategy, after costs", "All ranked, equal weight", "momentum v"):
        assert said in table.stdout
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert trades.read_text().startswith("date,decided,symbol,kind,shares,price")
    # the same again is the same run, as JSON what the API says
    once = json.loads(asxos(*args, "--json", url=published_url).stdout)
    again = json.loads(asxos(*args, "--json", url=published_url).stdout)
    assert once["id"] == again["id"]
    assert once["parameters"]["top"] == 5


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--model", "model_z"), "model_z"),
        (("--from", "2024-02-01", "--to", "2024-01-01"), "is after last"),
        (("--from", "2030-01-01"), "has no ranking out of sample from 2030-01-01"),
        (("--report", "no/such/folder/report.html"), "no such folder"),
        (("--model", "A B"), "model"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(published_url: str, args: tuple[str, ...], says: str) -> None:
    answer = asxos("backtest", *args, url=published_url)
    assert answer.exit_code == 2
    lines = [line for line in answer.stderr.splitlines() if line.startswith("asxos: ")]
    assert len(lines) == 1
    assert says in lines[0]


def test_an_index_from_a_file_goes_in(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "index.csv"
    path.write_text("code,date,close,accumulation_index\nXJO,2024-01-08,7500,90000\n")
    answer = asxos("ingest", "index", "--from", str(path), "--json", url=database_url)
    assert json.loads(answer.stdout) == {"rows": 1, "changed": 1, "refused": []}
