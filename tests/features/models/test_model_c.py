"""Model C learns from what companies tell, is silent where nothing was heard, refuses to learn from too little."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from asxos.core.progress import Silent
from asxos.domain.facts import ANNOUNCEMENTS, NO_FACTS, Facts
from asxos.domain.text.kinds import Kind
from asxos.domain.universe import UniverseRule
from asxos.features.models.catalogue import TrainingSection
from asxos.features.models.dataset import Dataset, DatasetFeatures, build_dataset
from asxos.features.models.plugins.base import ModelConfig
from asxos.features.models.plugins.model_c import ModelCPlugin
from asxos.features.models.plugins.trained import Trained
from asxos.features.models.training import Draft, NotEnoughHistory, train
from tests.features.models.panels import FIRST, random_walk, symbols

SETTINGS = TrainingSection(test_size=126, min_train=252)
CONFIG = ModelConfig(model_id="model_c", type="sentiment", plugin="m:C")
ALL = list(symbols().values())
# Shares 1 to 40 tell something each week, from the second year on; whoever has the better tone rises more.
TELLING, FROM = 40, 250


def told(tones: np.ndarray, panel: pl.DataFrame, shares: int = TELLING) -> Facts:
    """A contract of each share every week, in the share's own tone."""
    first = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(days=FROM * 7 // 5)
    last = panel["session_date"].to_list()[-1]
    weeks = [first + timedelta(days=7 * n) for n in range((last - first.date()).days // 7 + 1)]
    rows = [
        (share, at, Kind.CONTRACT.value, True, tones[share - 1], None) for share in range(1, shares + 1) for at in weeks
    ]
    return replace(NO_FACTS, announcements=pl.DataFrame(rows, schema=dict(ANNOUNCEMENTS), orient="row"))


@pytest.fixture(scope="module")
def market() -> tuple[pl.DataFrame, np.ndarray]:
    """Sixty shares whose lasting drift is, in part, the tone of what they tell."""
    rng = np.random.default_rng(4)
    panel, tones = random_walk(sessions=900), rng.uniform(-0.8, 0.8, 60)
    days = panel["session_date"].rank("dense").to_numpy()
    drift = np.exp(tones[panel["security_id"].to_numpy() - 1] * 0.002 * days)
    moved = [(pl.col(name) * pl.Series(drift)).alias(name) for name in ("open", "high", "low", "close", "raw_close")]
    return panel.with_columns(moved), tones


@pytest.fixture(scope="module")
def dataset(market: tuple[pl.DataFrame, np.ndarray]) -> Dataset:
    panel, tones = market
    return build_dataset(panel, UniverseRule(), facts=told(tones, panel))


@pytest.fixture(scope="module")
def draft(dataset: Dataset) -> Draft:
    return train(ModelCPlugin(CONFIG), dataset, dataset.days[-1], SETTINGS, Silent())


def bound(dataset: Dataset, draft: Draft) -> ModelCPlugin:
    dates = (draft.trained_from, draft.trained_through)
    learnt = Trained(1, draft.artifact, draft.scale, *dates, ModelCPlugin.FEATURES, {}, SETTINGS.step)
    return ModelCPlugin(CONFIG, DatasetFeatures(dataset, symbols()), learnt)


def test_it_finds_what_tones_foretell(draft: Draft) -> None:
    assert draft.metrics["rank_ic"] > 0.1
    assert draft.metrics["hac_t"] > 2
    assert set(draft.evidence["security_id"].unique()) <= set(range(1, TELLING + 1))


def test_it_learns_from_the_dates_that_announcements_reach_back_for(dataset: Dataset, draft: Draft) -> None:
    # a month is counted from the first announcement on
    assert dataset.days[FROM + 15] < draft.trained_from < dataset.days[FROM + 30]


async def test_it_ranks_only_shares_that_were_heard_of_and_says_why(dataset: Dataset, draft: Draft) -> None:
    plugin = bound(dataset, draft)
    outputs = await plugin.generate_signals(ALL, dataset.days[-1])
    assert {output.symbol for output in outputs} == set(ALL[:TELLING])
    scores = {output.symbol: output.score for output in outputs}
    for reason in await plugin.explain(ALL, dataset.days[-1]):
        assert reason.base + sum(reason.contributions) == pytest.approx(scores[reason.symbol], rel=1e-9)
        assert reason.values[reason.factors.index("learnt_tone")] is None
        assert reason.values[reason.factors.index("news_30d")] in (4, 5)


async def test_before_anything_was_told_it_says_nothing(dataset: Dataset, draft: Draft) -> None:
    assert await bound(dataset, draft).generate_signals(ALL, dataset.days[FROM - 60]) == []


def test_without_announcements_it_refuses_to_learn_in_one_line(market: tuple[pl.DataFrame, np.ndarray]) -> None:
    data = build_dataset(market[0], UniverseRule())
    says = "model 'model_c' cannot be trained as of .*: 0 sessions with data of 0 shares found; it needs"
    with pytest.raises(NotEnoughHistory, match=says):
        train(ModelCPlugin(CONFIG), data, data.days[-1], SETTINGS, Silent())


def test_eleven_months_of_announcements_are_too_short(market: tuple[pl.DataFrame, np.ndarray]) -> None:
    panel, tones = market
    early = panel.filter(pl.col("session_date") <= panel["session_date"].unique().sort()[FROM + 250])
    data = build_dataset(early, UniverseRule(), facts=told(tones, early))
    with pytest.raises(NotEnoughHistory, match="sessions with data of 40 shares found"):
        train(ModelCPlugin(CONFIG), data, data.days[-1], SETTINGS, Silent())
