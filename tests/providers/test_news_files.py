"""Announcement files as people and the exchange's page write them; what cannot be read is refused by its line."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from asxos.providers.news import NEWS_SCHEMA
from asxos.providers.news_files import MOST_REFUSED, NoAnnouncements, open_news, read_news

# 09:30 in Sydney on 15 August 2024, ten hours ahead of UTC.
MORNING = datetime(2024, 8, 14, 23, 30, tzinfo=UTC)


def written(folder: Path, text: str, name: str = "given.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "instant",
    [
        *("2024-08-15 09:30", "2024-08-15T09:30:00", "2024-08-15T09:30:00.000", "2024-08-15T09:30:00+10:00"),
        *("2024-08-14T23:30:00Z", "15/08/2024 09:30", "15/8/2024  9:30 AM", "15/08/2024 09:30:00 am"),
    ],
)
def test_instants_are_read_in_every_usual_form_in_sydney_time_where_they_have_no_zone(
    tmp_path: Path, instant: str
) -> None:
    news, refused = read_news(written(tmp_path, f"code,date,headline\nBHP,{instant},Trading Halt\n"))
    assert refused == ()
    assert news.rows() == [("BHP.AX", MORNING, "Trading Halt", None, None, 2)]


def test_columns_go_by_name_in_any_case_and_order(tmp_path: Path) -> None:
    text = 'Pages,TITLE,Price Sensitive,Lodged_At,other,Symbol\n3,"A, quoted",Yes,2024-08-15 09:30,x,asx:bhp\n'
    news, _ = read_news(written(tmp_path, text))
    assert news.schema == NEWS_SCHEMA
    assert news.rows() == [("BHP.AX", MORNING, "A, quoted", True, 3, 2)]


@pytest.mark.parametrize(
    ("mark", "said"), [("Y", True), ("true", True), ("1", True), ("no", False), ("0", False), ("", None), ("?", None)]
)
def test_a_mark_that_says_nothing_is_not_known(tmp_path: Path, mark: str, said: bool | None) -> None:
    news, _ = read_news(written(tmp_path, f"code,date,headline,sensitive\nBHP,2024-08-15 09:30,X,{mark}\n"))
    assert news["is_price_sensitive"].to_list() == [said]


def test_each_bad_line_is_refused_by_number_and_the_rest_goes_in(tmp_path: Path) -> None:
    lines = [
        "code,date,headline",
        "BHP,2024-08-15 09:30,Good",
        "B!P,2024-08-15 09:30,Bad code",
        "BHP,soon,Bad date",
        "BHP,2024-08-15,No time",
        "BHP,2024-08-15 09:30,",
        "BHP,2024-08-15 09:30,A comma, unquoted",
        f"BHP,2024-08-15 09:30,{'x' * 501}",
        "",
        'BHP,2024-08-15 09:30,"over two\nlines"',
        "BHP,2024-10-06 02:30,A time that clocks skipped",
    ]
    news, refused = read_news(written(tmp_path, "\n".join(lines)))
    assert news["headline"].to_list() == ["Good", "over two lines"]
    assert [str(each) for each in refused] == [
        "given.csv:3: code 'B!P' is not an ASX code",
        "given.csv:4: 'soon' is not a date with a time",
        "given.csv:5: '2024-08-15' is not a date with a time",
        "given.csv:6: no headline",
        "given.csv:7: 4 fields, 3 are due",
        "given.csv:8: a headline of over 500 characters",
        "given.csv:12: '2024-10-06 02:30' is not a date with a time",
    ]


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    _, refused = read_news(written(tmp_path, "code,date,headline\n" + "BHP,soon,X\n" * (MOST_REFUSED + 7)))
    assert len(refused) == MOST_REFUSED + 1
    assert str(refused[-1]) == "given.csv: and 7 more lines with such faults"


def test_a_compressed_and_a_parquet_file_say_the_same(tmp_path: Path) -> None:
    text = "code,date,headline,pages\nBHP,2024-08-15 09:30,Trading Halt,2\n"
    packed = tmp_path / "news.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    columns = tmp_path / "news.parquet"
    local = pl.datetime(2024, 8, 15, 9, 30)
    table = pl.DataFrame({"symbol": ["BHP"], "headline": ["Trading Halt"], "pages": [2]}).with_columns(lodged_ts=local)
    table.write_parquet(columns)
    zoned = tmp_path / "zoned.parquet"
    table.with_columns(lodged_ts=pl.lit(MORNING)).write_parquet(zoned)
    expected = read_news(written(tmp_path, text))[0].drop("line")
    for path in (packed, columns, zoned):
        assert read_news(path)[0].drop("line").equals(expected)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "no column symbol, known_at, headline"), ("code,date\nBHP,2024-08-15 09:30\n", "no column headline")],
)
def test_a_file_without_the_columns_is_refused_whole(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(NoAnnouncements, match=reason):
        read_news(written(tmp_path, text))


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"no parquet")
    for path in (broken, tmp_path / "gone.csv"):
        with pytest.raises(NoAnnouncements, match=path.name):
            read_news(path)


def test_in_a_folder_the_files_that_can_be_read_are(tmp_path: Path) -> None:
    written(tmp_path, "code,date,headline\nBHP,2024-08-15 09:30,Trading Halt\n", "a.csv")
    written(tmp_path, "a,b\n1,2\n", "b.csv")
    first, second = open_news(tmp_path).batches()
    assert (first.news.height, first.refused, first.file) == (1, (), "a.csv")
    assert (second.news.height, "not a table of announcements" in str(second.refused[0])) == (0, True)


def test_an_empty_folder_and_a_lone_bad_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NoAnnouncements, match="without files"):
        open_news(tmp_path)
    with pytest.raises(NoAnnouncements, match="no column"):
        list(open_news(written(tmp_path, "a,b\n1,2\n")).batches())


def test_the_exchanges_own_page_is_read_with_its_sizes(shared_data: Path) -> None:
    news, refused = read_news(shared_data / "raw_samples" / "todayAnns_2024-08-15.csv")
    assert (news.height, refused) == (495, ())
    # BHP,15/08/2024  7:32 PM,,Resolutions under section 249N of the Corporations Act  3  pages  162.9KB
    headline = "Resolutions under section 249N of the Corporations Act"
    assert news.row(0)[:5] == ("BHP.AX", datetime(2024, 8, 15, 9, 32, tzinfo=UTC), headline, None, 3)


def test_the_shared_announcements_are_all_read(shared_data: Path) -> None:
    news, refused = read_news(shared_data / "announcements.parquet")
    assert (news.height, refused) == (246_636, ())
    assert news["is_price_sensitive"].null_count() == 174_753
