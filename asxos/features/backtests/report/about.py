"""What a report says of a run beside its figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class About:
    """`made_at` UTC; `symbols` by security id."""

    model_id: str
    is_simulated: bool
    made_at: datetime
    data_sha256: str
    symbols: Mapping[int, str]
