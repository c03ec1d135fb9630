"""The figures of a study as JSON holds them; what cannot be measured is null."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.backtest.performance import by_month, drawdown
from asxos.domain.backtest.study import STRATEGY, Study
from asxos.domain.backtest.trading import yearly_costs
from asxos.domain.validation.rank_ic import hac_t, icir
from asxos.domain.validation.record import mean_of, plain

FloatArray = NDArray[np.float64]

WEEK = 5
# Rank ICs look a month ahead, so rankings a week apart overlap with about as many neighbours.
IC_LAGS = 5


def measures(study: Study, provenance: list[dict[str, Any]]) -> dict[str, Any]:
    """Everything but the journal, as plain values. `provenance`: of `provenance_of`."""
    ics = study.ics["ic"].to_numpy()
    return plain(
        {
            "sessions": len(study.days),
            "rebalances": len(study.rankings.due(study.rules.every)),
            "capital": study.rules.capital,
            "final_equity": float(study.ledger.equity[-1]),
            "final_cash": float(study.ledger.cash[-1]),
            "performance": {name: asdict(of) for name, of in study.performance.items()},
            "relative": {name: asdict(of) for name, of in study.relative.items()},
            "trading": asdict(study.trading),
            "information": {
                "mean": mean_of(ics),
                "icir": icir(ics),
                "hac_t": hac_t(ics, IC_LAGS),
                "rankings": len(ics),
            },
            "delisting": [{"assumed": assumed, "cagr": cagr} for assumed, cagr in study.delisting.items()],
            "monthly": by_month(study.days[1:], study.returns[STRATEGY][1:]).to_dicts(),
            "costs": yearly_costs(study.days, study.ledger).to_dicts(),
            "curve": curve(study.days, study.returns),
            "provenance": provenance,
        }
    )


def curve(days: NDArray[np.datetime64], returns: Mapping[str, FloatArray]) -> dict[str, list[Any]]:
    """What one dollar became, by name, each fifth session and the last; and how far the strategy was below its high."""
    places = np.unique(np.append(np.arange(0, len(days), WEEK), len(days) - 1))
    of = {name: np.cumprod(1 + series)[places].round(6).tolist() for name, series in returns.items()}
    below = drawdown(returns[STRATEGY])[places].round(6).tolist()
    return {"date": [day.isoformat() for day in days[places].tolist()], **of, "drawdown": below}


def provenance_of(ranked: pl.DataFrame) -> list[dict[str, Any]]:
    """Which version made the rankings of which dates: `made_by, first, last, rankings`, in order of date."""
    of = ranked.group_by("made_by").agg(
        first=pl.col("session_date").min(),
        last=pl.col("session_date").max(),
        rankings=pl.col("session_date").n_unique(),
    )
    rows = of.sort("first", "made_by").iter_rows(named=True)
    return [row | {"first": row["first"].isoformat(), "last": row["last"].isoformat()} for row in rows]
