"""Source files as delivered, several of them faulty: each fault is named and the good rest goes in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from asxos.providers.files import open_files
from tests.features.market.conftest import Market


@pytest.fixture(autouse=True)
def after_all_of_them(market: Market) -> None:
    market.clock.instant = datetime(2026, 11, 20, 9, tzinfo=UTC)


async def reasons(market: Market) -> dict[str, int]:
    return await market.stores.quarantine.counts()


@pytest.mark.parametrize(
    ("name", "most_kept_out"),
    [
        ("hgouw_eod_20100104.txt", 22),  # the indices among its codes
        ("hgouw_eod_20110517_zero_ohlc.txt", None),
        ("hgouw_eod_20180523_has_26_rows_of_next_day.txt", None),
        ("hgouw_eod_20190617_damaged.txt", None),
    ],
)
async def test_a_day_file_goes_in_but_for_its_faults(
    market: Market, shared_data: Path, name: str, most_kept_out: int | None
) -> None:
    path = shared_data / "raw_samples" / name
    report = await market.ingest.ingest(open_files(path))
    lines = sum(1 for line in path.read_text(errors="replace").splitlines() if line.strip())
    # every line is accounted for: in, or named
    assert report.added + report.quarantined == lines
    assert report.added > 0.9 * lines or name.endswith("zero_ohlc.txt")
    if most_kept_out is not None:
        assert report.quarantined <= most_kept_out
    assert all(refused.line for refused in report.refused)


async def test_zero_prices_are_named(market: Market, shared_data: Path) -> None:
    await market.ingest.ingest(open_files(shared_data / "raw_samples" / "hgouw_eod_20110517_zero_ohlc.txt"))
    assert (await reasons(market))["price_not_positive"] > 0


async def test_rows_of_the_next_day_are_named(market: Market, shared_data: Path) -> None:
    path = shared_data / "raw_samples" / "hgouw_eod_20180523_has_26_rows_of_next_day.txt"
    report = await market.ingest.ingest(open_files(path))
    assert len(report.refused) == 26
    assert await market.rows("SELECT DISTINCT session_date::text FROM prices") == [("2018-05-23",)]


async def test_dates_one_session_early_are_mended_before_the_calendar_sees_them(
    market: Market, shared_data: Path
) -> None:
    report = await market.ingest.ingest(open_files(shared_data / "raw_samples" / "yf_dst_shifted_3_symbols.csv"))
    assert any("daylight saving" in note for note in report.notes)
    assert "no_session" not in await reasons(market)


async def test_a_folder_with_files_that_are_no_prices_says_so_of_each(market: Market, shared_data: Path) -> None:
    report = await market.ingest.ingest(open_files(shared_data / "raw_samples"))
    refused = {refused.file for refused in report.refused if refused.line is None}
    assert {
        "asic_shorts_2021_bad_bom.csv.gz",
        "asx_listed_companies_2018-01-03.csv",
        "todayAnns_2024-08-15.csv",
    } <= refused
    assert report.added > 5_000


async def test_yahoos_folder_goes_in_whole(market: Market, shared_data: Path) -> None:
    report = await market.ingest.ingest(open_files(shared_data / "yahoo_csv"))
    assert (report.securities, report.revised, report.refused) == (12, 0, ())
    assert report.quarantined <= 12
    assert report.disagreeing <= report.compared / 1_000
