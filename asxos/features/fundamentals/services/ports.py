"""What facts ask of the market; joined in bootstrap."""

from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Protocol

import polars as pl


class Share(Protocol):
    """A share as the market knows it."""

    @property
    def id(self) -> int: ...
    @property
    def symbol(self) -> str: ...


class Market(Protocol):
    """Codes, sessions, and whether it is all invented."""

    async def code_periods(self) -> pl.DataFrame: ...
    async def sessions(self, first: date, last: date) -> list[date]: ...
    async def resolve(self, symbol: str, on: date | None = None) -> Share: ...
    async def data_is_simulated(self) -> bool: ...


class IngestLock(Protocol):
    """One ingest at a time, of prices or of facts: codes must not change while facts are given to shares."""

    def alone(self) -> AbstractAsyncContextManager[None]: ...
