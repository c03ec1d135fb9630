"""A run's journal as people read it: dates and symbols for numbers."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from asxos.domain.backtest.ledger import Entry
from asxos.domain.backtest.study import Study

_WORDS = {entry.value: entry.name.lower() for entry in Entry}


def journal_of(study: Study, symbols: Mapping[int, str]) -> pl.DataFrame:
    """`date, decided, symbol, kind, shares, price, brokerage, spread, impact, cash, franking`, in order of event.

    `kind`: buy, sell, dividend, return, units (a split or consolidation) or delisted; `shares` the change in them,
    `price` A$ a share, `cash` what it brought or took, A$; `decided` the session whose ranking led to it, null if none.
    """
    market = study.market
    days = pl.Series(market.days).cast(pl.Date)
    names = pl.Series([symbols[int(id)] for id in market.security_ids])
    journal = study.ledger.journal
    decided = journal["decided"].to_numpy()
    return pl.DataFrame(
        {
            "date": days.gather(journal["session"]),
            "decided": days.gather(np.maximum(decided, 0)).set(pl.Series(decided < 0), None),
            "symbol": names.gather(journal["column"]),
            "kind": journal["kind"].replace_strict(_WORDS, return_dtype=pl.String),
            **{
                name: journal[name] for name in ("shares", "price", "brokerage", "spread", "impact", "cash", "franking")
            },
        }
    )
