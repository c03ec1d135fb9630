"""Imports of brokers' files as JSON."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel

from asxos.features.portfolio.records import Import, ImportRow
from asxos.features.portfolio.services.importing import ImportReport


class ImportRowOut(BaseModel):
    """One row of a file: what became of it, why, and what it says, personal numbers masked."""

    line: int
    outcome: Literal["added", "duplicate", "refused", "skipped"]
    reason: str | None
    content: str

    @classmethod
    def of(cls, row: ImportRow) -> Self:
        return cls.model_validate(row, from_attributes=True)


class RefusedOut(BaseModel):
    line: int
    reason: str | None


class ImportOut(BaseModel):
    """What an import did, or (dry run, `import_id` null) would do."""

    portfolio_id: int
    import_id: int | None
    file: str
    layout: str
    broker: str
    added: int
    duplicates: int
    skipped: int
    refused: list[RefusedOut]
    rows: list[ImportRowOut]

    @classmethod
    def of(cls, report: ImportReport) -> Self:
        return cls(
            portfolio_id=report.portfolio_id,
            import_id=report.import_id,
            file=report.file,
            layout=report.layout,
            broker=report.broker,
            added=report.added,
            duplicates=report.duplicates,
            skipped=report.skipped,
            refused=[RefusedOut(line=row.line, reason=row.reason) for row in report.refused],
            rows=[ImportRowOut.of(row) for row in report.rows],
        )


class PastImportOut(BaseModel):
    id: int
    file: str
    layout: str
    broker: str
    added: int
    duplicates: int
    refused: int
    imported_at: datetime

    @classmethod
    def of(cls, past: Import) -> Self:
        return cls.model_validate(past, from_attributes=True)
