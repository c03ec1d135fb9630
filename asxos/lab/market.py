"""What a lab works on, wherever its prices come from and its trials are kept."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

import polars as pl

from asxos.domain.facts import Facts
from asxos.features.models.records import NewTrial, Tally


class Market(Protocol):
    """Prices and what else is known of companies; `as_of` means as known at the close of that session, None now."""

    @property
    def name(self) -> str:
        """What it is, for people."""
        ...

    @property
    def actions(self) -> pl.DataFrame:
        """Every corporate action and dividend, as `domain.bars.matching.ACTION_SCHEMA`."""
        ...

    def panel(self, as_of: date | None) -> pl.DataFrame:
        """`security_id, session_date, open, high, low, close, volume, raw_close, turnover`, sorted by the first two."""
        ...

    def facts(self, as_of: date | None) -> Facts:
        """What was published besides prices."""
        ...

    def symbols(self) -> Mapping[int, str]:
        """The symbol of each security id."""
        ...

    def published(self, model: str, as_of: date | None) -> pl.DataFrame:
        """`runs.SIGNALS` of a session (default: the latest ranked). Raises: NotFound: there are none."""
        ...

    def log(self, trial: NewTrial) -> None:
        """Keep a training run among all there ever were."""
        ...

    def tally(self) -> Tally:
        """Of all runs kept."""
        ...

    def close(self) -> None:
        """Let go of what was opened."""
        ...
