"""Evidence drawn from a seed: weekly dates, shares in every part, scores that foretell or not."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from asxos.domain.validation.evidence import evidence

FIRST = date(2019, 1, 7)
SECTORS = ("Energy", "Materials", None)


def made(dates: int = 120, shares: int = 60, skill: float = 0.3, seed: int = 2) -> pl.DataFrame:
    """`skill` correlates score and excess return; probabilities and intervals are right, and begin at the 20th date."""
    rng = np.random.default_rng(seed)
    rows = dates * shares
    scores, place = rng.normal(size=rows), np.arange(rows)
    excess = 0.1 * (skill * scores + np.sqrt(1 - skill**2) * rng.normal(size=rows))
    chance = 1 / (1 + np.exp(-1.6 * skill * scores / np.sqrt(1 - skill**2)))
    reach = 1.645 * 0.1 * np.sqrt(1 - skill**2)
    has_none = place < 20 * shares
    said = {"ml_prob": chance, "expected": 0.1 * skill * scores}
    ends = {"low": said["expected"] - reach, "high": said["expected"] + reach}
    return evidence(
        {
            "session_date": [FIRST + timedelta(days=7 * n) for n in (place // shares).tolist()],
            "security_id": place % shares,
            "score": scores,
            **{name: np.where(has_none, np.nan, values) for name, values in (said | ends).items()},
            "excess": excess,
            "liquidity": place % 3,
            "sector": [SECTORS[n] for n in (place // 3 % 3).tolist()],
            "cost": np.full(rows, 0.01),
        }
    )
