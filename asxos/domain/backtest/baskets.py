"""What to compare with: all ranked shares, alike or by what is traded of them; dividends in, costs left out."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from asxos.domain.backtest.events import Kind
from asxos.domain.backtest.market import Market
from asxos.domain.backtest.rankings import Rankings

FloatArray = NDArray[np.float64]


class Basket(StrEnum):
    EQUAL = "equal"
    TURNOVER = "turnover"


def basket_returns(
    market: Market, rankings: Rankings, resets: Sequence[int], end: int, *, basket: Basket, delisting_return: float
) -> FloatArray:
    """Daily total returns of every ranked share together, fractions; shape (end - resets[0] + 1,), the first 0.

    The shares of each ranking in `resets` are bought at its close and held until the next reset without a trade, so no
    bounce between bid and ask is earned daily. A delisted share ends as in a run.
    """
    growth = market.growth.copy()
    gone = market.events.kind == Kind.DELISTED
    np.multiply.at(growth, (market.events.session[gone], market.events.column[gone]), 1 + delisting_return)
    worth = [np.ones(1)]
    for begin, finish in zip(resets, [*resets[1:], end], strict=True):
        columns = rankings.on(begin).columns
        money = np.ones(len(columns)) if basket is Basket.EQUAL else market.turnover[begin, columns]
        parts = np.nan_to_num(money) / np.nansum(money)
        worth.append(worth[-1][-1] * (np.cumprod(growth[begin + 1 : finish + 1, columns], axis=0) @ parts))
    total = np.concatenate(worth)
    return np.append(0.0, total[1:] / total[:-1] - 1)
