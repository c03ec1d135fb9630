"""SQL for rankings: written whole, read by session or by share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, LiteralString

from psycopg.rows import class_row

from asxos.core.bulk import bulk_write
from asxos.core.db import Database
from asxos.core.errors import NotFound
from asxos.core.repository import BaseRepository
from asxos.domain.ranking import ENSEMBLE, SHADOW
from asxos.features.signals.records import LatestSignal, LiveSignals, PastSignal, Signal, StoredSignal

DEFAULT_MODEL = ENSEMBLE

_COLUMNS: LiteralString = (
    "security_id, symbol, rank, score, ml_prob, ml_expected_return, signal, confidence,"
    " interval_low, interval_high, note, disagreement"
)
_FIELDS = tuple(name.strip() for name in _COLUMNS.split(","))
_values = attrgetter(*_FIELDS)

# The condition stands twice: a count beside the page, in one round trip, costs half of a window over the whole ranking.
_OF_RANKING: LiteralString = (
    " FROM signals WHERE model = %(model)s"
    " AND as_of = coalesce(%(as_of)s, (SELECT max(as_of) FROM signals WHERE model = %(model)s))"
    " AND (%(signal)s::text IS NULL OR signal = %(signal)s) AND confidence >= %(min_confidence)s"
    " AND (%(ids)s::int[] IS NULL OR security_id = ANY (%(ids)s))"
)
_LIVE: LiteralString = (
    "SELECT "
    + _COLUMNS
    + ", as_of, known_at, (SELECT count(*)"
    + _OF_RANKING
    + ") AS total"
    + _OF_RANKING
    + " ORDER BY rank LIMIT %(limit)s OFFSET %(offset)s"
)

# Every model that has a ranking, challengers' shadows left out; by hops over the key, not over the rows.
_MODELS: LiteralString = (
    "WITH RECURSIVE hop AS (SELECT min(model) AS model FROM signals UNION ALL"
    " SELECT (SELECT min(model) FROM signals WHERE model > hop.model) FROM hop WHERE hop.model IS NOT NULL),"
    " models AS (SELECT model FROM hop WHERE model !~ %(shadow)s) "
)
_PAST: LiteralString = (
    "SELECT as_of, model, rank, signal, ml_prob, ml_expected_return, confidence, interval_low, interval_high,"
    " note, disagreement, known_at FROM signals"
)


class NoSignals(NotFound):
    """The model has never produced a signal, or none for that session."""

    def __init__(self, model: str, as_of: date | None = None) -> None:
        when = f" for {as_of}" if as_of else ""
        super().__init__(f"No signals stored for model {model!r}{when}")
        self.model = model


@dataclass(frozen=True)
class SignalFilter:
    """Which part of a ranking; None is no limit. `security_ids` narrows to some shares."""

    signal: str | None = None
    min_confidence: float = 0.0
    security_ids: Sequence[int] | None = None
    offset: int = 0


EVERYTHING = SignalFilter()


@dataclass(frozen=True, slots=True)
class _LiveRow(Signal):
    as_of: date = date.min
    known_at: Any = None
    total: int = 0


class SignalRepository(BaseRepository[Signal]):
    """Rankings: written whole, read by session or by share."""

    def __init__(self, db: Database) -> None:
        super().__init__("signals", Signal, db)

    async def get_live_signals(
        self,
        model: str = DEFAULT_MODEL,
        limit: int = 20,
        as_of: date | None = None,
        where: SignalFilter = EVERYTHING,
    ) -> LiveSignals:
        """The best-ranked signals of `model` on `as_of` (default: its latest session).

        Raises: NoSignals: the model has no ranking for that session at all.
        """
        values = {
            "model": model,
            "as_of": as_of,
            "signal": where.signal,
            "min_confidence": where.min_confidence,
            "ids": None if where.security_ids is None else list(where.security_ids),
            "limit": limit,
            "offset": where.offset,
        }
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(_LiveRow)) as cursor:
            await cursor.execute(_LIVE, values)
            rows = await cursor.fetchall()
        if not rows:
            return await self._empty_ranking(model, as_of)
        return LiveSignals(model, rows[0].as_of, rows[0].known_at, rows[0].total, [_signal(row) for row in rows])

    async def persist_signals(
        self, signals: Sequence[Signal], model: str, as_of: date, known_at: datetime | None = None
    ) -> int:
        """Store one session's ranking, replacing whatever stood for it; returns how many were written."""
        stamp = known_at or datetime.now(UTC)
        rows = [(as_of, model, stamp, *_values(signal)) for signal in signals]
        async with self.db.transaction() as connection:
            # Emptied and filled, for an upsert touches each index twice. Of two writers at once the second is refused.
            await connection.execute("DELETE FROM signals WHERE model = %s AND as_of = %s", [model, as_of])
            await bulk_write(connection, "signals", ("as_of", "model", "known_at", *_FIELDS), rows)
        return len(rows)

    async def get_ranking(self, model: str, as_of: date) -> list[StoredSignal]:
        """A whole ranking as it is stored, in order of rank."""
        query: LiteralString = (
            "SELECT " + _COLUMNS + ", known_at FROM signals WHERE (model, as_of) = (%s, %s) ORDER BY rank"
        )
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(StoredSignal)) as cursor:
            await cursor.execute(query, [model, as_of])
            return await cursor.fetchall()

    async def get_history(self, security_id: int, model: str, limit: int) -> list[PastSignal]:
        """What `model` has said of one share, latest first."""
        query: LiteralString = _PAST + " WHERE model = %s AND security_id = %s ORDER BY as_of DESC LIMIT %s"
        return await self._past(query, [model, security_id, limit])

    async def get_latest_of(self, security_id: int) -> list[PastSignal]:
        """The latest word of each model on one share, challengers' shadows left out."""
        of_each: LiteralString = (
            _PAST + " WHERE model = models.model AND security_id = %(id)s ORDER BY as_of DESC LIMIT 1"
        )
        query: LiteralString = _MODELS + "SELECT latest.* FROM models, LATERAL (" + of_each + ") latest ORDER BY model"
        return await self._past(query, {"id": security_id, "shadow": SHADOW.pattern})

    async def get_latest_batch(self, symbols: Sequence[str], model: str = DEFAULT_MODEL) -> list[LatestSignal]:
        """What the latest ranking of `model` says of some shares, in one query; one that it left out has none."""
        query = (
            "SELECT symbol, as_of, rank, signal, ml_prob, ml_expected_return, confidence FROM signals"
            " WHERE model = %s AND as_of = (SELECT max(as_of) FROM signals WHERE model = %s) AND symbol = ANY(%s)"
        )
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(LatestSignal)) as cursor:
            await cursor.execute(query, [model, model, list(symbols)])
            return await cursor.fetchall()

    async def models(self) -> list[str]:
        """Every model that has a ranking, challengers' shadows left out."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(_MODELS + "SELECT model FROM models", {"shadow": SHADOW.pattern})
            return [row[0] for row in await cursor.fetchall()]

    async def _past(self, query: LiteralString, values: Sequence[Any] | Mapping[str, Any]) -> list[PastSignal]:
        async with self.db.connection() as connection, connection.cursor(row_factory=class_row(PastSignal)) as cursor:
            await cursor.execute(query, values)
            return await cursor.fetchall()

    async def _empty_ranking(self, model: str, as_of: date | None) -> LiveSignals:
        """Nothing passed the filter: still a ranking if the session has one."""
        async with self.db.connection() as connection:
            cursor = await connection.execute(
                "SELECT as_of, known_at FROM signals WHERE model = %s AND (%s::date IS NULL OR as_of = %s)"
                " ORDER BY as_of DESC LIMIT 1",
                [model, as_of, as_of],
            )
            row = await cursor.fetchone()
        if row is None:
            raise NoSignals(model, as_of)
        return LiveSignals(model, row[0], row[1], 0, [])


def _signal(row: _LiveRow) -> Signal:
    return Signal(*_values(row))
