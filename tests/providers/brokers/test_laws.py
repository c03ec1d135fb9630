"""The laws of import: encodings, bad rows, personal numbers, ids that depend on content alone."""

import io
import zipfile
from decimal import Decimal

import pytest

from asxos.providers.brokers import cells
from asxos.providers.brokers.sheets import UnreadableFile, mask, read_sheets
from tests.providers.brokers.reading import read, said

HEAD = "Trade Date,Settlement Date,Action,Code,Company,Units,Average Price,Brokerage,Total Value\n"
ROW = "2022-01-20,2022-01-24,Buy,MQG,MACQUARIE,10,20.00,9.50,209.50\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,780.05", "1780.05"), ("(1,780.05)", "-1780.05"), ("$12.50", "12.50"), ("12,50", "12.50"),
        ("1\u00a0250,00", "1250.00"), ("\u22125", "-5"), ("1 234 567", "1234567"), ("'0.5", "0.5"), (".5", "0.5"),
    ],
)  # fmt: skip
def test_numbers(text: str, value: str) -> None:
    assert cells.number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["nan", "inf", "1e5", "1,2,3", "--5", "=1+1", "9" * 400, "12.5.1", "0x10"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        cells.number(text)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("6/11/2017", "2017-11-06"), ("2022-01-20 00:00:00", "2022-01-20"), ("04 Mar 2024 10:15", "2024-03-04"),
        ("1-Jul-2021", "2021-07-01"), ("2024-03-04T01:02:03Z", "2024-03-04"), ("31.12.2023", "2023-12-31"),
    ],
)  # fmt: skip
def test_dates_put_the_day_first(text: str, iso: str) -> None:
    assert cells.day(text).isoformat() == iso


@pytest.mark.parametrize("text", ["31/02/2024", "2024-13-01", "13/13/2024", "soon", "0/0/0000", "45000"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        cells.day(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("bhp.ax", "BHP.AX"), ("ASX:A200", "A200.AX"), ("360.ASX", "360.AX"), ("NVDA:US", "NVDA:US"),
     ("AMD.NAS", "AMD:US"), ("BRK.B:NYSE", "BRK.B:US")],
)  # fmt: skip
def test_codes(text: str, code: str) -> None:
    assert cells.code(text) == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings(encoding: str) -> None:
    text = HEAD + ROW.replace("MACQUARIE", "MACQUARIÉ")
    assert said(read(text.encode(encoding))) == said(read(HEAD + ROW))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("10,20.00", "0,20.00"), "quantity must be above zero, was 0"),
        (("10,20.00", "nan,20.00"), "units 'nan' is not a number"),
        (("10,20.00", ",20.00"), "no units"),
        (("Buy", "Hold"), "'Hold' is neither a buy nor a sell"),
        (("MQG", "M/G"), "code 'M/G' is not an ASX code (3-6 letters or digits, such as BHP, BHP.AX or ASX:BHP)"),
        (("2022-01-20", "20/20/2022"), "tradedate '20/20/2022' is not a date"),
        (("2022-01-20,2022-01-24,Buy,MQG,MACQUARIE,10,20.00,9.50,209.50", "GARBAGE"), "the line has too few fields"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_the_rest_goes_in(change: tuple[str, str], reason: str) -> None:
    file = read(HEAD + ROW + "\n" + ROW.replace(*change) + ROW.replace("MQG", "WOW"))
    assert [(r.line, r.reason) for r in file.refused] == [(4, reason)]
    assert [t[2] for t in said(file)] == ["MQG.AX", "WOW.AX"]


def test_two_equal_fills_are_two_lines_and_the_same_file_again_gives_the_same_ids() -> None:
    ids = [line.transaction.id for line in read(HEAD + ROW + ROW).lines]
    assert len(set(ids)) == 2
    # An overlapping file, in another order, with a third fill.
    more = [line.transaction.id for line in read(HEAD + ROW.replace("MQG", "WOW") + ROW + ROW + ROW).lines]
    assert set(ids) < set(more)


def test_the_brokers_number_makes_the_id() -> None:
    head = (
        HEAD.replace("Code,", "Reference,Code,")
        .replace("Company", "Name")
        .replace("Brokerage", "Consideration,Brokerage")
    )
    row = ROW.replace("MQG", "T7,MQG").replace("9.50,", "200.00,9.50,")
    first, again = (read(head + text).lines[0] for text in (row, row.replace("9.50", "9.5")))
    assert first.transaction.id == again.transaction.id
    assert first.reference == "T7"


def test_personal_numbers_are_masked() -> None:
    assert mask("SHARES - HIN X0012345678 - SRN I0098765432") == "SHARES - HIN X******5678 - SRN I******5432"
    assert mask("Account: 12345678") == "Account: *****678"


@pytest.mark.parametrize("data", [b"", b"   \n", b"a\x00b,c\x00d\n"])
def test_what_is_no_text_is_refused_whole(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_sheets(data, "x.csv")


def test_a_bomb_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 1024 * 1024))
    with pytest.raises(UnreadableFile, match="unpacks to over 200 MB"):
        read_sheets(out.getvalue(), "x.xlsx")


def test_a_damaged_workbook_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="is not a workbook"):
        read_sheets(b"PK\x03\x04 and nothing more", "x.xlsx")
