"""Adjusted closes at the seams of a delivery: one company's bars may come in pieces, code by code.

What a later piece needs of an earlier one is little: the bars beside a gap, and the actions that were read across it.
"""

import polars as pl

from asxos.domain.bars.implied import RATIO_STEP

KEY = ("security_id", "session_date")

EDGES: dict[str, pl.DataType] = {"security_id": pl.Int32(), "session_date": pl.Date(), "adj_close": pl.Float64()}
ACROSS: dict[str, pl.DataType] = {"security_id": pl.Int32(), "before": pl.Date(), "ex_date": pl.Date()}


class Seams:
    """What one delivery has brought so far, at the edges of its pieces. Forgotten at its end."""

    def __init__(self) -> None:
        self._edges = pl.DataFrame(schema=EDGES)
        self._across = pl.DataFrame(schema=ACROSS)

    def note(self, bars: pl.DataFrame, actions: pl.DataFrame) -> None:
        """Remember the edges of a stored piece. `bars`: sorted; `actions`: those it implied."""
        linked = bars.filter(pl.col("entity").is_not_null() & (pl.col("adj_close") > 0)).select(*KEY, "adj_close")
        if not linked.height:
            return
        day, same = pl.col("session_date"), pl.col("security_id") == pl.col("security_id").shift(1)
        before = pl.when(same).then(day.shift(1))
        has_gap = (before.is_null() | (pl.business_day_count(before, day) > 1)).alias("has_gap")
        marked = linked.with_columns(before.alias("before"), has_gap)
        edges = marked.filter(pl.col("has_gap") | pl.col("has_gap").shift(-1, fill_value=True)).select(EDGES.keys())
        implied = actions.filter(pl.col("method") == RATIO_STEP).select("security_id", session_date="ex_date")
        across = marked.filter("has_gap").drop_nulls("before").join(implied, on=KEY, how="semi")
        self._edges = pl.concat([self._edges, edges])
        self._across = pl.concat([self._across, across.select("security_id", "before", ex_date="session_date")])

    def with_adjusted(self, stored: pl.DataFrame) -> pl.DataFrame:
        """Bars of before with `adj_close`, null where this delivery did not bring them or they are no edge."""
        edges = self._edges.join(stored, on="security_id", how="semi").unique(KEY, keep="last")
        return stored.join(edges, on=KEY, how="left", maintain_order="left")

    def mistaken(self, bars: pl.DataFrame) -> pl.DataFrame:
        """Actions (`security_id, ex_date, method`) that were read across a gap in which some of these bars lie."""
        pairs = self._across.join(bars.select(*KEY), on="security_id")
        inside = pairs.filter(
            (pl.col("session_date") > pl.col("before")) & (pl.col("session_date") < pl.col("ex_date"))
        )
        found = inside.select("security_id", "ex_date").unique(maintain_order=True)
        self._across = self._across.join(found, on=["security_id", "ex_date"], how="anti")
        return found.with_columns(method=pl.lit(RATIO_STEP))
