"""The market's repositories together, as services take them."""

from dataclasses import dataclass
from typing import Self

from asxos.core.db import Database
from asxos.features.market import repositories as r


@dataclass(frozen=True)
class Stores:
    """One repository a noun, over one database."""

    actions: r.ActionRepository
    indices: r.IndexRepository
    ingests: r.IngestRepository
    panels: r.PanelRepository
    prices: r.PriceRepository
    quarantine: r.QuarantineRepository
    quotes: r.QuoteRepository
    securities: r.SecurityRepository
    sessions: r.SessionRepository

    @classmethod
    def over(cls, db: Database) -> Self:
        return cls(
            r.ActionRepository(db),
            r.IndexRepository(db),
            r.IngestRepository(db),
            r.PanelRepository(db),
            r.PriceRepository(db),
            r.QuarantineRepository(db),
            r.QuoteRepository(db),
            r.SecurityRepository(db),
            r.SessionRepository(db),
        )
