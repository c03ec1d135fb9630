"""The record in parts: by year, sector, liquidity and label; how often each label was right; said beside seen."""

import math
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.signals import SignalType, Thresholds
from asxos.domain.validation.rank_ic import hac_error
from asxos.domain.validation.record import honesty, order, order_of, plain
from asxos.domain.validation.sessions import Pace, by_session, floats

FloatArray = NDArray[np.float64]

NORMAL_95 = 1.959964
LIQUIDITY_THIRDS = ("least liquid", "middle", "most liquid")
CURVE_BINS = 20
OF_LABELS = ("rank_ic", "icir", "hac_t", "auc", "dates")
BUYS = (SignalType.STRONG_BUY, SignalType.BUY)


def breakdown(evidence: pl.DataFrame, pace: Pace, thresholds: Thresholds) -> dict[str, list[dict[str, Any]]]:
    """`year`, `sector`, `liquidity` and `label`: each a list of parts with the measures of `record` within the part.

    Sectors not known are left out. Labels have no tenths of their own; how often they were right is in `hits`.
    """
    thirds = pl.col("liquidity").replace_strict(dict(enumerate(LIQUIDITY_THIRDS)), return_dtype=pl.String)
    sectors, liquidity = (_parts(evidence, key) for key in (pl.col("sector"), thirds))
    labels = _parts(with_labels(evidence, thresholds), pl.col("label"))
    return {
        "year": _by_year(evidence, pace),
        "sector": [_part(name, sectors[name], order(sectors[name], pace)) for name in sorted(sectors)],
        "liquidity": [_part(n, liquidity[n], order(liquidity[n], pace)) for n in LIQUIDITY_THIRDS if n in liquidity],
        "label": [_label_part(label, labels[label], pace) for label in SignalType if label in labels],
    }


def with_labels(evidence: pl.DataFrame, thresholds: Thresholds) -> pl.DataFrame:
    """`label` of each row by its probability, as `signals.label_of`; null without one."""
    p = pl.col("ml_prob")
    label = (
        pl.when(p >= thresholds.strong_buy).then(pl.lit(SignalType.STRONG_BUY.value))
        .when(p >= thresholds.buy).then(pl.lit(SignalType.BUY.value))
        .when(p <= thresholds.strong_sell).then(pl.lit(SignalType.STRONG_SELL.value))
        .when(p <= thresholds.sell).then(pl.lit(SignalType.SELL.value))
        .when(p.is_not_null()).then(pl.lit(SignalType.HOLD.value))
    )  # fmt: skip
    return evidence.with_columns(label=label)


def hits(rows: pl.DataFrame, label: SignalType, pace: Pace) -> dict[str, Any]:
    """How often a label's rows were right: `hit_rate` with its interval of 95 %, and `mean_excess`; None for HOLD's.

    Right is a positive excess return for BUY, a negative one for SELL.
    """
    mean = {"mean_excess": float(floats(rows, "excess").mean())}
    if label is SignalType.HOLD:
        return mean | dict.fromkeys(("hit_rate", "hit_low", "hit_high"))
    right = pl.col("excess") > 0 if label in BUYS else pl.col("excess") < 0
    by_date = rows.group_by("session_date", maintain_order=True).agg(hits=right.sum(), rows=pl.len())
    rate, low, high = hit_rate(floats(by_date, "hits"), floats(by_date, "rows"), pace.lags)
    return mean | {"hit_rate": rate, "hit_low": low, "hit_high": high}


def hit_rate(hits: FloatArray, rows: FloatArray, lags: int) -> tuple[float, float, float]:
    """Share of hits and its interval of 95 %, from counts by date, both of shape (n_dates,).

    Shares of one date move together and neighbouring dates overlap, so a row tells less than a coin's throw: Wilson's
    interval (1927) is taken for as many throws as have the variance seen between dates (Kish 1965; Newey and West
    1987).
    """
    total = float(rows.sum())
    rate = float(hits.sum()) / total
    thrown = rate * (1 - rate) / total
    seen = (hac_error(hits - rate * rows, lags) * len(rows) / total) ** 2 if len(rows) > 1 else math.nan
    spread = seen / thrown if thrown > 0 and math.isfinite(seen) else 1.0
    n = total / max(spread, 1.0)
    middle, reach = (
        rate + NORMAL_95**2 / (2 * n),
        NORMAL_95 * math.sqrt(rate * (1 - rate) / n + (NORMAL_95 / n / 2) ** 2),
    )
    shrink = 1 + NORMAL_95**2 / n
    return rate, (middle - reach) / shrink, (middle + reach) / shrink


def calibration_curve(evidence: pl.DataFrame, bins: int = CURVE_BINS) -> list[dict[str, float]]:
    """Mean probability `said` and frequency `seen` of bins of equal mass, lowest first, with their `rows`."""
    judged = evidence.filter(pl.col("ml_prob").is_not_null())
    said, seen = floats(judged, "ml_prob"), (floats(judged, "excess") > 0).astype(np.float64)
    parts = [rows for rows in np.array_split(np.argsort(said, kind="stable"), bins) if len(rows)]
    return [{"said": float(said[r].mean()), "seen": float(seen[r].mean()), "rows": len(r)} for r in parts]


def _by_year(evidence: pl.DataFrame, pace: Pace) -> list[dict[str, Any]]:
    """Sessions are measured within the whole, so that a portfolio need not be bought anew each January."""
    shown = by_session(evidence, pace)
    years = evidence["session_date"].dt.year().unique().sort()
    parts = [(year, *(f.filter(pl.col("session_date").dt.year() == year) for f in (shown, evidence))) for year in years]
    return [_part(str(year), rows, order_of(sessions, rows, pace)) for year, sessions, rows in parts]


def _parts(evidence: pl.DataFrame, key: pl.Expr) -> dict[str, pl.DataFrame]:
    placed = evidence.with_columns(part=key).filter(pl.col("part").is_not_null())
    return {str(name): rows for (name,), rows in placed.partition_by("part", as_dict=True).items()}


def _label_part(label: SignalType, rows: pl.DataFrame, pace: Pace) -> dict[str, Any]:
    measured = order(rows, pace)
    return _part(label, rows, {name: measured[name] for name in OF_LABELS} | hits(rows, label, pace))


def _part(name: str, rows: pl.DataFrame, measured: dict[str, Any]) -> dict[str, Any]:
    return plain({"part": str(name), "rows": rows.height} | measured | honesty(rows))
