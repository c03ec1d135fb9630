"""Bringing in a broker's file: what would be added, what is there already, what is refused; then all or nothing."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from asxos.core.db import Database
from asxos.domain.calendar import sydney_date
from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.features.portfolio.records import Import, ImportRow, NewLine
from asxos.features.portfolio.repositories import ImportRepository
from asxos.features.portfolio.services.ledgers import LedgerService
from asxos.features.portfolio.services.ports import Prices
from asxos.providers.brokers.files import BrokerFile, UnknownLayout, read_broker_file
from asxos.providers.brokers.layouts import Line, RefusedRow, normalised

EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class ImportReport:
    """What became of a file. `import_id` None: a dry run, nothing was written."""

    portfolio_id: int
    file: str
    layout: str
    broker: str
    rows: tuple[ImportRow, ...]
    lines: Mapping[str, Transaction]
    import_id: int | None = None

    @property
    def added(self) -> int:
        return self._count("added")

    @property
    def duplicates(self) -> int:
        return self._count("duplicate")

    @property
    def refused(self) -> list[ImportRow]:
        return [row for row in self.rows if row.outcome == "refused"]

    @property
    def skipped(self) -> int:
        return self._count("skipped")

    def _count(self, outcome: str) -> int:
        return sum(row.outcome == outcome for row in self.rows)


@dataclass(frozen=True)
class _Decision:
    """A line read from a file and what is to become of it."""

    line: Line
    outcome: str
    reason: str | None = None


class ImportService:
    """Files into ledgers. The same file again changes nothing."""

    def __init__(self, imports: ImportRepository, ledgers: LedgerService, *, prices: Prices, db: Database) -> None:
        self.imports = imports
        self.ledgers = ledgers
        self.prices = prices
        self.db = db

    async def bring_in(
        self,
        owner: str,
        portfolio_id: int,
        data: bytes,
        name: str,
        *,
        mapping: Mapping[str, str] | None = None,
        dry_run: bool = False,
    ) -> ImportReport:
        """Read a file and add what is new of it. `mapping`: our column names to the file's own, kept for next time.

        Raises: UnknownPortfolio, UnreadableFile, UnknownLayout.
        """
        await self.ledgers.portfolios.get(owner, portfolio_id)
        file = await self._read(owner, data, name, mapping)
        async with self.db.transaction():
            await self.ledgers.portfolios.hold(owner, portfolio_id)
            decided = await self._decide(owner, portfolio_id, file)
            rows = _rows(decided, file)
            lines = {d.line.transaction.id: d.line.transaction for d in decided if d.outcome == "added"}
            report = ImportReport(portfolio_id, name, file.layout, file.broker, rows, lines)
            return report if dry_run else await self._write(owner, report, decided, hashlib.sha256(data).hexdigest())

    async def past(self, owner: str, portfolio_id: int) -> list[Import]:
        """Imports, latest first. Raises: UnknownPortfolio."""
        await self.ledgers.portfolios.get(owner, portfolio_id)
        return await self.imports.of_portfolio(owner, portfolio_id)

    async def rows(self, owner: str, portfolio_id: int, import_id: int) -> list[ImportRow]:
        """The rows of one import. Raises: UnknownPortfolio."""
        await self.ledgers.portfolios.get(owner, portfolio_id)
        return await self.imports.rows(owner, portfolio_id, import_id)

    async def _read(self, owner: str, data: bytes, name: str, mapping: Mapping[str, str] | None) -> BrokerFile:
        names = await self.prices.codes_by_name()
        today = sydney_date(self.ledgers.clock.now())

        def read(said: Mapping[str, str] | None) -> BrokerFile:
            return read_broker_file(data, name, lambda text: names.get(text.casefold()), today, said)

        try:
            file = await asyncio.to_thread(read, None)
            return file if mapping is None else await asyncio.to_thread(read, mapping)
        except UnknownLayout as unknown:
            header = _key(unknown.header)
            chosen = mapping or await self.imports.find_mapping(owner, header)
            if chosen is None:
                raise
            file = await asyncio.to_thread(read, chosen)
            await self.imports.save_mapping(owner, header, chosen)
            return file

    async def _decide(self, owner: str, portfolio_id: int, file: BrokerFile) -> list[_Decision]:
        """In the order of the file, against the ledger and against the file's own earlier rows."""
        ids = [line.transaction.id for line in file.lines]
        known = await self.ledgers.ledgers.known(owner, portfolio_id, ids)
        opened = await self._opened(owner, portfolio_id, file)
        today = sydney_date(self.ledgers.clock.now())
        closed = await self._days_without_session(file.lines)
        seen: dict[str, Transaction] = {}
        decided: list[_Decision] = []
        for line in file.lines:
            decided.append(_decision(line, known, seen, opened, today, closed))
            seen.setdefault(line.transaction.id, line.transaction)
        return decided

    async def _opened(self, owner: str, portfolio_id: int, file: BrokerFile) -> set[str | None]:
        """The codes with opening units in the ledger, which is read only for a file that has such lines too."""
        if all(line.transaction.kind is not Kind.OPENING for line in file.lines):
            return set()
        standing = await self.ledgers.ledgers.lines(owner, portfolio_id)
        return {s.transaction.code for s in standing if s.transaction.kind is Kind.OPENING}

    async def _days_without_session(self, lines: Sequence[Line]) -> frozenset[date]:
        """The dates of ASX trades on which the exchange did not trade."""
        days = {t.on for line in lines if _is_on_exchange(t := line.transaction)}
        if not days:
            return frozenset()
        first, last = max(min(days), EARLIEST), max(days)
        return frozenset(days - set(await self.prices.sessions(first, last)))

    async def _write(self, owner: str, report: ImportReport, decided: Sequence[_Decision], sha256: str) -> ImportReport:
        import_id = await self.imports.add(
            owner,
            {
                "portfolio_id": report.portfolio_id, "file": report.file, "sha256": sha256, "layout": report.layout,
                "broker": report.broker, "added": report.added, "duplicates": report.duplicates,
                "refused": len(report.refused), "imported_at": self.ledgers.clock.now(),
            },
        )  # fmt: skip
        new = [_new_line(d.line, import_id) for d in decided if d.outcome == "added"]
        await self.ledgers.ledgers.append(owner, report.portfolio_id, new)
        await self.imports.add_rows(owner, import_id, report.rows)
        if new:
            await self.ledgers.announce(owner, report.portfolio_id, f"{len(new)} lines of {report.file}")
        return replace(report, import_id=import_id)


def _decision(  # noqa: PLR0917 - each is something a row is held against
    line: Line,
    known: set[str],
    seen: Mapping[str, Transaction],
    opened: set[str | None],
    today: date,
    closed: frozenset[date],
) -> _Decision:
    said = line.transaction
    if said.id in known:
        return _Decision(line, "duplicate")
    if (before := seen.get(said.id)) is not None:
        if before == said:
            return _Decision(line, "duplicate", "stands twice in the file")
        return _Decision(line, "refused", f"{line.reference} stands in the file before, with other content")
    if not EARLIEST <= said.on <= today:
        return _Decision(line, "refused", f"{said.on} is {'in the future' if said.on > today else 'too long ago'}")
    if said.kind is Kind.OPENING and said.code in opened:
        return _Decision(line, "refused", f"{said.code} has opening units already; correct those instead")
    notes = [line.note] if line.note else []
    if said.on in closed and _is_on_exchange(said):
        notes.append(f"{said.on} is no trading day")
    return _Decision(line, "added", "; ".join(notes) or None)


def _is_on_exchange(said: Transaction) -> bool:
    return said.kind in (Kind.BUY, Kind.SELL) and (said.code or "").endswith(".AX")


def _new_line(line: Line, import_id: int) -> NewLine:
    return NewLine(line.transaction, settles=line.settles, reference=line.reference, import_id=import_id)


def _rows(decided: Sequence[_Decision], file: BrokerFile) -> tuple[ImportRow, ...]:
    """Every row of the file in its order, with what became of it."""
    found: list[tuple[str, str | None, str | None, Line | RefusedRow]] = [
        *((d.outcome, d.reason, d.line.transaction.id, d.line) for d in decided),
        *(("refused", row.reason, None, row) for row in file.refused),
        *(("skipped", row.reason, None, row) for row in file.skipped),
    ]
    ordered = sorted(found, key=lambda item: item[3].row.line)
    return tuple(
        ImportRow(item.row.line, place, outcome, reason, item.row.text, item.row.sha256, id)
        for place, (outcome, reason, id, item) in enumerate(ordered, start=1)
    )


def _key(header: Sequence[str]) -> str:
    """A header as mappings are kept under: its names, in any order."""
    return "|".join(sorted(normalised(name) for name in header))
