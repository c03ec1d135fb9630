"""The fundamentals feature over the market's own services, on a real database."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from asxos.features.fundamentals.services import Books, FactIngestService, FundamentalService
from tests.features.market.conftest import Frames, Market, market
from tests.features.market.test_ingest import D, on

__all__ = ["market"]


@dataclass(frozen=True)
class Companies:
    """A market with BHP and CBA, and what is known of them."""

    market: Market
    ingest: FactIngestService
    read: FundamentalService

    async def ids(self, *codes: str) -> list[int]:
        return [(await self.market.read.resolve(code)).id for code in codes]


def over(found: Market) -> Companies:
    books = Books.over(found.db)
    return Companies(
        found,
        FactIngestService(books, market=found.read, lock=found.stores.ingests, clock=found.clock),
        FundamentalService(books, market=found.read, clock=found.clock),
    )


@pytest.fixture
async def companies(market: Market) -> Companies:
    await market.ingest.ingest(Frames([on(D, [100.0] * 6), on(D, [50.0] * 6, "CBA.AX")]))
    return over(market)


def written(folder: Path, text: str, name: str = "given.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def values(frame: pl.DataFrame, *names: str) -> list[tuple[object, ...]]:
    return frame.select(names).rows()
