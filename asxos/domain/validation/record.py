"""A model's record as numbers, all of them from its evidence: order, money and honesty."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.validation.probability import auc, brier, expected_calibration_error, log_loss
from asxos.domain.validation.rank_ic import hac_t, icir
from asxos.domain.validation.sessions import TENTH_NAMES, Pace, by_session, floats, known, mean_of, measurable
from asxos.domain.validation.sharpe import sharpe_of
from asxos.domain.validation.spread import BEST, WORST, monotonicity


def order(evidence: pl.DataFrame, pace: Pace) -> dict[str, Any]:
    """How far scores foretold the order of returns, and what that was worth; None where it cannot be measured.

    Returns are of one horizon, fractions. `net_spread`: best tenth less worst after costs; `sharpe`, `skew` and
    `kurtosis` are of it, per period of one horizon, with as many `periods` as do not overlap.
    """
    return order_of(by_session(evidence, pace), evidence, pace)


def order_of(shown: pl.DataFrame, evidence: pl.DataFrame, pace: Pace) -> dict[str, Any]:
    """As `order`, of sessions already measured and the rows that belong to them."""
    ics, net, rows = known(floats(shown, "ic")), known(floats(shown, "net")), measurable(evidence)
    deciles = [mean_of(floats(shown, name)) for name in TENTH_NAMES]
    held = sharpe_of(net, pace.rebalance)
    return plain(
        {
            "rank_ic": mean_of(ics),
            "icir": icir(ics),
            "hac_t": hac_t(ics, pace.lags),
            "auc": auc(floats(rows, "score"), (floats(rows, "excess") > 0).astype(np.float64)),
            "decile_spread": deciles[BEST] - deciles[WORST],
            "net_spread": mean_of(net),
            "turnover_best": mean_of(floats(shown, "turnover_best")),
            "turnover_worst": mean_of(floats(shown, "turnover_worst")),
            "monotonicity": monotonicity(np.array(deciles)),
            "deciles": deciles,
            "dates": len(ics),
            "sharpe": held.ratio if held else None,
            "periods": held.periods if held else 0,
            "skew": held.skew if held else None,
            "kurtosis": held.kurtosis if held else None,
        }
    )


def honesty(evidence: pl.DataFrame) -> dict[str, Any]:
    """How far probabilities and intervals were true to their word, of the rows that have them; None without any.

    `coverage`: the share of outcomes inside their interval; `width`: the intervals' median width, a fraction.
    """
    return _of_probabilities(evidence) | _of_intervals(evidence)


def _of_probabilities(evidence: pl.DataFrame) -> dict[str, Any]:
    judged = evidence.filter(pl.col("ml_prob").is_not_null())
    if judged.is_empty():
        return dict.fromkeys(("brier", "ece", "log_loss"))
    said, seen = floats(judged, "ml_prob"), (floats(judged, "excess") > 0).astype(np.float64)
    return {
        "brier": brier(said, seen),
        "ece": expected_calibration_error(said, seen),
        "log_loss": log_loss(said, seen),
    }


def _of_intervals(evidence: pl.DataFrame) -> dict[str, Any]:
    judged = evidence.filter(pl.col("low").is_not_null())
    if judged.is_empty():
        return dict.fromkeys(("coverage", "width"))
    widths = floats(judged, "high") - floats(judged, "low")
    return {"coverage": float(inside(judged).mean()), "width": float(np.median(widths))}


def inside(evidence: pl.DataFrame) -> NDArray[np.bool_]:
    """Whether each outcome fell within its interval, ends included; shape (n_rows,)."""
    excess = evidence["excess"]
    return ((excess >= evidence["low"]) & (excess <= evidence["high"])).fill_null(False).to_numpy()


def plain(values: Any) -> Any:
    """NaN, which JSON has not, becomes None, however deep."""
    if isinstance(values, Mapping):
        return {name: plain(value) for name, value in values.items()}
    if isinstance(values, Sequence) and not isinstance(values, str):
        return [plain(value) for value in values]
    return None if isinstance(values, float) and math.isnan(values) else values
