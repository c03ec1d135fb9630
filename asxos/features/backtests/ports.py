"""What backtests ask of other features; joined in bootstrap."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import polars as pl


class Share(Protocol):
    """A security as a report names it."""

    @property
    def symbol(self) -> str: ...
    @property
    def name(self) -> str | None: ...


class Market(Protocol):
    """Prices, actions and indices as best known now: a trade of the past was made at the price that truly was."""

    async def panel(self, as_of: date | None = None, *, since: date | None = None) -> pl.DataFrame: ...
    async def actions(self) -> pl.DataFrame: ...
    async def sectors(self, as_of: date | None = None) -> pl.DataFrame: ...
    async def total_return_indices(self) -> Mapping[str, pl.DataFrame]: ...
    async def directory(self, ids: Sequence[int] | None = None) -> Mapping[int, Share]: ...
    async def data_is_simulated(self) -> bool: ...


class PastRankings(Protocol):
    """What a model said of past sessions without having seen what followed: out of fold, never in sample."""

    async def past_rankings(self, model_id: str, first: date | None, last: date | None) -> pl.DataFrame:
        """`session_date, security_id, score`, and `made_by`: the version and fold, in words, that made the ranking.

        Raises: NotFound: there is no such model, or it has no such rankings.
        """
        ...
