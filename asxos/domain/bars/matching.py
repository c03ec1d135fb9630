"""Which corporate actions are news: one event reaches us from several sources, or twice from one."""

from collections.abc import Callable
from datetime import date

import polars as pl

from asxos.domain.bars.adjustment import ADJUSTS

ACTION_SCHEMA: dict[str, pl.DataType] = {
    "security_id": pl.Int32(),
    "ex_date": pl.Date(),
    "kind": pl.String(),
    "factor": pl.Float64(),
    "amount": pl.Float64(),
    "franked": pl.Float64(),
    "method": pl.String(),
}

SAME_FACTOR_WITHIN = 0.02
SAME_DATE_WITHIN = 5  # days: sources disagree about the ex-date around weekends and suspensions


def new_actions(found: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Those of `found` that `known` lacks; both with the columns of ACTION_SCHEMA.

    An adjusting action with nearly the factor and the date of a known one is the same event, whatever it is called;
    any other is the same when security, ex-date, kind and method are.
    """
    identity = ["security_id", "ex_date", "kind", "method"]
    unseen = found.unique(identity, keep="last", maintain_order=True).join(known, on=identity, how="anti")
    if not unseen.height or not known.height:
        return unseen
    numbered = unseen.with_row_index("row")
    pairs = numbered.filter(ADJUSTS).join(known.filter(ADJUSTS), on="security_id", suffix="_known")
    is_same = ((pl.col("factor") / pl.col("factor_known")).log().abs() < SAME_FACTOR_WITHIN) & (
        (pl.col("ex_date") - pl.col("ex_date_known")).dt.total_days().abs() <= SAME_DATE_WITHIN
    )
    same = pairs.filter(is_same).select("row").unique()
    return numbered.join(same, on="row", how="anti", maintain_order="left").drop("row")


def by_security(actions: pl.DataFrame, resolve: Callable[[str, date], int | None]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Actions by symbol as ACTION_SCHEMA, and those of a code that nobody has; `resolve` is of `codes.Registry`."""
    owners = [resolve(symbol, day) for symbol, day in actions.select("symbol", "ex_date").iter_rows()]
    owned = actions.with_columns(security_id=pl.Series(owners, dtype=pl.Int32))
    is_known = pl.col("security_id").is_not_null()
    return owned.filter(is_known).select(ACTION_SCHEMA.keys()), owned.filter(~is_known)
