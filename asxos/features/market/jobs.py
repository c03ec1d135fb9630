"""The ingest of prices as a job: what to bring in is its argument, so another process can take it over."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from asxos.core.errors import BadInput
from asxos.core.jobs.context import JobContext
from asxos.core.jobs.queue import JobQueue
from asxos.core.jobs.reporting import Reported
from asxos.domain.identifiers import MalformedCode
from asxos.domain.simulation import TooFewSessions
from asxos.features.market.records import IngestReport
from asxos.features.market.services import IngestService
from asxos.providers.prices import PriceProvider

INGEST_PRICES = "ingest_prices"


class PriceSource(BaseModel):
    """Where prices come from: a `path`, or a `provider` by name; the last four make the simulated market."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = None
    provider: Literal["yahoo", "eodhd", "simulated"] | None = None
    symbols: list[str] | None = None
    since: date | None = None
    seed: int = 1
    count: int = 250
    years: float = 8
    alpha: float = 0.1


class BadPriceSource(BadInput):
    """What was asked of a source of prices cannot be had: a symbol that is none, or too short a history."""


OpenProvider = Callable[[PriceSource], Awaitable[PriceProvider]]
"""Made in bootstrap, the only place that knows every provider."""


class MarketJobs:
    """Repeating an ingest changes nothing that stands."""

    def __init__(self, ingest: IngestService, open_provider: OpenProvider) -> None:
        self.ingest = ingest
        self.open_provider = open_provider

    def register(self, queue: JobQueue) -> None:
        """One at a time: two ingests of the same shares would only wait for one another."""
        queue.register(INGEST_PRICES, self.ingest_prices, concurrency=1, max_attempts=3)

    async def ingest_prices(self, context: JobContext, **source: Any) -> Mapping[str, Any]:
        """Bring one source in. The timetable's `as_of` is not needed: a provider brings what there is."""
        wanted = PriceSource.model_validate({name: value for name, value in source.items() if name != "as_of"})
        provider = await self.open_provider(wanted)
        try:
            async with Reported(context) as progress:
                report = await self.ingest.ingest(
                    provider, symbols=wanted.symbols, since=wanted.since, progress=progress
                )
        except (MalformedCode, TooFewSessions) as error:
            raise BadPriceSource(str(error)) from error
        return as_json(report)


def as_json(report: IngestReport) -> dict[str, Any]:
    """The report as a job's result; what was refused in words."""
    counts = {name: value for name, value in vars(report).items() if isinstance(value, int | str)}
    days = {"first_session": report.first_session, "last_session": report.last_session}
    return {
        **counts,
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "seconds": round(report.seconds, 1),
        "rows_per_second": round(report.rows_per_second),
        "notes": list(report.notes),
        "refused": [str(refused) for refused in report.refused],
    }
