"""A portfolio's past, day by day: its ledger laid over the market's sessions and closes as traded."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from asxos.domain.ledger.dividends import with_known_dividends
from asxos.domain.performance.flows import Flows, codes_of, lay
from asxos.domain.performance.history import History, closes_of, history
from asxos.domain.performance.unrecorded import Unrecorded, unrecorded
from asxos.features.portfolio.records import Portfolio
from asxos.features.portfolio.services.errors import NoHistory
from asxos.features.portfolio.services.ledgers import LedgerService
from asxos.features.portfolio.services.ports import Prices

LEAD = timedelta(days=30)
"""Before the first line: a share that rarely trades has a close in it to carry."""


@dataclass(frozen=True)
class Past:
    """`estimated`: how many dividends have their ex-date or franking from the market instead of the statement.

    `securities`: the market's id of each code that has a price.
    """

    portfolio: Portfolio
    begun: date
    flows: Flows
    history: History
    estimated: int
    securities: Mapping[str, int]
    unrecorded: list[Unrecorded]


class HistoryService:
    """One query for all closes, one for all dividends."""

    def __init__(self, ledgers: LedgerService, *, prices: Prices) -> None:
        self.ledgers = ledgers
        self.prices = prices

    async def past(self, owner: str, id: int) -> Past:
        """From the first line to the market's latest session. Raises: UnknownPortfolio, NoHistory."""
        found = await self.ledgers.replayed(owner, id)
        traded = [line.on for line in found.transactions if line.code]
        if not traded:
            raise NoHistory(f"{found.portfolio.name!r} has no lines of shares yet")
        begun, last = min(traded), await self.prices.latest_session()
        days = await self.prices.sessions(begun - LEAD, last) if last else []
        if last is None or last < begun or len(days) < 2:
            raise NoHistory(f"{found.portfolio.name!r} begins on {begun}, the prices end on {last or 'no session'}")
        codes = codes_of(found.transactions)
        known = await self.prices.dividends_of(codes)
        lines, estimated = with_known_dividends(found.transactions, known)
        laying = asyncio.create_task(asyncio.to_thread(lay, lines, days))
        closes = await self.prices.closes_between(codes, days[0], last)
        flows = await laying
        place, session, close = (closes[name].to_numpy() for name in ("place", "session_date", "close"))
        matrix = closes_of(days, place, session, close, len(flows.codes))
        securities = {
            flows.codes[at]: share for at, share in closes.select("place", "security_id").unique().iter_rows()
        }
        valued = await asyncio.to_thread(history, flows, matrix)
        return Past(found.portfolio, begun, flows, valued, len(estimated), securities, unrecorded(flows, lines, known))
