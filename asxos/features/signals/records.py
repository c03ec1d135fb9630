"""What the signals tables hold."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Signal:
    """One model's published view of one share on one session.

    `ml_prob`: probability that the share's 21-session return exceeds the universe's median; `ml_expected_return` and
    the interval: that excess, as fractions; `confidence`: probability of the side the label names; `disagreement`: how
    far an ensemble's members are apart, as the deviation of their probabilities.
    """

    security_id: int
    symbol: str
    rank: int
    score: float
    ml_prob: float
    ml_expected_return: float | None
    signal: str
    confidence: float
    interval_low: float | None = None
    interval_high: float | None = None
    note: str | None = None
    disagreement: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSignal(Signal):
    """A signal with the instant its ranking was published."""

    known_at: datetime


@dataclass(frozen=True, slots=True)
class LiveSignals:
    """A ranking as read back: `total` counts the whole ranking, `signals` the part asked for."""

    model: str
    as_of: date
    known_at: datetime
    total: int
    signals: list[Signal]

    @property
    def count(self) -> int:
        return len(self.signals)


@dataclass(frozen=True, slots=True)
class LatestSignal:
    """The latest word on one share, as others ask for it."""

    symbol: str
    as_of: date
    rank: int
    signal: str
    ml_prob: float
    ml_expected_return: float | None
    confidence: float


@dataclass(frozen=True, slots=True)
class PastSignal:
    as_of: date
    model: str
    rank: int
    signal: str
    ml_prob: float
    ml_expected_return: float | None
    confidence: float
    interval_low: float | None
    interval_high: float | None
    note: str | None
    disagreement: float | None
    known_at: datetime


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A published ranking as the record holds it; `header` is JSON, `content` the ranking's bytes, compressed."""

    sequence: int
    model: str
    as_of: date
    published_at: datetime
    header: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class LogEnd:
    """The last entry's number and hash, None of an empty log; and of the entry that stands for one ranking, if any, the
    content's hash and when it was published."""

    sequence: int | None
    sha256: str | None
    content_sha256: str | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class RankingKey:
    """Which ranking an entry of the record is of."""

    sequence: int
    model: str
    as_of: date


@dataclass(frozen=True, slots=True)
class VerificationRow:
    """What one verification of the record found; `head` is the last entry's hash."""

    id: int
    verified_at: datetime
    entries: int
    head: str | None
    signals: int
    faults: int
    derived: int
    equal: int


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a score: `base` plus the contributions is the score, in the model's own `unit`."""

    security_id: int
    as_of: date
    model: str
    unit: str
    base: float
    score: float
    factors: list[str]
    factor_values: list[float | None]
    contributions: list[float]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A session of the log whose outcome over a horizon is not stored; `sequence`: its latest entry."""

    as_of: date
    horizon: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """A session whose outcome is known: followed at the open of `entered_on`; `median` is of all that was ranked."""

    as_of: date
    horizon: int
    entered_on: date
    median: float | None
    sequence: int
    settled_at: datetime


@dataclass(frozen=True, slots=True)
class Awaited:
    """How many of a model's signals have no outcome: their horizon is not over, or the share never traded in it."""

    model: str
    not_due: int
    never_traded: int
