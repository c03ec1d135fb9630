"""A benchmark of the stored market, by hand-computed cases."""

from datetime import date

import polars as pl
import pytest

from asxos.domain.facts import SECTORS
from asxos.domain.performance.universe import UNKNOWN, by_sector, month_starts

DAYS = [date(2025, 1, 30), date(2025, 1, 31), date(2025, 2, 3), date(2025, 2, 4)]
KEYS = {"session_date": pl.Date, "security_id": pl.Int32}
RETURNS = {"security_id": pl.Int32, "session_date": pl.Date, "total_return": pl.Float64}


def test_members_are_chosen_at_the_start_and_before_each_month() -> None:
    assert month_starts(DAYS) == [0, 1]
    assert month_starts(DAYS[1:]) == [0]
    assert month_starts(DAYS[:2]) == [0]


def test_equal_parts_drift_within_a_month_and_are_put_straight_before_the_next() -> None:
    eligible = pl.DataFrame(
        {"session_date": [DAYS[0]] * 2 + [DAYS[1]] * 3 + [DAYS[2]], "security_id": [1, 2, 1, 2, 3, 9]},
        schema_overrides=KEYS,
    )
    moved = [(1, DAYS[1], 0.10), (2, DAYS[1], -0.10), (1, DAYS[2], 0.20), (3, DAYS[2], 0.50), (1, DAYS[3], 0.50)]
    returns = pl.DataFrame(moved, schema=RETURNS, orient="row")
    sectors = pl.DataFrame(
        [(1, date(2000, 1, 1), "Energy"), (2, date(2000, 1, 1), "Energy"), (2, date(2025, 1, 31), "Materials")],
        schema=dict(SECTORS),
        orient="row",
    )
    found = by_sector(DAYS, eligible, returns, sectors, ["Utilities"])
    assert found.groups == ("Energy", "Materials", UNKNOWN, "Utilities")
    assert found.members == 3
    # January: both are Energy. February: a third each of Energy, Materials (no bar: stands still) and of no known
    # sector; on its second day 1.2, 1 and 1.5 of 3.7. Utilities, which nobody is, is as good as the whole.
    assert found.weights[0].tolist() == [1, 0, 0, 0]
    assert found.weights[1].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
    assert found.weights[2].tolist() == pytest.approx([1.2 / 3.7, 1 / 3.7, 1.5 / 3.7, 0])
    assert found.returns[0].tolist() == pytest.approx([0, 0, 0, 0])
    assert found.returns[1].tolist() == pytest.approx([0.2, 0, 0.5, 0.7 / 3])
    assert found.returns[2].tolist() == pytest.approx([0.5, 0, 0, 0.6 / 3.7])
