"""Model B learns from what companies publish, is silent where nothing is known, refuses to learn from too little."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from asxos.core.progress import Silent
from asxos.domain.facts import FUNDAMENTALS, NO_FACTS, Facts
from asxos.domain.universe import UniverseRule
from asxos.features.models.catalogue import TrainingSection
from asxos.features.models.dataset import Dataset, DatasetFeatures, build_dataset
from asxos.features.models.plugins.base import ModelConfig
from asxos.features.models.plugins.model_b import ModelBPlugin
from asxos.features.models.plugins.trained import Trained
from asxos.features.models.training import Draft, NotEnoughHistory, train
from tests.features.models.panels import FIRST, random_walk, symbols

SETTINGS = TrainingSection(test_size=126, min_train=252)
CONFIG = ModelConfig(model_id="model_b", type="fundamental", plugin="m:B")
ALL = list(symbols().values())
# Shares 1 to 40 report, from the second year on; whoever earns more rises more.
REPORTING, FROM = 40, 250


def published(yields: np.ndarray, panel: pl.DataFrame, shares: int = REPORTING) -> Facts:
    """Earnings a share every five weeks: each share's own yield, of its price when they are published."""
    first = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(days=FROM * 7 // 5)
    until = panel["session_date"].max()
    instants = [first + timedelta(days=35 * n) for n in range(40) if (first + timedelta(days=35 * n)).date() <= until]  # pyright: ignore[reportOperatorIssue] # dates
    asked = pl.DataFrame({"security_id": pl.Series(range(1, shares + 1), dtype=pl.Int32)}).join(
        pl.DataFrame({"known_at": instants}), how="cross"
    )
    at = asked.with_columns(session_date=pl.col("known_at").dt.date()).sort("session_date")
    priced = at.join_asof(panel.sort("session_date"), on="session_date", by="security_id", check_sortedness=False)
    earned = pl.col("close") * pl.Series(yields[:shares]).gather(priced["security_id"] - 1)
    columns = {name: pl.lit(None) for name in FUNDAMENTALS if name not in ("security_id", "known_at")}
    rows = priced.select("security_id", "known_at", **columns | {"earnings_per_share": earned})
    return replace(NO_FACTS, fundamentals=rows.cast(pl.Schema(FUNDAMENTALS)).sort("security_id", "known_at"))


@pytest.fixture(scope="module")
def market() -> tuple[pl.DataFrame, np.ndarray]:
    """Sixty shares whose lasting drift is, in half, what they earn for their price."""
    rng = np.random.default_rng(4)
    panel, yields = random_walk(sessions=900), rng.normal(0.05, 0.02, 60)
    days = panel["session_date"].rank("dense").to_numpy()
    drift = np.exp((yields[panel["security_id"].to_numpy() - 1] - 0.05) * 0.02 * days)
    moved = [(pl.col(name) * pl.Series(drift)).alias(name) for name in ("open", "high", "low", "close", "raw_close")]
    return panel.with_columns(moved), yields


@pytest.fixture(scope="module")
def dataset(market: tuple[pl.DataFrame, np.ndarray]) -> Dataset:
    panel, yields = market
    return build_dataset(panel, UniverseRule(), facts=published(yields, panel))


@pytest.fixture(scope="module")
def draft(dataset: Dataset) -> Draft:
    return train(ModelBPlugin(CONFIG), dataset, dataset.days[-1], SETTINGS, Silent())


def bound(dataset: Dataset, draft: Draft) -> ModelBPlugin:
    learnt = Trained(
        1,
        draft.artifact,
        draft.scale,
        draft.trained_from,
        draft.trained_through,
        ModelBPlugin.FEATURES,
        {},
        SETTINGS.step,
    )
    return ModelBPlugin(CONFIG, DatasetFeatures(dataset, symbols()), learnt)


def test_it_finds_what_earnings_foretell_and_says_so_by_name(dataset: Dataset, draft: Draft) -> None:
    assert draft.metrics["rank_ic"] > 0.1
    assert draft.metrics["hac_t"] > 2
    learnt = draft.evidence
    assert set(learnt["security_id"].unique()) <= set(range(1, REPORTING + 1))


def test_it_learns_from_the_dates_that_have_data(dataset: Dataset, draft: Draft) -> None:
    assert dataset.days[FROM - 5] < draft.trained_from < dataset.days[FROM + 15]
    assert len(draft.sample.excess) < len(dataset.sample(5).excess)


async def test_it_ranks_only_shares_whose_earnings_are_known(dataset: Dataset, draft: Draft) -> None:
    plugin = bound(dataset, draft)
    outputs = await plugin.generate_signals(ALL, dataset.days[-1])
    assert {output.symbol for output in outputs} == set(ALL[:REPORTING])
    reasons = await plugin.explain(ALL, dataset.days[-1])
    assert len(reasons) == REPORTING
    scores = {output.symbol: output.score for output in outputs}
    for reason in reasons:
        assert reason.base + sum(reason.contributions) == pytest.approx(scores[reason.symbol], rel=1e-9, abs=1e-12)
        # what is not known is told as missing and moves nothing
        assert reason.values[reason.factors.index("short_interest")] is None
        assert reason.contributions[reason.factors.index("short_interest")] == 0


async def test_before_anything_was_published_it_says_nothing(dataset: Dataset, draft: Draft) -> None:
    plugin = bound(dataset, draft)
    assert await plugin.generate_signals(ALL, dataset.days[FROM - 60]) == []
    assert await plugin.explain(ALL, dataset.days[FROM - 60]) == []


def test_without_any_data_it_refuses_to_learn_in_one_line(market: tuple[pl.DataFrame, np.ndarray]) -> None:
    data = build_dataset(market[0], UniverseRule())
    says = "model 'model_b' cannot be trained as of .*: 0 sessions with data of 0 shares found; it needs"
    with pytest.raises(NotEnoughHistory, match=says):
        train(ModelBPlugin(CONFIG), data, data.days[-1], SETTINGS, Silent())


def test_a_few_shares_are_too_few_to_learn_from(market: tuple[pl.DataFrame, np.ndarray]) -> None:
    panel, yields = market
    data = build_dataset(panel, UniverseRule(), facts=published(yields, panel, shares=4))
    with pytest.raises(NotEnoughHistory, match="sessions with data of 4 shares found"):
        train(ModelBPlugin(CONFIG), data, data.days[-1], SETTINGS, Silent())


def test_a_short_history_of_data_is_too_short(market: tuple[pl.DataFrame, np.ndarray]) -> None:
    panel, yields = market
    early = panel.filter(pl.col("session_date") <= panel["session_date"].unique().sort()[FROM + 200])
    data = build_dataset(early, UniverseRule(), facts=published(yields, early))
    with pytest.raises(NotEnoughHistory, match=r"1[78]\d sessions with data of 40 shares found"):
        train(ModelBPlugin(CONFIG), data, data.days[-1], SETTINGS, Silent())
