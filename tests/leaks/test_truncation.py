"""No factor, universe or label may know the future; and if one did, these checks would say which."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from asxos.domain.factors.compute import compute_factors
from asxos.domain.factors.library import FACTOR_NAMES
from asxos.domain.facts import Facts, as_known
from asxos.domain.labels import HORIZON, forward_excess_return, forward_return
from asxos.domain.universe import universe_mask
from asxos.domain.validation.leaks import ROW, Columns, overlapping, peeking, reaching
from asxos.domain.validation.splits import Fold, walk_forward
from tests.domain.factors.panels import START, make_facts, make_panel
from tests.leaks.markets import EVERYONE, simulated_panel

PANEL = make_panel((900, 300, 520, *(450,) * 8))
FACTS = make_facts(PANEL)
CUTS = [START + timedelta(days=n) for n in (253, 405, 777)]
MARKET = simulated_panel(seed=5, symbols=40, years=4, alpha=0.05)
MARKET_CUTS = MARKET["session_date"].unique().sort().gather([300, 601, 950]).to_list()


def factors(panel: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    return panel.select(ROW).hstack(pl.DataFrame(compute_factors(panel, facts=facts), list(FACTOR_NAMES)))


def universe(panel: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    return panel.select(ROW).with_columns(is_in=pl.Series(universe_mask(panel, EVERYONE)))


def labels(panel: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    mask = universe_mask(panel, EVERYONE)
    found = {"raw": forward_return(panel), "excess": forward_excess_return(panel, mask)}
    return panel.select(ROW).with_columns(**{name: pl.Series(values) for name, values in found.items()})


@pytest.mark.parametrize("day", CUTS)
def test_no_factor_of_prices_or_facts_peeks(day: date) -> None:
    assert peeking(factors, PANEL, FACTS, day) == []


@pytest.mark.parametrize("day", MARKET_CUTS)
def test_neither_factors_nor_the_universe_of_a_market_with_splits_and_delistings_peek(day: date) -> None:
    assert peeking(factors, MARKET, Facts.none(), day) == []
    assert peeking(universe, MARKET, Facts.none(), day) == []


@pytest.mark.parametrize("day", MARKET_CUTS)
def test_a_label_that_is_known_is_final_and_none_is_known_too_soon(day: date) -> None:
    assert reaching(labels, MARKET, Facts.none(), day) == []
    then = labels(MARKET.filter(pl.col("session_date") <= day), Facts.none()).fill_nan(None).drop_nulls("excess")
    days = MARKET["session_date"].unique().sort().to_list()
    assert days.index(then["session_date"].max()) == days.index(day) - HORIZON - 1


def with_column(name: str, values: pl.Expr) -> Columns:
    """The honest factors and one more."""
    return lambda panel, facts: factors(panel, facts).hstack(panel.select(values.alias(name)))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("tomorrow", pl.col("close").shift(-1).over("security_id") / pl.col("close") - 1),
        ("whole_sample", (pl.col("close") - pl.col("close").mean()) / pl.col("close").std()),
        ("backfilled", pl.col("close").backward_fill().rank().over("security_id")),
    ],
)
def test_a_factor_that_looks_one_session_ahead_or_at_the_whole_sample_is_named(name: str, values: pl.Expr) -> None:
    assert peeking(with_column(name, values), PANEL, FACTS, CUTS[1]) == [name]


def test_a_fundamental_dated_by_what_it_is_about_and_not_by_its_publication_is_named() -> None:
    # given earnings that are joined as if known a month before they were published
    def early(panel: pl.DataFrame, facts: Facts) -> pl.DataFrame:
        dated = facts.fundamentals.with_columns(pl.col("known_at").dt.offset_by("-30d"))
        known = as_known(panel, dated, timedelta(days=400))
        return factors(panel, facts).with_columns(early_earnings=known["earnings_per_share"])

    assert peeking(early, PANEL, FACTS, CUTS[1]) == ["early_earnings"]


def test_a_universe_of_those_that_survived_is_caught() -> None:
    def survivors(panel: pl.DataFrame, facts: Facts) -> pl.DataFrame:
        last = pl.col("session_date").max()
        return panel.filter(last.over("security_id") == last).select(ROW)

    assert peeking(survivors, PANEL, FACTS, CUTS[1]) == ["rows"]


def test_a_label_of_an_unfinished_window_is_named() -> None:
    # given windows that run out of prices and are closed at the last one
    def hasty(panel: pl.DataFrame, facts: Facts) -> pl.DataFrame:
        sold = pl.coalesce(pl.col("open").shift(-22), pl.col("close").last()).over("security_id")
        return panel.select(*ROW, hasty=sold / pl.col("open").shift(-1).over("security_id") - 1)

    assert reaching(hasty, PANEL, FACTS, CUTS[1]) == ["hasty"]


def test_folds_that_are_not_purged_are_named_and_those_that_are_pass() -> None:
    def folds(purge: int) -> list[Fold]:
        return walk_forward(900, min_train=252, test_size=126, purge=purge)

    assert overlapping(folds(HORIZON + 1), HORIZON) == []
    for purge in (0, HORIZON):
        assert overlapping(folds(purge), HORIZON) == folds(purge)


def test_one_session_less_than_the_purge_would_let_a_label_in() -> None:
    # given the last label before a test block: bought at the open after its session, sold 21 sessions later
    fold = walk_forward(900, min_train=252, test_size=126, purge=HORIZON + 1)[0]
    sold_at = np.arange(fold.train_start, fold.train_end) + 1 + HORIZON
    assert sold_at.max() == fold.test_start - 1
