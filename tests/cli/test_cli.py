"""The commands as a person types them, against published rankings or nothing at all."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from asxos.cli.app import app

HEAD = "symbol,date,open,high,low,close,volume"


@pytest.fixture(autouse=True)
def quiet_afterwards() -> Iterator[None]:
    """A command sends the process's logs to a stderr that ends with it."""
    yield
    structlog.reset_defaults()


def asxos(*args: str, url: str | None = None, home: Path | None = None) -> Result:
    """Run the command in this process, with nothing in its environment but a database or a home."""
    kept = {name: None for name in os.environ if name.startswith("ASXOS_")}
    chosen = {"ASXOS_DATABASE_URL": url, "ASXOS_HOME": str(home) if home else None}
    return CliRunner().invoke(app, args, env={**kept, **chosen}, catch_exceptions=False)


def test_the_live_ranking_is_printed_for_people_and_for_programs(published_url: str) -> None:
    table = asxos("signals", "live", "--limit", "3", url=published_url)
    assert "SIMULATED DATA" in table.stdout
    body = json.loads(asxos("signals", "live", "--limit", "3", "--json", url=published_url).stdout)
    assert [s["rank"] for s in body["signals"]] == [1, 2, 3]
    assert body["signals"][0]["symbol"] in table.stdout


def test_an_explanation_is_printed_in_words(published_url: str) -> None:
    body = json.loads(asxos("signals", "live", "--limit", "1", "--json", url=published_url).stdout)
    answer = asxos("signals", "explain", body["signals"][0]["symbol"], url=published_url)
    assert "log-odds" in answer.stdout
    assert "12-month momentum" in answer.stdout


def test_the_record_is_verified_and_its_past_derived_again(published_url: str) -> None:
    found = json.loads(asxos("signals", "verify", "--rederive", "2", "--json", url=published_url).stdout)
    assert (found["whole"], found["faults"], [d["equal"] for d in found["derived"]]) == (True, [], [True, True])
    again = asxos("signals", "verify", "--head", found["head"], "--rederive", "1", url=published_url)
    assert (again.exit_code, "The record is whole" in again.stdout, found["head"] in again.stdout) == (0, True, True)
    other = asxos("signals", "verify", "--head", "0" * 64, url=published_url)
    assert (other.exit_code, "NOT as published, faults: 1" in other.stdout) == (1, True)
    assert "ended the log once and is gone" in other.stdout


def test_outcomes_are_told_with_what_is_not_due(published_url: str) -> None:
    answer = asxos("signals", "outcomes", "--model", "ensemble", "--horizon", "1", url=published_url)
    assert "ensemble, 1 sessions from the next open" in answer.stdout
    assert all(words in answer.stdout for words in ("label HOLD", "published afterwards", "not yet due: "))
    assert "no outcomes over 7 sessions" in asxos("signals", "outcomes", "--horizon", "7", url=published_url).stderr
    later = asxos("signals", "outcomes", "--from", "2030-01-01", "--json", url=published_url)
    assert json.loads(later.stdout)["models"] == []


def test_models_show_their_record_beside_plain_rules(published_url: str) -> None:
    record = json.loads(asxos("models", "evaluate", "model_a", "--json", url=published_url).stdout)
    assert {"rank_ic", "icir", "auc", "brier", "ece", "coverage", "folds"} <= record.keys()
    assert "momentum" in record["baselines"]
    assert "model_a" in asxos("models", "list", url=published_url).stdout
    assert "rank_ic" in asxos("models", "evaluate", "momentum", url=published_url).stdout


def test_the_ledger_of_promotions_is_printed_and_checked(published_url: str) -> None:
    body = json.loads(asxos("models", "promotions", "ridge", "--json", url=published_url).stdout)
    assert body["intact"]
    assert {p["decided_by"] for p in body["promotions"]} == {"system"}
    assert "The ledger is as it was written." in asxos("models", "promotions", url=published_url).stdout


def test_jobs_and_events_tell_what_happened(published_url: str) -> None:
    assert "ingest_prices" in asxos("jobs", "list", url=published_url).stdout
    assert "signal.generated" in asxos("events", "tail", "--limit", "500", url=published_url).stdout


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("signals", "live", "--model", "model_z"), "No signals stored for model 'model_z'"),
        (("signals", "explain", "QQQQ"), "QQQQ"),
        (("models", "evaluate", "model_z"), "model_z"),
        (("models", "promote", "model_z", "--by", "ann"), "No model 'model_z' in models.yaml"),
        (("models", "rollback", "model_z", "--by", "ann"), "No model 'model_z' in models.yaml"),
        (("ingest", "prices"), "name either --from PATH or --provider NAME"),
        (("ingest", "prices", "--from", "no/such/file.csv"), "no/such/file.csv"),
        (("ingest", "prices", "--provider", "yahoo"), "this database holds simulated prices"),
        (("jobs", "run", "no_such_job"), "no_such_job"),
        (("jobs", "run", "generate_signals", "--args", "{"), "--args is not JSON"),
        (("up", "--data", "no/such/file.csv"), "no/such/file.csv: no such file or folder"),
    ],
)
def test_bad_input_is_one_line_on_stderr_and_exit_code_2(published_url: str, args: tuple[str, ...], says: str) -> None:
    answer = asxos(*args, url=published_url)
    assert answer.exit_code == 2
    assert answer.stdout.strip() == ""
    lines = [line for line in answer.stderr.splitlines() if line.startswith("asxos: ")]
    assert len(lines) == 1
    assert says in lines[0]


def test_prices_from_a_file_go_in_and_what_is_faulty_is_named(tmp_path: Path, database_url: str) -> None:
    # given two good lines, one whose high is below its low, and one that is no line of prices
    file = tmp_path / "prices.csv"
    good = ["BHP,2024-01-11,46,47,45,46,100", "BHP,2024-01-12,46,47,45,46.5,100"]
    file.write_text("\n".join([HEAD, *good, "CBA,2024-01-12,100,99,101,100,5", "CSL,2024-01-12,abc,1,1,1,1"]) + "\n")
    # when they are ingested, twice
    first = json.loads(asxos("ingest", "prices", "--from", str(file), "--json", url=database_url).stdout)
    again = json.loads(asxos("ingest", "prices", "--from", str(file), "--json", url=database_url).stdout)
    # then the good ones are in, once, and the others are told by file and line
    assert (first["added"], first["quarantined"]) == (2, 2)
    assert "prices.csv:5" in " ".join(first["refused"])
    assert (again["added"], again["unchanged"]) == (0, 2)


def test_facts_from_a_file_go_in_and_what_is_faulty_is_named(tmp_path: Path, database_url: str) -> None:
    prices, facts = tmp_path / "prices.csv", tmp_path / "facts.csv"
    prices.write_text(f"{HEAD}\nBHP,2024-01-11,46,47,45,46,100\n")
    asxos("ingest", "prices", "--from", str(prices), url=database_url)
    facts.write_text("symbol,published,eps\nBHP,2024-01-12,4.1\nXYZ,2024-01-12,1\n")
    report = json.loads(asxos("ingest", "fundamentals", "--from", str(facts), "--json", url=database_url).stdout)
    assert (report["rows"], report["added"], report["refused_rows"]) == (2, 1, 1)
    assert report["refused"] == ["facts.csv:3: no share is known that had the code XYZ.AX then"]
    answer = asxos("ingest", "shorts", "--from", str(facts), url=database_url)
    assert (answer.exit_code, "not of short positions" in answer.stderr) == (2, True)


def test_announcements_from_a_file_go_in_and_what_is_faulty_is_named(tmp_path: Path, database_url: str) -> None:
    prices, news = tmp_path / "prices.csv", tmp_path / "news.csv"
    prices.write_text(f"{HEAD}\nBHP,2024-01-11,46,47,45,46,100\n")
    asxos("ingest", "prices", "--from", str(prices), url=database_url)
    good = "BHP,2024-01-12 09:30,Trading Halt"
    news.write_text(f"code,date,headline\n{good}\nBHP,soon,Too early\nXYZ,2024-01-12 09:30,Whose\n")
    report = json.loads(asxos("ingest", "announcements", "--from", str(news), "--json", url=database_url).stdout)
    assert (report["added"], report["refused_rows"], report["models"]) == (1, 2, 0)
    assert report["refused"] == [
        "news.csv:3: 'soon' is not a date with a time",
        "news.csv: XYZ.AX: 1 of a code that no share had then",
    ]
    again = asxos("ingest", "announcements", "--from", str(news), url=database_url)
    assert "known 1" in again.stdout
    prices_again = asxos("ingest", "announcements", "--from", str(prices), url=database_url)
    assert (prices_again.exit_code, "no column headline" in prices_again.stderr) == (2, True)


@pytest.mark.parametrize(("symbols", "says"), [((), "needs the symbols"), (("--symbols", "no code"), "'no code'")])
def test_a_provider_is_told_real_symbols(database_url: str, symbols: tuple[str, ...], says: str) -> None:
    answer = asxos("ingest", "prices", "--provider", "yahoo", *symbols, url=database_url)
    assert answer.exit_code == 2
    assert says in answer.stderr


def test_the_openapi_document_needs_no_database(tmp_path: Path) -> None:
    answer = asxos("openapi", "--to", str(tmp_path / "openapi.json"), home=tmp_path)
    assert answer.exit_code == 0
    assert "/api/v1/signals/live" in json.loads((tmp_path / "openapi.json").read_text())["paths"]


def test_one_command_makes_signals_from_nothing_and_the_next_repeats_no_work(tmp_path: Path) -> None:
    small = ("up", "--once", "--symbols", "40", "--years", "4")
    first = asxos(*small, home=tmp_path)
    assert first.exit_code == 0, first.output
    assert "SIMULATED DATA" in first.stdout
    again = asxos(*small, home=tmp_path)
    assert again.exit_code == 0
    assert "train" not in again.stdout
    ran = json.loads(asxos("jobs", "list", "--json", home=tmp_path).stdout)
    names = ["generate_signals", "ingest_announcements", "ingest_prices", "simulate_facts"]
    assert sorted(job["name"] for job in ran) == names
