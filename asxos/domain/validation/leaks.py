"""What must not be: a value that changes once the future is taken away, a label that reaches into a test block, skill
where nothing can be foretold."""

from collections.abc import Callable, Iterable
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.facts import Facts, session_known
from asxos.domain.validation.splits import Fold

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ROW = ("security_id", "session_date")
Columns = Callable[[pl.DataFrame, Facts], pl.DataFrame]
"""From a panel and facts: `security_id, session_date` and the columns to be judged."""


def facts_known(facts: Facts, day: date) -> Facts:
    """What the public could know at the close of `day`."""
    told = session_known(pl.col("known_at")) <= day
    return Facts(
        facts.fundamentals.filter(told),
        facts.shorts.filter(told),
        facts.announcements.filter(told),
        facts.sectors.filter(pl.col("valid_from") <= day),
    )


def peeking(columns: Columns, panel: pl.DataFrame, facts: Facts, day: date) -> list[str]:
    """The columns that say otherwise of sessions up to `day` once all that came after its close is taken away.

    Compared bit by bit; what is missing must be missing in both. A row that is there only in one of them is named as
    "rows".
    """
    whole, then = _both(columns, panel, facts, day)
    if not whole.select(ROW).equals(then.select(ROW)):
        return ["rows"]
    return [name for name in then.columns if not whole[name].equals(then[name])]


def reaching(columns: Columns, panel: pl.DataFrame, facts: Facts, day: date) -> list[str]:
    """As `peeking`, of labels: what is not known yet may be missing, but what is known must be what it will be."""
    whole, then = _both(columns, panel, facts, day)
    known = [(name, then[name].is_not_null()) for name in then.columns if name not in ROW]
    return [name for name, rows in known if not whole[name].filter(rows).equals(then[name].filter(rows))]


def overlapping(folds: Iterable[Fold], horizon: int) -> list[Fold]:
    """The folds of which a training label ends in the test block: at the open `horizon` + 1 sessions later."""
    return [fold for fold in folds if fold.train_end - 1 + horizon + 1 >= fold.test_start]


def dealt_anew(values: FloatArray, sessions: IntArray, seed: int) -> FloatArray:
    """The values of each session dealt out to its rows by chance; `sessions` in order, both shape (n_rows,)."""
    chance = np.random.default_rng(seed).uniform(size=len(values))
    return values[np.lexsort((chance, sessions))]


def chance_error(sessions: IntArray) -> float:
    """Standard error of the mean rank IC of rows where nothing can be foretold, by the session of each.

    A session of n rows has one of 1 / sqrt(n - 1). Source: Kendall and Gibbons (1990), chapter 4.
    """
    _, rows = np.unique(sessions, return_counts=True)
    rows = rows[rows > 1]
    return float(np.sqrt(np.sum(1.0 / (rows - 1)))) / len(rows) if len(rows) else float("nan")


def _both(columns: Columns, panel: pl.DataFrame, facts: Facts, day: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sessions up to `day` as they look today and as they looked then; missing is null."""
    past = pl.col("session_date") <= day
    whole = columns(panel, facts).filter(past)
    then = columns(panel.filter(past), facts_known(facts, day))
    return whole.sort(ROW).fill_nan(None), then.sort(ROW).fill_nan(None)
