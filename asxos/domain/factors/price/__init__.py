"""The factors of prices and volumes, by noun: what each is and its readable Polars expression; compiles nothing."""

from asxos.domain.factors.factor import Factor
from asxos.domain.factors.price.exposure import EXPOSURE
from asxos.domain.factors.price.liquidity import LIQUIDITY
from asxos.domain.factors.price.oscillators import OSCILLATORS
from asxos.domain.factors.price.path import PATH
from asxos.domain.factors.price.returns import RETURNS
from asxos.domain.factors.price.spread import SPREAD
from asxos.domain.factors.price.trend import TREND
from asxos.domain.factors.price.volatility import VOLATILITY

PRICE: tuple[Factor, ...] = RETURNS + TREND + OSCILLATORS + VOLATILITY + EXPOSURE + LIQUIDITY + SPREAD + PATH
PRICE_NAMES: tuple[str, ...] = tuple(factor.name for factor in PRICE)

__all__ = ["PRICE", "PRICE_NAMES"]
