"""Which shares to hold next, and what part of the money each gets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asxos.domain.backtest.market import Market
from asxos.domain.backtest.rankings import Ranking
from asxos.domain.backtest.rules import Rules, Weighting

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

VOLATILITY_WINDOW = 63
# A share under a bid hardly moves: none counts as less than half as volatile as the middle one of those chosen.
LEAST_VOLATILITY = 0.5


@dataclass(frozen=True)
class Choice:
    """The shares to hold, best first, and the part of the money for each; the parts sum to 1 unless none is chosen."""

    columns: IntArray
    weights: FloatArray


def choose(ranking: Ranking, held: BoolArray, top: int, rules: Rules, market: Market) -> Choice:
    """The best `top` shares of a ranking; with `sector_neutral`, the best of each sector.

    A sector gets its part of the ranked shares, in places (largest remainders) and, among the sectors that have a
    place, in money. Args: held: shape (n_shares,), what is held now.
    """
    groups = ranking.sectors if rules.sector_neutral else np.zeros_like(ranking.sectors)
    sizes = np.bincount(groups)
    places = apportion(sizes, top)
    money = sizes * (places > 0) / max(int(sizes[places > 0].sum()), 1)
    chosen, weights = [np.zeros(0, np.int64)], [np.zeros(0)]
    for group in np.flatnonzero(places):
        members = np.flatnonzero(groups == group)
        best = members[select(held[ranking.columns[members]], int(places[group]), rules.buffer)]
        chosen.append(best)
        weights.append(money[group] * _parts(ranking.columns[best], ranking.session, rules.weighting, market))
    ranks = np.concatenate(chosen)
    order = np.argsort(ranks)
    return Choice(ranking.columns[ranks[order]], np.concatenate(weights)[order])


def select(is_held: BoolArray, top: int, buffer: float) -> IntArray:
    """The ranks of those held and within top x (1 + buffer), then of the best others, `top` in all; in order.

    Args: is_held: of shares in the order of their rank.
    """
    stays = np.flatnonzero(is_held[: int(np.ceil(top * (1 + buffer)))])[:top]
    comes = np.flatnonzero(~is_held)[: top - len(stays)]
    return np.sort(np.concatenate([stays, comes]))


def apportion(sizes: IntArray, total: int) -> IntArray:
    """`total` places over groups by their sizes, no more than a group has members; by largest remainders (Hamilton)."""
    total = min(total, int(sizes.sum()))
    quotas = sizes * total / max(int(sizes.sum()), 1)
    places = np.floor(quotas).astype(np.int64)
    by_remainder = np.argsort(places - quotas, kind="stable")
    places[by_remainder[: total - int(places.sum())]] += 1
    return places


def _parts(columns: IntArray, session: int, weighting: Weighting, market: Market) -> FloatArray:
    """What part of their money each share gets; sums to 1."""
    if weighting is Weighting.EQUAL:
        return np.full(len(columns), 1 / len(columns))
    past = market.growth[max(session + 1 - VOLATILITY_WINDOW, 0) : session + 1, columns]
    volatility = np.std(past, axis=0)
    inverse = 1 / np.maximum(volatility, LEAST_VOLATILITY * np.median(volatility))
    return inverse / inverse.sum()
