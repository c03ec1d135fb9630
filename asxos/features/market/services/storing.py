"""Storing what was decided about a batch, all of it in one transaction."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from asxos.core.db import Database
from asxos.domain.bars.adjustment import cumulative_factors, effective_factors
from asxos.domain.bars.checks import delivered
from asxos.domain.bars.judge import Verdict
from asxos.domain.bars.quotes import SPARK_CLOSES, quotes
from asxos.domain.bars.reasons import HELD_REASONS, Reason
from asxos.domain.calendar import FinalInstants
from asxos.features.market.repositories.quarantine import COLUMNS as QUARANTINE
from asxos.features.market.services.batches import CheckedBatch
from asxos.features.market.services.deciding import Decision
from asxos.features.market.services.stores import Stores
from asxos.features.market.services.tally import Tally
from asxos.providers.prices import Refused


@dataclass(frozen=True)
class Run:
    """The ingest that writes: its row, its source, its instant, and whether its prices are invented."""

    ingest_id: int
    source_id: int
    now: datetime
    is_simulated: bool


class BatchWriter:
    """One ingest's hand on the database; `tally` adds up what it wrote."""

    def __init__(self, db: Database, stores: Stores, final: FinalInstants, run: Run) -> None:
        self.db = db
        self.stores = stores
        self.final = final
        self.run = run
        self.tally = Tally()

    async def write(self, decision: Decision) -> None:
        """Store what follows from a batch, all or nothing."""
        placed, verdict = decision.placed, decision.verdict
        touched = sorted(placed.security_ids)
        async with self.db.transaction():
            await self.stores.securities.save_changes(placed.changes, is_simulated=self.run.is_simulated)
            await self.stores.actions.retract(decision.mistaken)
            await self._write_bars(verdict)
            actions = with_known_at(verdict.actions, self.final)
            await self.stores.actions.add(actions, self.run.ingest_id, self.run.source_id)
            kept_out, held = await self._keep_out(placed.checked, verdict)
            released = await self.stores.quarantine.release(touched, self.run.now)
            await self._refresh_quotes(touched)
        self.tally.count(verdict)
        self.tally.count_kept_out(kept_out, held, released)
        self.tally.securities += len(placed.changes.created)
        self.tally.refused += [*placed.checked.batch.refused, *decision.strange]
        self.tally.notes |= dict.fromkeys(placed.checked.batch.notes)

    async def _write_bars(self, verdict: Verdict) -> None:
        if verdict.added.height:
            await self.stores.prices.add(verdict.added, self.run.ingest_id, self.run.source_id)
        if verdict.corrected.height:
            await self.stores.prices.correct(verdict.corrected, self.run.ingest_id, self.run.source_id)

    async def _keep_out(self, checked: CheckedBatch, verdict: Verdict) -> tuple[int, int]:
        parts = [_faulty(checked.faulty), verdict.kept_out, _unreadable(checked.batch.refused)]
        rows = pl.concat(parts, how="diagonal_relaxed")
        labels = {"ingest_id": self.run.ingest_id, "source": checked.batch.source, "file": checked.batch.file}
        return await self.stores.quarantine.add(
            rows.with_columns(pl.lit(value, QUARANTINE[name]).alias(name) for name, value in labels.items())
        )

    async def _refresh_quotes(self, touched: list[int]) -> None:
        tails = await self.stores.prices.tails(touched, SPARK_CLOSES + 1)
        factors = effective_factors(await self.stores.actions.of(touched))
        scale = pl.Series(cumulative_factors(tails, factors))
        await self.stores.quotes.save(quotes(tails.with_columns(adjusted=pl.col("close") * scale)))


def with_known_at(actions: pl.DataFrame, final: FinalInstants) -> pl.DataFrame:
    """Actions with `known_at`: when the session of the ex-date is final, or 06:21:30 UTC of a day without one."""
    at_latest = pl.col("ex_date").cast(pl.Datetime("us", "UTC")) + pl.duration(hours=6, minutes=21, seconds=30)
    known_at = actions.select(pl.coalesce(final.of(actions["ex_date"]), at_latest)).to_series()
    return actions.with_columns(known_at.alias("known_at"))


def _faulty(faulty: pl.DataFrame) -> pl.DataFrame:
    state = pl.when(pl.col("reason").is_in(sorted(HELD_REASONS))).then(pl.lit("held")).otherwise(pl.lit("refused"))
    # Rechunked, because pl.format panics on a column with an empty chunk (Polars 2.1.0).
    columns = ("symbol", "session_date", "open", "high", "low", "close", "volume", "line", "reason")
    return faulty.rechunk().select(*columns, detail=delivered(), state=state)


def _unreadable(refused: tuple[Refused, ...]) -> pl.DataFrame:
    """What was no bar at all: its line and words, without values."""
    rows = [(r.line, Reason.UNREADABLE.value, r.reason, "refused") for r in refused]
    return pl.DataFrame(rows, schema=["line", "reason", "detail", "state"], orient="row")
