"""Where a share stands against its moving averages, and where those head."""

import polars as pl

from asxos.domain.factors.factor import Factor
from asxos.domain.factors.price.basics import CLOSE, SLOPE_SESSIONS


def average_ratio(sessions: int) -> pl.Expr:
    """Close over its simple moving average, less one."""
    return CLOSE / CLOSE.rolling_mean(sessions) - 1


def average_slope(sessions: int) -> pl.Expr:
    """Growth of the simple moving average over 20 sessions."""
    average = CLOSE.rolling_mean(sessions)
    return average / average.shift(SLOPE_SESSIONS) - 1


def _ratio(sessions: int) -> Factor:
    return Factor(
        f"sma_{sessions}_ratio", f"close / mean close of {sessions} sessions - 1", "fraction", _BROCK,
        f"price against its {sessions}-session average", average_ratio(sessions),
    )  # fmt: skip


def _slope(sessions: int) -> Factor:
    return Factor(
        f"sma_{sessions}_slope", f"{sessions}-session mean close / the same 20 sessions ago - 1", "fraction", _HAN,
        f"direction of its {sessions}-session average", average_slope(sessions),
    )  # fmt: skip


_BROCK = "Brock, Lakonishok and LeBaron (1992)"
_HAN = "Han, Yang and Zhou (2013)"

TREND: tuple[Factor, ...] = (
    *(_ratio(sessions) for sessions in (10, 20, 50, 100, 200)),
    *(_slope(sessions) for sessions in (20, 50, 100, 200)),
    Factor(
        "sma_50_200_ratio", "50-session mean close / 200-session mean close - 1", "fraction", _BROCK,
        "its 50-session average against its 200-session one", CLOSE.rolling_mean(50) / CLOSE.rolling_mean(200) - 1,
    ),
)  # fmt: skip
