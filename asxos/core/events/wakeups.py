"""Wake-ups for workers and feeds, sent after the commit that gives them something to do.

NOTIFY inside a transaction takes one lock for the whole server at commit (measured: 2.6-3.8x slower at 16 connections),
so writers never notify. They leave their transaction's id here; one task per process asks the server what became of
those transactions and sends one NOTIFY for all that committed meanwhile. A wake-up lost in a crash costs at most the
poll of a second that every listener keeps.
"""

import asyncio
from contextvars import Context
from typing import LiteralString

import structlog

from asxos.core.db import Database, DatabaseUnavailable

EVENTS_CHANNEL = "asxos_events"
ENGINE_CHANNEL = "ch_pgqueuer"

COALESCE_SECONDS = 0.01
LONGEST_PAUSE_SECONDS = 0.5

# The second payload is what pgqueuer's own trigger would have sent. A wake-up is worth no wait for the disk: without
# `synchronous_commit` off, its commit would flush the log between those of the writers.
_SETTLE: LiteralString = """
WITH asked AS (SELECT xid, pg_xact_status(xid::xid8) AS status FROM unnest(%(xids)s::text[]) AS xid),
woken AS MATERIALIZED (
  SELECT set_config('synchronous_commit', 'off', true), pg_notify(%(events)s, ''),
    pg_notify(%(engine)s, json_build_object('channel', %(engine)s::text, 'operation', 'insert', 'sent_at', now(),
      'table', 'pgqueuer', 'type', 'table_changed_event')::text)
  WHERE EXISTS (SELECT FROM asked WHERE status = 'committed')
)
SELECT ARRAY(SELECT xid FROM asked WHERE status = 'in progress'), (SELECT count(*) FROM woken)
"""

log = structlog.get_logger()


class Wakeups:
    """Coalesces the wake-ups of one process."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._pending: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def after(self, xid: str) -> None:
        """Wake the listeners once transaction `xid` has committed; forget it if it rolls back."""
        self._pending.add(xid)
        if self._task is None or self._task.done():
            # An empty context: the task must not take the caller's open transaction for its own.
            self._task = asyncio.create_task(self._settle(), context=Context())

    async def _settle(self) -> None:
        pause = COALESCE_SECONDS
        while self._pending:
            await asyncio.sleep(pause)
            asked, self._pending = self._pending, set()
            unsettled = await self._notify(asked)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS) if unsettled else COALESCE_SECONDS
            self._pending |= unsettled

    async def _notify(self, xids: set[str]) -> set[str]:
        """Notify if any of `xids` committed; returns those still in progress."""
        values = {"xids": list(xids), "events": EVENTS_CHANNEL, "engine": ENGINE_CHANNEL}
        try:
            async with self._db.connection() as connection:
                row = await (await connection.execute(_SETTLE, values)).fetchone()
        except DatabaseUnavailable as error:
            log.debug("wake-up dropped, the next poll replaces it", error=str(error))
            return set()
        assert row is not None
        return set(row[0])
