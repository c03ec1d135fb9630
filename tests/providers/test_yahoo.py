import json
import time
from datetime import UTC, date, datetime
from typing import Any

import httpx2
import pytest

from asxos.providers.prices import ACTIONS_SCHEMA, BARS_SCHEMA, PriceBatch
from asxos.providers.web import SymbolsNeeded, Vendor
from asxos.providers.yahoo import YahooPrices, yahoo_client
from tests.providers.conftest import Reply, VendorServer

BHP = "/v8/finance/chart/BHP.AX"
CBA = "/v8/finance/chart/CBA.AX"


def opening(day: str) -> int:
    """Yahoo stamps a bar with the open, 10:00 in Sydney: 00:00 UTC in July, 23:00 of the day before in January."""
    offset = "+11:00" if day[5:7] in {"01", "02"} else "+10:00"
    return int(datetime.fromisoformat(f"{day}T10:00:00{offset}").timestamp())


def chart(days: list[str], **columns: Any) -> dict[str, Any]:
    """An answer in Yahoo's recorded shape (v8 chart, interval 1d, events div and splits)."""
    close = columns.pop("close", [10.0 + i for i in range(len(days))])
    prices = {"open": close, "high": [c and c + 0.5 for c in close], "low": [c and c - 0.5 for c in close]}
    quote = {**prices, "close": close, "volume": columns.pop("volume", [1000] * len(days))}
    result: dict[str, Any] = {
        "meta": {"currency": "AUD", "symbol": "BHP.AX", "exchangeTimezoneName": "Australia/Sydney"}
        | columns.pop("meta", {}),
        "timestamp": [opening(day) for day in days],
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": close}]},
        **columns,
    }
    return {"chart": {"result": [result], "error": None}}


def ok(answer: object) -> Reply:
    return Reply(json.dumps(answer), headers={"Content-Type": "application/json"})


@pytest.fixture
def yahoo(vendor_server: VendorServer) -> YahooPrices:
    client = yahoo_client()
    client.base_url = httpx2.URL(vendor_server.url)
    return YahooPrices(Vendor(client, pause=0.0, attempts=3, wait=0.01))


def one(yahoo: YahooPrices, since: date | None = None) -> PriceBatch:
    (batch,) = yahoo.batches(["BHP"], since)
    return batch


def faults(batch: PriceBatch) -> list[str]:
    return [str(refused) for refused in batch.refused]


def test_a_chart_becomes_bars_on_their_sydney_sessions(yahoo: YahooPrices, vendor_server: VendorServer) -> None:
    # given a chart across summer and winter time, with the vendor's float32 prices
    vendor_server.answer(BHP, ok(chart(["2026-01-28", "2026-07-01"], close=[17.850000381469727, 18.0])))
    # when it is read
    batch = one(yahoo)
    # then dates are Sydney's and prices are the decimals that were traded
    assert batch.bars.schema == BARS_SCHEMA
    assert batch.actions.schema == ACTIONS_SCHEMA
    assert batch.bars.select("symbol", "session_date", "close", "volume").rows() == [
        ("BHP.AX", date(2026, 1, 28), 17.85, 1000),
        ("BHP.AX", date(2026, 7, 1), 18.0, 1000),
    ]
    assert (batch.source, batch.refused, batch.file) == ("yahoo", (), None)


def test_splits_are_undone_and_told_with_the_dividends(yahoo: YahooPrices, vendor_server: VendorServer) -> None:
    # given a 2-for-1 split on the third session and a dividend before it, both as Yahoo gives them: split-adjusted
    events = {
        "dividends": {"1": {"amount": 0.5, "date": opening("2026-07-02")}},
        "splits": {"2": {"date": opening("2026-07-03"), "numerator": 2, "denominator": 1, "splitRatio": "2:1"}},
    }
    days = ["2026-07-01", "2026-07-02", "2026-07-03"]
    vendor_server.answer(BHP, ok(chart(days, close=[10.0, 10.1, 10.2], volume=[2000, 2000, 2000], events=events)))
    # when it is read
    batch = one(yahoo)
    # then earlier prices are twice and volumes half as large, as they were traded, and so is the dividend
    assert batch.bars["close"].to_list() == [20.0, 20.2, 10.2]
    assert batch.bars["volume"].to_list() == [1000, 1000, 2000]
    assert batch.actions.select("ex_date", "kind", "factor", "amount").rows() == [
        (date(2026, 7, 2), "dividend", None, 1.0),
        (date(2026, 7, 3), "split", 0.5, None),
    ]


def test_an_event_on_a_day_without_a_bar_falls_on_the_next_one(yahoo: YahooPrices, vendor_server: VendorServer) -> None:
    splits = {"splits": {"2": {"date": opening("2026-07-02"), "numerator": 1, "denominator": 10}}}
    vendor_server.answer(BHP, ok(chart(["2026-07-01", "2026-07-03"], close=[1.0, 1.01], events=splits)))
    batch = one(yahoo)
    assert batch.bars["close"].to_list() == [0.1, 1.01]
    assert batch.actions.select("ex_date", "kind", "factor").rows() == [(date(2026, 7, 3), "consolidation", 10.0)]


def test_bars_without_prices_are_refused_in_one_line(yahoo: YahooPrices, vendor_server: VendorServer) -> None:
    days = ["2026-07-01", "2026-07-02", "2026-07-03"]
    vendor_server.answer(BHP, ok(chart(days, close=[None, None, 10.0])))
    batch = one(yahoo)
    assert batch.bars["session_date"].to_list() == [date(2026, 7, 3)]
    assert faults(batch) == ["yahoo BHP.AX: 2 sessions without a price or volume, the first 2026-07-01"]


def test_a_day_with_two_different_bars_is_refused(yahoo: YahooPrices, vendor_server: VendorServer) -> None:
    days = ["2026-07-01", "2026-07-02", "2026-07-02", "2026-07-03", "2026-07-03"]
    vendor_server.answer(BHP, ok(chart(days, close=[9.0, 10.0, 11.0, 12.0, 12.0])))
    batch = one(yahoo)
    assert batch.bars["session_date"].to_list() == [date(2026, 7, 1), date(2026, 7, 3)]
    assert faults(batch) == ["yahoo BHP.AX: 1 sessions with two different bars, the first 2026-07-02"]


def test_the_bar_of_a_session_still_trading_is_left_out(yahoo: YahooPrices, vendor_server: VendorServer) -> None:
    noon = opening("2026-07-02") + 7200
    meta = {"regularMarketTime": noon, "currentTradingPeriod": {"regular": {"start": noon - 7200, "end": noon + 14400}}}
    vendor_server.answer(BHP, ok(chart(["2026-07-01", "2026-07-02"], meta=meta)))
    batch = one(yahoo)
    assert batch.bars["session_date"].to_list() == [date(2026, 7, 1)]
    assert batch.notes == ("the unfinished bar of 2026-07-02 was left out",)


def test_since_asks_for_less_and_gives_no_earlier_bar(yahoo: YahooPrices, vendor_server: VendorServer) -> None:
    vendor_server.answer(BHP, ok(chart(["2026-07-01", "2026-07-02"])))
    batch = one(yahoo, date(2026, 7, 2))
    assert batch.bars["session_date"].to_list() == [date(2026, 7, 2)]
    start = datetime.fromtimestamp(int(vendor_server.asked[0][1]["period1"][0]), UTC)
    assert start == datetime(2026, 7, 1, 14, tzinfo=UTC)


NOT_FOUND = json.dumps({"chart": {"result": None, "error": {"code": "Not Found", "description": "No data found"}}})
EMPTY = {"chart": {"result": [{"meta": {}, "indicators": {"quote": [{}], "adjclose": [{}]}}], "error": None}}
UNEQUAL = chart(["2026-07-01", "2026-07-02"], volume=[1000])
TRUNCATED = json.dumps(chart(["2026-07-01"]))[:-40]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply("<!DOCTYPE html><p>Will be right back"), "the answer is a web page, not JSON"),
        (Reply(TRUNCATED), "the answer: Invalid JSON: EOF while parsing"),
        (Reply(NOT_FOUND), "No data found"),
        (Reply(NOT_FOUND, 404), "the vendor does not know this symbol (HTTP 404)"),
        (Reply('{"chart": {"result": []}}'), "no chart in the answer"),
        (Reply('{"finance": 1}'), "chart: Field required"),
        (ok(EMPTY), "no bars"),
        (ok(UNEQUAL), "the columns of the chart differ in length"),
        (Reply("slow down", 429), "HTTP 429 Too Many Requests (asked up to 3 times)"),
        (Reply("oops", 503), "HTTP 503 Service Unavailable (asked up to 3 times)"),
    ],
    ids=["html", "truncated", "error", "unknown", "empty result", "other shape", "empty", "unequal", "429", "503"],
)
def test_an_unusable_answer_is_one_clear_error_and_the_next_symbol_goes_in(
    yahoo: YahooPrices, vendor_server: VendorServer, reply: Reply, reason: str
) -> None:
    vendor_server.answer(BHP, reply)
    vendor_server.answer(CBA, ok(chart(["2026-07-01"])))
    bad, good = yahoo.batches(["BHP", "CBA"])
    assert len(bad.refused) == 1
    assert str(bad.refused[0]).startswith(f"yahoo BHP.AX: {reason}")
    assert (bad.bars.height, good.bars.height, good.refused) == (0, 1, ())


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_passing_fault_is_asked_again(yahoo: YahooPrices, vendor_server: VendorServer, status: int) -> None:
    vendor_server.answer(BHP, Reply("", status), Reply("", status), ok(chart(["2026-07-01"])))
    assert (one(yahoo).bars.height, len(vendor_server.asked)) == (1, 3)


def test_the_wait_that_the_vendor_asks_for_is_kept(yahoo: YahooPrices, vendor_server: VendorServer) -> None:
    vendor_server.answer(BHP, Reply("", 429, {"Retry-After": "1"}), ok(chart(["2026-07-01"])))
    started = time.monotonic()
    assert one(yahoo).bars.height == 1
    assert time.monotonic() - started >= 1


def test_a_wait_given_as_a_date_is_understood(yahoo: YahooPrices, vendor_server: VendorServer) -> None:
    past = {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}
    vendor_server.answer(BHP, Reply("", 503, past), ok(chart(["2026-07-01"])))
    assert one(yahoo).bars.height == 1


def test_a_vendor_that_asks_for_an_hour_is_not_waited_for(yahoo: YahooPrices, vendor_server: VendorServer) -> None:
    vendor_server.answer(BHP, Reply("", 429, {"Retry-After": "3600"}))
    assert "HTTP 429" in faults(one(yahoo))[0]
    assert len(vendor_server.asked) == 1


def test_a_vendor_that_never_answers_is_given_up(vendor_server: VendorServer) -> None:
    vendor_server.answer(BHP, Reply(hang=5.0))
    client = httpx2.Client(base_url=vendor_server.url, timeout=0.1)
    yahoo = YahooPrices(Vendor(client, pause=0.0, attempts=2, wait=0.01))
    assert faults(one(yahoo)) == ["yahoo BHP.AX: no answer (ReadTimeout)"]
    assert len(vendor_server.asked) == 2


def test_a_refused_client_stops_asking(yahoo: YahooPrices, vendor_server: VendorServer) -> None:
    vendor_server.answer(BHP, Reply("Unauthorized", 401))
    batches = list(yahoo.batches(["BHP", "CBA"]))
    assert [faults(batch) for batch in batches] == [
        ["yahoo BHP.AX: access was refused (HTTP 401): check the key and the plan"]
    ]


def test_symbols_must_be_named(yahoo: YahooPrices) -> None:
    with pytest.raises(SymbolsNeeded, match="yahoo needs the symbols"):
        next(yahoo.batches(None))
    assert yahoo.count() is None
