"""A model's record as numbers, all of them from its evidence: order, money and honesty."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.validation.probability import auc, brier, expected_calibration_error, log_loss
from asxos.domain.validation.rank_ic import hac_t, icir, rank_ic
from asxos.domain.validation.sharpe import sharpe_of
from asxos.domain.validation.spread import BEST, WORST, monotonicity, spread, tenth_means, tenths

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pace:
    """Sessions from open to open of a label, and between the dates of the evidence."""

    horizon: int
    step: int

    @property
    def rebalance(self) -> int:
        """The dates of the evidence from one to the next whose labels do not overlap."""
        return -(-self.horizon // self.step)

    @property
    def lags(self) -> int:
        """The neighbouring dates on either side that a date's label overlaps with, from close to open."""
        return -(-(self.horizon + 1) // self.step)


def order(evidence: pl.DataFrame, pace: Pace) -> dict[str, Any]:
    """How far scores foretold the order of returns, and what that was worth; None where it cannot be measured.

    `decile_spread` gross, `net_spread` after costs, both a horizon; `sharpe` of the net spread per period of one
    horizon, with as many periods as do not overlap.
    """
    cut = tenths(evidence)
    scores, excess = floats(cut, "score"), floats(cut, "excess")
    ics = rank_ic(scores, excess, cut["session"].to_numpy())
    means, legs = tenth_means(cut), spread(cut, pace.rebalance)
    by_tenth = [mean_of(column) for column in means.T]
    held = sharpe_of(legs.net, pace.rebalance)
    return plain(
        {
            "rank_ic": mean_of(ics),
            "icir": icir(ics),
            "hac_t": hac_t(ics, pace.lags),
            "auc": auc(scores, (excess > 0).astype(np.float64)),
            "decile_spread": by_tenth[BEST] - by_tenth[WORST],
            "net_spread": float(legs.net.mean()) if len(legs.net) else math.nan,
            "turnover_best": mean_of(legs.turnover_best),
            "turnover_worst": mean_of(legs.turnover_worst),
            "monotonicity": monotonicity(np.array(by_tenth)),
            "deciles": by_tenth,
            "dates": len(ics),
            "sharpe": held.ratio if held else None,
            "periods": held.periods if held else 0,
            "skew": held.skew if held else None,
            "kurtosis": held.kurtosis if held else None,
        }
    )


def honesty(evidence: pl.DataFrame) -> dict[str, Any]:
    """How far probabilities and intervals were true to their word, of the rows that have them; None without any."""
    judged = evidence.filter(pl.col("ml_prob").is_not_null())
    if judged.is_empty():
        return dict.fromkeys(("brier", "ece", "log_loss", "coverage", "width"))
    said, seen = floats(judged, "ml_prob"), (floats(judged, "excess") > 0).astype(np.float64)
    return {
        "brier": brier(said, seen),
        "ece": expected_calibration_error(said, seen),
        "log_loss": log_loss(said, seen),
        "coverage": float(inside(judged).mean()),
        "width": mean_of(floats(judged, "high") - floats(judged, "low")),
    }


def inside(evidence: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether each outcome fell within its interval, ends included; shape (n_rows,)."""
    excess = evidence["excess"]
    return ((excess >= evidence["low"]) & (excess <= evidence["high"])).fill_null(False).to_numpy()


def floats(evidence: pl.DataFrame, name: str) -> FloatArray:
    """A column as 64-bit floats, missing NaN."""
    return evidence[name].cast(pl.Float64).fill_null(math.nan).to_numpy()


def mean_of(values: FloatArray) -> float:
    """Of those that are known; NaN where none is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan


def plain(values: Any) -> Any:
    """NaN, which JSON has not, becomes None, however deep."""
    if isinstance(values, dict):
        return {name: plain(value) for name, value in values.items()}
    if isinstance(values, list):
        return [plain(value) for value in values]
    return None if isinstance(values, float) and math.isnan(values) else values
