"""SQL for what became of signals: written a session at a time, counted by session and by part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString

import polars as pl
from psycopg.rows import class_row

from asxos.core.bulk import bulk_write
from asxos.core.db import Database
from asxos.domain.ranking import SHADOW
from asxos.features.signals.records import Awaited, Settlement, Unsettled

PARTS = ("label", "sector", "year", "published")
"""By what the outcomes of a model are told apart; `published`: ahead of the open they are followed at, or afterwards,
as rankings of the past are that are made when a market is first taken in."""

# One entry a ranking stands; those that a later one replaced are in the log alone.
_STANDING: LiteralString = """
WITH told AS (
  SELECT s.as_of, s.model, s.signal AS label, coalesce(c.sector, 'unknown') AS sector,
    extract(year FROM s.as_of)::int::text AS year,
    CASE WHEN s.known_at < (t.entered_on + time '10:00') AT TIME ZONE 'Australia/Sydney' THEN 'ahead'
      ELSE 'afterwards' END AS published,
    t.entered_on, o.realised, o.cost, o.realised - t.median AS excess,
    CASE WHEN s.signal LIKE '%%BUY' THEN 1 WHEN s.signal LIKE '%%SELL' THEN -1 ELSE 0 END AS side
  FROM signals s
  LEFT JOIN signal_settlements t ON t.as_of = s.as_of AND t.horizon = %(horizon)s
  LEFT JOIN signal_outcomes o ON (o.as_of, o.security_id) = (s.as_of, s.security_id) AND o.horizon = %(horizon)s
  LEFT JOIN unnest(%(securities)s::int[], %(sectors)s::text[], %(begins)s::date[], %(ends)s::date[])
    AS c (security_id, sector, begins, ends)
    ON c.security_id = s.security_id AND s.as_of >= c.begins AND (c.ends IS NULL OR s.as_of < c.ends)
  WHERE s.model = ANY (%(models)s) AND (%(first)s::date IS NULL OR s.as_of >= %(first)s)
    AND (%(last)s::date IS NULL OR s.as_of <= %(last)s)
)
"""
_COUNTED: LiteralString = """
SELECT model, label, sector, year, published, as_of, count(*) AS signals,
  count(*) FILTER (WHERE side <> 0) AS calls, count(*) FILTER (WHERE side * excess > 0) AS hits,
  sum(realised) AS realised, sum(excess) AS excess,
  count(*) FILTER (WHERE side <> 0 AND cost IS NOT NULL) AS costed,
  coalesce(sum(side * excess - cost) FILTER (WHERE side <> 0), 0) AS net
FROM told WHERE excess IS NOT NULL
GROUP BY GROUPING SETS ((model, as_of), (model, label, as_of), (model, sector, as_of), (model, year, as_of),
  (model, published, as_of))
"""
_AWAITED: LiteralString = """
SELECT model, count(*) FILTER (WHERE entered_on IS NULL) AS not_due,
  count(*) FILTER (WHERE entered_on IS NOT NULL AND excess IS NULL) AS never_traded
FROM told GROUP BY model ORDER BY model
"""


@dataclass(frozen=True)
class Asked:
    """Which outcomes: of models, over a horizon, of sessions from `first` to `last` (None: no limit).

    `sectors`: `security_id, sector, begins, ends`, which share was of which sector when.
    """

    models: list[str]
    horizon: int
    sectors: pl.DataFrame
    first: date | None = None
    last: date | None = None

    @property
    def values(self) -> Mapping[str, Any]:
        """As the queries name them."""
        return {
            "models": self.models,
            "horizon": self.horizon,
            "first": self.first,
            "last": self.last,
            "securities": self.sectors["security_id"].to_list(),
            **{name: self.sectors[name].to_list() for name in ("begins", "ends")},
            "sectors": self.sectors["sector"].to_list(),
        }


class OutcomeRepository:
    """`signal_outcomes` and `signal_settlements`."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def unsettled(self, horizons: list[int]) -> list[Unsettled]:
        """Sessions of the log whose outcome over a horizon is not known, or not of their latest rankings."""
        query = (
            "SELECT l.as_of, h AS horizon, l.sequence"
            " FROM (SELECT as_of, max(sequence) AS sequence FROM signal_log GROUP BY as_of) l"
            " CROSS JOIN unnest(%s::smallint[]) h LEFT JOIN signal_settlements t ON (t.as_of, t.horizon) = (l.as_of, h)"
            " WHERE t.sequence IS NULL OR t.sequence < l.sequence ORDER BY l.as_of, h"
        )
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(Unsettled)) as cursor:
            await cursor.execute(query, [horizons])
            return await cursor.fetchall()

    async def ranked(self, as_of: date) -> list[int]:
        """The shares that any published ranking of a session holds."""
        query = "SELECT DISTINCT security_id FROM signals WHERE as_of = %s AND model !~ %s ORDER BY security_id"
        async with self.db.connection() as connection:
            cursor = await connection.execute(query, [as_of, SHADOW.pattern])
            return [row[0] for row in await cursor.fetchall()]

    async def settle(self, settlement: Settlement, outcomes: pl.DataFrame) -> None:
        """Store the outcomes of a session, `security_id, realised, cost`; what is stored already stands."""
        columns = ("as_of", "horizon", "security_id", "realised", "cost")
        key = (settlement.as_of, settlement.horizon)
        async with self.db.transaction() as connection:
            cursor = await connection.execute(
                "SELECT security_id FROM signal_outcomes WHERE (as_of, horizon) = (%s, %s)", key
            )
            known = [row[0] for row in await cursor.fetchall()]
            new = outcomes.filter(~pl.col("security_id").is_in(known)).select(columns[2:])
            await bulk_write(connection, "signal_outcomes", columns, [(*key, *row) for row in new.iter_rows()])
            await connection.execute(
                "INSERT INTO signal_settlements (as_of, horizon, entered_on, median, sequence, settled_at)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (as_of, horizon) DO UPDATE"
                " SET sequence = EXCLUDED.sequence, settled_at = EXCLUDED.settled_at",
                [*key, settlement.entered_on, settlement.median, settlement.sequence, settlement.settled_at],
            )

    async def counted(self, asked: Asked) -> pl.DataFrame:
        """Counts and sums by model, session and part; a row is of the part (one of PARTS) that is not null, or of all.

        `model, label, sector, year, published, as_of, signals, calls, hits, realised, excess, costed, net`.
        """
        async with self.db.connection() as connection:
            cursor = await connection.execute(_STANDING + _COUNTED, asked.values)
            return pl.DataFrame(await cursor.fetchall(), schema=dict(_SCHEMA), orient="row")

    async def awaited(self, asked: Asked) -> list[Awaited]:
        """How many signals of each model have no outcome, since it is not due or the share did not trade again."""
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(Awaited)) as cursor:
            await cursor.execute(_STANDING + _AWAITED, asked.values)
            return await cursor.fetchall()


_SCHEMA: Mapping[str, pl.DataType] = {
    "model": pl.String(),
    **{part: pl.String() for part in PARTS},
    "as_of": pl.Date(),
    **{name: pl.Int64() for name in ("signals", "calls", "hits")},
    **{name: pl.Float64() for name in ("realised", "excess")},
    "costed": pl.Int64(),
    "net": pl.Float64(),
}
