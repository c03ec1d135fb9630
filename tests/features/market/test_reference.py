import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from asxos.features.market.services import BadReferenceFile, MixedMarkets
from tests.features.market.conftest import Frames, Market
from tests.features.market.test_ingest import D, on


def written(folder: Path, text: str, name: str = "given.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.fixture
async def stocked(market: Market) -> Market:
    await market.ingest.ingest(Frames([on(D, [100.0] * 6), on(D, [50.0] * 6, "CBA.AX")]))
    return market


async def test_actions_of_a_file_adjust_the_panel_and_come_once(stocked: Market, tmp_path: Path) -> None:
    # given events as the shared files write them
    path = written(
        tmp_path,
        f"symbol,date,factor,method,kind\nBHP,{D[2]},0.5,model,split_or_bonus\n"
        f"CBA,{D[3]},0.98,vendor_ratio_step,entitlement_or_demerger_or_capital_return\n",
    )
    # when they come twice
    first, second = await stocked.reference.ingest_actions(path), await stocked.reference.ingest_actions(path)
    # then they are stored once, and used
    assert first == {"rows": 2, "added": 2, "known": 0, "refused": []}
    assert second == {"rows": 2, "added": 0, "known": 2, "refused": []}
    assert (await stocked.read.panel(symbols=["BHP"]))["close"].to_list() == [50.0, 50.0, 100.0, 100.0, 100.0, 100.0]
    assert await stocked.rows("SELECT kind FROM corporate_actions ORDER BY ex_date") == [("split",), ("adjustment",)]


async def test_dividends_of_one_date_are_summed_and_their_franking_weighed(stocked: Market, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"symbol,ex_date,amount_aud,franked_pct,estimated\nBHP,{D[1]},0.30,100,False\nBHP,{D[1]},0.10,0,False\n"
        f"CBA,{D[1]},1.5,,False\nCBA,{D[2]},9,100,True\n",
    )
    assert (await stocked.reference.ingest_actions(path))["added"] == 2
    rows = await stocked.rows("SELECT amount, franked FROM corporate_actions ORDER BY amount")
    assert rows == [(Decimal("0.400000"), pytest.approx(0.75)), (Decimal("1.500000"), None)]


async def test_a_file_of_one_share_has_its_code_in_its_name(stocked: Market, tmp_path: Path) -> None:
    path = written(tmp_path, "EX DATE,AMOUNT,FRANKED\n09/01/2024,$0.57,100%\n", "dividends_CBA.csv")
    assert (await stocked.reference.ingest_actions(path))["added"] == 1
    [(day, amount, franked)] = await stocked.rows("SELECT ex_date, amount, franked FROM corporate_actions")
    assert (day, amount, franked) == (date(2024, 1, 9), Decimal("0.570000"), 1.0)


async def test_every_bad_line_is_refused_by_number_and_the_rest_goes_in(stocked: Market, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"symbol,date,factor\nBHP,{D[1]},0.5\nBHP,soon,0.5\nB!P,{D[1]},0.5\nBHP,{D[2]},x\nBHP,{D[2]},\nBHP,{D[2]},-1\nZZZ,{D[1]},2\n",
    )
    report = await stocked.reference.ingest_actions(path)
    assert report["added"] == 1
    assert report["refused"] == [
        "given.csv:3: ex_date 'soon' is not a date",
        "given.csv:4: 'B!P' is not an ASX code (3-6 letters or digits, such as BHP, BHP.AX or ASX:BHP)",
        "given.csv:5: factor 'x' is not a number",
        "given.csv:6: neither a factor nor an amount",
        "given.csv:7: factor -1.0 is not above zero",
        f"given.csv: ZZZ.AX {D[1]}: action of an unknown code",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "no header line"), ("a,b\n1,2\n", "no header line"), ("symbol,name\nBHP,BHP\n", "no column ex_date")],
)
async def test_a_file_without_the_columns_is_refused_whole(
    market: Market, tmp_path: Path, text: str, reason: str
) -> None:
    with pytest.raises(BadReferenceFile, match=reason):
        await market.reference.ingest_actions(written(tmp_path, text))


async def test_a_missing_or_binary_file_is_refused_whole(market: Market, tmp_path: Path) -> None:
    with pytest.raises(BadReferenceFile, match=r"gone\.csv"):
        await market.reference.ingest_universe(tmp_path / "gone.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00symbol")
    with pytest.raises(BadReferenceFile, match="decode"):
        await market.reference.ingest_universe(binary)


async def test_names_and_sectors_come_from_a_list_with_title_lines_and_new_codes_are_listed(
    stocked: Market, tmp_path: Path
) -> None:
    path = written(
        tmp_path,
        'ASX listed companies as at today\n\nCompany name,ASX code,GICS industry group\n"BHP GROUP",BHP,"Materials"\n'
        '"A FUND",FND,"Not Applic"\n',
    )
    first, second = await stocked.reference.ingest_universe(path), await stocked.reference.ingest_universe(path)
    assert first == {"rows": 2, "added": 1, "changed": 2, "refused": []}
    assert (second["added"], second["changed"]) == (0, 0)
    bhp = await stocked.read.resolve("BHP")
    assert (bhp.name, bhp.sector, bhp.industry) == ("BHP GROUP", "Materials", "Materials")
    assert (await stocked.read.resolve("FND")).sector is None


async def test_a_compressed_list_with_dates_is_read_too(stocked: Market, tmp_path: Path) -> None:
    text = (
        "symbol,name,industry_group,listing_date,last_seen,temporary_code\nCBA,CBA,Banks,1991-09-12,2026-01-01,False\n"
    )
    path = tmp_path / "universe.csv.gz"
    path.write_bytes(gzip.compress((text + "CBAN,CBA,Banks,1991-09-12,2026-01-01,True\n").encode()))
    assert (await stocked.reference.ingest_universe(path))["added"] == 0
    assert (await stocked.read.resolve("CBA")).listed_on == date(1991, 9, 12)


async def test_former_codes_lead_to_the_present_share(stocked: Market, tmp_path: Path) -> None:
    path = written(tmp_path, "current_symbol_2020,symbol,first_date,last_date\nBHP,OLD,2001-01-02,2003-05-06\n")
    assert (await stocked.reference.ingest_universe(path))["changed"] == 1
    assert (await stocked.read.resolve("OLD", date(2002, 1, 1))).symbol == "BHP.AX"
    assert (await stocked.reference.ingest_universe(path))["changed"] == 0


async def test_dated_groups_become_dated_sectors(stocked: Market, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "symbol,gics_group,name,first_seen,last_seen\nBHP,Gold,B,2014-01-01,2014-06-01\nBHP,Steel,B,2014-07-01,2014-08-01\n"
        "BHP,Banks,B,2015-01-01,2015-02-01\nCBA,Exchange Traded Funds,C,2014-01-01,2014-02-01\n",
    )
    assert await stocked.reference.ingest_universe(path) == {"rows": 4, "added": 2, "changed": 1, "refused": []}
    rows = await stocked.rows("SELECT sector, valid_from, valid_to FROM security_sectors ORDER BY valid_from")
    assert rows == [("Materials", date(2014, 1, 1), date(2015, 1, 1)), ("Financials", date(2015, 1, 1), None)]


async def test_sectors_are_read_as_known_and_an_undated_one_holds_through_all_time(
    stocked: Market, tmp_path: Path
) -> None:
    groups = "symbol,gics_group,name,first_seen,last_seen\nBHP,Gold,B,2014-01-01,2014-06-01\nBHP,Banks,B,2015-01-01,\n"
    await stocked.reference.ingest_universe(written(tmp_path, groups))
    await stocked.reference.ingest_universe(written(tmp_path, "symbol,name,sector\nCBA,CBA,Banks\n", "names.csv"))
    (bhp, cba), always = [(await stocked.read.resolve(code)).id for code in ("BHP", "CBA")], date(1900, 1, 1)
    materials, financials = (bhp, date(2014, 1, 1), "Materials"), (bhp, date(2015, 1, 1), "Financials")
    assert (await stocked.read.sectors()).rows() == [materials, financials, (cba, always, "Financials")]
    assert (await stocked.read.sectors(date(2014, 12, 31))).rows() == [materials, (cba, always, "Financials")]


async def test_a_simulated_market_takes_no_real_names(market: Market, tmp_path: Path) -> None:
    await market.ingest.ingest(Frames([on(D, [10.0])], is_simulated=True))
    with pytest.raises(MixedMarkets):
        await market.reference.ingest_universe(written(tmp_path, "symbol,name\nBHP,BHP\n"))


async def test_the_shared_files_go_in_as_they_are(stocked: Market, shared_data: Path) -> None:
    universe = await stocked.reference.ingest_universe(shared_data / "asx_universe.csv")
    assert (universe["rows"], universe["refused"]) == (3137, [])
    assert (await stocked.read.resolve("CBA")).sector == "Financials"
    changes = await stocked.reference.ingest_universe(shared_data / "symbol_changes.csv")
    sectors = await stocked.reference.ingest_universe(shared_data / "gics_history_2009_2015.csv")
    assert (changes["refused"], sectors["refused"]) == ([], [])
    actions = await stocked.reference.ingest_actions(shared_data / "corporate_actions.csv")
    assert actions["added"] > 1_000
    cba = await stocked.reference.ingest_actions(shared_data / "raw_samples" / "hgouw_dividends_CBA.csv")
    assert (cba["rows"], cba["refused"]) == (38, [])
