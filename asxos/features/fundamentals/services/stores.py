"""The feature's repositories together, as services take them."""

from dataclasses import dataclass
from typing import Self

from asxos.core.db import Database
from asxos.features.fundamentals.records import COMPANIES, SHORT_POSITIONS, Book
from asxos.features.fundamentals.repositories import FactRepository


@dataclass(frozen=True)
class Books:
    """One repository a book, over one database."""

    companies: FactRepository
    shorts: FactRepository

    @classmethod
    def over(cls, db: Database) -> Self:
        return cls(FactRepository(db, COMPANIES), FactRepository(db, SHORT_POSITIONS))

    def of(self, book: Book) -> FactRepository:
        """The repository of a book."""
        return self.shorts if book is SHORT_POSITIONS else self.companies
