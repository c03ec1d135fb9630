"""The dataset of a run: factors and labels of every universe row, built once and shared by training and inference."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.costs import round_trip_cost
from asxos.domain.factors.library import FACTOR_NAMES
from asxos.domain.facts import NO_FACTS, Facts
from asxos.domain.labels import HORIZON, forward_excess_return, session_index
from asxos.domain.universe import UniverseRule, median_turnover, universe_of
from asxos.features.models.plugins.base import Outcomes
from asxos.features.models.truncation import truncation_check

FloatArray = NDArray[np.float64]
FactorMatrix = NDArray[np.float32]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows of the universe only, sorted by (session, security).

    `factors` (n_rows, n_names) float32, NaN missing; `excess` (n_rows,) the label, NaN where its window is unfinished;
    `costs` (n_rows,) of buying and selling as known on the session, fractions; `sessions` (n_rows,) index into `days`,
    all sessions of the panel; `horizon` in sessions; `sectors` as `Facts` has them; `left_out` as `Universe` has it.
    """

    names: tuple[str, ...]
    factors: FactorMatrix
    excess: FloatArray
    costs: FloatArray
    security_ids: NDArray[np.int32]
    sessions: IntArray
    days: tuple[date, ...]
    horizon: int
    sectors: pl.DataFrame
    left_out: pl.DataFrame
    peeking: Callable[[], Sequence[str]] = tuple
    """As `truncation_check` answers it."""
    scored: dict[tuple[type, str], tuple[IntArray, FloatArray]] = field(default_factory=dict, init=False, repr=False)
    """What `training.out_of_fold` has scored of this dataset: versions of near dates share all folds but their last."""
    _samples: dict[int, "Sample"] = field(default_factory=dict, init=False, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """For another process: the answer of `peeking`, for its question holds the panel; nothing that was scored."""
        return self.__dict__ | {"peeking": partial(tuple, tuple(self.peeking())), "scored": {}}

    def sample(self, step: int) -> "Sample":
        """The labelled rows of every `step`-th session, with their ranks; made once, since ranking is dear."""
        if step not in self._samples:
            self._samples[step] = _sampled(self, step)
        return self._samples[step]

    def every(self, step: int) -> "Dataset":
        """The rows of every `step`-th session only, which are all that training with that step reads."""
        rows = np.flatnonzero(self.sessions % step == 0)
        names = ("factors", "excess", "costs", "security_ids", "sessions")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    def session_of(self, as_of: date) -> int:
        """The number of the last session on or before `as_of`; -1 when there is none."""
        return bisect_right(self.days, as_of) - 1

    def doubted(self, as_of: date) -> dict[str, int]:
        """How many rows up to `as_of` the universe lacks for doubtful data, by doubt."""
        known = self.left_out.filter(pl.col("session_date") <= as_of).group_by("doubt").agg(pl.col("shares").sum())
        return dict(known.sort("doubt").iter_rows())

    def columns(self, names: Sequence[str]) -> list[int]:
        return [self.names.index(name) for name in names]

    def rows_on(self, as_of: date) -> slice:
        """The rows of exactly that session; empty when it is not one."""
        number = self.session_of(as_of)
        if number < 0 or self.days[number] != as_of:
            return slice(0, 0)
        first, last = np.searchsorted(self.sessions, [number, number + 1])
        return slice(int(first), int(last))


@dataclass(frozen=True, eq=False)
class Sample:
    """Labelled rows of some sessions; `ranks` are ranks in the whole universe of the session, in (-0.5, 0.5)."""

    factors: FactorMatrix
    ranks: FactorMatrix
    excess: FloatArray
    costs: FloatArray
    sessions: IntArray
    security_ids: NDArray[np.int32]

    def until(self, session: int) -> "Sample":
        """The rows up to and with that session."""
        return self.part(slice(int(np.searchsorted(self.sessions, session, side="right"))))

    def part(self, rows: slice | NDArray[np.bool_]) -> "Sample":
        """Some of the rows, in their order."""
        return Sample(
            factors=self.factors[rows],
            ranks=self.ranks[rows],
            excess=self.excess[rows],
            costs=self.costs[rows],
            sessions=self.sessions[rows],
            security_ids=self.security_ids[rows],
        )


def build_dataset(
    panel: pl.DataFrame,
    rule: UniverseRule,
    horizon: int = HORIZON,
    facts: Facts = NO_FACTS,
) -> Dataset:
    """Factors, labels and universe of a panel. Raises: BadPanel: a column is missing or rows are out of order."""
    from asxos.domain.factors.compute import compute_factors  # noqa: PLC0415 - loads the compiler, 2 s; the API never needs it

    universe = universe_of(panel, rule)
    excess = forward_excess_return(panel, universe.mask, horizon)
    sessions = session_index(panel)
    members = np.flatnonzero(universe.mask)
    # Rows come sorted by security; stable by session keeps securities in order within one.
    rows = members[np.argsort(sessions[members], kind="stable")]
    return Dataset(
        names=FACTOR_NAMES,
        factors=compute_factors(panel, rows, facts),
        excess=excess[rows],
        costs=round_trip_cost(panel["raw_close"].to_numpy()[rows], median_turnover(panel, rule.window)[rows]),
        security_ids=panel["security_id"].to_numpy()[rows].astype(np.int32),
        sessions=sessions[rows],
        days=tuple(panel["session_date"].unique().sort().to_list()),
        horizon=horizon,
        sectors=facts.sectors,
        left_out=universe.left_out,
        peeking=truncation_check(panel, facts, rule, horizon),
    )


def _sampled(dataset: Dataset, step: int) -> Sample:
    rows = np.flatnonzero(dataset.sessions % step == 0)
    ranks = ranks_by_session(dataset.factors[rows], dataset.sessions[rows])
    labelled = np.isfinite(dataset.excess[rows])
    rows = rows[labelled]
    return Sample(
        factors=dataset.factors[rows],
        ranks=ranks[labelled],
        excess=dataset.excess[rows],
        costs=dataset.costs[rows],
        sessions=dataset.sessions[rows],
        security_ids=dataset.security_ids[rows],
    )


def ranks_by_session(values: FactorMatrix, sessions: IntArray) -> FactorMatrix:
    """Each column's rank among the session's rows, in (-0.5, 0.5); ties share their mean, NaN stays; same shape."""
    table = pl.DataFrame({str(i): values[:, i] for i in range(values.shape[1])}).fill_nan(None)
    columns = pl.col(table.columns)
    place = ((columns.rank() - 0.5) / columns.count() - 0.5).over("session")
    ranked = table.with_columns(session=sessions).select(place.cast(pl.Float32).fill_null(np.nan))
    return ranked.to_numpy()


class DatasetFeatures:
    """FeatureSource over a dataset; `symbols` maps security ids to the symbols they are asked by."""

    def __init__(self, dataset: Dataset, symbols: Mapping[int, str]) -> None:
        self._dataset = dataset
        self._ids = {symbol: security_id for security_id, symbol in symbols.items()}
        self._latest: tuple[date, FactorMatrix] | None = None

    async def matrix(self, names: Sequence[str], symbols: Sequence[str], as_of: date) -> FloatArray:
        """Values as known on `as_of`; NaN for a share outside its universe; shape (n_symbols, n_names)."""
        return self._of(self._dataset.factors[self._dataset.rows_on(as_of)], names, symbols, as_of)

    async def ranks(self, names: Sequence[str], symbols: Sequence[str], as_of: date) -> FloatArray:
        """Ranks in the whole universe of `as_of`, whichever symbols are asked for; shape (n_symbols, n_names)."""
        return self._of(self._ranks_on(as_of), names, symbols, as_of)

    async def outcomes(self, names: Sequence[str], after: date, as_of: date, step: int) -> Outcomes:
        """As FeatureSource; a label is known when the open after its horizon is."""
        data = self._dataset
        last = data.session_of(as_of) - data.horizon - 1
        first, end = np.searchsorted(data.sessions, [data.session_of(after) + 1, last + 1])
        rows = np.arange(first, max(first, end))
        rows = rows[data.sessions[rows] % step == 0]
        values = data.factors[np.ix_(rows, data.columns(names))]
        ranks = ranks_by_session(values, data.sessions[rows])
        told = np.isfinite(data.excess[rows])
        rows = rows[told]
        known, placed = (part[told].astype(np.float64) for part in (values, ranks))
        return Outcomes(known, placed, data.excess[rows], data.sessions[rows])

    def _ranks_on(self, as_of: date) -> FactorMatrix:
        """Of all factors, and kept until another session is asked for: every model asks for the same one in turn."""
        if self._latest is None or self._latest[0] != as_of:
            rows = self._dataset.rows_on(as_of)
            ranks = ranks_by_session(self._dataset.factors[rows], self._dataset.sessions[rows])
            self._latest = as_of, ranks
        return self._latest[1]

    def _of(self, values: FactorMatrix, names: Sequence[str], symbols: Sequence[str], as_of: date) -> FloatArray:
        present = self._dataset.security_ids[self._dataset.rows_on(as_of)].tolist()
        row_of = {security_id: row for row, security_id in enumerate(present)}
        found = [(i, row_of.get(self._ids.get(symbol, -1))) for i, symbol in enumerate(symbols)]
        known = [(i, row) for i, row in found if row is not None]
        out = np.full((len(symbols), len(names)), np.nan)
        if known:
            at, rows = (list(part) for part in zip(*known, strict=True))
            out[at] = values[np.ix_(rows, self._dataset.columns(names))]
        return out
