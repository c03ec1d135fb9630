"""What an ingest has done so far, added up batch by batch."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from asxos.core.events.types import PriceUpdated
from asxos.domain.bars.judge import Verdict
from asxos.features.market.records import IngestReport
from asxos.providers.prices import Refused


@dataclass
class Tally:
    """Counts of bars unless said otherwise; see IngestReport."""

    added: int = 0
    revised: int = 0
    unchanged: int = 0
    quarantined: int = 0
    held: int = 0
    released: int = 0
    actions: int = 0
    securities: int = 0
    compared: int = 0
    disagreeing: int = 0
    first_session: date | None = None
    last_session: date | None = None
    refused: list[Refused] = field(default_factory=list[Refused])
    notes: dict[str, None] = field(default_factory=dict[str, None])

    @property
    def has_changes(self) -> bool:
        """Whether any price or adjustment is other than before."""
        return bool(self.added or self.revised or self.actions)

    def count(self, verdict: Verdict) -> None:
        """Add what was decided about a batch."""
        self.added += verdict.added.height
        self.revised += verdict.corrected.height
        self.unchanged += verdict.unchanged
        self.actions += verdict.actions.height
        self.compared += verdict.compared
        self.disagreeing += verdict.disagreeing
        for changed in (verdict.added, verdict.corrected):
            self._span(changed["session_date"].min(), changed["session_date"].max())

    def count_kept_out(self, quarantined: int, held: int, released: int) -> None:
        """Add what went into quarantine, how much of that may come out, and what came out of it."""
        self.quarantined += quarantined
        self.held += held
        self.released += released

    def _span(self, first: Any, last: Any) -> None:
        if first is not None:
            self.first_session = min(first, self.first_session or first)
            self.last_session = max(last, self.last_session or last)

    def report(self, source: str, seconds: float) -> IngestReport:
        """The sum as a record."""
        values: dict[str, Any] = {**vars(self), "refused": tuple(self.refused), "notes": tuple(self.notes)}
        return IngestReport(source=source, seconds=seconds, **values)

    def counts(self) -> dict[str, Any]:
        """The sum as JSON, with the number of things refused."""
        counts = {name: value for name, value in vars(self).items() if isinstance(value, int)}
        return counts | {"refused": len(self.refused)}

    def event(self, source: str) -> PriceUpdated:
        """The sum as the fact to announce."""
        return PriceUpdated(
            source=source,
            added=self.added,
            revised=self.revised,
            quarantined=self.quarantined,
            first_session=self.first_session,
            last_session=self.last_session,
        )
