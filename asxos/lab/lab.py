"""The lab: one market, and what a quant does with it, in plain calls that answer with Polars frames."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from itertools import product
from types import TracebackType
from typing import Any, Self

import numpy as np
import polars as pl

from asxos.core.compute import ALONE, Compute
from asxos.core.errors import BadInput
from asxos.core.progress import Silent
from asxos.domain.backtest import Rules, Weighting
from asxos.domain.backtest.study import Study
from asxos.domain.costs import Broker
from asxos.domain.validation.breakdown import breakdown
from asxos.domain.validation.sessions import Pace
from asxos.domain.validation.sharpe import Sharpe, deflated_sharpe
from asxos.features.backtests.material import Material
from asxos.features.models.catalogue import Catalogue
from asxos.features.models.dataset import Dataset, DatasetFeatures, build_dataset
from asxos.features.models.errors import NoPrices
from asxos.features.models.manifest import trial_of
from asxos.features.models.plugins.trained import TrainedPlugin
from asxos.features.models.records import NewTrial
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.training import folds_of, labelled_sample, train
from asxos.lab.loop import Loop
from asxos.lab.market import Market
from asxos.lab.runs import InSample, Model, Run, plugin_of, row_of, table_of

KINDS: Mapping[str, type] = {"weighting": Weighting, "broker": Broker}
PARTS = ("year", "sector", "liquidity", "label")


class UnknownFactor(BadInput):
    """No factor has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no factor {name!r}; Lab.factors() has them all")


@dataclass(frozen=True, eq=False)
class Bench:
    """What every run of a sweep needs."""

    dataset: Dataset
    as_of: date
    catalogue: Catalogue


class Lab:
    """A market as known at the close of `as_of` (default: now). Close it, or use it in a `with`."""

    def __init__(
        self, market: Market, registry: ModelRegistry, loop: Loop, compute: Compute, as_of: date | None = None
    ) -> None:
        self.market = market
        self.registry = registry
        self.as_of = as_of
        self._loop = loop
        self._compute = compute

    def panel(self) -> pl.DataFrame:
        """Every bar: prices and volume adjusted for splits, never for dividends; `raw_close`, `turnover` as traded."""
        return self._named(self._panel)

    def factors(self, *names: str) -> pl.DataFrame:
        """Factors (default: all) of the universe on every session, and `excess`, what models learn to foretell.

        Raises: UnknownFactor.
        """
        data = self._dataset
        unknown = next((name for name in names if name not in data.names), None)
        if unknown:
            raise UnknownFactor(unknown)
        chosen = names or data.names
        days = np.array(data.days, "datetime64[D]")[data.sessions]
        values = dict(zip(chosen, data.factors[:, data.columns(chosen)].T, strict=True))
        rows = {"security_id": data.security_ids, "session_date": days, **values, "excess": data.excess}
        return self._named(pl.DataFrame(rows)).fill_nan(None)

    def folds(self) -> pl.DataFrame:
        """The walk-forward that every run goes through, a row a fold; dates inclusive. Raises: NotEnoughHistory."""
        data, settings = self._dataset, self.registry.catalogue.training
        sample = labelled_sample("any", data, data.days[-1], settings.step)
        folds = folds_of(data, sample, settings)
        ends = [(f.train_start, f.train_end - 1, f.test_start, f.test_end - 1) for f in folds]
        names = ("train_from", "train_through", "test_from", "test_through")
        rows = [[data.days[number] for number in numbers] for numbers in ends]
        return pl.DataFrame(rows, dict.fromkeys(names, pl.Date), orient="row").with_row_index("fold", offset=1)

    def train(self, model: Model, **params: Any) -> Run:
        """Train and test a model by walk-forward; log the trial. `params` go over those of its stanza.

        Raises: UnknownModel, NothingToTrain, NotEnoughHistory, ComputeUnavailable.
        """
        plugin, bench = plugin_of(model, self.registry, params), self._bench
        settings = bench.catalogue.training
        draft = train(plugin, bench.dataset, bench.as_of, settings, Silent(), compute=self._compute)
        self.market.log(trial_of(plugin, bench.catalogue, draft))
        return Run(plugin, draft, settings.step)

    def evaluate(self, run: Run) -> pl.DataFrame:
        """A run's record, and the baselines' on the very same rows; what was not measured is null.

        `deflated_sharpe`: the probability that its Sharpe is above zero, all trials ever logged allowed for.
        """
        own = {"model": run.model, **row_of(run.metrics), "deflated_sharpe": self._deflated(run.metrics)}
        others = [
            {"model": name, **row_of(measures)}
            for name, measures in run.metrics["baselines"].items()
            if name != run.model
        ]
        return pl.DataFrame([own, *others], infer_schema_length=None)

    def breakdown(self, run: Run, by: str) -> pl.DataFrame:
        """A run's record in parts, `by` year, sector, liquidity or label. Raises: BadInput: by something else."""
        if by not in PARTS:
            raise BadInput(f"a record has parts by {', '.join(PARTS)}, not by {by!r}")
        pace = Pace(self._dataset.horizon, self.registry.catalogue.training.step)
        return pl.DataFrame(breakdown(run.evidence, pace, self.registry.thresholds)[by], infer_schema_length=None)

    def sweep(self, model: Model, **grid: Sequence[Any]) -> pl.DataFrame:
        """Train every combination of some parameters, each a logged trial; a row a combination, in their order.

        Runs are spread over ASXOS_COMPUTE. The best of many is best by luck too: judge it by `deflated_sharpe`.
        Raises: as `train`.
        """
        combinations = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
        plugins = [plugin_of(model, self.registry, params) for params in combinations]
        done: list[Mapping[str, Any]] = []
        for trial, measures in self._compute.map(_tried, plugins, self._bench):
            self.market.log(trial)
            done.append(measures)
        rows = [
            {**params, **row_of(measures), "deflated_sharpe": self._deflated(measures)}
            for params, measures in zip(combinations, done, strict=True)
        ]
        return pl.DataFrame(rows, infer_schema_length=None)

    def signals(self, run: Run | str = "ensemble", as_of: date | None = None) -> pl.DataFrame:
        """A run's ranking of a session (default: the latest), or what was published by a model, best first.

        Raises: InSample: the run learnt from that session; NoSignals: nothing was published.
        """
        if isinstance(run, str):
            return self.market.published(run, as_of or self.as_of)
        day, through = as_of or self._dataset.days[-1], run.draft.trained_through
        if day <= through:
            raise InSample(run.model, through)
        symbols = self.market.symbols()
        plugin = run.bound(DatasetFeatures(self._dataset, symbols))
        return table_of(self._loop.run(plugin.generate_signals(list(symbols.values()), day)))

    def study(self, run: Run, **rules: Any) -> Study:
        """A portfolio run over the past by what the run said unseen: daily returns, trades, figures, costs paid.

        Args: rules: of `domain.backtest.Rules`, such as top=10 or weighting="inverse-volatility".
        Raises: NothingRanked; TypeError, ValueError: there is no such rule or value.
        """
        named = {name: kind(rules[name]) for name, kind in KINDS.items() if name in rules}
        facts, last = self.market.facts(self.as_of), self._dataset.days[-1]
        material = Material.cut(self._panel, self.market.actions, run.evidence, facts.sectors, indices={}, last=last)
        return material.studied(Rules(**rules | named), last)

    def backtest(self, run: Run, **rules: Any) -> pl.DataFrame:
        """What `study` came to, and the whole universe in the same sessions, a row a portfolio. Raises: as `study`."""
        done = self.study(run, **rules)
        rows = [{"portfolio": name, **asdict(figures)} for name, figures in done.performance.items()]
        return pl.DataFrame(rows).fill_nan(None)

    def close(self) -> None:
        """Close what was opened: a database, its server, the lab's thread."""
        self.market.close()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        shares, days = self._panel["security_id"].n_unique(), self._panel["session_date"]
        return f"<Lab of {self.market.name}: {shares} shares, {days.min()} to {days.max()}>"

    @cached_property
    def _panel(self) -> pl.DataFrame:
        panel = self.market.panel(self.as_of)
        if panel.is_empty():
            raise NoPrices(self.as_of)
        return panel

    @cached_property
    def _dataset(self) -> Dataset:
        signals = self.registry.catalogue.signals
        return build_dataset(
            self._panel, self.registry.catalogue.universe, signals.horizon, self.market.facts(self.as_of)
        )

    @cached_property
    def _bench(self) -> Bench:
        catalogue = self.registry.catalogue
        return Bench(self._dataset.every(catalogue.training.step), self._dataset.days[-1], catalogue)

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        symbols = pl.col("security_id").replace_strict(self.market.symbols(), return_dtype=pl.String)
        return frame.select(symbol=symbols, **{name: name for name in frame.columns})

    def _deflated(self, measures: Mapping[str, Any]) -> float | None:
        if measures["sharpe"] is None:
            return None
        tally = self.market.tally()
        found = Sharpe(*(measures[name] for name in ("sharpe", "periods", "skew", "kurtosis")))
        return deflated_sharpe(found, tally.trials, tally.variance)


def _tried(plugin: TrainedPlugin, bench: Bench) -> tuple[NewTrial, Mapping[str, Any]]:
    """One run of a sweep: its trial and its measures."""
    draft = train(plugin, bench.dataset, bench.as_of, bench.catalogue.training, Silent(), compute=ALONE)
    return trial_of(plugin, bench.catalogue, draft), draft.metrics
