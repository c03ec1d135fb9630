"""Datasets of simulated markets, with or without something to find, and a model that learns them fast."""

from datetime import date, timedelta
from functools import cache
from typing import ClassVar

import polars as pl

from asxos.core.progress import Silent
from asxos.domain.bars.adjustment import adjust, effective_factors
from asxos.domain.simulation import simulate
from asxos.domain.universe import UniverseRule
from asxos.domain.validation.record import order
from asxos.domain.validation.sessions import Pace
from asxos.features.models.catalogue import TrainingSection
from asxos.features.models.dataset import Dataset, build_dataset
from asxos.features.models.plugins.base import ModelConfig
from asxos.features.models.plugins.ridge import RidgePlugin
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.training import evidence_of, fit_found, labelled_sample, out_of_fold

END = date(2026, 11, 20)
WEEKDAYS = [day for i in range(365 * 10) if (day := END - timedelta(days=i)).weekday() < 5]
PACE = Pace(horizon=21, step=5)
# Nearly all shares: the more there are, the surer every figure.
EVERYONE = UniverseRule(min_close=0.02, min_turnover=20_000.0)
SETTINGS = TrainingSection()


class LeanPlugin(RidgePlugin):
    """A straight line through three ranks, near to what the simulated market is planted with."""

    FEATURES: ClassVar[tuple[str, ...]] = ("momentum_12_1", "volatility_90", "reversal_5")


def lean() -> LeanPlugin:
    return LeanPlugin(ModelConfig(model_id="lean", type="technical", plugin="tests.leaks.markets:LeanPlugin"))


def simulated_panel(seed: int, symbols: int, years: float, alpha: float) -> pl.DataFrame:
    """The panel of a market with a planted rank IC of `alpha`; ids number the symbols in order."""
    made = simulate(seed, symbols, years, alpha, end=END, sessions=WEEKDAYS)
    numbers = pl.DataFrame({"symbol": made.bars["symbol"].unique().sort()}).with_row_index("security_id", offset=1)
    bars, actions = (frame.join(numbers, on="symbol") for frame in (made.bars, made.actions))
    raw = bars.with_columns(
        pl.col("security_id").cast(pl.Int32),
        pl.col("volume").cast(pl.Float64),
        raw_close=pl.col("close"),
        turnover=pl.col("close") * pl.col("volume"),
    ).sort("security_id", "session_date")
    return adjust(raw, effective_factors(actions)).drop("symbol")


@cache
def simulated(seed: int, alpha: float, symbols: int = 300, years: float = 8) -> Dataset:
    return build_dataset(simulated_panel(seed, symbols, years, alpha), EVERYONE)


def told(plugin: TrainedPlugin, data: Dataset, step: int = SETTINGS.step) -> pl.DataFrame:
    """The evidence of a model on every `step`-th session of a dataset."""
    settings = SETTINGS.model_copy(update={"step": step})
    sample = labelled_sample(plugin.config.model_id, data, data.days[-1], step)
    found = out_of_fold(plugin, data, sample, settings, Silent())
    return evidence_of(data, sample, found, fit_found(plugin, data, found, settings).nested)


def rank_ic_and_auc(plugin: TrainedPlugin, data: Dataset) -> tuple[float, float]:
    measured = order(told(plugin, data), PACE)
    return measured["rank_ic"], measured["auc"]
