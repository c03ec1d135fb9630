"""How a share moves with the market, and how it moves without it."""

import numpy as np

from asxos.domain.factors.compiled.pairs import Moments, correlation, moments, slope
from asxos.domain.factors.kernel.windows import window_moments
from asxos.domain.factors.panel import Block, Columns, FloatArray
from asxos.domain.factors.price.basics import LEAST_RETURN_SPREAD, SESSIONS_A_YEAR


def exposure(block: Block) -> Columns:
    """The columns of EXPOSURE."""
    year = moments(block, block.returns, block.market, 252, least=200)
    quarter = moments(block, block.returns, block.market, 63, least=50)
    falling = np.where(block.market < 0, block.market, np.nan)
    beta = slope(year)
    return {
        "beta_252": beta,
        "beta_63": slope(quarter),
        "beta_3d_252": slope(moments(block, *three_days(block), 252, least=200)),
        "downside_beta_252": slope(moments(block, block.returns, falling, 252, least=50)),
        "market_correlation_252": correlation(year),
        "residual_volatility_63": residual_volatility(quarter),
        "residual_volatility_252": residual_volatility(year),
        "residual_momentum_12_1": residual_momentum(block, beta, 252, skip=21),
    }


def three_days(block: Block) -> tuple[FloatArray, FloatArray]:
    """The share's and the market's returns over the last three rows."""
    day, before = (1 + block.lagged(block.market, n) for n in (1, 2))
    return block.close / block.lagged(block.close, 3) - 1, (1 + block.market) * day * before - 1


def residual_volatility(of: Moments) -> FloatArray:
    """Deviation around the line of beta, two degrees of freedom spent on it, scaled to a year."""
    variance = np.maximum(of.variance_x - of.covariance**2 / of.variance_y, 0) * of.number / (of.number - 2)
    return np.where(of.variance_y > LEAST_RETURN_SPREAD**2, np.sqrt(variance * SESSIONS_A_YEAR), np.nan)


def residual_momentum(block: Block, beta: FloatArray, sessions: int, skip: int) -> FloatArray:
    """Mean over deviation of what the day's beta leaves of the return, over the sessions before the last `skip`."""
    width = sessions - skip
    mean, squares = window_moments(block.returns - beta * block.market, block.offsets, width)
    spread = np.sqrt(squares / (width - 1))
    return block.lagged(np.where(spread > LEAST_RETURN_SPREAD, mean / spread, np.nan), skip)
