"""What news asks of the market; joined in bootstrap."""

from collections.abc import Mapping, Sequence
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
    @property
    def name(self) -> str | None: ...


class Market(Protocol):
    """Codes, names, prices, and whether it is all invented."""

    async def code_periods(self) -> pl.DataFrame: ...
    async def panel(self, *, since: date | None = None) -> pl.DataFrame: ...
    async def resolve(self, symbol: str, on: date | None = None) -> Share: ...
    async def directory(self, ids: Sequence[int] | None = None) -> Mapping[int, Share]: ...
    async def data_is_simulated(self) -> bool: ...


class IngestLock(Protocol):
    """One ingest at a time, of prices or of news: codes must not change while news is given to shares."""

    def alone(self) -> AbstractAsyncContextManager[None]: ...
