"""Decisions on versions, through the gate and into the ledger: by the system as each is trained, or by a person."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from asxos.core.clock import Clock
from asxos.domain.promotion import REFERENCE, Action, Finding, better, clean, honest
from asxos.domain.validation.sessions import Pace
from asxos.features.models.errors import GateClosed, IsChampion, NeverChampion, NoChampionBefore, NoVersion
from asxos.features.models.records import ModelVersion, NewPromotion, Promotion
from asxos.features.models.registry import ModelRegistry
from asxos.features.models.repositories import ModelVersionRepository, PromotionRepository, WeightRepository

SYSTEM = "system"


class PromotionService:
    """Who is champion changes here and nowhere else; every decision is written down, a refusal too."""

    def __init__(
        self,
        ledger: PromotionRepository,
        versions: ModelVersionRepository,
        weights: WeightRepository,
        registry: ModelRegistry,
        *,
        clock: Clock,
    ) -> None:
        self.ledger = ledger
        self.versions = versions
        self.weights = weights
        self.registry = registry
        self.clock = clock

    async def judge(self, version: ModelVersion) -> Promotion | None:
        """The system's decision on a version, good from the session it was trained as of; None if there was one."""
        if await self.ledger.is_decided(version.model_id, version.version):
            return None
        return await self._decide(version, SYSTEM, version.as_of)

    async def promote(self, model_id: str, number: int | None, by: str) -> Promotion:
        """Put a version (default: the newest) through the gate again, good from the next ranking on.

        Raises: UnknownModel, NoVersion; IsChampion; GateClosed: it did not pass, which is in the ledger.
        """
        version = await self._version(model_id, number)
        champion = (await self.ledger.champions()).get(model_id)
        if champion is not None and champion.version == version.version:
            raise IsChampion(model_id, version.version)
        decided = await self._decide(version, by, await self._next(version, champion))
        if decided.action == Action.REFUSE:
            raise GateClosed(decided)
        return decided

    async def rollback(self, model_id: str, to: int | None, by: str) -> Promotion:
        """Give the place back to a former champion (default: the one before), good from the next ranking on.

        Raises: UnknownModel, NoVersion; NoChampionBefore; IsChampion; NeverChampion.
        """
        self.registry.config(model_id)
        champion = (await self.ledger.champions()).get(model_id)
        number = to or _before(champion, await self.ledger.of(model_id))
        if champion is None or number is None:
            raise NoChampionBefore(model_id)
        if number == champion.version:
            raise IsChampion(model_id, number)
        version = await self._version(model_id, number)
        if number not in {p.version for p in await self.ledger.of(model_id) if p.action == Action.PROMOTE}:
            raise NeverChampion(model_id, number)
        since = await self._next(version, champion)
        return await self._write(version, Action.ROLLBACK, by, since, await self.findings(version))

    async def findings(self, version: ModelVersion) -> list[Finding]:
        """The gate's lines on a version, as it stands today."""
        if version.evidence_sha256 is None:
            return [Finding("evidence", None, "kept", passed=False)]
        evidence, catalogue = await self.versions.get_evidence(version.evidence_sha256), self.registry.catalogue
        gate, pace = catalogue.promotion.gate, Pace(catalogue.signals.horizon, catalogue.training.step)
        lines = clean(version.leaks) + await asyncio.to_thread(honest, evidence, pace, gate)
        if self.registry.config(version.model_id).baseline:
            return lines
        reference = await self.versions.find_newest(REFERENCE, version.as_of)
        theirs = reference.evidence_sha256 if reference else None
        told = await self.versions.get_evidence(theirs) if theirs else None
        return lines + await asyncio.to_thread(better, evidence, told, pace, gate)

    async def _decide(self, version: ModelVersion, by: str, since: date) -> Promotion:
        lines = await self.findings(version)
        action = Action.PROMOTE if all(line.passed for line in lines) else Action.REFUSE
        return await self._write(version, action, by, since, lines)

    async def _write(
        self, version: ModelVersion, action: Action, by: str, since: date, lines: Sequence[Finding]
    ) -> Promotion:
        return await self.ledger.append(
            NewPromotion(
                model_id=version.model_id,
                version=version.version,
                action=action.value,
                effective_from=since,
                decided_at=self.clock.now(),
                decided_by=by,
                evidence_sha256=version.evidence_sha256,
                gate=[asdict(line) for line in lines],
            )
        )

    async def _version(self, model_id: str, number: int | None) -> ModelVersion:
        self.registry.config(model_id)
        if number is None:
            found = await self.versions.find_newest(model_id)
        else:
            found = await self.versions.find_version(model_id, number)
        if found is None:
            raise NoVersion(model_id, number=number)
        return found

    async def _next(self, version: ModelVersion, champion: Promotion | None) -> date:
        """The session ranked last, which is the first that may be ranked next; never before either version's own."""
        ranked = await self.weights.latest()
        days = (ranked and ranked.session_date, champion and champion.effective_from, version.as_of)
        return max(day for day in days if day)


def _before(champion: Promotion | None, ledger: Sequence[Promotion]) -> int | None:
    """Who was champion before the present one was first promoted; `ledger` is of the model, latest first."""
    if champion is None:
        return None
    first = min(p.id for p in ledger if p.version == champion.version and p.action == Action.PROMOTE)
    return next((p.version for p in ledger if p.id < first and p.action != Action.REFUSE), None)
