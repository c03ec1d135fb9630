"""The loop: each session events, waiting orders at the open, the value at the close, and new orders when due."""

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from asxos.domain.backtest.account import Account
from asxos.domain.backtest.ledger import HOLDINGS, Ledger, as_table
from asxos.domain.backtest.market import Market
from asxos.domain.backtest.rankings import Ranking, Rankings
from asxos.domain.backtest.rules import Rules
from asxos.domain.backtest.selection import Choice, choose

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class NothingRanked(ValueError):
    """No share of the market was ranked on any of its sessions."""

    def __init__(self) -> None:
        super().__init__("no ranking falls on a session of these prices")


def run(market: Market, rankings: Rankings, rules: Rules, last: date | None = None) -> Ledger:
    """Trade by rankings from the first of them to the session `last` (default: the market's end).

    What happens up to a session depends on nothing after it. Raises: NothingRanked.
    """
    due = rankings.due(rules.every)
    if not due:
        raise NothingRanked
    first = due[0]
    end = market.session_of(np.datetime64(last)) if last else len(market.days) - 1
    account, closing = Account(market, rules), Closing(market, len(rankings.sectors))
    waiting = iter(due)
    upcoming = next(waiting, None)
    for session in range(first, end + 1):
        account.meet_events(session)
        account.trade(session)
        if session == upcoming:
            ranking = rankings.on(session)
            closing.sectors[ranking.columns] = ranking.sectors
            account.order(session, _choice(account, ranking, rules))
            upcoming = next(waiting, None)
        closing.note(session, account)
    return closing.ledger(first, account)


def _choice(account: Account, ranking: Ranking, rules: Rules) -> Choice:
    """What to hold beside the holdings that did not trade today, which take up places."""
    market = account.market
    held = account.shares > 0
    halted = held & np.isnan(market.opens[ranking.session])
    free = ~halted[ranking.columns]
    tradable = replace(ranking, columns=ranking.columns[free], sectors=ranking.sectors[free])
    return choose(tradable, held, max(rules.top - int(halted.sum()), 0), rules, market)


class Closing:
    """What the account was at each close."""

    def __init__(self, market: Market, sectors: int) -> None:
        # Of each share when it was last ranked; one past the last is of none.
        self.sectors: IntArray = np.full(len(market.security_ids), sectors, np.int64)
        self._market = market
        self._equity: list[float] = []
        self._cash: list[float] = []
        self._held: list[FloatArray] = []

    def note(self, session: int, account: Account) -> None:
        """Write down the close of one session."""
        held = np.flatnonzero(account.shares)
        shares = account.shares[held]
        value = shares * self._market.closes[session, held]
        self._held.append(np.array([np.full(len(held), session), held, shares, value, self.sectors[held]], np.float64))
        self._equity.append(account.cash + float(value.sum()))
        self._cash.append(account.cash)

    def ledger(self, first: int, account: Account) -> Ledger:
        """Everything noted."""
        holdings = as_table(self._held, HOLDINGS)
        return Ledger(first, np.array(self._equity), np.array(self._cash), account.journal.frame(), holdings)
