"""One measured figure, with what it was measured against and the floor it must keep."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """`ratio` is against the named peer or limit measured in the same run; `ok` says whether the floor holds."""

    name: str
    value: float
    unit: str
    ok: bool
    ratio: float | None = None
    against: str | None = None
    floor: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the measurements stay under."""
    return statistics.quantiles(values, n=1000, method="inclusive")[min(998, max(0, round(share * 1000) - 1))]
