"""What a factor is, and a group of factors that are computed together."""

from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from asxos.domain.facts import Facts


@dataclass(frozen=True)
class Factor:
    """One number per share and session, known at that session's close.

    `words` is how to name it to an investor, for the middle of a sentence. `expression` of a factor of prices is
    evaluated within one security on the prepared panel of `reference.py`, of another on the rows its group prepares.
    """

    name: str
    formula: str
    unit: str
    source: str
    words: str
    expression: pl.Expr = field(repr=False, compare=False)


@dataclass(frozen=True)
class Group:
    """Factors computed from the asked-for rows at once, after those of prices.

    `columns` is given these rows of the panel, with the factors of prices named in `reads` as further Float32 columns,
    and the facts; it answers a column named after each factor, a row for each row in the order given, and null where a
    value is missing.
    """

    factors: tuple[Factor, ...]
    columns: Callable[[pl.DataFrame, Facts], pl.DataFrame]
    reads: tuple[str, ...] = ()
