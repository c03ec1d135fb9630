"""Ingest: a provider's bars and actions into the database, checked, batch by batch, announced once."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from datetime import date

from asxos.core.clock import Clock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.events.types import EventType
from asxos.core.progress import Progress, Silent
from asxos.core.service import BaseService
from asxos.domain.calendar import FinalInstants
from asxos.features.market.records import IngestReport
from asxos.features.market.services.batches import checked_batches
from asxos.features.market.services.calendars import load_finals
from asxos.features.market.services.deciding import Decider
from asxos.features.market.services.errors import MixedMarkets
from asxos.features.market.services.pipeline import Pipeline
from asxos.features.market.services.stores import Stores
from asxos.features.market.services.storing import BatchWriter, Run
from asxos.features.market.services.tally import Tally
from asxos.providers.prices import KnowsListing, PriceBatch, PriceProvider


class IngestService(BaseService):
    """Prices in. Each batch is a transaction, so a killed run has stored whole batches; run again, it skips them."""

    def __init__(self, stores: Stores, *, clock: Clock, db: Database, event_bus: EventBus) -> None:
        super().__init__(db, event_bus)
        self.stores = stores
        self.clock = clock

    async def ingest(
        self,
        provider: PriceProvider,
        *,
        symbols: Sequence[str] | None = None,
        since: date | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Take in what `provider` delivers; announce it once, at the end, if prices changed.

        Raises: IngestRunning: another ingest runs. MixedMarkets: simulated into real prices or the reverse.
        """
        async with self.stores.ingests.alone():
            await self._refuse_mixture(is_simulated=provider.is_simulated)
            progress = progress or Silent()
            progress.step("prices")
            began = self.clock.now()
            final = await load_finals(self.stores.sessions, began.date())
            ingest_id = await self.stores.ingests.start(provider.source, None, began)
            try:
                batches = provider.batches(symbols, since)
                tally = await self._store_all(provider, batches, progress, final, ingest_id)
                await self._describe(provider)
                await self._announce(provider.source, ingest_id, tally)
            except Exception as error:
                await self.stores.ingests.fail(ingest_id, self.clock.now(), str(error))
                raise
        return tally.report(provider.source, (self.clock.now() - began).total_seconds())

    async def _refuse_mixture(self, *, is_simulated: bool) -> None:
        stored = await self.stores.securities.is_simulated()
        if stored is not None and stored != is_simulated:
            raise MixedMarkets(stored_simulated=stored)

    async def _store_all(
        self,
        provider: PriceProvider,
        batches: Iterator[PriceBatch],
        progress: Progress,
        final: FinalInstants,
        ingest_id: int,
    ) -> Tally:
        now = self.clock.now()
        registry = await self.stores.securities.registry()
        source_id = await self.stores.ingests.source_id(provider.source)
        writer = BatchWriter(self.db, self.stores, final, Run(ingest_id, source_id, now, provider.is_simulated))
        pipeline = Pipeline(Decider(self.stores, registry, final, now), writer)
        expected, seen = provider.count(), 0
        async with aclosing(checked_batches(iter(batches), final, now)) as checks:
            try:
                async for checked in checks:
                    await pipeline.take(checked)
                    seen += checked.batch.bars.height
                    progress.advance(min(seen / expected, 1.0) if expected else 0.0, f"{seen:,} bars")
                await pipeline.finish()
            finally:
                await pipeline.settle()
        return writer.tally

    async def _announce(self, source: str, ingest_id: int, tally: Tally) -> None:
        async with self.db.transaction():
            # A run that was killed stored bars and told nobody: then this one tells, though it found nothing new.
            is_news = tally.has_changes or await self.stores.ingests.was_interrupted(ingest_id)
            await self.stores.ingests.finish(ingest_id, self.clock.now(), tally.counts())
            if is_news:
                await self.publish_event(EventType.PRICE_UPDATED, tally.event(source))

    async def _describe(self, provider: PriceProvider) -> None:
        """Names and sectors, from a source that knows them."""
        if not isinstance(provider, KnowsListing):
            return
        listing = await asyncio.to_thread(provider.listing)
        registry = await self.stores.securities.registry()
        found = [
            (security_id, name, sector, None, listed_on)
            for symbol, name, sector, listed_on in listing.iter_rows()
            if (security_id := registry.resolve(symbol, listed_on or date.max)) is not None
        ]
        await self.stores.securities.describe(found)
