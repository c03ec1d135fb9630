import json
import logging
from datetime import date
from typing import Any

import pytest
from pydantic import SecretStr

from asxos.providers.eodhd import EodhdPrices, eodhd_client
from asxos.providers.prices import ACTIONS_SCHEMA, BARS_SCHEMA, PriceBatch
from asxos.providers.web import SymbolsNeeded, Vendor
from tests.providers.conftest import Reply, VendorServer

KEY = "very-secret-key"
EOD, DIV, SPLITS = (f"/api/{kind}/BHP.AU" for kind in ("eod", "div", "splits"))


def bar(day: str, close: float | None = 10.0, volume: int | None = 1000) -> dict[str, Any]:
    """A bar in EODHD's recorded shape."""
    prices = {"open": close, "high": close and close + 0.5, "low": close and close - 0.5, "close": close}
    return {"date": day, **prices, "adjusted_close": close, "volume": volume}


@pytest.fixture
def eodhd(vendor_server: VendorServer) -> EodhdPrices:
    for path in (EOD, DIV, SPLITS):
        vendor_server.answer(path, Reply("[]"))
    client = eodhd_client(SecretStr(KEY), vendor_server.url)
    return EodhdPrices(Vendor(client, pause=0.0, attempts=2, wait=0.01))


def one(eodhd: EodhdPrices, since: date | None = None) -> PriceBatch:
    (batch,) = eodhd.batches(["BHP.AX"], since)
    return batch


def faults(batch: PriceBatch) -> list[str]:
    return [str(refused) for refused in batch.refused]


def test_prices_are_as_traded_and_only_volume_is_split_back(eodhd: EodhdPrices, vendor_server: VendorServer) -> None:
    # given a 4-for-1 split: prices raw, volume split-adjusted, a dividend with its amount as paid
    vendor_server.answer(EOD, Reply(json.dumps([bar("2026-07-01", 40.0, 4000), bar("2026-07-02", 10.0, 1000)])))
    vendor_server.answer(SPLITS, Reply(json.dumps([{"date": "2026-07-02", "split": "4.000000/1.000000"}])))
    dividend = {"date": "2026-07-01", "value": 0.25, "unadjustedValue": 1.0, "currency": "AUD", "period": "Final"}
    vendor_server.answer(DIV, Reply(json.dumps([dividend])))
    # when it is read
    batch = one(eodhd)
    # then
    assert (batch.bars.schema, batch.actions.schema) == (BARS_SCHEMA, ACTIONS_SCHEMA)
    assert batch.bars.select("symbol", "close", "volume").rows() == [("BHP.AX", 40.0, 1000), ("BHP.AX", 10.0, 1000)]
    assert batch.actions.select("ex_date", "kind", "factor", "amount").rows() == [
        (date(2026, 7, 1), "dividend", None, 1.0),
        (date(2026, 7, 2), "split", 0.25, None),
    ]
    assert batch.refused == ()


def test_a_dividend_in_another_currency_is_refused_and_the_rest_goes_in(
    eodhd: EodhdPrices, vendor_server: VendorServer
) -> None:
    vendor_server.answer(EOD, Reply(json.dumps([bar("2026-07-01")])))
    vendor_server.answer(DIV, Reply(json.dumps([{"date": "2026-07-01", "value": 0.7, "currency": "USD"}])))
    batch = one(eodhd)
    assert (batch.bars.height, batch.actions.height) == (1, 0)
    assert faults(batch) == ["eodhd BHP.AX: dividend of 2026-07-01 in USD, not AUD"]


def test_null_and_doubled_bars_are_refused_in_a_line_each(eodhd: EodhdPrices, vendor_server: VendorServer) -> None:
    bars = [bar("2026-07-01", None), bar("2026-07-02"), bar("2026-07-02", 11.0), bar("2026-07-03")]
    vendor_server.answer(EOD, Reply(json.dumps(bars)))
    batch = one(eodhd)
    assert batch.bars["session_date"].to_list() == [date(2026, 7, 3)]
    assert faults(batch) == [
        "eodhd BHP.AX: 1 sessions without a price or volume, the first 2026-07-01",
        "eodhd BHP.AX: 1 sessions with two different bars, the first 2026-07-02",
    ]


@pytest.mark.parametrize(
    ("path", "reply", "reason"),
    [
        (EOD, Reply("<html>Login</html>"), "the answer is a web page, not JSON"),
        (EOD, Reply('[{"date": "2026-07-01", "open": 1'), "the answer: Invalid JSON: EOF while parsing"),
        (EOD, Reply("Ticker Not Found.", 404), "the vendor does not know this symbol (HTTP 404)"),
        (EOD, Reply("[]"), "no bars"),
        (EOD, Reply('[{"date": "yesterday"}]'), "0.date: Input should be a valid date"),
        (EOD, Reply("", 500), "HTTP 500 Internal Server Error (asked up to 2 times)"),
        (SPLITS, Reply('[{"date": "2026-07-01", "split": "4 for 1"}]'), "split of 2026-07-01: '4 for 1' is not"),
        (SPLITS, Reply("", 503), "HTTP 503"),
    ],
    ids=["html", "truncated", "unknown", "empty", "bad date", "500", "bad ratio", "no splits"],
)
def test_an_unusable_answer_is_one_clear_error(
    eodhd: EodhdPrices, vendor_server: VendorServer, path: str, reply: Reply, reason: str
) -> None:
    vendor_server.answer(EOD, Reply(json.dumps([bar("2026-07-01")])))
    vendor_server.answer(path, reply)
    batch = one(eodhd)
    assert batch.bars.is_empty()
    assert len(batch.refused) == 1
    assert faults(batch)[0].startswith(f"eodhd BHP.AX: {reason}")


def test_the_key_is_sent_and_never_shown(
    eodhd: EodhdPrices, vendor_server: VendorServer, caplog: pytest.LogCaptureFixture
) -> None:
    # given everything is logged and the server fails
    caplog.set_level(logging.DEBUG)
    vendor_server.answer(EOD, Reply("", 500))
    # when a symbol is asked for
    batch = one(eodhd)
    # then the server got the key, and neither log nor error has it
    assert vendor_server.asked[0][1] == {"api_token": [KEY], "fmt": ["json"]}
    assert "HTTP Request" in caplog.text
    assert KEY not in caplog.text + repr(batch) + repr(eodhd)


def test_a_refused_key_ends_the_asking(eodhd: EodhdPrices, vendor_server: VendorServer) -> None:
    vendor_server.answer(EOD, Reply("Unauthenticated", 401))
    batches = list(eodhd.batches(["BHP", "CBA", "CSL"]))
    assert (len(batches), len(vendor_server.asked)) == (1, 1)
    assert "access was refused (HTTP 401)" in faults(batches[0])[0]


def test_since_is_passed_on(eodhd: EodhdPrices, vendor_server: VendorServer) -> None:
    vendor_server.answer(EOD, Reply(json.dumps([bar("2026-07-01"), bar("2026-07-02")])))
    assert one(eodhd, date(2026, 7, 2)).bars.height == 1
    assert all(params["from"] == ["2026-07-02"] for _, params in vendor_server.asked)


def test_symbols_must_be_named(eodhd: EodhdPrices) -> None:
    with pytest.raises(SymbolsNeeded, match="eodhd needs the symbols"):
        next(eodhd.batches(None))
    assert eodhd.count() is None
    eodhd.vendor.client.close()
