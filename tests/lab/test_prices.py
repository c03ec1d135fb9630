"""A market without a database is the one that an ingest makes of the same prices."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from asxos.bootstrap import System
from asxos.features.market.services import MarketService
from asxos.lab.prices import NoBars, PriceMarket, read_market
from asxos.providers.files import open_files
from asxos.providers.simulated import SimulatedPrices
from tests.published import MARKET, NOW

MONDAY, SPLIT_ON = date(2024, 1, 8), date(2024, 1, 10)
HEADER = "symbol,date,open,high,low,close,adj_close,volume\n"


def read(folder: Path, lines: str) -> PriceMarket:
    path = folder / "prices.csv"
    path.write_text(HEADER + lines, encoding="utf-8")
    return read_market(open_files(path), NOW)


async def test_the_panel_is_the_ingested_one(system: System) -> None:
    # given the market of the published database, read without one
    service = system.service(MarketService)
    sessions = await service.sessions(date(2020, 1, 1), NOW.date())
    names = {"seed": 3, "symbols": 60, "years": 4.0, "alpha": 0.1}
    assert (MARKET["seed"], MARKET["count"], MARKET["years"], MARKET["alpha"]) == tuple(names.values())
    market = read_market(
        SimulatedPrices(end=NOW.date(), sessions=sessions, seed=3, symbols=60, years=4.0, alpha=0.1), NOW
    )
    stored = {security_id: share.symbol for security_id, share in (await service.directory()).items()}
    for as_of in (None, date(2022, 6, 30)):
        alone, ingested = market.panel(as_of), await service.panel(as_of)
        frames = [
            frame.with_columns(symbol=pl.col("security_id").replace_strict(of, return_dtype=pl.String))
            .drop("security_id")
            .sort("symbol", "session_date")
            for frame, of in ((alone, market.symbols()), (ingested, stored))
        ]
        assert frames[0].height > 20_000
        assert frames[0].equals(frames[1].select(frames[0].columns))
    # and so are the sectors
    sectors = await service.sectors(None)
    assert (
        market.facts(None)
        .sectors["sector"]
        .value_counts(sort=True, name="n")
        .equals(sectors["sector"].value_counts(sort=True, name="n"))
    )


def test_a_panel_of_the_past_knows_no_later_split(tmp_path: Path) -> None:
    market = read(
        tmp_path,
        "ABC,2024-01-08,10,10,10,10,5,100\nABC,2024-01-09,10,10,10,10,5,100\n"
        "ABC,2024-01-10,5,5,5,5,5,200\nABC,2024-01-11,5,5,5,5,5,200\n",
    )
    assert market.panel(None)["close"].to_list() == [5, 5, 5, 5]
    assert market.panel(None)["raw_close"].to_list() == [10, 10, 5, 5]
    assert market.panel(date(2024, 1, 9))["close"].to_list() == [10, 10]


def test_what_is_faulty_is_kept_out_and_named(tmp_path: Path) -> None:
    good = "ABC,2024-01-08,10,11,9,10,,100\nABC,2024-01-09,10,11,9,10,,100\n"
    market = read(tmp_path, good + "ABC,2024-01-10,10,9,11,10,,100\nABC,2024-01-13,10,11,9,10,,100\n")
    assert market.panel(None).height == 2
    assert dict(market.kept_out.select("session_date", "reason").iter_rows()) == {
        date(2024, 1, 10): "high_below_low",
        date(2024, 1, 13): "no_session",
    }


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("", "it is empty"),
        ("ABC,2024-01-08,10,9,11,10,,1\n", "1 bars, high_below_low"),
        ("ABC,soon,1,1,1,1,,1\n", ":2: "),
    ],
)
def test_a_file_without_a_usable_bar_is_refused_and_says_why(tmp_path: Path, lines: str, fault: str) -> None:
    with pytest.raises(NoBars, match=f"file:prices.csv has no usable prices: .*{fault}"):
        read(tmp_path, lines)
