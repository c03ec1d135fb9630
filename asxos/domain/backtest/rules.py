"""What a backtested portfolio holds, how much of each, when it trades, and what it assumes."""

from dataclasses import dataclass
from enum import StrEnum

from asxos.domain.costs import Broker


class Weighting(StrEnum):
    EQUAL = "equal"
    INVERSE_VOLATILITY = "inverse-volatility"


@dataclass(frozen=True, slots=True)
class Rules:
    """Signals known at a close are traded at the next open at which the share trades; all amounts in A$.

    top: shares held. every: least sessions between two rebalances. sector_neutral: as many shares and as much money in
    each sector as the ranked universe has shares there. buffer: a held share stays while its rank is within
    top x (1 + buffer). band: a held share within this part of its target value is left alone. reserve: part of the
    equity kept in cash for costs and gaps. least_order: smaller orders are not sent, except to sell all of a holding;
    the exchange asks A$500 for the first purchase. delisted_after: a share without a trade for that many sessions is
    taken as delisted, and its holders get its last price x (1 + delisting_return).
    """

    top: int = 20
    every: int = 21
    sector_neutral: bool = False
    weighting: Weighting = Weighting.EQUAL
    capital: float = 100_000.0
    broker: Broker = Broker.COMMSEC
    buffer: float = 0.5
    band: float = 0.25
    reserve: float = 0.01
    least_order: float = 500.0
    delisted_after: int = 63
    delisting_return: float = 0.0
