import numpy as np
import polars as pl
from scipy.stats import rankdata

from asxos.domain.factors.library import FACTOR_NAMES
from asxos.domain.universe import UniverseRule
from asxos.features.models.dataset import Dataset, DatasetFeatures, build_dataset, ranks_by_session
from tests.features.models.panels import random_walk, symbols

NAMES = ("momentum_12_1", "volatility_30", "adv_20")
ALL = list(symbols().values())


def test_only_the_universe_is_kept_in_order_of_session_and_share(dataset: Dataset) -> None:
    assert (np.diff(dataset.sessions) >= 0).all()
    same = np.diff(dataset.sessions) == 0
    assert (np.diff(dataset.security_ids)[same] > 0).all()
    # the first 19 sessions have no median turnover of 20 sessions yet
    assert dataset.sessions[0] == 19
    assert dataset.factors.shape == (len(dataset.sessions), len(FACTOR_NAMES))
    assert dataset.factors.dtype == np.float32


async def test_the_future_changes_nothing_that_was_known(panel: pl.DataFrame, dataset: Dataset) -> None:
    # given the panel as it stood on session 600
    day = dataset.days[600]
    then = build_dataset(panel.filter(pl.col("session_date") <= day), UniverseRule())
    now, past = DatasetFeatures(dataset, symbols()), DatasetFeatures(then, symbols())
    # then factors and ranks of that day are the same to the bit
    np.testing.assert_array_equal(await now.matrix(NAMES, ALL, day), await past.matrix(NAMES, ALL, day))
    np.testing.assert_array_equal(await now.ranks(NAMES, ALL, day), await past.ranks(NAMES, ALL, day))
    # and so are the labels whose window had ended
    np.testing.assert_array_equal(then.excess[then.sessions <= 578], dataset.excess[dataset.sessions <= 578])
    assert np.isnan(then.excess[then.sessions > 578]).all()


async def test_a_share_outside_the_universe_or_unknown_is_missing(dataset: Dataset) -> None:
    features = DatasetFeatures(dataset, symbols())
    found = await features.matrix(("adv_20",), ["S01.AX", "XYZ.AX"], dataset.days[-1])
    assert np.isfinite(found[0, 0])
    assert np.isnan(found[1, 0])


async def test_a_day_that_is_no_session_has_nothing(dataset: Dataset) -> None:
    features = DatasetFeatures(dataset, symbols())
    for day in (dataset.days[0].replace(year=2010), dataset.days[-1].replace(year=2040)):
        assert np.isnan(await features.ranks(NAMES, ALL, day)).all()


async def test_a_share_has_the_same_rank_whoever_else_is_asked_for(dataset: Dataset) -> None:
    features, day = DatasetFeatures(dataset, symbols()), dataset.days[-1]
    alone = await features.ranks(NAMES, ["S07.AX"], day)
    np.testing.assert_array_equal(alone[0], (await features.ranks(NAMES, ALL, day))[6])


def test_ranks_lie_between_minus_and_plus_one_half_ties_share_and_missing_stays() -> None:
    values = np.array([[3.0], [1.0], [3.0], [np.nan], [9.0], [5.0]], np.float32)
    found = ranks_by_session(values, np.array([0, 0, 0, 0, 1, 1]))[:, 0]
    first = (rankdata([3, 1, 3]) - 0.5) / 3 - 0.5
    np.testing.assert_allclose(found, [*first, np.nan, 0.25, -0.25], rtol=1e-6)


def test_an_illiquid_share_is_not_in_the_dataset() -> None:
    frame = random_walk(shares=3, sessions=60).with_columns(
        turnover=pl.when(pl.col("security_id") == 2).then(1000.0).otherwise(pl.col("turnover"))
    )
    assert set(build_dataset(frame, UniverseRule()).security_ids.tolist()) == {1, 3}


async def test_outcomes_are_of_training_dates_that_ended_by_then(dataset: Dataset) -> None:
    features = DatasetFeatures(dataset, symbols())
    told = await features.outcomes(NAMES, dataset.days[600], dataset.days[640], step=5)
    # an outcome is known 22 sessions later: of 605, 610 and 615, not of 620
    assert np.unique(told.sessions).tolist() == [605, 610, 615]
    assert told.values.shape == told.ranks.shape == (3 * 60, 3)
    day = dataset.days[610]
    rows = told.sessions == 610
    np.testing.assert_array_equal(told.ranks[rows], await features.ranks(NAMES, ALL, day))
    np.testing.assert_array_equal(told.values[rows], await features.matrix(NAMES, ALL, day))
    np.testing.assert_array_equal(told.excess[rows], dataset.excess[dataset.rows_on(day)])


async def test_there_are_no_outcomes_right_after_training(dataset: Dataset) -> None:
    features = DatasetFeatures(dataset, symbols())
    for as_of in (dataset.days[600], dataset.days[599], dataset.days[626]):
        told = await features.outcomes(NAMES, dataset.days[600], as_of, step=5)
        assert told.values.shape == (0, 3)
