"""What signals ask of other features; joined in bootstrap."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

import polars as pl

from asxos.core.progress import Progress
from asxos.domain.ranking import Knowledge, Ranking, Recipe


class Share(Protocol):
    """A security as signals need it."""

    @property
    def id(self) -> int: ...
    @property
    def symbol(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def sector(self) -> str | None: ...


class Quote(Protocol):
    """The latest close of a share; `change` is a fraction over one session."""

    @property
    def session_date(self) -> date: ...
    @property
    def close(self) -> float: ...
    @property
    def change(self) -> float | None: ...
    @property
    def spark(self) -> str | None: ...


class Market(Protocol):
    """What signals ask of the market; prices come as they were known on `as_of`."""

    async def knowledge(self, as_of: date | None) -> Knowledge: ...
    async def panel(
        self, as_of: date | None, *, known_at: datetime | None, ingest_id: int | None, since: date | None = None
    ) -> pl.DataFrame: ...
    async def sectors(self, as_of: date | None = None) -> pl.DataFrame: ...
    async def resolve(self, symbol: str, on: date | None = None) -> Share: ...
    async def directory(self, ids: Sequence[int] | None = None) -> Mapping[int, Share]: ...
    async def quotes(self, ids: Sequence[int]) -> Mapping[int, Quote]: ...
    async def data_is_simulated(self) -> bool: ...


class PastRun(Protocol):
    """A run of the past, to be made again: what one model, or the ensemble, said of a session by its recipe."""

    async def rank(self, model: str, as_of: date, recipe: Recipe, symbols: Mapping[int, str]) -> Ranking: ...


class Models(Protocol):
    """What signals ask of the models: rankings of every enabled model and the ensemble, now or as they were."""

    async def rank_all(
        self, panel: pl.DataFrame, sessions: Sequence[date], symbols: Mapping[int, str], progress: Progress
    ) -> list[Ranking]: ...

    async def past_run(self, panel: pl.DataFrame, recipe: Recipe) -> PastRun: ...
