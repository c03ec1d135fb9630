"""Evidence made up so that its skill is known: scores that agree by so much with returns that are always the same."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from scipy.special import ndtr

from asxos.domain.validation.evidence import evidence

FIRST = date(2020, 1, 6)
NORMAL_90 = 1.6449


def told(
    skill: float,
    seed: int = 1,
    *,
    shares: int = 40,
    dates: int = 60,
    days: int = 7,
    cost: float = 0.0,
    half_width: float = NORMAL_90,
) -> pl.DataFrame:
    """Scores whose correlation with standard normal returns is `skill`, every so many `days`, honestly calibrated.

    `half_width` of the interval in deviations of what the score leaves unsaid.
    """
    excess = np.random.default_rng(0).normal(size=shares * dates)
    unsaid = np.sqrt(1 - skill**2)
    score = skill * excess + unsaid * np.random.default_rng(seed).normal(size=excess.shape)
    sessions = np.array([FIRST + timedelta(days=days * n) for n in range(dates)], "datetime64[D]")
    return evidence(
        {
            "session_date": np.repeat(sessions, shares),
            "security_id": np.tile(np.arange(shares), dates),
            "score": score,
            "ml_prob": ndtr(skill * score / unsaid),
            "expected": skill * score,
            "low": skill * score - half_width * unsaid,
            "high": skill * score + half_width * unsaid,
            "excess": excess,
            "liquidity": np.zeros(len(excess)),
            "sector": pl.Series(["Energy"] * len(excess)),
            "cost": np.full(len(excess), cost),
        }
    )
