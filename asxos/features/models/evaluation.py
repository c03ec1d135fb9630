"""A model's out-of-fold record: its measures, and those of plain rules on the very same rows."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.signals import Thresholds
from asxos.domain.validation.breakdown import breakdown, calibration_curve
from asxos.domain.validation.coverage import rolling_coverage
from asxos.domain.validation.record import honesty, order
from asxos.domain.validation.sessions import Pace

FloatArray = NDArray[np.float64]


def evaluate(evidence: pl.DataFrame, pace: Pace) -> dict[str, Any]:
    """All measures; those of probability and coverage are of rows later than what their scale was learnt on."""
    return order(evidence, pace) | honesty(evidence) | {"rows": evidence.height}


def baseline(evidence: pl.DataFrame, scores: FloatArray, pace: Pace) -> dict[str, Any]:
    """Measures of order of other scores on the same rows; rows without a score are left out."""
    return order(evidence.with_columns(score=pl.Series(scores, dtype=pl.Float32)), pace)


def detail(evidence: pl.DataFrame, pace: Pace, thresholds: Thresholds) -> dict[str, Any]:
    """What is behind the measures: their parts, the calibration curve, and the coverage of every 60 sessions."""
    return {
        "breakdown": breakdown(evidence, pace, thresholds),
        "calibration_curve": calibration_curve(evidence),
        "rolling_coverage": rolling_coverage(evidence, pace),
    }
