"""Weights to aim at; each sums to 1 over the shares."""

from collections.abc import Sequence
from enum import StrEnum
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from asxos.domain.rebalancing.problem import Problem

FloatArray = NDArray[np.float64]

# It has no types.
clarabel: Any = import_module("clarabel")


class Target(StrEnum):
    """What a portfolio is to look like."""

    EQUAL = "equal"
    INVERSE_VOLATILITY = "inverse-volatility"
    INDEX = "index"
    EXPECTED = "expected"


def equal(count: int) -> FloatArray:
    return np.full(count, 1 / count)


def inverse_volatility(covariance: FloatArray) -> FloatArray:
    """The calmer the more."""
    return _scaled(1 / np.sqrt(np.diag(covariance)))


def by_size(market_caps: Sequence[float]) -> FloatArray:
    """As an index of these shares alone would hold them."""
    return _scaled(np.asarray(market_caps, np.float64))


def best_expected(problem: Problem) -> FloatArray:
    """The weights that `problem.worth` is greatest at if trading were free, within the limits of position and sector.

    Where those leave no room for all of the money, the rest is cash. A quadratic programme, solved by Clarabel.
    """
    count, limits = len(problem.shares), problem.limits
    expected = np.array([share.expected for share in problem.shares])
    risk = problem.risk_aversion * problem.years * problem.covariance
    most = np.full(count, 1.0 if limits.position is None else limits.position)
    sectors = [] if limits.sector is None else list(problem.sectors.values())
    rows: Any = np.vstack([np.ones(count), -np.eye(count), np.eye(count), *(_chosen(count, s) for s in sectors)])
    highs = np.concatenate([[1.0], np.zeros(count), most, np.full(len(sectors), limits.sector or 1.0)])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solver = clarabel.DefaultSolver(
        csc_matrix(np.triu(risk)),
        -expected - risk @ problem.target,
        csc_matrix(rows),
        highs,
        [clarabel.NonnegativeConeT(len(highs))],
        settings,
    )
    return np.clip(np.asarray(solver.solve().x, np.float64), 0.0, most)


def _chosen(count: int, places: Sequence[int]) -> FloatArray:
    row = np.zeros(count)
    row[list(places)] = 1.0
    return row


def _scaled(sizes: FloatArray) -> FloatArray:
    return sizes / sizes.sum()
