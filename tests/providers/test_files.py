import gzip
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from asxos.providers import panel_files
from asxos.providers.files import FilePrices, NoSuchPath, open_files
from asxos.providers.prices import ACTIONS_SCHEMA, BARS_SCHEMA, PriceBatch

HEADER = "symbol,date,open,high,low,close,adj_close,volume"
ROW = "BHP,2024-01-02,50,51,49,50.5,48.1,1000"
NEXT_ROW = "BHP,2024-01-03,50,51,49,50.4,48.0,2000"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def read(path: Path) -> PriceBatch:
    (batch,) = open_files(path).batches()
    return batch


def faults(batches: Sequence[PriceBatch]) -> list[str]:
    return [str(refused) for batch in batches for refused in batch.refused]


def test_a_csv_panel_becomes_bars(tmp_path: Path) -> None:
    batch = read(write(tmp_path / "panel.csv", HEADER, ROW))
    assert (batch.bars.schema, batch.actions.schema) == (BARS_SCHEMA, ACTIONS_SCHEMA)
    assert batch.bars.rows() == [("BHP.AX", date(2024, 1, 2), 50.0, 51.0, 49.0, 50.5, 1000, 48.1, 2, None)]
    assert (batch.source, batch.file, batch.refused, batch.notes) == ("file:panel.csv", "panel.csv", (), ())


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("panel.csv", ["Volume,CLOSE,Low,High,Open,Date,Code", "1000,50.5,49,51,50,2024-01-02,bhp.au"]),
        ("panel.csv", ["symbol;date;open;high;low;close;volume", "ASX:BHP;2/1/2024;50;51;49;50.5;1000"]),
        ("panel.csv", ["symbol\tdate\topen\thigh\tlow\tclose\tvolume", "BHP\t20240102\t50\t51\t49\t50.5\t1000.000"]),
        (
            "panel.csv",
            ['"symbol","date","open","high","low","close","volume"', '"BHP","2024-01-02","50","51","49","50.5","1000"'],
        ),
        (
            "panel.csv",
            ["ASX prices", "", "symbol,date,open,high,low,close,volume", "BHP,2024-01-02,50,51,49,50.5,1000"],
        ),
        ("BHP.AX.csv", ["Date,Open,High,Low,Close,Adj Close,Volume", "2024-01-02,50,51,49,50.5,45,1000"]),
        ("BHP.csv", ["Date,Open,High,Low,Close,Adjusted_close,Volume", "2024-01-02,50,51,49,50.5,45,1000"]),
        ("bhp.au.txt", ["Date,Open,High,Low,Close,Volume", "2024-01-02,50,51,49,50.5,1000"]),
        (
            "yahoo_BHP.AX.csv",
            ["Date,Open,High,Low,Close,Adj Close,Volume", "2024-01-02 00:00:00+11:00,50,51,49,50.5,45,1000"],
        ),
        (
            "BHP.AX.csv",
            ["Date,Open,High,Low,Close,Adj Close,Volume", "2024-01-01T23:00:00+00:00,50,51,49,50.5,45,1000"],
        ),
        (
            "bhp.au.txt",
            [
                "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>",
                "BHP.AU,D,20240102,000000,50,51,49,50.5,1000,0",
            ],
        ),
        ("daily.txt", ["BHP,20240102,50,51,49,50.5,1000"]),
        ("daily.txt", ["bhp,2024-01-02,50,50.5,51,49,1000.000"]),
    ],
    ids=[
        *[
            "any order and case",
            "semicolons and day first",
            "tabs",
            "quotes",
            "a title above",
            "Yahoo",
            "EODHD",
            "Stooq",
        ],
        *["Yahoo with zone", "UTC instant", "Stooq bulk", "no header", "no header, close second"],
    ],
)
def test_every_usual_layout_is_read(tmp_path: Path, name: str, lines: list[str]) -> None:
    batch = read(write(tmp_path / name, *lines))
    assert faults([batch]) == []
    expected = ("BHP.AX", date(2024, 1, 2), 50.0, 51.0, 49.0, 50.5, 1000)
    assert batch.bars.select("symbol", "session_date", "open", "high", "low", "close", "volume").rows() == [expected]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("BHP,2024-01-02,50,51,49,abc,48,1000", "close 'abc' is not a number"),
        ("BHP,2024-01-02,50,51,49,,48,1000", "no close"),
        ("BHP,2024-01-02,null,null,null,null,null,null", "no open"),
        ("BHP,2024-01-02,50,inf,49,50,48,1000", "high 'inf' is not a number"),
        ("BHP,2024-13-02,50,51,49,50,48,1000", "date '2024-13-02' is not a date"),
        ("BHP,31/2/2024,50,51,49,50,48,1000", "date '31/2/2024' is not a date"),
        ("B?P,2024-01-02,50,51,49,50,48,1000", "symbol 'B?P' is not an ASX code"),
        (",2024-01-02,50,51,49,50,48,1000", "no symbol"),
        ("BHP,2024-01-02,50,51,49,50,x,1000", "adj_close 'x' is not a number"),
        ("BHP,2024-01-02,50,51", "too few fields: 8 are due"),
        ("BHP,2024-01-02,50,51,49,50,48,1000,7", "too many fields: 8 are due"),
        ("\x00\x01damaged", "too few fields: 8 are due"),
    ],
)
def test_a_bad_line_is_refused_by_its_number_and_the_rest_goes_in(tmp_path: Path, line: str, fault: str) -> None:
    # given a bad line between good ones, after an empty line
    batch = read(write(tmp_path / "panel.csv", HEADER, ROW, "", line, NEXT_ROW))
    # then it alone is refused, by file, line and field
    assert faults([batch]) == [f"panel.csv:4: {fault}"]
    assert batch.bars["line"].to_list() == [2, 5]


def test_a_missing_adjusted_close_is_no_fault(tmp_path: Path) -> None:
    batch = read(
        write(
            tmp_path / "panel.csv",
            HEADER,
            "BHP,2024-01-02,50,51,49,50.5,,1000",
            "BHP,2024-01-03,50,51,49,50.5,null,1000",
        )
    )
    assert (batch.bars["adj_close"].to_list(), batch.refused) == ([None, None], ())


def test_zero_prices_are_bars_for_the_market_checks_to_judge(tmp_path: Path) -> None:
    batch = read(write(tmp_path / "panel.csv", HEADER, "CAF,2011-05-17,0,0,0,1.1,1.1,1600000"))
    assert (batch.bars["open"].to_list(), batch.refused) == ([0.0], ())


def test_past_a_thousand_bad_lines_only_their_number_is_told(tmp_path: Path) -> None:
    batch = read(write(tmp_path / "panel.csv", HEADER, ROW, *["BHP,2024-01-02,x"] * 1005))
    assert len(batch.refused) == 1001
    assert faults([batch])[-1] == "panel.csv: and 5 more rows with such faults"


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("notes.csv", b"a,b\n1,2\n", "not a price file: no column date, open, high, low, close, volume"),
        ("empty.csv", b"", "the file is empty"),
        ("prices.xlsx", b"PK", "not a CSV, CSV.gz, TXT or Parquet file"),
        ("broken.csv.gz", b"no gzip at all", "Not a gzipped file"),
        (
            "cut.csv.gz",
            gzip.compress(b"symbol,date\n" * 99, mtime=0)[:-9],
            "Compressed file ended before the end-of-stream",
        ),
        ("broken.parquet", b"PAR1 but nothing more", "parquet"),
        (
            "weekly-report.csv",
            b"Date,Open,High,Low,Close,Volume\n2024-01-02,1,1,1,1,1\n",
            "no symbol column, and the file's name",
        ),
        (
            "twice.csv",
            b"symbol,date,trade date,open,high,low,close,volume\n",
            "two columns are 'date': the 2. and the 3.",
        ),
    ],
    ids=["notes", "empty", "spreadsheet", "no gzip", "cut gzip", "broken Parquet", "no symbol", "a column twice"],
)
def test_an_unreadable_file_is_one_clear_fault_and_the_others_go_in(
    tmp_path: Path, name: str, content: bytes, fault: str
) -> None:
    (tmp_path / name).write_bytes(content)
    write(tmp_path / "zzz.csv", HEADER, ROW)
    bad, good = open_files(tmp_path).batches()
    assert len(bad.refused) == 1
    assert faults([bad])[0].startswith(f"{name}: ")
    assert fault.lower() in faults([bad])[0].lower()
    assert (bad.bars.height, good.bars.height) == (0, 1)


@pytest.mark.parametrize("mark", ["\ufeff".encode(), "\ufffd\u00ff\ufffd\u00fe".encode()], ids=["UTF-8", "damaged"])
@pytest.mark.parametrize("lines", [[HEADER, ROW], ["BHP,20240102,50,51,49,50.5,1000"]], ids=["header", "no header"])
def test_a_byte_order_mark_whole_or_damaged_is_skipped(tmp_path: Path, mark: bytes, lines: list[str]) -> None:
    (tmp_path / "panel.csv").write_bytes(mark + "\n".join(lines).encode())
    batch = read(tmp_path / "panel.csv")
    assert (batch.bars["symbol"].to_list(), batch.refused) == (["BHP.AX"], ())


def test_a_damaged_mark_is_told(tmp_path: Path) -> None:
    (tmp_path / "panel.csv").write_text("\ufffd\u00ff" + HEADER + "\n" + ROW)
    assert read(tmp_path / "panel.csv").notes == ("a damaged byte-order mark was skipped",)


@pytest.mark.parametrize("is_gzip", [False, True])
def test_utf16_is_read(tmp_path: Path, is_gzip: bool) -> None:
    content = f"{HEADER}\r\n{ROW}\r\n".encode("utf-16")
    path = tmp_path / ("panel.csv.gz" if is_gzip else "panel.csv")
    path.write_bytes(gzip.compress(content) if is_gzip else content)
    assert read(path).bars["close"].to_list() == [50.5]


def test_gzip_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    (tmp_path / "panel.csv.gz").write_bytes(gzip.compress(f"{HEADER}\r\n{ROW}\r\n".encode()))
    batch = read(tmp_path / "panel.csv.gz")
    assert (batch.bars["volume"].to_list(), batch.refused) == ([1000], ())


def test_rows_of_another_day_in_a_daily_file_are_refused(tmp_path: Path) -> None:
    rows = ["BHP,20180523,50,51,49,50.5,1000", "CBA,20180523,70,71,69,70.5,1000", "BHP,20180524,50,51,49,50.5,1000"]
    batch = read(write(tmp_path / "eod_20180523.txt", *rows))
    assert faults([batch]) == ["eod_20180523.txt:3: dated 2018-05-24 in the file of 2018-05-23"]
    assert batch.bars.height == 2


def test_a_headerless_file_of_many_days_keeps_them_all(tmp_path: Path) -> None:
    rows = ["BHP,20180523,50,51,49,50.5,1000", "BHP,20180524,50,51,49,50.5,1000"]
    assert read(write(tmp_path / "all_20190101.txt", *rows)).bars.height == 2


def test_dates_one_session_early_under_daylight_saving_are_mended(tmp_path: Path) -> None:
    # given a Monday (6 October 2025) and a Tuesday in summer time dated by UTC, a Friday in winter time as it was
    days = ["2025-10-03", "2025-10-05", "2025-10-06"]
    batch = read(write(tmp_path / "BHP.csv", "Date,Open,High,Low,Close,Volume", *[f"{day},1,1,1,1,1" for day in days]))
    assert batch.bars["session_date"].to_list() == [date(2025, 10, 3), date(2025, 10, 6), date(2025, 10, 7)]
    assert batch.notes == ("dates were one session early under daylight saving: moved one day later",)


def test_prices_adjusted_for_dividends_are_refused_with_the_way_out(tmp_path: Path) -> None:
    lines = [
        "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits",
        "2024-01-02 00:00:00+11:00,45,46,45,46,1,0.0,0.0",
    ]
    batch = read(write(tmp_path / "BHP.AX.csv", *lines))
    assert "adjusted for dividends" in faults([batch])[0]
    assert "auto_adjust=False" in faults([batch])[0]


def test_yahoo_files_with_events_give_prices_as_traded_and_actions(tmp_path: Path) -> None:
    # given a consolidation 10 to 1 that Yahoo applied backwards, and one that it names but did not apply
    header = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"
    rows = [
        "2024-01-02 00:00:00+11:00,0.5,0.5,0.5,0.5,0.5,100,0.0,0.0",
        "2024-01-03 00:00:00+11:00,5.0,5.0,5.0,5.0,5.0,10,0.0,0.1",
        "2024-01-04 00:00:00+11:00,5.0,5.0,5.0,5.0,5.0,10,0.2,0.1",
    ]
    batch = read(write(tmp_path / "1AD.AX.csv", header, *rows))
    # then only the applied one is undone
    assert batch.bars["close"].to_list() == [0.05, 0.5, 5.0]
    assert batch.bars["volume"].to_list() == [1000, 100, 10]
    assert batch.actions.select("ex_date", "kind", "factor", "amount").rows() == [
        (date(2024, 1, 3), "consolidation", 10.0, None),
        (date(2024, 1, 4), "consolidation", 10.0, None),
        (date(2024, 1, 4), "dividend", None, 0.2),
    ]


def frame(symbols: list[str], days: int = 3) -> pl.DataFrame:
    start = date(2024, 1, 2)
    rows = [(s, date.fromordinal(start.toordinal() + d)) for s in symbols for d in range(days)]
    bars = pl.DataFrame(rows, schema={"symbol": pl.String, "date": pl.Date}, orient="row")
    prices = [pl.lit(0.235, pl.Float32).alias(name) for name in ("open", "high", "low", "close", "adj_close")]
    return bars.with_columns(*prices, volume=pl.lit(5), entity=pl.col("symbol").cast(pl.Categorical))


def test_float32_prices_of_parquet_become_the_decimals_they_were(tmp_path: Path) -> None:
    frame(["BHP"]).write_parquet(tmp_path / "panel.parquet")
    batch = read(tmp_path / "panel.parquet")
    assert set(batch.bars["close"]) == {0.235}
    assert batch.bars["entity"].to_list() == ["BHP"] * 3
    assert batch.bars["line"].null_count() == 3


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize("is_by_date", [False, True])
def test_a_long_panel_comes_in_batches_of_whole_symbols(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, is_by_date: bool
) -> None:
    # given five symbols of three days, in batches of about six rows, the first of three
    monkeypatch.setattr(panel_files, "BATCH_ROWS", 6)
    monkeypatch.setattr(panel_files, "FIRST_ROWS", 3)
    monkeypatch.setattr("asxos.providers.files.BATCH_ROWS", 6)
    panel = frame(["AAA", "BBB", "CCC", "DDD", "EEE"])
    panel = panel.sort("date") if is_by_date else panel
    path = tmp_path / f"panel.{ending}"
    panel.write_parquet(path) if ending == "parquet" else panel.write_csv(path)
    # when it is read
    batches = list(open_files(path).batches())
    # then no symbol is cut, and each batch is in order
    symbols = [batch.bars["symbol"].unique(maintain_order=True).to_list() for batch in batches]
    assert symbols == [["AAA.AX"], ["BBB.AX", "CCC.AX"], ["DDD.AX", "EEE.AX"]]
    assert all(
        batch.bars.select("symbol", "session_date").rows() == sorted(batch.bars.select("symbol", "session_date").rows())
        for batch in batches
    )


def test_only_the_wanted_symbols_and_dates_are_read(tmp_path: Path) -> None:
    frame(["AAA", "BBB", "CCC", "DDD"]).write_parquet(tmp_path / "panel.parquet")
    batches = open_files(tmp_path / "panel.parquet").batches(["aaa.ax", "CCC"], date(2024, 1, 4))
    assert [row for batch in batches for row in batch.bars.select("symbol", "session_date").rows()] == [
        ("AAA.AX", date(2024, 1, 4)),
        ("CCC.AX", date(2024, 1, 4)),
    ]


def test_a_bad_row_of_parquet_is_named_by_symbol_and_date(tmp_path: Path) -> None:
    panel = frame(["BHP"]).with_columns(close=pl.when(pl.col("date") > date(2024, 1, 2)).then("close"))
    panel.write_parquet(tmp_path / "panel.parquet")
    batch = read(tmp_path / "panel.parquet")
    assert faults([batch])[0] == "panel.parquet: BHP.AX 2024-01-02: no close"
    assert batch.bars.height == 2


@pytest.mark.parametrize(
    "dates",
    [
        pl.Series(["2024-01-01T23:00:00Z"]).str.to_datetime(time_zone="UTC"),
        pl.Series(["2024-01-02"]).str.to_datetime("%Y-%m-%d"),
        pl.Series(["2024-01-02"]),
        pl.Series([20240102]),
    ],
    ids=["UTC", "no zone", "text", "number"],
)
def test_parquet_dates_of_any_type_are_sydney_sessions(tmp_path: Path, dates: pl.Series) -> None:
    frame(["BHP"], 1).with_columns(dates.alias("date")).drop("symbol").write_parquet(tmp_path / "BHP.parquet")
    assert read(tmp_path / "BHP.parquet").bars.select("symbol", "session_date").rows() == [("BHP.AX", date(2024, 1, 2))]


def test_rows_expected_are_exact_for_parquet_and_estimated_for_text(tmp_path: Path) -> None:
    frame(["AAA", "BBB"]).write_parquet(tmp_path / "a.parquet")
    write(tmp_path / "b.csv", HEADER, *[ROW] * 5_000)
    (tmp_path / "c.parquet").write_bytes(b"broken")
    assert open_files(tmp_path / "a.parquet").count() == 6
    assert open_files(tmp_path).count() == pytest.approx(5_006, rel=0.02)


def test_a_path_without_files_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.csv"):
        with pytest.raises(NoSuchPath, match="no such file, or a folder without files"):
            open_files(path)


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / ".hidden.csv", "nonsense")
    write(tmp_path / "panel.csv", HEADER, ROW)
    assert [path.name for path in open_files(tmp_path).files] == ["panel.csv"]


def batches_of(folder: Path, name: str) -> list[PriceBatch]:
    return list(FilePrices("file:test", (folder / "raw_samples" / name,)).batches())


def test_the_real_faulty_files_are_read_or_refused_by_name(shared_data: Path) -> None:
    # the faults are those that the data's own notes name
    next_day = batches_of(shared_data, "hgouw_eod_20180523_has_26_rows_of_next_day.txt")
    assert (next_day[0].bars.height, len(next_day[0].refused)) == (1652, 26)
    assert faults(next_day)[0].endswith(":1653: dated 2018-05-24 in the file of 2018-05-23")
    zero = batches_of(shared_data, "hgouw_eod_20110517_zero_ohlc.txt")[0]
    assert zero.bars.filter(pl.col("open") == 0)["symbol"].to_list() == ["CAF.AX", "EUG.AX"]
    assert batches_of(shared_data, "asxgym_price_2026-06-04.csv")[0].bars.row(0)[2:6] == (0.092, 0.11, 0.091, 0.1)
    assert "adjusted for dividends" in faults(batches_of(shared_data, "yf_auto_adjusted_QBE.AX.csv"))[0]
    assert "not a price file" in faults(batches_of(shared_data, "asic_shorts_2021_bad_bom.csv.gz"))[0]


def test_the_real_yahoo_dates_under_daylight_saving_are_sessions_again(shared_data: Path) -> None:
    bars = batches_of(shared_data, "yf_dst_shifted_3_symbols.csv")[0].bars
    assert bars["session_date"].dt.weekday().is_between(1, 5).all()
    # XASX was open on Monday 6 October 2025 and closed on 26 January 2026 (exchange calendar)
    days = bars["session_date"].to_list()
    assert date(2025, 10, 6) in days
    assert date(2026, 1, 26) not in days


def test_every_real_sample_gives_bars_or_a_fault(shared_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    shutil.copytree(shared_data / "raw_samples", folder)
    for batch in open_files(folder).batches():
        assert batch.bars.height or batch.refused, batch.file


def test_the_real_sample_panel_streams_whole(shared_data: Path) -> None:
    # 447,359 bars of 220 codes: the data's own notes; one of them has no close
    provider = open_files(shared_data / "asx_prices_sample.parquet")
    batches = list(provider.batches())
    assert provider.count() == 447_359
    assert sum(batch.bars.height + len(batch.refused) for batch in batches) == 447_359
    seen = [set(batch.bars["symbol"]) for batch in batches]
    assert sum(map(len, seen)) == len(set().union(*seen)) == 220
