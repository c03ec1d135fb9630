from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import EventType
from asxos.domain.text.kinds import Kind
from asxos.features.market.repositories.ingests import IngestRunning
from asxos.features.news.records import Asked
from asxos.features.news.services import MixedNews
from asxos.providers.news_files import open_news
from asxos.providers.prices import Refused
from tests.features.market.conftest import NOW, Frames, Market
from tests.features.market.test_ingest import D, on
from tests.features.news.conftest import DAY, HOUR, NOON, News, Told, over

PROFIT = ("BHP", NOON, "Half year profit up 12%", True, 40)
HALT = ("CBA", NOON + HOUR, "Trading Halt")


async def test_announcements_are_typed_given_their_tone_and_stored_once(news: News) -> None:
    first, second = await news.ingest.ingest(Told([PROFIT, HALT])), await news.ingest.ingest(Told([PROFIT, HALT]))
    assert (first.added, first.known, first.refused_rows) == (2, 0, 0)
    assert (second.added, second.known, second.refused_rows) == (0, 2, 0)
    [halt, profit], total = await news.announcements.page(Asked(), 10, 0)
    assert total == 2
    assert (halt.kind, halt.tone, halt.is_price_sensitive, halt.pages) == (Kind.TRADING_HALT, None, None, None)
    assert (profit.kind, profit.is_price_sensitive, profit.pages, profit.source) == (Kind.RESULTS, True, 40, "test")
    assert profit.tone == pytest.approx(0.5)
    assert profit.security_id == await news.id("BHP")


async def test_what_a_later_file_adds_completes_what_stands_and_takes_nothing_back(news: News) -> None:
    bare = (*HALT, None, None)
    await news.ingest.ingest(Told([bare]))
    report = await news.ingest.ingest(Told([(*HALT, True, 2)]))
    assert (report.added, report.completed, report.known) == (0, 1, 0)
    assert (await news.ingest.ingest(Told([bare]))).known == 1
    assert (await news.ingest.ingest(Told([(*HALT, False, 3)]))).known == 1
    [stored], _ = await news.announcements.page(Asked(), 10, 0)
    assert (stored.is_price_sensitive, stored.pages) == (True, 2)


async def test_one_event_tells_what_was_new_and_none_that_nothing_was(news: News) -> None:
    bus = EventBus(news.market.db)
    await news.ingest.ingest(Told([PROFIT, HALT]))
    await news.ingest.ingest(Told([PROFIT, HALT]))
    events = await bus.get_history(EventType.NEWS_INGESTED)
    assert [event.payload for event in events] == [{"source": "test", "count": 2}]


async def test_an_announcement_twice_in_one_file_is_one(news: News) -> None:
    report = await news.ingest.ingest(Told([HALT, HALT]))
    assert (report.added, report.known) == (1, 0)


async def test_codes_of_nobody_and_instants_to_come_are_refused_by_name(news: News) -> None:
    later = ("BHP", NOW + HOUR, "Not yet")
    told = Told(
        [("ZZZ", NOON, "X"), ("ZZZ", NOON, "Y"), ("AAA", NOON, "X"), later, PROFIT], (Refused("test.csv", 9, "odd"),)
    )
    report = await news.ingest.ingest(told)
    assert (report.added, report.refused_rows) == (1, 5)
    assert report.refused == [
        "test.csv:9: odd",
        "test.csv: AAA.AX: 1 of a code that no share had then",
        "test.csv: ZZZ.AX: 2 of a code that no share had then",
        "test.csv:5: lodged in the future: 2024-12-30 10:00 UTC",
    ]


async def test_invented_news_of_real_shares_is_refused_and_the_reverse(news: News) -> None:
    with pytest.raises(MixedNews, match="holds real prices"):
        await news.ingest.ingest(Told([PROFIT], is_simulated=True))


async def test_real_news_of_invented_shares_is_refused(market: Market) -> None:
    await market.ingest.ingest(Frames([on(D, [10.0])], is_simulated=True))
    with pytest.raises(MixedNews, match="holds simulated prices"):
        await over(market).ingest.ingest(Told([PROFIT]))


async def test_two_ingests_do_not_run_at_once(news: News) -> None:
    async with news.market.stores.ingests.alone():
        with pytest.raises(IngestRunning):
            await news.ingest.ingest(Told([PROFIT]))


async def test_what_is_told_after_the_close_is_known_on_the_next_session(news: News) -> None:
    evening = ("BHP", NOON + 6 * HOUR, "Trading update: guidance downgraded")
    await news.ingest.ingest(Told([PROFIT, evening]))
    assert (await news.read.facts(D[0] - timedelta(days=1))).is_empty()
    assert (await news.read.facts(D[0]))["kind"].to_list() == [Kind.RESULTS]
    known = await news.read.facts(D[1])
    assert known["kind"].to_list() == [Kind.RESULTS, Kind.GUIDANCE]
    assert known["is_price_sensitive"].to_list() == [True, None]
    assert known["tone"].to_list() == [pytest.approx(0.5), pytest.approx(-2 / 3)]
    assert known["learnt_tone"].null_count() == 2
    assert known.equals(await news.read.facts())


async def test_what_was_stored_before_an_instant_is_read_as_it_was_then(news: News) -> None:
    async def instant() -> datetime:
        async with news.market.db.connection() as connection:
            row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
        assert row is not None
        return row[0]

    # given one announcement, then its flag, and then another
    unmarked = ("BHP", NOON, "Half Year Results")
    delivered = ([unmarked], [(*unmarked, True)], [("BHP", NOON + HOUR, "Trading Halt")])
    instants = [await instant()]
    for told in delivered:
        await news.ingest.ingest(Told(told))
        instants.append(await instant())
    # then each instant has what had come in by then
    then = [await news.read.facts(D[0], before) for before in instants]
    assert [facts["is_price_sensitive"].to_list() for facts in then] == [[], [None], [True], [True, None]]


async def test_without_announcements_nothing_is_known(news: News) -> None:
    assert (await news.read.facts()).is_empty()


async def test_the_shared_announcements_of_known_shares_go_in_and_come_back(market: Market, shared_data: Path) -> None:
    # given the shares of the sample, in place of a whole market
    prices = pl.scan_parquet(shared_data / "asx_prices_sample.parquet").filter(pl.col("date") >= date(2023, 6, 1))
    codes = prices.select(pl.col("symbol").cast(pl.String)).unique().collect()["symbol"].sort().to_list()
    await market.ingest.ingest(Frames([on(D, [10.0] * 2, f"{code}.AX") for code in codes]))
    market.later(days=365)
    found = over(market)
    report = await found.ingest.ingest(open_news(shared_data / "announcements.parquet"))
    assert report.added + report.refused_rows == 246_636
    assert report.added > 25_000
    facts = await found.read.facts()
    assert facts.height == report.added
    assert facts["kind"].is_in([kind.value for kind in Kind]).all()
    assert (await found.read.facts(D[0])).height < facts.height
    _, total = await found.announcements.page(Asked(kind=Kind.TRADING_HALT, since=date(2024, 7, 1)), 1, 0)
    assert (
        total
        == facts.filter(
            pl.col("kind") == Kind.TRADING_HALT,
            pl.col("known_at") >= NOON + (date(2024, 7, 1) - D[0]).days * DAY - 11 * HOUR,
        ).height
    )
