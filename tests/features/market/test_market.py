from datetime import date
from pathlib import Path

import polars as pl
import pytest

from asxos.core.errors import BadInput
from asxos.domain.ranking import Knowledge
from asxos.features.market.services import MalformedSymbol, UnknownSymbol
from asxos.features.market.services.calendars import MarketCalendar
from tests.features.market.conftest import NOW, Frames, Market
from tests.features.market.test_ingest import D, on

SPLIT = on(D, [100.0, 10.0, 10.1], adj_close=[10.0, 10.0, 10.1])


@pytest.fixture
async def stocked(market: Market) -> Market:
    """BHP with a split on its second session, CBA, and XYZ that has had two owners."""
    owners = pl.concat([on(D, [1.0, 1.0], "XYZ.AX", entity=["A"] * 2), on(D[5:], [2.0], "XYZ.AX", entity=["B"])])
    await market.ingest.ingest(Frames([SPLIT, on(D, [50.0] * 5, "CBA.AX"), owners]))
    return market


async def test_the_panel_has_the_columns_and_order_of_its_contract(stocked: Market) -> None:
    panel = await stocked.read.panel()
    names = ["security_id", "session_date", "open", "high", "low", "close", "volume", "raw_close", "turnover"]
    assert sorted(panel.columns) == sorted(names)
    assert [panel.schema[name] for name in ("security_id", "volume")] == [pl.Int32(), pl.Float64()]
    assert panel.equals(panel.sort("security_id", "session_date"))
    assert panel.select("security_id", "session_date").is_unique().all()


async def test_a_panel_of_a_date_ends_there_and_knows_no_later_action(stocked: Market) -> None:
    before = await stocked.read.panel(D[0], symbols=["BHP"])
    assert before["close"].to_list() == [100.0]
    after = await stocked.read.panel(D[1], symbols=["BHP"])
    assert after["close"].to_list() == pytest.approx([10.0, 10.0])
    assert after["raw_close"].to_list() == [100.0, 10.0]


async def test_a_panel_comes_back_to_the_bit_as_an_ingest_left_it(stocked: Market, tmp_path: Path) -> None:
    # given what a panel was made of, and the panel
    knowledge = [await stocked.read.knowledge(as_of) for as_of in (None, D[2])]
    panels = [await _read_as(stocked, known) for known in knowledge]
    assert [panel.height for panel in panels] == [11, 8]
    # when bars are corrected twice, come late, come new, and come from a share that was not there, and a file brings
    # splits of the past and of the day
    stocked.later(hours=1)
    for close in (51.0, 52.0):
        await stocked.ingest.ingest(Frames([on([D[0], *D[3:7]], [close, 50.5, 50.5, 50.5, 50.5], "CBA.AX")]))
        stocked.later(hours=1)
    await stocked.ingest.ingest(Frames([on(D, [7.0] * 5, "LATE.AX"), SPLIT.tail(1)]))
    file = tmp_path / "splits.csv"
    file.write_text(f"symbol,ex_date,factor\nCBA,{D[2]},0.1\nBHP,{D[0]},0.3\n")
    assert (await stocked.reference.ingest_actions(file))["added"] == 2
    # then the panels of now are others, and those of then are what they were
    assert not (await stocked.read.panel(D[2])).equals(panels[1])
    assert [(await _read_as(stocked, known)).equals(panel) for known, panel in zip(knowledge, panels, strict=True)] == [
        True,
        True,
    ]


async def _read_as(market: Market, known: Knowledge) -> pl.DataFrame:
    return await market.read.panel(known.as_of, known_at=known.known_at, ingest_id=known.ingest_id)


async def test_a_panel_can_be_cut_by_symbols_and_by_its_first_day(stocked: Market) -> None:
    panel = await stocked.read.panel(since=D[1], symbols=["CBA", "asx:bhp"])
    assert panel["session_date"].min() == D[1]
    assert panel["security_id"].n_unique() == 2
    with pytest.raises(UnknownSymbol):
        await stocked.read.panel(symbols=["NONE"])


async def test_a_panel_before_every_session_is_empty(stocked: Market) -> None:
    assert (await stocked.read.panel(date(1990, 1, 1))).height == 0


async def test_prices_of_a_share_come_adjusted_or_as_traded(stocked: Market) -> None:
    adjusted = await stocked.read.prices("BHP")
    assert adjusted.bars["close"].to_list() == pytest.approx([10.0, 10.0, 10.1])
    assert [(a.ex_date, a.kind) for a in adjusted.actions] == [(D[1], "split")]
    raw = await stocked.read.prices("BHP", adjusted=False)
    assert raw.bars["close"].to_list() == [100.0, 10.0, 10.1]
    assert raw.sources == ["test"]


async def test_prices_can_be_cut_and_read_as_of_a_date(stocked: Market) -> None:
    assert (await stocked.read.prices("BHP", D[1], D[1])).bars.height == 1
    as_of = await stocked.read.prices("BHP", as_of=D[0])
    assert (as_of.bars["close"].to_list(), as_of.actions) == ([100.0], [])
    with pytest.raises(BadInput, match="is after"):
        await stocked.read.prices("BHP", D[1], D[0])


@pytest.mark.parametrize("form", ["BHP", "bhp.ax", "BHP.AU", "ASX:BHP", "BHP AU Equity"])
async def test_a_share_is_found_under_every_usual_form_of_its_code(stocked: Market, form: str) -> None:
    assert (await stocked.read.resolve(form)).symbol == "BHP.AX"


async def test_a_reused_code_means_its_owner_on_the_date(stocked: Market) -> None:
    assert (await stocked.read.resolve("XYZ")).entity == "B"
    assert (await stocked.read.resolve("XYZ", D[0])).entity == "A"
    assert (await stocked.read.resolve("XYZ", date(1999, 1, 1))).entity == "A"
    assert (await stocked.read.resolve("xyz~1.ax")).entity == "A"


async def test_unknown_and_malformed_codes_are_told_apart(stocked: Market) -> None:
    with pytest.raises(UnknownSymbol, match="QQQ"):
        await stocked.read.resolve("QQQ")
    with pytest.raises(UnknownSymbol):
        await stocked.read.resolve("XYZ~9.AX")
    with pytest.raises(MalformedSymbol, match="not an ASX code"):
        await stocked.read.resolve("not a code")


async def test_a_share_in_full_has_its_codes_and_quote(stocked: Market) -> None:
    view = await stocked.read.security("XYZ")
    assert [(code.code, code.valid_from, code.valid_to) for code in view.codes] == [("XYZ.AX", D[5], None)]
    assert view.quote is not None
    assert view.quote.close == 2.0


async def test_securities_are_searched_by_code_and_name_exact_codes_first(stocked: Market) -> None:
    await stocked.stores.securities.describe([(2, "COMMONWEALTH BANK", "Financials", "Banks", None)])
    assert await stocked.stores.securities.describe([]) == 0
    found, total = await stocked.read.search("b")
    assert (total, [s.symbol for s in found]) == (2, ["BHP.AX", "CBA.AX"])
    assert [s.symbol for s in (await stocked.read.search("wealth"))[0]] == ["CBA.AX"]
    assert [s.symbol for s in (await stocked.read.search("xyz"))[0]] == ["XYZ.AX", "XYZ~1.AX"]
    assert (await stocked.read.search("100%_\\"))[1] == 0
    page, total = await stocked.read.search("", 2, 2)
    assert (len(page), total) == (2, 4)


async def test_the_directory_is_remembered_until_it_is_forgotten(stocked: Market) -> None:
    assert (await stocked.read.directory([2, 77]))[2].name is None
    await stocked.stores.securities.describe([(2, "COMMONWEALTH BANK", None, None, None)])
    assert (await stocked.read.directory())[2].name is None
    stocked.read.forget()
    assert (await stocked.read.directory())[2].name == "COMMONWEALTH BANK"


async def test_sessions_are_known_without_being_asked_for_first(market: Market) -> None:
    async with market.db.connection() as connection:
        await connection.execute("TRUNCATE sessions")
    christmas = await market.read.sessions(date(2024, 12, 23), date(2024, 12, 27))
    assert christmas == [date(2024, 12, 23), date(2024, 12, 24), date(2024, 12, 27)]
    [(first, last)] = await market.rows("SELECT min(session_date), max(session_date) FROM sessions")
    assert (first, last) == (date(1990, 1, 2), date(2025, 12, 31))


async def test_the_timetable_knows_the_latest_final_session(market: Market) -> None:
    sessions = MarketCalendar(market.stores.sessions)
    assert await sessions.latest_final(NOW) == date(2024, 12, 30)
    assert await sessions.latest_final(NOW.replace(hour=1)) == date(2024, 12, 27)
    assert await sessions.is_session(date(2024, 12, 25)) is False
    assert await sessions.is_session(date(2024, 12, 24)) is True


async def test_an_empty_market_is_not_simulated_and_has_no_prices(market: Market) -> None:
    assert await market.read.data_is_simulated() is False
    assert (await market.read.panel()).height == 0
    assert await market.read.directory() == {}


async def test_what_is_kept_out_can_be_paged_and_counted(market: Market) -> None:
    await market.ingest.ingest(Frames([on(D, [10.0, 200.0, 10.0, 0.0])]))
    kept = market.stores.quarantine
    assert await kept.counts() == {"jump": 1, "price_not_positive": 1}
    [held] = await kept.page("held", 10, 0)
    assert (held.symbol, held.session_date, held.close, held.line, held.file) == ("BHP.AX", D[1], 200.0, 2, "test.csv")
    assert len(await kept.page(None, 10, 0)) == 2
