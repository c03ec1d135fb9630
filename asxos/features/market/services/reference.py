"""Ingest of what is known about shares besides prices: corporate actions, names, sectors, former codes."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import astuple
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from asxos.core.clock import Clock
from asxos.core.db import Database
from asxos.core.events.event_bus import EventBus
from asxos.core.service import BaseService
from asxos.domain.bars.codes import Registry
from asxos.domain.bars.matching import ACTION_SCHEMA, new_actions
from asxos.features.market.services import reference_rows as rows
from asxos.features.market.services.calendars import load_finals
from asxos.features.market.services.errors import MixedMarkets
from asxos.features.market.services.reference_files import ReferenceFile, code_of_name, read_reference
from asxos.features.market.services.stores import Stores
from asxos.features.market.services.storing import with_known_at
from asxos.providers.prices import Refused

Report = dict[str, Any]
TakeIn = Callable[[ReferenceFile, Registry], Awaitable[Report]]


class ReferenceService(BaseService):
    """Files about shares, in. The same file again changes nothing."""

    def __init__(self, stores: Stores, *, clock: Clock, db: Database, event_bus: EventBus) -> None:
        super().__init__(db, event_bus)
        self.stores = stores
        self.clock = clock

    async def ingest_actions(self, path: Path) -> Report:
        """Corporate actions or dividends from a CSV file: `{"rows", "added", "known", "refused"}`.

        Several dividends of one share on one ex-date become their sum; estimated ones are left out.
        Raises: BadReferenceFile; IngestRunning.
        """
        file = read_reference(path)
        code = None if "symbol" in file.columns else code_of_name(path)
        file.require("ex_date", *([] if code else ["symbol"]))
        async with self.stores.ingests.alone():
            final = await load_finals(self.stores.sessions, self.clock.now().date())
            found = _by_security(file, await self.stores.securities.registry(), code)
            news = new_actions(found, await self.stores.actions.of(found["security_id"].unique().to_list()))
            await self._store_actions(path, with_known_at(news, final))
        known = found.height - news.height
        return {"rows": len(file.rows), "added": news.height, "known": known, "refused": _words(file)}

    async def ingest_index(self, path: Path) -> Report:
        """Daily levels of market indices from a CSV file: `{"rows", "changed", "refused"}`.

        A row's code may be the file's name (`^AXJO.csv`). Price and total return (accumulation) levels may come in
        files of their own. Raises: BadReferenceFile; IngestRunning; MixedMarkets: the database holds simulated prices.
        """
        file = read_reference(path)
        file.require("session_date")
        async with self.stores.ingests.alone():
            if await self.stores.securities.is_simulated():
                raise MixedMarkets(stored_simulated=True)
            found = list(file.parsed(lambda row: rows.index_level(row, path.name.split(".")[0])))
            source_id = await self.stores.ingests.source_id(f"file:{path.name}")
            changed = await self.stores.indices.save([astuple(level) for level in found], source_id)
        return {"rows": len(file.rows), "changed": changed, "refused": _words(file)}

    async def ingest_universe(self, path: Path) -> Report:
        """Names, sectors, listing dates and former codes from a CSV file: `{"rows", "added", "changed", "refused"}`.

        A file with a current symbol beside each symbol tells former codes; one of groups with first and last dates,
        dated sectors; any other, what securities are called. A code that nobody has becomes a security without prices.
        Raises: BadReferenceFile; IngestRunning; MixedMarkets: the database holds simulated prices.
        """
        file = read_reference(path)
        file.require("symbol")
        async with self.stores.ingests.alone():
            if await self.stores.securities.is_simulated():
                raise MixedMarkets(stored_simulated=True)
            registry = await self.stores.securities.registry()
            async with self.db.transaction():
                counts = await self._chosen(file)(file, registry)
        return {"rows": len(file.rows), **counts, "refused": _words(file)}

    async def _store_actions(self, path: Path, actions: pl.DataFrame) -> None:
        """All of them as one run of ingest, so that it stays known what stood before."""
        source, ingests = f"file:{path.name}", self.stores.ingests
        async with self.db.transaction():
            ingest_id = await ingests.start(source, str(path), self.clock.now())
            await self.stores.actions.add(actions, ingest_id, await ingests.source_id(source))
            await ingests.finish(ingest_id, self.clock.now(), {"actions": actions.height})

    def _chosen(self, file: ReferenceFile) -> TakeIn:
        if "current" in file.columns:
            file.require("first_seen", "last_seen")
            return self._former_codes
        is_dated = "first_seen" in file.columns and "listed_on" not in file.columns
        return self._dated_sectors if is_dated else self._descriptions

    async def _former_codes(self, file: ReferenceFile, registry: Registry) -> Report:
        before = registry.snapshot()
        for row in file.parsed(rows.former_code):
            registry.learn_former(row.code, row.current, row.first, row.last)
        changes = before.changes(registry)
        await self.stores.securities.save_changes(changes, is_simulated=False)
        return {"added": 0, "changed": len(changes.periods)}

    async def _descriptions(self, file: ReferenceFile, registry: Registry) -> Report:
        before, today = registry.snapshot(), self.clock.now().date()
        found = [row for row in file.parsed(rows.description) if not row.is_temporary]
        ids = [registry.listed(row.code, row.listed_on, row.last_seen or today) for row in found]
        changes = before.changes(registry)
        await self.stores.securities.save_changes(changes, is_simulated=False)
        by_id = dict(zip(ids, found, strict=True))  # the last of several names
        changed = await self.stores.securities.describe(
            [(id, row.name, row.sector, row.industry, row.listed_on) for id, row in by_id.items()]
        )
        return {"added": len(changes.created), "changed": changed}

    async def _dated_sectors(self, file: ReferenceFile, registry: Registry) -> Report:
        dated: dict[int, list[rows.DatedSector]] = defaultdict(list)
        for row in file.parsed(rows.dated_sector):
            id = registry.resolve(row.code, row.first)
            if row.sector is not None and id is not None:
                dated[id].append(row)
        stretches = [stretch for id, rows_of in dated.items() for stretch in _stretches(id, rows_of)]
        await self.stores.securities.save_sectors(stretches)
        return {"added": len(stretches), "changed": await self.stores.securities.fill_from_sectors()}


def _by_security(file: ReferenceFile, registry: Registry, code: str | None) -> pl.DataFrame:
    """The file's actions as ACTION_SCHEMA; those of codes that nobody has are refused."""
    found: list[tuple[Any, ...]] = []
    for row in file.parsed(lambda fields: rows.action(fields, code)):
        id = registry.resolve(row.code, row.ex_date)
        if id is None:
            file.refused.append(Refused(file.path.name, None, f"{row.code} {row.ex_date}: action of an unknown code"))
        elif not row.is_estimated:
            found.append((id, row.ex_date, row.kind, row.factor, row.amount, row.franked, row.method))
    return _summed(pl.DataFrame(found, schema=ACTION_SCHEMA, orient="row"))


def _summed(actions: pl.DataFrame) -> pl.DataFrame:
    """An interim and a special dividend on one date as one; the franked part weighs by amount."""
    franked = (pl.col("franked") * pl.col("amount")).sum() / pl.col("amount").sum()
    return (
        actions.group_by("security_id", "ex_date", "kind", "method", maintain_order=True)
        .agg(
            pl.col("factor").last(),
            amount=pl.when(pl.col("amount").count() > 0).then(pl.col("amount").sum()),
            franked=pl.when(pl.col("franked").count() == pl.len()).then(franked),
        )
        .select(ACTION_SCHEMA.keys())
        .cast(pl.Schema(ACTION_SCHEMA))
    )


def _stretches(id: int, dated: list[rows.DatedSector]) -> list[tuple[int, str, date, date | None]]:
    """A share's sectors in order, each until the next one; equal neighbours are one."""
    ordered = sorted(dated, key=lambda row: row.first)
    kept = [row for i, row in enumerate(ordered) if i == 0 or row.sector != ordered[i - 1].sector]
    ends = [*(row.first for row in kept[1:]), None]
    return [(id, row.sector or "", row.first, end) for row, end in zip(kept, ends, strict=True) if row.first != end]


def _words(file: ReferenceFile) -> list[str]:
    return [str(refused) for refused in file.refused]
