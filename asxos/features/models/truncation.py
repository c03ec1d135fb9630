"""Whether the factors of a panel on a late session are what they were then: asked once a dataset, before it teaches."""

from collections.abc import Callable
from datetime import date
from functools import cache

import numpy as np
import polars as pl

from asxos.domain.factors.library import FACTOR_NAMES
from asxos.domain.facts import Facts
from asxos.domain.universe import UniverseRule, universe_mask
from asxos.domain.validation.leaks import ROW, Columns, peeking

# Sessions that are computed twice: enough for factors of a year; tests/leaks has the longer ones on whole panels.
RECENT = 300


def truncation_check(
    panel: pl.DataFrame, facts: Facts, rule: UniverseRule, horizon: int
) -> Callable[[], tuple[str, ...]]:
    """A question that is answered when first asked: which factors peek, judged `horizon` sessions before the last.

    "rows" among them: so does the universe. Nothing of `panel` but its latest sessions is kept.
    """
    days = panel["session_date"].unique().sort()
    recent = panel.filter(pl.col("session_date") >= days[max(len(days) - RECENT, 0)]) if len(days) else panel
    day = days[max(len(days) - 1 - horizon, 0)] if len(days) else None

    @cache
    def peeked() -> tuple[str, ...]:
        return () if day is None else tuple(peeking(factors_on(day, rule), recent, facts, day))

    return peeked


def factors_on(day: date, rule: UniverseRule) -> Columns:
    """All factors of one session's universe."""

    def columns(panel: pl.DataFrame, facts: Facts) -> pl.DataFrame:
        from asxos.domain.factors.compute import compute_factors  # noqa: PLC0415 - as in dataset.py

        is_asked = universe_mask(panel, rule) & (panel["session_date"] == day).to_numpy()
        rows = np.flatnonzero(is_asked)
        return panel[rows].select(ROW).hstack(pl.DataFrame(compute_factors(panel, rows, facts), list(FACTOR_NAMES)))

    return columns
