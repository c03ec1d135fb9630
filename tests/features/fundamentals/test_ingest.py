from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from asxos.features.fundamentals.records import SHORT_POSITIONS, FactsReport
from asxos.features.fundamentals.services import BadFactsFile, RealFactsOfInventedShares
from asxos.features.market.repositories.ingests import IngestRunning
from tests.features.fundamentals.conftest import Companies, over, values, written
from tests.features.market.conftest import NOW, Frames, Market
from tests.features.market.test_ingest import D, on

SHARE_TABLE = "symbol,as_of,published,market,name,last,mkt_cap_m,eps_c,pe,dps_c,franked,nta_per_share\n"
OWN = "Code,Published,Market Cap,EPS,DPS,Book per share,Franking\n"
FIGURES = (
    "market_cap",
    "earnings_per_share",
    "dividends_per_share",
    "book_per_share",
    "tangible_per_share",
    "franking",
)


async def test_a_share_table_goes_in_with_our_units_and_the_instant_it_could_be_known(
    companies: Companies, tmp_path: Path
) -> None:
    path = written(
        tmp_path,
        SHARE_TABLE
        + 'BHP,2024-01-12,2024-01-13,IND,BHP,46.5,"235,000",410.5,11.3,253,f,13.02\n'
        + "CBA,2024-01-12,2024-01-13,IND,CBA,110,184000,-5,-,450,,\n",
    )
    assert await companies.ingest.ingest(path) == FactsReport(rows=2, added=2)
    stored = await companies.read.companies()
    assert values(stored, *FIGURES) == [
        (235_000_000_000.0, 4.105, 2.53, None, 13.02, 1.0),
        # nothing printed beside a dividend: it is not franked
        (184_000_000_000.0, -0.05, 4.5, None, None, 0.0),
    ]
    # Saturday 13 January is over at midnight, 11 hours ahead of UTC in summer
    assert set(stored["known_at"]) == {datetime(2024, 1, 13, 13, 0, tzinfo=UTC)}


async def test_what_is_published_on_a_friday_is_known_on_monday(companies: Companies, tmp_path: Path) -> None:
    await companies.ingest.ingest(written(tmp_path, OWN + "BHP,2024-07-05,1000,1,1,1,1\n"))
    assert (await companies.read.companies(date(2024, 7, 5))).is_empty()
    assert (await companies.read.companies(date(2024, 7, 8))).height == 1


async def test_a_table_of_ones_own_is_read_by_its_names_in_dollars(companies: Companies, tmp_path: Path) -> None:
    path = written(
        tmp_path, "My shares\n\n" + OWN + "ASX:BHP,12/01/2024,5e9,1.5,0.75,20,80%\n\nCBA,2024-01-12,,,,,0.3\n"
    )
    assert await companies.ingest.ingest(path) == FactsReport(rows=2, added=2)
    assert values(await companies.read.companies(), *FIGURES) == [
        (5e9, 1.5, 0.75, 20.0, None, 0.8),
        (None, None, None, None, None, 0.3),
    ]


async def test_the_same_file_again_changes_nothing_and_a_change_is_known_from_now(
    companies: Companies, tmp_path: Path
) -> None:
    # given figures of January, and of February
    rows = "BHP,2024-01-12,1000,1.0,,,\nBHP,2024-02-09,1000,2.0,,,\n"
    path = written(tmp_path, OWN + rows)
    await companies.ingest.ingest(path)
    assert await companies.ingest.ingest(path) == FactsReport(rows=2, unchanged=2)
    # when those of February are corrected
    written(tmp_path, OWN + rows.replace("2.0", "1.8") + "BHP,2024-03-08,1000,3.0,,,\n")
    assert await companies.ingest.ingest(path) == FactsReport(rows=3, added=1, corrected=1, unchanged=1)
    # then whoever looks back sees what was known then, and both are kept
    assert values(await companies.read.companies(date(2024, 2, 20)), "earnings_per_share") == [(1.0,), (2.0,)]
    kept = "SELECT earnings_per_share, known_at FROM fundamentals WHERE as_of = '2024-02-09' ORDER BY known_at"
    assert await companies.market.rows(kept) == [(2.0, datetime(2024, 2, 9, 13, tzinfo=UTC)), (1.8, NOW)]
    # and the correction, late, does not stand in the way of what is newer
    assert values(await companies.read.companies(), "earnings_per_share") == [(1.0,), (2.0,), (3.0,)]
    assert await companies.ingest.ingest(path) == FactsReport(rows=3, unchanged=3)


async def test_a_correction_of_the_latest_figures_counts_from_its_ingest(companies: Companies, tmp_path: Path) -> None:
    for earnings in ("1.0", "1.1"):
        await companies.ingest.ingest(written(tmp_path, OWN + f"BHP,2024-02-09,1000,{earnings},,,\n"))
    assert values(await companies.read.companies(), "earnings_per_share", "known_at")[-1] == (1.1, NOW)


async def test_a_report_counts_though_a_value_of_a_later_day_was_known_before_it(
    companies: Companies, tmp_path: Path
) -> None:
    # given the market value of January, and after it the results of the half-year to December
    await companies.ingest.ingest(
        written(tmp_path, "symbol,snapshot_date,market_cap_k\nBHP,2024-01-31,900\n", "caps.csv")
    )
    results = "symbol,as_of,published,market_cap,eps\nBHP,2023-12-31,2024-02-20,1000000,1.5\n"
    await companies.ingest.ingest(written(tmp_path, results))
    known = values(await companies.read.companies(), "market_cap", "earnings_per_share")
    assert known == [(900_000.0, None), (1_000_000.0, 1.5)]


async def test_of_tables_that_come_at_once_one_fills_the_gaps_of_the_other(
    companies: Companies, tmp_path: Path
) -> None:
    top = (
        "published,as_of,symbol,last,dps_c,franking,net_yield_pct,gross_yield_pct,eps_c,price_to_book,nab_per_share,mkt_cap_m\n"
        "2024-01-13,2024-01-12,BHP,46.5,253,p,5.44,6.61,410.5,3.1,-,235000\n"
    )
    await companies.ingest.ingest(written(tmp_path, top, "top.csv"))
    share_table = SHARE_TABLE + "BHP,2024-01-12,2024-01-13,IND,BHP,46.5,235001,410.5,11.3,253,p,13.02\n"
    await companies.ingest.ingest(written(tmp_path, share_table))
    # half of the dividend is franked: 6.61 / 5.44 - 1 = 0.215, half of 0.3 / 0.7
    assert values(await companies.read.companies(), *FIGURES) == [(235e9, 4.105, 2.53, 15.0, 13.02, 0.5)]


async def test_every_bad_row_is_refused_by_its_line_and_the_rest_goes_in(companies: Companies, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "code,published,as_of,market_cap,eps,franking\n"
        "BHP,2024-01-12,2024-01-12,1000,1,1\n"
        "B!P,2024-01-12,2024-01-12,1000,1,1\n"
        "BHP,soon,2024-01-12,1000,1,1\n"
        ",2024-01-12,2024-01-12,1000,1,1\n"
        "BHP,2025-01-12,2024-01-12,1000,1,1\n"
        "BHP,2024-01-12,2024-01-13,1000,1,1\n"
        "BHP,2024-01-15,2024-01-15,1000,much,1\n"
        "BHP,2024-01-15,2024-01-15,-1,1,1\n"
        "BHP,2024-01-16,2024-01-16,-1,1,1\n"
        "BHP,2024-01-15,2024-01-15,1000,1,-5\n"
        "BHP,2024-01-15,2024-01-15,-,n/a,\n"
        "BHP,2024-01-12,2024-01-12,1000,9,1\n"
        "ZZZ,2024-01-12,2024-01-12,1000,1,1\n",
    )
    report = await companies.ingest.ingest(path)
    assert (report.rows, report.added, report.refused_rows) == (13, 1, 12)
    assert list(report.refused) == [
        "given.csv:3: code 'B!P' is not an ASX code",
        "given.csv:4: published 'soon' is not a date",
        "given.csv:5: code '' is not an ASX code",
        "given.csv:6: 2025-01-12 is in the future",
        "given.csv:7: published 2024-01-12, before the 2024-01-13 it is about",
        "given.csv:8: eps 'much' is not a number",
        "given.csv:9: market_cap '-1' is not above zero (and 1 more such rows)",
        "given.csv:11: franking '-5' is not a part of the whole",
        "given.csv:12: no figure",
        "given.csv:13: a second row of BHP.AX about 2024-01-12",
        "given.csv:14: no share is known that had the code ZZZ.AX then",
    ]


async def test_figures_belong_to_the_share_that_had_the_code_on_their_day(market: Market, tmp_path: Path) -> None:
    # given one company that changed its code from OLD to NEW, and another that took OLD later
    frames = [
        on(D, [10.0] * 10, "OLD.AX", entity="first"),
        on(D[10:], [10.0] * 10, "NEW.AX", entity="first"),
        on(D[30:], [5.0] * 10, "OLD.AX", entity="second"),
    ]
    await market.ingest.ingest(Frames(frames))
    companies = over(market)
    days = [D[3], D[12], D[12], D[32]]
    rows = "".join(
        f"{code},{day},{n},,,,\n"
        for n, (code, day) in enumerate(zip(("OLD", "NEW", "OLD", "OLD"), days, strict=True), 1)
    )
    report = await companies.ingest.ingest(written(tmp_path, OWN + rows))
    assert report.refused == ("given.csv:4: no share is known that had the code OLD.AX then",)
    first, second = await companies.ids("NEW", "OLD")
    assert values(await companies.read.companies(), "security_id", "market_cap") == [
        (first, 1.0),
        (first, 2.0),
        (second, 4.0),
    ]


async def test_short_positions_are_known_when_asic_publishes_them_four_sessions_later(
    companies: Companies, tmp_path: Path
) -> None:
    # the Tuesday before Easter 2024: Wednesday, Thursday, and after four days off Tuesday and Wednesday
    path = written(tmp_path, "symbol,date,short_qty,short_pct\nBHP,2024-03-26,1500000,0.25\nBHP,2024-03-27,,150\n")
    report = await companies.ingest.ingest(path, SHORT_POSITIONS)
    assert report.refused == ("given.csv:3: short_pct '150' is not a part of the whole",)
    assert values(await companies.read.shorts(), "short_share", "short_quantity", "known_at") == [
        (0.0025, 1_500_000.0, datetime(2024, 4, 3, 13, 0, tzinfo=UTC))
    ]
    assert (await companies.read.shorts(date(2024, 4, 3))).is_empty()
    assert (await companies.read.shorts(date(2024, 4, 4))).height == 1
    # and again, with the day it was published beside it, nothing is new
    assert (await companies.ingest.ingest(path)).unchanged == 1


async def test_a_stated_publication_of_a_short_position_counts(companies: Companies, tmp_path: Path) -> None:
    await companies.ingest.ingest(
        written(tmp_path, "symbol,date,published,short_share\nBHP,2024-03-26,2024-03-27,0.01\n")
    )
    assert (await companies.read.shorts())["known_at"].to_list() == [datetime(2024, 3, 27, 13, 0, tzinfo=UTC)]


async def test_asics_own_report_is_read_as_it_comes(companies: Companies, tmp_path: Path) -> None:
    report = (
        ",Trade Date,09/01/2024,09/01/2024,08/01/2024,08/01/2024\n"
        "Product,Product Code,Reported Short Positions,% of Total,Reported Short Positions,% of Total\n"
        "BHP GROUP ORDINARY,BHP ,1000,0.02,900,0.01\n"
        "CBA ORDINARY,CBA,-,-,50,0.00\n"
    )
    assert await companies.ingest.ingest(written(tmp_path, report)) == FactsReport(rows=3, added=3)
    assert values(await companies.read.shorts(), "short_quantity", "short_share") == [
        (900.0, 1e-4),
        (1000.0, 2e-4),
        (50.0, 0.0),
    ]


async def test_a_folder_goes_in_but_for_what_is_not_about_companies(companies: Companies, tmp_path: Path) -> None:
    written(tmp_path, OWN + "BHP,2024-01-12,1000,1,,,\n", "a.csv")
    written(tmp_path, "symbol,date,short_share\nBHP,2024-01-12,0.01\n", "b.csv")
    written(tmp_path, "hello\n", "readme.txt")
    report = await companies.ingest.ingest(tmp_path)
    assert (report.added, report.refused) == (
        2,
        ("readme.txt: not a table of facts about companies: no column symbol",),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("symbol,eps\nBHP,1\n", "no column published"),
        ("symbol,published\nBHP,2024-01-12\n", "no column of figures that we know"),
        ("", "given.csv: "),
        (OWN, "a table of fundamentals, not of short positions"),
    ],
)
async def test_a_file_that_is_no_table_of_facts_says_why(
    companies: Companies, tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(BadFactsFile, match=says):
        await companies.ingest.ingest(written(tmp_path, text), SHORT_POSITIONS)


async def test_a_damaged_file_is_refused_by_name(companies: Companies, tmp_path: Path) -> None:
    for name in ("broken.parquet", "broken.csv.gz"):
        with pytest.raises(BadFactsFile, match=name):
            await companies.ingest.ingest(written(tmp_path, "PAR1 nothing", name))


async def test_two_ingests_never_run_at_once(companies: Companies, tmp_path: Path) -> None:
    path = written(tmp_path, OWN + "BHP,2024-01-12,1000,1,,,\n")
    async with companies.market.stores.ingests.alone():
        with pytest.raises(IngestRunning):
            await companies.ingest.ingest(path)
    assert (await companies.ingest.ingest(path)).added == 1


async def test_a_simulated_market_takes_no_real_facts(market: Market, tmp_path: Path) -> None:
    await market.ingest.ingest(Frames([on(D, [10.0])], is_simulated=True))
    with pytest.raises(RealFactsOfInventedShares):
        await over(market).ingest.ingest(written(tmp_path, OWN + "BHP,2024-01-12,1000,1,,,\n"))


async def test_what_was_published_is_never_altered(companies: Companies, tmp_path: Path) -> None:
    await companies.ingest.ingest(written(tmp_path, OWN + "BHP,2024-01-12,1000,1,,,\n"))
    for change in ("UPDATE fundamentals SET market_cap = 2", "DELETE FROM fundamentals", "TRUNCATE short_positions"):
        with pytest.raises(Exception, match="append-only"):
            await companies.market.rows(change)


async def test_the_shared_tables_go_in_as_they_are(companies: Companies, shared_data: Path) -> None:
    top = await companies.ingest.ingest(shared_data / "fundamentals_top300_weekly.parquet")
    caps = await companies.ingest.ingest(shared_data / "market_cap_weekly.parquet")
    # 326 weeks of CBA and 324 of BHP, as a plain count gives; 164 market caps, 26 of them of 2025, which is to come
    assert (top.rows, top.added, caps.rows, caps.added) == (97_801, 650, 166_425, 138)
    assert any(said.startswith("market_cap_weekly.parquet:14: market_cap_k '-1'") for said in caps.refused)
    cba = await companies.read.figures_of("CBA", 1000, 0)
    assert (cba.latest.published, cba.items[-1].published) == (date(2024, 12, 27), date(2009, 10, 2))
    # the newspaper of 19 December 2015: 139.284 billion, 557 and 420 cents, 81.57 at 2.544 times book
    [then] = [
        row for row in (await companies.read.figures_of("CBA", 1000, 0)).items if row.published == date(2015, 12, 19)
    ]
    assert (then.market_cap, then.earnings_per_share, then.dividends_per_share) == (139_284e6, 5.57, 4.2)
    assert (then.book_per_share, then.franking) == (pytest.approx(81.57 / 2.544), 1.0)


@pytest.mark.parametrize(
    ("name", "faults"),
    [
        ("asic_shorts_2021_bad_bom.csv.gz", ["267: short_pct '173.08' is not a part of the whole"]),
        ("asic_shorts_2026.csv.gz", []),
    ],
)
async def test_asics_reports_as_delivered_go_in_and_their_faults_are_named(
    companies: Companies, shared_data: Path, name: str, faults: list[str]
) -> None:
    companies.market.clock.instant = datetime(2026, 6, 1, tzinfo=UTC)
    report = await companies.ingest.ingest(shared_data / "raw_samples" / name)
    assert report.added > 100
    assert [said for said in report.refused if "no share is known" not in said] == [f"{name}:{said}" for said in faults]


def test_reports_add_up() -> None:
    one, two = FactsReport(3, 1, 1, 0, 1, ("a",)), FactsReport(2, 2, 0, 0, 0)
    assert one + two == FactsReport(5, 3, 1, 0, 1, ("a",))
