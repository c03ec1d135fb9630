"""Which limit cannot be met, in words, before a solver is asked."""

from math import floor

import numpy as np
from numpy.typing import NDArray

from asxos.domain.rebalancing.problem import Problem, Share

FloatArray = NDArray[np.float64]


def unmet_limit(problem: Problem) -> str | None:
    """The limit that no orders can meet, and what would; None when each can be, costs and whole shares left aside."""
    return _too_large(problem) or _sector_too_large(problem) or _too_much_to_sell(problem)


def is_within_limits(problem: Problem) -> bool:
    """Whether doing nothing keeps to the limits of position and sector."""
    return _needed(problem) <= 1e-9 * problem.total


def _too_large(problem: Problem) -> str | None:
    for share, excess in zip(problem.shares, _excess(problem), strict=True):
        if excess > _sellable(share) + share.price:
            limit, weight = problem.limits.position or 0.0, share.value / problem.total
            left = (share.value - _sellable(share)) / problem.total
            return (
                f"max position {limit:.1%}: {share.code} is {weight:.1%} and no less than {left:.1%} of it can be kept,"
                " for units of unknown cost are not sold"
            )
    return None


def _sector_too_large(problem: Problem) -> str | None:
    limit = problem.limits.sector
    for sector, places in problem.sectors.items() if limit is not None else ():
        shares = [problem.shares[place] for place in places]
        least = sum(share.value - _sellable(share) for share in shares)
        if least > (limit or 0.0) * problem.total + max(share.price for share in shares):
            left = least / problem.total
            return f"max sector {limit:.1%}: {sector} is no less than {left:.1%} after all that can be sold"
    return None


def _too_much_to_sell(problem: Problem) -> str | None:
    most, needed = problem.limits.turnover, _needed(problem) / 2 / problem.total
    if most is None or needed <= most:
        return None
    names = [("max position", problem.limits.position), ("max sector", problem.limits.sector)]
    said = " and ".join(f"{name} {value:.1%}" for name, value in names if value is not None)
    return f"turnover {most:.1%}: {said} cannot be met with less than {needed:.1%}"


def _needed(problem: Problem) -> float:
    """A$ of sales without which positions and sectors stay above their limits."""
    excess, values = _excess(problem), problem.values
    needed = float(excess.sum())
    if problem.limits.sector is not None:
        for places in problem.sectors.values():
            over = float(values[places].sum()) - problem.limits.sector * problem.total
            needed += max(over - float(excess[places].sum()), 0.0)
    return needed


def _excess(problem: Problem) -> FloatArray:
    """A$ of each share above the limit of a position."""
    limit = problem.limits.position
    return np.zeros(len(problem.shares)) if limit is None else np.maximum(problem.values - limit * problem.total, 0.0)


def _sellable(share: Share) -> float:
    return sum(floor(parcel.quantity) for parcel in share.parcels) * share.price
