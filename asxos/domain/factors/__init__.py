"""The factor library; `compute_factors` and `warm_up` live in `compute`, apart, since they load the compiler."""

from asxos.domain.factors.factor import Factor
from asxos.domain.factors.library import FACTOR_NAMES, FACTORS
from asxos.domain.factors.market import market_return
from asxos.domain.factors.panel import BadPanel
from asxos.domain.factors.reference import reference_factors

__all__ = ["FACTORS", "FACTOR_NAMES", "BadPanel", "Factor", "market_return", "reference_factors"]
