"""The JSON of the public record and its verification."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel

from asxos.features.signals.records import VerificationRow
from asxos.features.signals.services import RecordStatus, Verification


class FaultOut(BaseModel):
    where: str
    what: str


class DerivedOut(BaseModel):
    """A ranking derived again; `difference` is null when it is equal byte for byte."""

    sequence: int
    model: str
    as_of: date
    equal: bool
    difference: str | None


class VerificationOut(BaseModel):
    """`whole`: nothing is other than it was published. `older`: rankings from before the record, not vouched for."""

    whole: bool
    verified_at: datetime
    entries: int
    head: str | None
    signals: int
    older: int
    faults: list[FaultOut]
    derived: list[DerivedOut]

    @classmethod
    def of(cls, found: Verification) -> Self:
        return cls(
            whole=found.is_whole,
            verified_at=found.verified_at,
            entries=found.entries,
            head=found.head,
            signals=found.signals,
            older=found.older,
            faults=[FaultOut.model_validate(fault, from_attributes=True) for fault in found.faults],
            derived=[
                DerivedOut(
                    sequence=derived.sequence,
                    model=derived.model,
                    as_of=derived.as_of,
                    equal=derived.difference is None,
                    difference=derived.difference,
                )
                for derived in found.derived
            ],
        )


class LastVerificationOut(BaseModel):
    """What the latest verification looked at and found; `equal` of the `derived` rankings came out byte for byte."""

    verified_at: datetime
    entries: int
    signals: int
    faults: int
    derived: int
    equal: int

    @classmethod
    def of(cls, row: VerificationRow) -> Self:
        return cls.model_validate(row, from_attributes=True)


class RecordOut(BaseModel):
    """Where the record ends. `head` is the last entry's hash: who writes it down can hold the record to it."""

    entries: int
    head: str | None
    published_at: datetime | None
    verified: LastVerificationOut | None

    @classmethod
    def of(cls, status: RecordStatus) -> Self:
        return cls(
            entries=status.end.sequence if status.end else 0,
            head=status.end.sha256 if status.end else None,
            published_at=status.end.published_at if status.end else None,
            verified=LastVerificationOut.of(status.verified) if status.verified else None,
        )
