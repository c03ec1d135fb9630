"""Files into ledgers: what is new goes in once, whole or not at all, and every row says what became of it."""

from decimal import Decimal

import pytest

from asxos.bootstrap import System
from asxos.core.events.types import EventType
from asxos.core.owners import LOCAL
from asxos.features.market.services import MarketService
from asxos.features.portfolio.repositories import UnknownPortfolio
from asxos.features.portfolio.services import ImportService, LedgerService
from asxos.features.portfolio.services.importing import ImportReport
from asxos.providers.brokers.files import UnknownLayout

HEAD = "Trade Date,Settlement Date,Action,Reference,Code,Name,Units,Average Price,Consideration,Brokerage,Total\n"
BHP = "2024-12-17,2024-12-19,Buy,T1,BHP,BHP GROUP,100,40.00,4000.00,9.50,4009.50\n"
CBA = "2024-12-18,2024-12-20,Buy,T2,CBA,CBA,10,150.00,1500.00,9.50,1509.50\n"


async def bring_in(
    system: System, text: str, name: str = "trades.csv", owner: str = LOCAL, *, dry_run: bool = False
) -> ImportReport:
    portfolio = await system.service(LedgerService).find_or_create(owner, "Main")
    return await system.service(ImportService).bring_in(owner, portfolio.id, text.encode(), name, dry_run=dry_run)


def outcome(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.duplicates, len(report.refused), report.skipped


async def units(system: System) -> dict[str, Decimal]:
    ledgers = system.service(LedgerService)
    book = await ledgers.book(LOCAL, (await ledgers.named(LOCAL, "Main")).id)
    return {code: book.quantity(code) for code in book.codes}


async def test_a_file_goes_in_and_again_changes_nothing(system: System) -> None:
    assert outcome(await bring_in(system, HEAD + BHP + CBA)) == (2, 0, 0, 0)
    assert outcome(await bring_in(system, HEAD + BHP + CBA)) == (0, 2, 0, 0)
    # An overlapping file brings only what is new of it.
    third = CBA.replace("T2", "T3")
    assert outcome(await bring_in(system, HEAD + third + BHP)) == (1, 1, 0, 0)
    assert await units(system) == {"BHP.AX": 100, "CBA.AX": 20}
    events = await system.event_bus.get_history(EventType.PORTFOLIO_CHANGED, 10)
    assert [e.payload["reason"] for e in events] == ["1 lines of trades.csv", "2 lines of trades.csv"]
    assert {e.user_id for e in events} == {LOCAL}


async def test_a_dry_run_says_the_same_and_writes_nothing(system: System) -> None:
    text = HEAD + BHP + BHP.replace("T1", "T9").replace(",100,", ",0,")
    dry = await bring_in(system, text, dry_run=True)
    assert (outcome(dry), dry.import_id) == ((1, 0, 1, 0), None)
    assert await units(system) == {}
    wet = await bring_in(system, text)
    assert outcome(wet) == outcome(dry)
    assert wet.rows == dry.rows


async def test_rows_are_kept_as_delivered_with_what_became_of_them(system: System) -> None:
    text = HEAD + BHP + BHP.replace("T1", "T9").replace("Buy", "Hmm") + BHP
    report = await bring_in(system, text)
    imports = system.service(ImportService)
    assert report.import_id is not None
    kept = await imports.rows(LOCAL, report.portfolio_id, report.import_id)
    assert [(row.line, row.outcome, row.reason) for row in kept] == [
        (2, "added", None),
        (3, "refused", "'Hmm' is neither a buy nor a sell"),
        (4, "duplicate", "stands twice in the file"),
    ]
    assert kept[0].content == BHP.strip().replace(",", "\t")
    (past,) = await imports.past(LOCAL, report.portfolio_id)
    assert (past.added, past.duplicates, past.refused, past.layout) == (1, 1, 1, "SelfWealth movements")


async def test_one_confirmation_with_two_contents_is_refused(system: System) -> None:
    report = await bring_in(system, HEAD + BHP + BHP.replace("100,40.00,4000.00", "50,40.00,2000.00"))
    assert [row.reason for row in report.refused] == ["T1 stands in the file before, with other content"]


@pytest.mark.parametrize(
    ("change", "outcome", "reason"),
    [
        (("2024-12-17,", "2025-01-17,"), "refused", "2025-01-17 is in the future"),
        (("2024-12-17,", "1899-12-17,"), "refused", "1899-12-17 is too long ago"),
        (("2024-12-17,", "2024-12-15,"), "added", "2024-12-15 is no trading day"),
    ],
)
async def test_dates_are_held_against_the_calendar(
    system: System, change: tuple[str, str], outcome: str, reason: str
) -> None:
    report = await bring_in(system, HEAD + BHP.replace(*change))
    assert [(row.outcome, row.reason) for row in report.rows] == [(outcome, reason)]


async def test_a_code_not_in_the_universe_is_kept(system: System) -> None:
    await bring_in(system, HEAD + BHP.replace("BHP,", "NEWCO,"))
    assert await units(system) == {"NEWCO.AX": 100}


async def test_a_list_of_holdings_opens_each_code_once(system: System) -> None:
    first = await bring_in(system, "ticker,shares,avg_cost\nBHP,10,30\nCBA,5,\n", "holdings.csv")
    assert outcome(first) == (2, 0, 0, 0)
    assert outcome(await bring_in(system, "ticker,shares,avg_cost\nBHP,10,30\nCBA,5,\n", "holdings.csv")) == (
        0,
        2,
        0,
        0,
    )
    more = await bring_in(system, "ticker,shares,avg_cost\nBHP,20,30\n", "holdings.csv")
    assert [row.reason for row in more.refused] == ["BHP.AX has opening units already; correct those instead"]


async def test_an_unknown_layout_takes_a_mapping_and_remembers_it(system: System) -> None:
    text = "When,What,Where,How Many,At,Fee,Side,Remark\n2024-12-17,BHP,ASX,10,40.00,5,BUY,\n"
    portfolio = await system.service(LedgerService).find_or_create(LOCAL, "Main")
    imports = system.service(ImportService)
    with pytest.raises(UnknownLayout):
        await imports.bring_in(LOCAL, portfolio.id, text.encode(), "mine.csv")
    mapping = {
        "tradedate": "When", "symbol": "What", "exchange": "Where", "quantity": "How Many", "price": "At",
        "brokeragefee": "Fee", "tradetype": "Side",
    }  # fmt: skip
    first = await imports.bring_in(LOCAL, portfolio.id, text.encode(), "mine.csv", mapping=mapping)
    again = await imports.bring_in(LOCAL, portfolio.id, text.replace("10,40", "11,40").encode(), "mine.csv")
    assert (first.added, again.added) == (1, 1)
    known = await imports.bring_in(LOCAL, portfolio.id, (HEAD + BHP).encode(), "x.csv", mapping={"units": "Units"})
    assert known.added == 1


async def test_another_owner_has_another_ledger(system: System) -> None:
    mine = await bring_in(system, HEAD + BHP)
    imports, ledgers = system.service(ImportService), system.service(LedgerService)
    assert outcome(await bring_in(system, HEAD + BHP, owner="somebody")) == (1, 0, 0, 0)
    for call in (
        imports.bring_in("somebody", mine.portfolio_id, (HEAD + CBA).encode(), "x.csv"),
        imports.past("somebody", mine.portfolio_id),
        imports.rows("somebody", mine.portfolio_id, mine.import_id or 0),
        ledgers.lines("somebody", mine.portfolio_id),
        ledgers.book("somebody", mine.portfolio_id),
        ledgers.annul("somebody", mine.portfolio_id, "x"),
        ledgers.remove("somebody", mine.portfolio_id),
    ):
        with pytest.raises(UnknownPortfolio):
            await call


async def test_company_names_become_codes_only_where_one_company_has_them(system: System) -> None:
    async with system.db.connection() as connection:
        await connection.execute("UPDATE securities SET name = 'WESFARMERS LTD' WHERE symbol = 'BHP.AX'")
    system.service(MarketService).forget()
    text = (
        "Date,Type,Description,Debit,Credit,Balance\n"
        "2024-12-18,Credit,FUNDS TRANSFER DIVIDEND - WESFARMERS LTD INT24/011,,34.58,0\n"
        "2024-12-18,Credit,FUNDS TRANSFER DIVIDEND - NOBODY LTD INT24/011,,34.58,0\n"
    )
    report = await bring_in(system, text)
    assert outcome(report) == (1, 0, 1, 0)
    assert [t.code for t in report.lines.values()] == ["BHP.AX"]


async def test_a_file_without_rows_is_an_import_of_nothing(system: System) -> None:
    assert outcome(await bring_in(system, HEAD)) == (0, 0, 0, 0)
