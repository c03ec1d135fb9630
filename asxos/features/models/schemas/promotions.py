"""The JSON of the ledger of promotions."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel

from asxos.domain.promotion import Action
from asxos.features.models.records import Promotion
from asxos.features.models.services import Ledger


class FindingOut(BaseModel):
    """One line of the gate; `value` is null where it could not be measured."""

    measure: str
    value: float | None
    bound: str
    passed: bool


class PromotionOut(BaseModel):
    """A decision on a version: it holds from session `effective_from` on, on the evidence with that hash.

    `sha256` is of the decision and of the one before it.
    """

    id: int
    model_id: str
    version: str
    action: Action
    effective_from: date
    decided_at: datetime
    decided_by: str
    evidence_sha256: str | None
    gate: list[FindingOut]
    sha256: str

    @classmethod
    def of(cls, decided: Promotion) -> Self:
        return cls(
            id=decided.id,
            model_id=decided.model_id,
            version=f"v{decided.version}",
            action=Action(decided.action),
            effective_from=decided.effective_from,
            decided_at=decided.decided_at,
            decided_by=decided.decided_by,
            evidence_sha256=decided.evidence_sha256,
            gate=[FindingOut.model_validate(line) for line in decided.gate],
            sha256=decided.sha256,
        )


class PromotionsOut(BaseModel):
    """Decisions, latest first. `intact`: the whole ledger is as it was written; `broken_at`: where it is not."""

    promotions: list[PromotionOut]
    intact: bool
    broken_at: int | None

    @classmethod
    def of(cls, ledger: Ledger) -> Self:
        return cls(
            promotions=[PromotionOut.of(decided) for decided in ledger.promotions],
            intact=ledger.broken is None,
            broken_at=ledger.broken.id if ledger.broken else None,
        )
