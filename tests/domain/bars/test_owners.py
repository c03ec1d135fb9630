from datetime import date

import polars as pl

from asxos.domain.bars.owners import PERIODS, owners_on

ROWS = [
    ("OLD.AX", 1, date(2010, 1, 4), date(2012, 3, 1)),
    ("OLD.AX", 2, date(2014, 5, 1), None),
    ("NEW.AX", 1, date(2012, 3, 1), None),
]
OWNERS = pl.DataFrame(ROWS, schema=PERIODS, orient="row")


def owners(*asked: tuple[str, date]) -> list[int | None]:
    rows = pl.DataFrame(asked, schema={"symbol": pl.String, "as_of": pl.Date}, orient="row")
    return owners_on(rows, OWNERS).to_list()


def test_a_code_means_whoever_had_it_that_day() -> None:
    days = (date(2010, 1, 4), date(2012, 2, 29), date(2014, 5, 1), date(2030, 1, 1))
    assert owners(*(("OLD.AX", day) for day in days), ("NEW.AX", date(2012, 3, 1))) == [1, 1, 2, 2, 1]


def test_a_code_that_was_given_up_means_nobody_until_another_takes_it() -> None:
    assert owners(("OLD.AX", date(2012, 3, 1)), ("OLD.AX", date(2014, 4, 30))) == [None, None]


def test_before_anybody_traded_under_a_code_its_first_owner_is_meant() -> None:
    assert owners(("OLD.AX", date(2009, 6, 1)), ("NEW.AX", date(2011, 1, 1)), ("XYZ.AX", date(2011, 1, 1))) == [
        1,
        1,
        None,
    ]
