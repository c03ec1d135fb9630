"""Storing one checked batch: whose bars they are, what is decided about them, all of it in one transaction."""

import asyncio
from collections.abc import Iterator
from datetime import datetime

import polars as pl

from asxos.core.db import Database
from asxos.domain.bars.adjustment import cumulative_factors, effective_factors
from asxos.domain.bars.checks import delivered
from asxos.domain.bars.codes import Registry
from asxos.domain.bars.judge import Known, Verdict, in_order, judge
from asxos.domain.bars.matching import ACTION_SCHEMA
from asxos.domain.bars.quotes import SPARK_CLOSES, quotes
from asxos.domain.bars.reasons import HELD_REASONS, Reason
from asxos.domain.bars.seams import Seams
from asxos.domain.calendar import FinalInstants
from asxos.features.market.repositories.quarantine import COLUMNS as QUARANTINE
from asxos.features.market.services.batches import CheckedBatch
from asxos.features.market.services.stores import Stores
from asxos.features.market.services.tally import Tally
from asxos.providers.prices import Refused


class BatchStore:
    """One ingest's way to the database. Not for several tasks at once."""

    def __init__(
        self,
        db: Database,
        stores: Stores,
        registry: Registry,
        final: FinalInstants,
        now: datetime,
        *,
        is_simulated: bool,
    ) -> None:
        self.db = db
        self.stores = stores
        self.registry = registry
        self.final = final
        self.now = now
        self.is_simulated = is_simulated
        self.seams = Seams()
        self.tally = Tally()

    async def store(self, checked: CheckedBatch, ingest_id: int, source_id: int) -> None:
        """Decide about a batch and store what follows, all or nothing."""
        ids, changes = await asyncio.to_thread(self.registry.place, checked.good)
        bars = in_order(checked.good.with_columns(ids))
        actions, strange = self._by_security(checked)
        firsts = bars.group_by("security_id", maintain_order=True).agg(first=pl.col("session_date").min())
        touched: list[int] = firsts["security_id"].to_list()
        async with self.db.transaction():
            await self.stores.securities.save_changes(changes, is_simulated=self.is_simulated)
            known = await self._known(bars, firsts)
            verdict = await asyncio.to_thread(judge, bars, actions, known, self.final, self.now)
            await self._write(verdict, ingest_id, source_id)
            added, held = await self._keep_out(checked, verdict, ingest_id)
            released = await self.stores.quarantine.release(touched, self.now)
            await self._refresh_quotes(touched)
        self.seams.note(bars, verdict.actions)
        self.tally.count(verdict)
        self.tally.quarantined, self.tally.held = self.tally.quarantined + added, self.tally.held + held
        self.tally.released += released
        self.tally.securities += len(changes.created)
        self.tally.refused += [*checked.batch.refused, *strange]
        self.tally.notes |= dict.fromkeys(checked.batch.notes)

    async def _known(self, bars: pl.DataFrame, firsts: pl.DataFrame) -> Known:
        """What stands of the batch's securities, without actions that this batch shows to be mistaken."""
        ids: list[int] = firsts["security_id"].to_list()
        mistaken = self.seams.mistaken(bars)
        await self.stores.actions.retract(mistaken)
        stored = self.seams.with_adjusted(await self.stores.prices.around(firsts))
        earliest = min([*firsts["first"], *stored["session_date"].head(1)], default=self.now.date())
        held = await self.stores.quarantine.held(ids, earliest)
        return Known(stored, held, await self.stores.actions.of(ids))

    async def _write(self, verdict: Verdict, ingest_id: int, source_id: int) -> None:
        if verdict.added.height:
            await self.stores.prices.add(verdict.added, ingest_id, source_id)
        if verdict.corrected.height:
            await self.stores.prices.correct(verdict.corrected, ingest_id, source_id)
        await self.stores.actions.add(with_known_at(verdict.actions, self.final), source_id)

    async def _keep_out(self, checked: CheckedBatch, verdict: Verdict, ingest_id: int) -> tuple[int, int]:
        rows = pl.concat(
            [_faulty(checked.faulty), verdict.kept_out, _unreadable(checked.batch.refused)], how="diagonal_relaxed"
        )
        labels = {"ingest_id": ingest_id, "source": checked.batch.source, "file": checked.batch.file}
        return await self.stores.quarantine.add(
            rows.with_columns(pl.lit(value, QUARANTINE[name]).alias(name) for name, value in labels.items())
        )

    async def _refresh_quotes(self, touched: list[int]) -> None:
        tails = await self.stores.prices.tails(touched, SPARK_CLOSES + 1)
        factors = effective_factors(await self.stores.actions.of(touched))
        scale = pl.Series(cumulative_factors(tails, factors))
        await self.stores.quotes.save(quotes(tails.with_columns(adjusted=pl.col("close") * scale)))

    def _by_security(self, checked: CheckedBatch) -> tuple[pl.DataFrame, list[Refused]]:
        """The batch's actions by security_id, and those of codes that nobody has."""
        found = list(self._resolved(checked))
        file = checked.batch.file or checked.batch.source
        strange = [
            Refused(file, None, f"{row[1]} {row[2]}: action of an unknown code") for row in found if row[0] is None
        ]
        rows = [(row[0], *row[2:]) for row in found if row[0] is not None]
        return pl.DataFrame(rows, schema=ACTION_SCHEMA, orient="row"), strange

    def _resolved(self, checked: CheckedBatch) -> Iterator[tuple[int | None, ...]]:
        columns = ("symbol", *[name for name in ACTION_SCHEMA if name != "security_id"])
        for row in checked.batch.actions.select(columns).iter_rows():
            yield (self.registry.resolve(row[0], row[1]), *row)


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
    """What was refused, `file` and `symbol` as told by the provider; no bar, so no values."""
    rows = [(r.line, Reason.UNREADABLE.value, r.reason, "refused") for r in refused]
    return pl.DataFrame(rows, schema=["line", "reason", "detail", "state"], orient="row")
