"""Ingest of facts about companies: what is new or corrected is stored, what cannot be is refused by its line."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from asxos.core.clock import Clock
from asxos.domain.calendar import sydney_date
from asxos.features.fundamentals.records import SHORT_POSITIONS, Book, FactsReport
from asxos.features.fundamentals.repositories import Extent
from asxos.features.fundamentals.services.columns import source_of
from asxos.features.fundamentals.services.errors import BadFactsFile, RealFactsOfInventedShares
from asxos.features.fundamentals.services.files import FactsFile, files_of, lined, read_facts, recognised
from asxos.features.fundamentals.services.news import news_of, sessions_after
from asxos.features.fundamentals.services.parsing import parsed
from asxos.features.fundamentals.services.ports import IngestLock, Market
from asxos.features.fundamentals.services.stores import Books
from asxos.providers.prices import Refused

# Sessions after which ASIC publishes a short position; its files do not say when they did.
PUBLISHED_AFTER = 4
# More days than that many sessions and any holidays between them.
LAG_AT_MOST = timedelta(days=30)


class FactIngestService:
    """Files of facts, in. The same file again changes nothing; a figure that changed is known from now on."""

    def __init__(self, books: Books, *, market: Market, lock: IngestLock, clock: Clock) -> None:
        self.books = books
        self.market = market
        self.lock = lock
        self.clock = clock

    async def ingest(self, path: Path, only: Book | None = None) -> FactsReport:
        """A file of fundamentals or of short positions, recognised by its columns, or a folder of them.

        `only`: the book that it must belong in. Raises: BadFactsFile; RealFactsOfInventedShares; IngestRunning.
        """
        if await self.market.data_is_simulated():
            raise RealFactsOfInventedShares
        files = await asyncio.to_thread(files_of, path)
        reports = [await self._ingest(file, only, is_alone=file == path) for file in files]
        return sum(reports, FactsReport())

    async def ingest_tables(self, tables: Mapping[str, pl.DataFrame]) -> FactsReport:
        """Tables that come from no file, by their names; for a simulated market. Raises: IngestRunning."""
        files = [recognised(Path(name), lined(table, 1)) for name, table in tables.items()]
        return sum([await self.take_in(file) for file in files], FactsReport())

    async def _ingest(self, path: Path, only: Book | None, *, is_alone: bool) -> FactsReport:
        """One file; one of several that is not a table of facts is refused, and the others still go in."""
        try:
            return await self.take_in(await asyncio.to_thread(read_facts, path, only))
        except BadFactsFile as error:
            if is_alone:
                raise
            return FactsReport(refused=(str(error),))

    async def take_in(self, file: FactsFile) -> FactsReport:
        """The rows of one file. Raises: IngestRunning."""
        now, book = self.clock.now(), self.books.of(file.book)
        found = await asyncio.to_thread(parsed, file, sydney_date(now))
        async with self.lock.alone():
            facts = await self._published(file, found.facts)
            stored = await book.read(Extent(None, *_days(facts)))
            periods = await self.market.code_periods()
            news = await asyncio.to_thread(news_of, facts, periods, stored, file.book, now)
            await book.append(news.rows)
        refused = pl.concat([found.refused, news.refused])
        return FactsReport(
            rows=file.rows.height,
            added=news.rows.height - news.corrected,
            corrected=news.corrected,
            unchanged=news.unchanged,
            refused_rows=refused.height,
            refused=_in_words(refused, file.path.name),
        )

    async def _published(self, file: FactsFile, facts: pl.DataFrame) -> pl.DataFrame:
        """The facts with their source, and short positions of which a file does not say it with their publication."""
        facts = facts.with_columns(source=pl.lit(int(source_of(file.columns)), pl.Int16))
        if file.book is not SHORT_POSITIONS or "published" in file.columns or facts.is_empty():
            return facts
        first, last = _days(facts)
        sessions = await self.market.sessions(first - LAG_AT_MOST, last + LAG_AT_MOST)
        return facts.with_columns(sessions_after(facts["as_of"], PUBLISHED_AFTER, sessions).alias("published"))


def _days(facts: pl.DataFrame) -> tuple[date, date]:
    """The first and the last day the facts are about; of none, a stretch without days."""
    days = facts["as_of"]
    return days.min() or date.max, days.max() or date.min  # pyright: ignore[reportReturnType] # a column of dates


def _in_words(refused: pl.DataFrame, file: str) -> tuple[str, ...]:
    """One sentence a reason, with the first line it was found on and how many follow."""
    reasons = refused.group_by("reason", maintain_order=True).agg(pl.col("line").min(), pl.len()).sort("line")
    return tuple(
        str(Refused(file, line, reason if count == 1 else f"{reason} (and {count - 1:,} more such rows)"))
        for reason, line, count in reasons.iter_rows()
    )
