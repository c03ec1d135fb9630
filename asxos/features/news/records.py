"""What the news feature stores and hands out, as typed records."""

from dataclasses import dataclass, field
from datetime import date, datetime

from asxos.domain.text.kinds import Kind


@dataclass(frozen=True)
class Announcement:
    """What a company told the exchange. Tones are in [-1, 1], by our lexicon and by a model of words, or None."""

    id: int
    security_id: int
    known_at: datetime
    headline: str
    kind: str
    is_price_sensitive: bool | None
    pages: int | None
    tone: float | None
    learnt_tone: float | None
    source: str


@dataclass(frozen=True)
class Asked:
    """Which announcements: of a share, a kind, known from the start of a Sydney date on; None does not narrow."""

    security_id: int | None = None
    kind: Kind | None = None
    since: date | None = None


@dataclass(frozen=True)
class Stored:
    """What storing announcements did: new ones, and known ones given a flag or a number of pages."""

    added: int = 0
    completed: int = 0


@dataclass(frozen=True)
class TextModelVersion:
    """A model of words as stored; `as_of`: the day at whose close all that it learnt from was known."""

    id: int
    as_of: date
    artifact: str
    sha256: str


@dataclass
class NewsReport:
    """What an ingest did. `known`: announcements that stood already. `models`: of words, learnt now; `read`: by one."""

    source: str
    added: int = 0
    completed: int = 0
    known: int = 0
    refused_rows: int = 0
    models: int = 0
    read: int = 0
    seconds: float = 0.0
    refused: list[str] = field(default_factory=list[str])
