"""Factors of what companies publish and of what is sold short."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from asxos.domain.factors import FACTOR_NAMES
from asxos.domain.factors.compute import compute_factors
from asxos.domain.factors.fundamental import FUNDAMENTAL
from asxos.domain.factors.shorts import SHORT_INTEREST
from asxos.domain.facts import FUNDAMENTALS, NO_FACTS, SHORTS, Facts
from tests.domain.factors.panels import START, make_facts, make_panel

# Saturday's newspaper, and the session after it.
PUBLISHED, MONDAY = datetime(2015, 12, 19, 13, tzinfo=UTC), date(2015, 12, 21)
NAMES = [factor.name for factor in (*FUNDAMENTAL, *SHORT_INTEREST)]


def panel_of(closes: list[float], last: date = MONDAY, factors: list[float] | None = None) -> pl.DataFrame:
    """One share's daily bars up to `last`; its prices as traded are `closes` over `factors`."""
    close, count = np.array(closes), len(closes)
    return pl.DataFrame(
        {
            "security_id": np.full(count, 1, np.int32),
            "session_date": [last - timedelta(days=count - 1 - n) for n in range(count)],
            **dict.fromkeys(("open", "high", "low", "close"), close),
            "volume": np.full(count, 1e6),
            "raw_close": close / np.array(factors or [1.0] * count),
            "turnover": np.full(count, 2e6),
        }
    )


def known(*rows: tuple[datetime, dict[str, float]]) -> Facts:
    """Figures of the share, each from its instant on; what is not said is missing."""
    company = [{"security_id": 1, "known_at": at, **figures} for at, figures in rows]
    return replace(NO_FACTS, fundamentals=pl.DataFrame(company, schema=dict(FUNDAMENTALS)))


def sold_short(*rows: tuple[datetime, float, float | None]) -> Facts:
    """Positions of the share: from when on, the part of its shares, and how many."""
    return replace(NO_FACTS, shorts=pl.DataFrame([(1, *row) for row in rows], schema=dict(SHORTS), orient="row"))


def on_the_last_row(panel: pl.DataFrame, facts: Facts) -> dict[str, Any]:
    found = compute_factors(panel, np.array([panel.height - 1]), facts)[0]
    return {name: float(found[FACTOR_NAMES.index(name)]) for name in NAMES}


def test_the_ratios_are_those_that_the_newspaper_prints() -> None:
    # The Weekend Financial Review of 19 December 2015 on CBA: last 81.57, EPS 557.00c, P/E 14.6, DPS 420.00c franked,
    # yield 5.15 %, gross 7.36 %, 2.544 times book value, net asset backing 25.51, market cap 139.284 billion
    figures = {
        "market_cap": 139.284e9,
        "earnings_per_share": 5.57,
        "dividends_per_share": 4.20,
        "book_per_share": 81.57 / 2.544,
        "tangible_per_share": 25.51,
        "franking": 1.0,
    }
    found = on_the_last_row(panel_of([81.57]), known((PUBLISHED, figures)))
    assert 1 / found["earnings_yield"] == pytest.approx(14.6, abs=0.05)
    assert found["dividend_yield"] == pytest.approx(0.0515, abs=5e-5)
    assert found["gross_dividend_yield"] == pytest.approx(0.0736, abs=5e-5)
    assert found["book_to_price"] == pytest.approx(1 / 2.544)
    assert found["tangible_to_price"] == pytest.approx(25.51 / 81.57)
    assert found["return_on_equity"] == pytest.approx(2.544 / 14.645, rel=1e-3)
    assert found["payout"] == pytest.approx(420 / 557)
    assert (found["franking"], found["log_market_cap"]) == (1.0, pytest.approx(np.log(139.284e9)))
    # and nothing is made up of a year that is not known
    assert all(np.isnan(found[name]) for name in ("earnings_growth_1y", "dividend_growth_1y", "earnings_steadiness"))


def test_growth_is_measured_against_what_was_known_then() -> None:
    # given earnings that were 1.00 a year ago, 1.20 half a year ago and a quarter ago, and are 1.50 now
    days_ago = ((545, 0.9, 0.4), (363, 1.0, 0.5), (180, 1.2, 0.5), (1, 1.5, 0.6))
    facts = known(
        *(
            (PUBLISHED - timedelta(days=days), {"earnings_per_share": earnings, "dividends_per_share": dividends})
            for days, earnings, dividends in days_ago
        )
    )
    found = on_the_last_row(panel_of([20.0]), facts)
    # then the year's begins with 0.90, which was the word until the day after
    assert found["earnings_growth_1y"] == pytest.approx((1.5 - 0.9) / 20)
    assert found["earnings_change_3m"] == pytest.approx((1.5 - 1.2) / 20)
    assert found["dividend_growth_1y"] == pytest.approx(0.6 / 0.4 - 1)


def test_steady_earnings_are_many_times_their_deviation() -> None:
    then = ((600, 1.0), (400, 1.1), (200, 0.9), (10, 1.2))
    facts = known(*((PUBLISHED - timedelta(days=days), {"earnings_per_share": value}) for days, value in then))
    expected = np.mean([1.0, 1.1, 0.9, 1.2]) / np.std([1.0, 1.1, 0.9, 1.2], ddof=1)
    assert on_the_last_row(panel_of([20.0]), facts)["earnings_steadiness"] == pytest.approx(expected)


def test_a_loss_is_a_loss_and_what_cannot_be_divided_by_is_missing() -> None:
    figures = {
        "earnings_per_share": -0.5,
        "dividends_per_share": 0.1,
        "book_per_share": -1.0,
        "tangible_per_share": -2.0,
    }
    found = on_the_last_row(panel_of([10.0]), known((PUBLISHED, figures)))
    assert (found["earnings_yield"], found["book_to_price"]) == (pytest.approx(-0.05), pytest.approx(-0.1))
    assert np.isnan([found["payout"], found["return_on_equity"], found["gross_dividend_yield"]]).all()


@pytest.mark.parametrize(
    ("days", "is_known", "has_value"), [(92, True, True), (93, True, False), (245, True, False), (246, False, False)]
)
def test_figures_go_missing_when_they_are_too_old(days: int, is_known: bool, has_value: bool) -> None:
    # known since the beginning of the 20th, a Sunday
    panel = panel_of([10.0], date(2015, 12, 20) + timedelta(days=days))
    found = on_the_last_row(panel, known((PUBLISHED, {"earnings_per_share": 1.0, "market_cap": 1e9})))
    assert (np.isfinite(found["earnings_yield"]), np.isfinite(found["log_market_cap"])) == (is_known, has_value)


def test_a_value_that_came_alone_leaves_the_figures_of_the_last_report_standing() -> None:
    later = PUBLISHED + timedelta(hours=1)
    facts = known((PUBLISHED, {"earnings_per_share": 1.0}), (later, {"market_cap": 1e9}))
    found = on_the_last_row(panel_of([10.0]), facts)
    assert (found["earnings_yield"], found["log_market_cap"]) == (pytest.approx(0.1), pytest.approx(np.log(1e9)))


def test_a_split_after_publication_bends_no_ratio() -> None:
    # given a share of 40 dollars with earnings of 4, split in two; prices before it are halved by adjustment
    closes, factors = [20.0] * 10 + [20.0] * 12, [0.5] * 10 + [1.0] * 12
    panel = panel_of(closes, factors=factors)
    before = datetime.combine(MONDAY - timedelta(days=15), datetime.min.time(), UTC)
    facts = known((before, {"earnings_per_share": 4.0}))
    assert on_the_last_row(panel, facts)["earnings_yield"] == pytest.approx(0.1)
    # when the newspaper prints the new figures, after the split
    after = known((PUBLISHED, {"earnings_per_share": 2.0}))
    assert on_the_last_row(panel, after)["earnings_yield"] == pytest.approx(0.1)
    # and a thousand shares sold short before it are two thousand now: 40,000 dollars, 2 million a day
    short = on_the_last_row(panel, sold_short((before + timedelta(days=3), 0.01, 1000.0)))
    assert short["days_to_cover"] == pytest.approx(0.02)
    assert on_the_last_row(panel.drop("raw_close"), facts)["earnings_yield"] == pytest.approx(0.2)


def test_short_interest_is_the_last_published_and_its_change_that_of_a_month() -> None:
    shorts = sold_short(
        (PUBLISHED - timedelta(days=40), 0.02, 1e5),
        (PUBLISHED - timedelta(days=28), 0.09, 1e5),
        (PUBLISHED - timedelta(days=1), 0.03, 6e5),
        (PUBLISHED + timedelta(days=3), 0.50, 1e9),
    )
    found = on_the_last_row(panel_of([10.0] * 30), shorts)
    assert found["short_interest"] == pytest.approx(0.03)
    # 30 days before Monday is 21 November: the position of the 10th had been published, that of the 21st had not
    assert found["short_interest_change_1m"] == pytest.approx(0.01)
    assert found["days_to_cover"] == pytest.approx(6e5 * 10 / 2e6)


def test_a_short_position_without_a_number_of_shares_has_no_days_to_cover() -> None:
    found = on_the_last_row(panel_of([10.0] * 30), sold_short((PUBLISHED, 0.03, None)))
    assert found["short_interest"] == pytest.approx(0.03)
    assert np.isnan([found["days_to_cover"], found["short_interest_change_1m"]]).all()


@pytest.mark.parametrize(("days", "is_known"), [(14, True), (15, False)])
def test_a_short_position_is_forgotten_after_two_weeks(days: int, is_known: bool) -> None:
    panel = panel_of([10.0], date(2015, 12, 20) + timedelta(days=days))
    found = on_the_last_row(panel, sold_short((PUBLISHED, 0.03, 1.0)))
    assert np.isfinite(found["short_interest"]) == is_known


def test_without_facts_every_such_factor_is_missing() -> None:
    panel = make_panel((300, 10))
    found = compute_factors(panel)[:, [FACTOR_NAMES.index(name) for name in NAMES]]
    assert np.isnan(found).all()
    assert np.isfinite(compute_factors(panel, facts=make_facts(panel))[:, FACTOR_NAMES.index("earnings_yield")]).any()


def test_no_value_is_infinite_whatever_is_published() -> None:
    tiny = dict.fromkeys(list(FUNDAMENTALS)[2:], 5e-324)
    panel = make_panel((40,)).with_columns(pl.lit(0.0).alias("turnover"))
    instants = [datetime.combine(START, datetime.min.time(), UTC) - timedelta(days=n) for n in (600, 300, 1)]
    companies, shorts = known(*((at, tiny) for at in instants)), sold_short((instants[-1], 0.0, 0.0))
    facts = replace(companies, shorts=shorts.shorts)
    assert not np.isinf(compute_factors(panel, facts=facts)).any()
