from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import EventType
from asxos.features.market.records import IngestReport
from asxos.features.market.repositories.ingests import IngestRunning
from asxos.features.market.services import MixedMarkets
from asxos.providers.prices import ACTIONS_SCHEMA, Refused
from tests.domain.bars.factories import bars
from tests.features.market.conftest import NOW, Frames, Market, sessions

D = sessions(60)


def on(days: list[date], closes: list[float], symbol: str = "BHP.AX", **columns: Any) -> pl.DataFrame:
    """Bars on the given sessions."""
    return bars(symbol, closes, session_date=days[: len(closes)], **columns)


def changes(report: IngestReport) -> tuple[int, int, int, int, int, int]:
    return (
        report.added,
        report.revised,
        report.quarantined,
        report.released,
        report.actions,
        report.securities,
    )


async def test_bars_go_in_with_source_and_the_instant_they_were_known(market: Market) -> None:
    report = await market.ingest.ingest(Frames([on(D, [10.0, 11.0]), on(D, [5.0], "CBA.AX")]))
    assert changes(report) == (3, 0, 0, 0, 0, 2)
    assert (report.first_session, report.last_session, report.notes) == (D[0], D[1], ("a note",))
    assert (report.rows, report.rows_per_second) == (3, 0.0)
    stored = await market.rows(
        "SELECT s.symbol, p.close, p.known_at, x.name FROM prices p JOIN securities s ON s.id = p.security_id"
        " JOIN sources x ON x.id = p.source_id ORDER BY s.symbol, session_date"
    )
    # 16:21:30 in Sydney's summer
    assert stored[0] == ("BHP.AX", 10.0, datetime(2024, 1, 8, 5, 21, 30, tzinfo=UTC), "test")
    assert len(stored) == 3


async def test_the_same_delivery_again_changes_nothing_and_is_not_announced(market: Market) -> None:
    # given a delivery with something of everything
    frames = [
        on(D, [10.0, 20.0, 20.5, 200.0, 21.0, 40.0]),
        on(D, [1.0] * 30, "AAA.AX", volume=[5] + [0] * 29),
        on(D, [100.0, 10.0, 10.0], "BBB.AX", adj_close=[10.0, 10.0, 10.0]),
        pl.concat([on(D, [3.0], "CCC.AX"), on(D, [4.0], "CCC.AX"), on(D, [0.0], "CCC.AX"), on(D, [7_000.0], "XAO.AX")]),
    ]
    provider = Frames(frames, refused=(Refused("test.csv", 7, "close 'x' is not a number"),))
    first = await market.ingest.ingest(provider)
    assert first.quarantined == 3 + 9 + 3 + 1
    before = await fingerprint(market)
    # when it comes again
    second = await market.ingest.ingest(provider)
    # then nothing is new
    assert changes(second) == (0, 0, 0, 0, 0, 0)
    assert second.unchanged == first.added
    assert await fingerprint(market) == before
    # and only the first was announced
    assert await announced(market) == [first.added]


async def announced(market: Market) -> list[int]:
    events = await EventBus(market.db).get_history(EventType.PRICE_UPDATED)
    return [event.payload["added"] for event in reversed(events)]


async def fingerprint(market: Market) -> list[list[tuple[object, ...]]]:
    tables = ("prices", "price_revisions", "corporate_actions", "quarantine", "securities", "security_codes", "quotes")
    return [await market.rows(f"SELECT * FROM {table} ORDER BY {table}::text") for table in tables]


async def test_new_sessions_are_added_to_those_that_stand(market: Market) -> None:
    await market.ingest.ingest(Frames([on(D, [10.0, 11.0])]))
    report = await market.ingest.ingest(Frames([on(D, [10.0, 11.0, 12.0])]))
    assert (report.added, report.unchanged) == (1, 2)
    only = await market.ingest.ingest(Frames([on(D, [10.0, 11.0, 12.0, 13.0])]), since=D[3])
    assert (only.added, only.unchanged) == (1, 0)


async def test_only_the_symbols_asked_for_are_taken(market: Market) -> None:
    provider = Frames([on(D, [10.0]), on(D, [5.0], "CBA.AX")])
    assert (await market.ingest.ingest(provider, symbols=["CBA.AX"])).added == 1


async def test_a_correction_keeps_what_stood_and_since_when_it_did_not(market: Market) -> None:
    # given a bar that is corrected a day later
    await market.ingest.ingest(Frames([on(D, [10.0, 11.0])]))
    corrected_at = market.later(days=1)
    report = await market.ingest.ingest(Frames([on(D, [10.0, 11.5])]))
    assert changes(report) == (0, 1, 0, 0, 0, 0)
    # when the prices are read as known before and after
    before = await market.read.panel(known_at=NOW)
    after = await market.read.panel(known_at=corrected_at)
    # then each shows what was known
    assert before["raw_close"].to_list() == [10.0, 11.0]
    assert after["raw_close"].to_list() == (await market.read.panel())["raw_close"].to_list() == [10.0, 11.5]


async def test_a_bar_corrected_twice_keeps_both_earlier_versions(market: Market) -> None:
    instants = [NOW]
    for close in (10.0, 10.5, 11.0):
        await market.ingest.ingest(Frames([on(D, [close])]))
        instants.append(market.later(days=1))
    seen = [(await market.read.panel(known_at=instant))["close"].to_list() for instant in instants]
    assert seen == [[10.0], [10.5], [11.0], [11.0]]


async def test_a_jump_at_the_end_is_released_by_the_next_ingest(market: Market) -> None:
    # given a series that ends in a jump
    first = await market.ingest.ingest(Frames([on(D, [10.0, 20.0])]))
    assert (first.added, first.quarantined, first.held) == (1, 1, 1)
    # when the next session comes, alone
    second = await market.ingest.ingest(Frames([on(D, [10.0, 20.0, 20.5])[2:]]))
    # then the held bar goes in with it, known since the session that confirmed it, its reason kept
    assert (second.added, second.quarantined, second.released) == (2, 0, 1)
    assert await market.rows("SELECT reason, state, resolved_at FROM quarantine") == [("jump", "released", NOW)]
    known = await market.rows("SELECT known_at FROM prices ORDER BY session_date")
    assert known[1] == known[2] != known[0]


async def test_a_spike_that_reverts_in_the_next_ingest_stays_out(market: Market) -> None:
    await market.ingest.ingest(Frames([on(D, [10.0, 200.0])]))
    report = await market.ingest.ingest(Frames([on(D, [10.0, 200.0, 10.1])]))
    assert (report.added, report.released) == (1, 0)
    assert (await market.read.panel())["close"].to_list() == [10.0, 10.1]


async def test_a_panel_of_the_past_does_not_show_what_was_confirmed_later(market: Market) -> None:
    await market.ingest.ingest(Frames([on(D, [10.0, 20.0])]))
    before = await market.read.panel(D[1])
    await market.ingest.ingest(Frames([on(D, [10.0, 20.0, 20.5])]))
    assert (await market.read.panel(D[1])).equals(before)
    assert (await market.read.panel(D[2])).height == 3


async def test_todays_bar_waits_until_its_session_is_final(market: Market) -> None:
    # given the session of 8 January, two hours before it is final
    market.clock.instant = datetime(2024, 1, 8, 3, tzinfo=UTC)
    report = await market.ingest.ingest(Frames([on(D, [10.0])]))
    assert (report.added, report.held) == (0, 1)
    # when it comes again in the evening
    market.later(hours=6)
    again = await market.ingest.ingest(Frames([on(D, [10.0])]))
    # then it goes in and its mark is lifted
    assert (again.added, again.released) == (1, 1)


async def test_actions_that_come_along_adjust_the_panel(market: Market) -> None:
    actions = pl.DataFrame(
        [
            ("BHP.AX", D[1], "split", 0.1, None, None, "reported"),
            ("BHP.AX", D[2], "dividend", None, 0.25, 1.0, "reported"),
            ("ZZZ.AX", D[2], "dividend", None, 0.25, 1.0, "reported"),
        ],
        schema=ACTIONS_SCHEMA,
        orient="row",
    )
    report = await market.ingest.ingest(Frames([on(D, [100.0, 10.0, 10.1])], actions))
    assert (report.added, report.quarantined, report.actions) == (3, 0, 2)
    assert [str(refused) for refused in report.refused] == [f"test.csv: ZZZ.AX {D[2]}: action of an unknown code"]
    panel = await market.read.panel()
    assert panel["close"].to_list() == pytest.approx([10.0, 10.0, 10.1])
    assert panel["volume"].to_list() == pytest.approx([10_000, 1_000, 1_000])
    assert panel["turnover"].to_list() == pytest.approx([100_000, 10_000, 10_100])


async def test_an_action_on_a_day_without_session_is_known_that_day(market: Market) -> None:
    day = date(2024, 1, 13)
    row = ("BHP.AX", day, "dividend", None, 0.25, None, "reported")
    await market.ingest.ingest(Frames([on(D, [10.0])], pl.DataFrame([row], schema=ACTIONS_SCHEMA, orient="row")))
    assert await market.rows("SELECT known_at FROM corporate_actions") == [
        (datetime(2024, 1, 13, 6, 21, 30, tzinfo=UTC),)
    ]


async def test_a_company_that_comes_code_by_code_is_one_series(market: Market) -> None:
    # given a stray bar under the present code, a split under the former one, and the present code again
    present = on([D[0], D[4], D[5]], [100.0, 5.0, 5.0], "NEW.AX", adj_close=[5.0] * 3, entity=["E"] * 3)
    former = on(D[1:4], [100.0, 10.0, 10.0], "OLD.AX", adj_close=[5.0] * 3, entity=["E"] * 3)
    # when they come in two batches
    provider = Frames([present, former])
    first = await market.ingest.ingest(provider)
    # then it is one security with the two real steps, and not one big one
    assert first.securities == 1
    actions = await market.rows(
        "SELECT ex_date, round(factor::numeric, 6)::float8 FROM corporate_actions ORDER BY ex_date"
    )
    assert actions == [(D[2], 0.1), (D[4], 0.5)]
    assert (await market.read.panel())["close"].to_list() == pytest.approx([5.0] * 6)
    # and the same again changes nothing
    assert changes(await market.ingest.ingest(provider)) == (0, 0, 0, 0, 0, 0)


async def test_codes_that_are_exchanged_do_not_collide(market: Market) -> None:
    await market.ingest.ingest(Frames([on(D, [1.0], "AAA.AX", entity=["E"]), on(D, [2.0], "BBB.AX", entity=["F"])]))
    swapped = [on(D[5:], [1.0], "BBB.AX", entity=["E"]), on(D[5:], [2.0], "AAA.AX", entity=["F"])]
    await market.ingest.ingest(Frames([pl.concat(swapped).sort("symbol")]))
    assert await market.rows("SELECT entity, symbol FROM securities ORDER BY 1") == [("E", "BBB.AX"), ("F", "AAA.AX")]


async def test_simulated_and_real_prices_never_mix(market: Market) -> None:
    await market.ingest.ingest(Frames([on(D, [10.0])]))
    with pytest.raises(MixedMarkets, match="holds real prices, simulated ones cannot be added"):
        await market.ingest.ingest(Frames([on(D, [10.0])], is_simulated=True))
    assert await market.read.data_is_simulated() is False


async def test_a_simulated_market_is_marked(market: Market) -> None:
    await market.ingest.ingest(Frames([on(D, [10.0])], is_simulated=True))
    assert await market.read.data_is_simulated() is True
    assert (await market.read.resolve("BHP")).is_simulated
    with pytest.raises(MixedMarkets, match="holds simulated prices, real ones cannot be added"):
        await market.ingest.ingest(Frames([on(D, [10.0])]))


async def test_one_ingest_runs_at_a_time(market: Market) -> None:
    async with market.stores.ingests.alone():
        with pytest.raises(IngestRunning):
            await market.ingest.ingest(Frames([on(D, [10.0])]))
    assert (await market.ingest.ingest(Frames([on(D, [10.0])]))).added == 1


class Failing(Frames):
    """Breaks after its first batch."""

    def batches(self, symbols: Any = None, since: Any = None) -> Any:
        yield from super().batches(symbols, since)
        raise OSError("the disk is gone")


async def test_a_failed_ingest_keeps_whole_batches_and_says_why(market: Market) -> None:
    with pytest.raises(OSError, match="the disk is gone"):
        await market.ingest.ingest(Failing([on(D, [10.0])]))
    assert await market.rows("SELECT state, error FROM ingests") == [("failed", "the disk is gone")]
    assert await market.rows("SELECT count(*) FROM prices") == [(1,)]
    # and whoever runs again announces what nobody was told, new or not
    assert (await market.ingest.ingest(Frames([on(D, [10.0])]))).unchanged == 1
    assert await announced(market) == [0]


async def test_a_killed_run_is_marked_abandoned_by_the_next(market: Market) -> None:
    await market.stores.ingests.start("test", None, NOW)
    await market.ingest.ingest(Frames([on(D, [10.0])]))
    assert await market.rows("SELECT state FROM ingests ORDER BY id") == [("abandoned",), ("done",)]
    [run] = await market.stores.ingests.find_all(limit=1, offset=1)
    assert run.counts["added"] == 1


async def test_quotes_show_the_last_close_and_are_refreshed(market: Market) -> None:
    await market.ingest.ingest(Frames([on(D, [10.0, 11.0])]))
    await market.ingest.ingest(Frames([on(D, [10.0, 11.0, 12.1])]))
    [quote] = (await market.read.quotes([1, 99])).values()
    assert (quote.session_date, quote.close, quote.spark, quote.turnover_20) == (D[2], 12.1, "0Tz", 11_000.0)
    assert quote.change == pytest.approx(0.1)


class Steps:
    """Remembers how far an ingest said it was."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def step(self, name: str) -> None:
        assert name == "prices"

    def advance(self, fraction: float, text: str = "") -> None:
        self.seen.append(fraction)


async def test_progress_is_told_by_bars(market: Market) -> None:
    steps = Steps()
    await market.ingest.ingest(Frames([on(D, [10.0]), on(D, [1.0] * 3, "CBA.AX")]), progress=steps)
    assert steps.seen == [0.25, 1.0]


async def test_nothing_delivered_is_no_error(market: Market) -> None:
    assert changes(await market.ingest.ingest(Frames([on(D, [])]))) == (0, 0, 0, 0, 0, 0)


async def test_one_code_may_come_in_every_batch(market: Market) -> None:
    # as in a folder of day files: each batch decides beside what the one before has stored
    days = [on(D[n:], [10.0 + n / 10]) for n in range(6)]
    report = await market.ingest.ingest(Frames(days))
    assert (report.added, report.securities) == (6, 1)
    assert await market.rows("SELECT last_seen FROM security_codes") == [(D[5],)]


class Listing(Frames):
    """Knows names and sectors, as the simulated market does."""

    def listing(self) -> pl.DataFrame:
        rows = [("BHP.AX", "B H P", "Materials", D[0]), ("ZZZ.AX", "Nobody", None, None)]
        return pl.DataFrame(rows, schema=["symbol", "name", "sector", "listed_on"], orient="row")


async def test_a_source_that_knows_names_tells_them(market: Market) -> None:
    await market.ingest.ingest(Listing([on(D, [10.0])], is_simulated=True))
    bhp = await market.read.resolve("BHP")
    assert (bhp.name, bhp.sector, bhp.listed_on) == ("B H P", "Materials", D[0])


async def test_shares_that_are_being_written_wait_for_the_next_batch_of_the_file(market: Market) -> None:
    # given a company whose codes fall into neighbouring batches, beside others
    others = [on(D, [1.0] * 20, f"OT{n}.AX") for n in range(3)]
    codes = [on(D[3 * n :], [10.0 + n] * 3, f"CO{n}.AX", entity=["E"] * 3) for n in range(3)]
    report = await market.ingest.ingest(Frames([pl.concat(pair) for pair in zip(codes, others, strict=True)]))
    # then it is one series all the same
    assert (report.added, report.securities, report.quarantined) == (69, 4, 0)
    panel = await market.read.panel(symbols=["CO2"])
    assert panel["close"].to_list() == [10.0] * 3 + [11.0] * 3 + [12.0] * 3


async def test_an_action_of_a_share_without_new_bars_comes_once(market: Market) -> None:
    await market.ingest.ingest(Frames([on(D, [10.0]), on(D, [5.0], "CBA.AX")]))
    row = ("CBA.AX", D[0], "dividend", None, 0.25, None, "reported")
    actions = pl.DataFrame([row], schema=ACTIONS_SCHEMA, orient="row")
    reports = [await market.ingest.ingest(Frames([on(D, [10.0])], actions)) for _ in range(2)]
    assert [report.actions for report in reports] == [1, 0]


async def test_a_held_bar_at_the_seam_of_two_codes_still_shows_the_step(market: Market) -> None:
    # given a company whose last bar under the former code is held, and that was consolidated as it changed its code
    former = on(D, [0.05, 0.05, 0.09], "OLD.AX", adj_close=[1.0, 1.0, 1.8], entity=["E"] * 3)
    present = on(D[3:], [1.8, 1.8], "NEW.AX", adj_close=[1.8, 1.8], entity=["E"] * 2)
    await market.ingest.ingest(Frames([former, present]))
    # then the consolidation is found, and with it the held bar is confirmed
    assert await market.rows("SELECT ex_date, kind FROM corporate_actions") == [(D[3], "consolidation")]
    assert (await market.read.panel())["close"].to_list() == pytest.approx([1.0, 1.0, 1.8, 1.8, 1.8])
