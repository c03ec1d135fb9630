"""Where a difference from the market came from, as JSON."""

from datetime import date
from typing import Self

from pydantic import BaseModel

from asxos.features.portfolio.schemas.portfolios import PortfolioOut
from asxos.features.portfolio.services.attribution import AttributionReport


class EffectOut(BaseModel):
    """A sector's part of the difference: holding more or less of it, and which of its shares."""

    sector: str
    allocation: float
    selection: float
    total: float


class AttributionOut(BaseModel):
    """Fractions from the close of `first` to that of `last`; all `total`s add up to `difference`.

    `portfolio` is time-weighted with income; sessions on which nothing was held are in neither side.
    """

    portfolio: PortfolioOut
    simulated: bool
    first: date
    last: date
    sessions: int
    of_sessions: int
    portfolio_return: float
    benchmark_return: float
    difference: float
    effects: list[EffectOut]
    method: str
    benchmark: str
    benchmark_members: int

    @classmethod
    def of(cls, report: AttributionReport) -> Self:
        found = report.attribution
        return cls(
            portfolio=PortfolioOut.of(report.portfolio),
            simulated=report.simulated,
            first=report.first,
            last=report.last,
            sessions=report.sessions,
            of_sessions=report.of_sessions,
            portfolio_return=found.portfolio,
            benchmark_return=found.benchmark,
            difference=found.difference,
            effects=[
                EffectOut(sector=name, allocation=effect.allocation, selection=effect.selection, total=effect.total)
                for name, effect in found.effects.items()
            ],
            method=found.method,
            benchmark=report.benchmark,
            benchmark_members=report.members,
        )
