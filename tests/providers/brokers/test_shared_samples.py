"""The shared broker files against the values that a right parser returns (expected.json beside them)."""

import json
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from asxos.domain.ledger.transactions import Transaction
from asxos.providers.brokers.files import BrokerFile
from tests.providers.brokers.reading import read


@pytest.fixture
def samples(shared_data: Path) -> Path:
    return shared_data / "broker_samples"


def read_sample(samples: Path, name: str) -> tuple[BrokerFile, dict[str, Any]]:
    expected = json.loads((samples / "expected.json").read_text(), parse_float=Decimal)
    return read((samples / name).read_bytes(), name), expected.get(name, {})


def by_reference(file: BrokerFile) -> dict[str | None, Transaction]:
    return {line.reference: line.transaction for line in file.lines}


def test_commsec_account(samples: Path) -> None:
    file, expected = read_sample(samples, "commsec_cash_statement_84rows.csv")
    kinds = Counter(line.transaction.kind.value for line in file.lines)
    wanted = (expected["buys"], expected["sells"], expected["deposits"], expected["withdrawals"])
    assert (kinds["buy"], kinds["sell"], kinds["cash_in"], kinds["cash_out"]) == wanted
    units: dict[str, Decimal] = defaultdict(Decimal)
    for line in file.lines:
        if (held := line.transaction.quantity) is not None:
            units[(line.transaction.code or "")[:3]] += held if line.transaction.kind.value == "buy" else -held
    assert units == expected["net_units"]
    for check in expected["spot_checks"]:
        found = by_reference(file)[check["ref"]]
        if check["type"] in {"BUY", "SELL"}:
            assert (found.kind.value.upper(), found.quantity, found.brokerage) == (
                check["type"], check["qty"], check["fee"],
            )  # fmt: skip
    assert (len(file.lines), file.refused) == (expected["rows"], ())


def test_nabtrade_confirmations(samples: Path) -> None:
    file, expected = read_sample(samples, "nabtrade_confirmations.csv")
    for check in expected["trades"]:
        found = by_reference(file)[check["ref"]]
        assert found.amount == check["qty"] * check["price"]
        assert (found.code, found.brokerage) == (f"{check['symbol']}.AX", check["fee"])


def test_nabtrade_cash(samples: Path) -> None:
    file, expected = read_sample(samples, "nabtrade_cash_account.csv")
    dividends = {
        (t.code or "")[:3]: t.amount for line in file.lines if (t := line.transaction).kind.value == "dividend"
    }
    assert {code: dividends[code] for code in expected["dividends"]} == expected["dividends"]
    assert len(file.skipped) == expected["ignored_rows"]


def test_garbage_is_reported_and_not_fatal(samples: Path) -> None:
    file, expected = read_sample(samples, "commsec_transactions_pre2023.csv")
    assert (len(file.lines), len(file.refused)) == (expected["trades"], expected["skipped_lines"])
    assert [line.transaction.amount for line in file.lines] == [4000, 4500]


def test_a_wrong_total_is_noted_and_the_consideration_taken(samples: Path) -> None:
    file, expected = read_sample(samples, "selfwealth_movements.csv")
    assert len(file.lines) == expected["trades"]
    assert [line.reference for line in file.lines if line.note] == ["REF002"]
