"""The JSON of an evaluation: a version's whole out-of-fold record, and what is left of it after all tries."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from asxos.domain.ranking import ENSEMBLE
from asxos.domain.validation.sharpe import Sharpe, deflated_sharpe, probabilistic_sharpe
from asxos.features.models.records import ModelVersion, Tally
from asxos.features.models.schemas.models import MetricsOut
from asxos.features.models.services import EnsembleRecord


class PartOut(BaseModel):
    """The record of some rows only; measures as of the whole, those that a part does not have are null.

    `hit_rate` with its interval of 95 % and `mean_excess` are of labels.
    """

    part: str
    rows: int
    dates: int
    rank_ic: float | None
    icir: float | None
    hac_t: float | None
    auc: float | None
    decile_spread: float | None = None
    net_spread: float | None = None
    turnover_best: float | None = None
    turnover_worst: float | None = None
    monotonicity: float | None = None
    brier: float | None
    ece: float | None
    log_loss: float | None
    coverage: float | None
    width: float | None
    hit_rate: float | None = None
    hit_low: float | None = None
    hit_high: float | None = None
    mean_excess: float | None = None


class CurvePointOut(BaseModel):
    """Mean probability `said` and frequency `seen` of a bin of rows."""

    said: float
    seen: float
    rows: int


class CoverageOut(BaseModel):
    """Coverage of all rows or of a liquidity third ("0" the least liquid), and over rolling windows of 60 sessions.

    `within`: the share of windows whose coverage was 88 to 92 %.
    """

    part: str
    coverage: float
    windows: int
    lowest: float | None
    highest: float | None
    within: float | None


class LeaksOut(BaseModel):
    """What the leak checks of the version found; `found` is null where they could not be made.

    `peeking`: factors that a cut of the future changed; `shuffled_ic` with labels dealt out anew, and its standard
    error by chance.
    """

    found: int | None
    peeking: list[str]
    overlapping_folds: int
    shuffled_ic: float | None
    shuffled_error: float | None


class EvaluationOut(MetricsOut):
    """The out-of-fold record of one version.

    `trials`: training runs ever logged; `deflated_sharpe`: the probability that the net spread's true Sharpe ratio is
    above zero, given that the best of so many was looked for; `probabilistic_sharpe` if it had been the only one.
    """

    model: str
    version: str
    as_of: date
    trained_from: date
    trained_through: date
    created_at: datetime
    trials: int
    probabilistic_sharpe: float | None
    deflated_sharpe: float | None
    leaks: LeaksOut | None = None
    breakdown: dict[str, list[PartOut]] = Field(default_factory=dict)
    calibration_curve: list[CurvePointOut] = Field(default_factory=list)
    rolling_coverage: list[CoverageOut] = Field(default_factory=list)

    @classmethod
    def of(cls, version: ModelVersion, tally: Tally) -> Self:
        about = {
            "model": version.model_id,
            "version": f"v{version.version}",
            "as_of": version.as_of,
            "trained_from": version.trained_from,
            "trained_through": version.trained_through,
            "created_at": version.created_at,
            "leaks": version.manifest.get("leaks"),
        }
        detail = version.manifest.get("detail", {})
        return cls.model_validate(version.metrics | _after(version.metrics, tally) | detail | about)

    @classmethod
    def of_ensemble(cls, record: EnsembleRecord, tally: Tally) -> Self:
        """In the form of a model's; its version says whose voices were pooled."""
        about = {
            "model": ENSEMBLE,
            "version": record.made_by,
            "as_of": max(version.as_of for version in record.versions),
            "trained_from": min(version.trained_from for version in record.versions),
            "trained_through": max(version.trained_through for version in record.versions),
            "created_at": max(version.created_at for version in record.versions),
        }
        return cls.model_validate(record.metrics | _after(record.metrics, tally) | record.detail | about)


def _after(metrics: Mapping[str, Any], tally: Tally) -> dict[str, Any]:
    """What is left of the Sharpe ratio after its length and shape, and after all trials."""
    left = dict.fromkeys(("probabilistic_sharpe", "deflated_sharpe"))
    if metrics.get("sharpe") is not None:
        found = Sharpe(*(metrics[name] for name in ("sharpe", "periods", "skew", "kurtosis")))
        left = {
            "probabilistic_sharpe": probabilistic_sharpe(found),
            "deflated_sharpe": deflated_sharpe(found, tally.trials, tally.variance),
        }
    return {"trials": tally.trials} | left
