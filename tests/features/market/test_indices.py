"""Levels of market indices from files."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from asxos.domain.indices import MalformedIndex, canonical_index
from asxos.features.market.services import BadReferenceFile, MixedMarkets
from tests.features.market.conftest import Frames, Market
from tests.features.market.test_ingest import D, on
from tests.features.market.test_reference import written

PRICES = "index,date,open,high,low,close\nASX200,2024-01-08,7500,7510,7490,7505.1\nALLORDS,2024-01-08,7700,1,1,7701.5\n"
BOTH = "date,code,name,price_index,accumulation_index\n2024-01-08,XJO,S&P/ASX 200,7505.1,90001.5\n"


@pytest.mark.parametrize(
    ("text", "code"), [("XJO", "XJO"), ("^AXJO", "XJO"), ("asx200", "XJO"), ("^AORD", "XAO"), ("XMM", "XMM")]
)
def test_an_index_has_one_code(text: str, code: str) -> None:
    assert canonical_index(text) == code


@pytest.mark.parametrize("text", ["", "7", "S&P/ASX 200", "AVERYLONGCODE"])
def test_what_is_no_code_of_an_index_is_refused(text: str) -> None:
    with pytest.raises(MalformedIndex, match="is not the code of an index"):
        canonical_index(text)


async def test_levels_come_in_once_and_a_file_adds_to_another(market: Market, tmp_path: Path) -> None:
    # given price levels in one file and total return levels in another
    prices, both = written(tmp_path, PRICES, "prices.csv"), tmp_path / "both.csv.gz"
    both.write_bytes(gzip.compress(BOTH.encode()))
    assert await market.reference.ingest_index(prices) == {"rows": 2, "changed": 2, "refused": []}
    assert await market.read.total_return_indices() == {}
    assert (await market.reference.ingest_index(both))["changed"] == 1
    # when they come again, then nothing changes, and prices do not take the total return away
    assert (await market.reference.ingest_index(both))["changed"] == 0
    assert (await market.reference.ingest_index(prices))["changed"] == 0
    (name, levels), *others = (await market.read.total_return_indices()).items()
    assert (name, levels.rows(), others) == ("S&P/ASX 200", [(date(2024, 1, 8), 90_001.5)], [])


async def test_the_code_may_be_the_files_name(market: Market, tmp_path: Path) -> None:
    path = written(tmp_path, "Date,Total Return\n2024-01-08,100.5\n2024-01-09,101\n", "^AXJO.csv")
    assert (await market.reference.ingest_index(path))["changed"] == 2
    assert (await market.read.total_return_indices())["S&P/ASX 200"]["level"].to_list() == [100.5, 101.0]


async def test_levels_that_cannot_be_are_refused_with_their_line(market: Market, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "code,date,close\nXJO,2024-01-08,0\nXJO,never,7500\nXJO,2024-01-09,\n?,2024-01-09,7500\nXJO,2024-01-10,7500\n",
    )
    report = await market.reference.ingest_index(path)
    assert (report["rows"], report["changed"]) == (5, 1)
    assert [line.split(": ")[1] for line in report["refused"]] == [
        "a level is not above zero",
        "session_date 'never' is not a date",
        "neither a price nor a total return index",
        "'?' is not the code of an index",
    ]
    assert "given.csv:2" in report["refused"][0]


async def test_a_file_without_dates_is_no_file_of_levels(market: Market, tmp_path: Path) -> None:
    with pytest.raises(BadReferenceFile, match="no column session_date"):
        await market.reference.ingest_index(written(tmp_path, "code,close\nXJO,7500\n"))


async def test_an_empty_file_changes_nothing(market: Market, tmp_path: Path) -> None:
    assert (await market.reference.ingest_index(written(tmp_path, "code,date,close\n")))["changed"] == 0


async def test_real_indices_do_not_stand_beside_simulated_prices(market: Market, tmp_path: Path) -> None:
    await market.ingest.ingest(Frames([on(D, [100.0] * 6)], is_simulated=True))
    with pytest.raises(MixedMarkets):
        await market.reference.ingest_index(written(tmp_path, PRICES))


async def test_the_shared_indices_go_in_whole(market: Market, shared_data: Path) -> None:
    report = await market.reference.ingest_index(shared_data / "asx_accumulation_indices_daily_2010_2015.csv.gz")
    assert report["refused"] == []
    level = (await market.read.total_return_indices())["S&P/ASX 200"]
    assert (level["session_date"][0], level["level"][0]) == (date(2010, 9, 20), 33_400.9)
    assert (level["session_date"][-1], level["level"][-1]) == (date(2015, 12, 24), 47_443.4)


async def test_every_action_is_read_for_a_replay(market: Market, tmp_path: Path) -> None:
    await market.ingest.ingest(Frames([on(D, [100.0] * 6)]))
    await market.reference.ingest_actions(written(tmp_path, f"symbol,ex_date,amount\nBHP,{D[3]},0.5\n"))
    actions = await market.read.actions()
    assert actions.select("ex_date", "kind", "amount").rows() == [(D[3], "dividend", 0.5)]
