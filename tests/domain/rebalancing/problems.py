"""Small rebalancing problems, by hand and at random."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from asxos.domain.costs import Broker, tariff_of
from asxos.domain.ledger.parcels import Parcel
from asxos.domain.rebalancing.problem import NO_LIMITS, Problem, Share
from asxos.domain.tax.rules import Entity, FinancialYear, pack_for
from asxos.domain.tax.standing import Standing

ON = date(2026, 11, 25)


def parcel(code: str, id: str, units: int, unit_cost: float, acquired: date | None = date(2024, 3, 1)) -> Parcel:
    return Parcel(id, code, acquired, Decimal(units), Decimal(str(unit_cost)) * units)


def share(code: str, price: float, parcels: Sequence[Parcel] = (), **more: Any) -> Share:
    """A large, calm share: half a tick or 13 basis points of half spread, hardly any impact."""
    units = float(sum(p.quantity for p in parcels))
    return Share(code, price, 1e8, 0.01, units, tuple(parcels), **more)


def standing(entity: Entity = Entity.INDIVIDUAL, on: date = ON, **more: Any) -> Standing:
    return Standing(FinancialYear.of(on), pack_for(entity, on, reform=True), {}, **more)


def problem(shares: Sequence[Share], target: Sequence[float] | None = None, **more: Any) -> Problem:
    """Independent shares of 30 % volatility, aimed at alike."""
    count = len(shares)
    values: dict[str, Any] = {
        "target": np.full(count, 1 / count) if target is None else np.array(target),
        "covariance": np.eye(count) * 0.09,
        "cash": 0.0,
        "tariff": tariff_of(Broker.COMMSEC),
        "standing": standing(),
        "rate": 0.37,
        "on": ON,
        "limits": NO_LIMITS,
        "risk_aversion": 4.0,
        "years": 1.0,
    }
    return Problem(shares, **values | more)
