"""One account: cash and whole shares, what befalls them, and orders that wait for the next open."""

import numpy as np
from numpy.typing import NDArray

from asxos.domain.backtest.events import Kind
from asxos.domain.backtest.ledger import Entry, Journal
from asxos.domain.backtest.market import Market
from asxos.domain.backtest.rules import Rules
from asxos.domain.backtest.selection import Choice
from asxos.domain.costs import half_spread, impact, tariff_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NO_ORDER = -1
CORPORATE_TAX_RATE = 0.30
"""What a franked dividend has been taxed at (of larger companies; base rate entities since 2016 frank at less)."""

# A share that has hardly traded lately and trades now: costs are those of this much a day, A$.
LEAST_TURNOVER = 10_000.0
_WHOLE = 1e-6  # what rounding leaves of a whole number of shares
_TENTH_OF_A_CENT = 0.001
_ROUNDING = 0.02  # A$: of a value, a spread and an impact that are each rounded to the cent


class Account:
    """Every amount of cash that moves is in whole cents, and cash is never below zero."""

    def __init__(self, market: Market, rules: Rules) -> None:
        self.market = market
        self.rules = rules
        self.cash = rules.capital
        self.shares: IntArray = np.zeros(len(market.security_ids), np.int64)
        self.journal = Journal()
        # The number of shares to hold that waits to be traded; NO_ORDER where nothing does.
        self._wanted: IntArray = np.full(len(self.shares), NO_ORDER)
        self._rank: IntArray = np.zeros(len(self.shares), np.int64)
        self._decided = NO_ORDER

    def value(self, session: int) -> float:
        """Cash and shares at the last close known."""
        held = np.flatnonzero(self.shares)
        return self.cash + float(self.shares[held] @ self.market.closes[session, held])

    def meet_events(self, session: int) -> None:
        """Take what befell the shares before the open of a session: payments, splits, delistings."""
        events = self.market.events
        for i in events.on(session):
            column = int(events.column[i])
            if not self.shares[column] and self._wanted[column] == NO_ORDER:
                continue
            match Kind(events.kind[i]):
                case Kind.DIVIDEND:
                    self._receive(session, Entry.DIVIDEND, column, events.value[i], events.franked[i])
                case Kind.RETURN:
                    self._receive(session, Entry.RETURN, column, events.value[i], np.nan)
                case Kind.UNITS:
                    self._exchange(session, column, events.value[i])
                case Kind.DELISTED:
                    self._pay_out(session, column)

    def order(self, session: int, choice: Choice) -> None:
        """Replace all waiting orders by those that lead to `choice`; a holding that did not trade today stays."""
        opens, closes = self.market.opens[session], self.market.closes[session]
        self._wanted[:] = NO_ORDER
        self._decided = session
        held = np.flatnonzero(self.shares)
        self._wanted[held[np.isfinite(opens[held])]] = 0
        halted = held[np.isnan(opens[held])]
        spare = self.value(session) * (1 - self.rules.reserve) - self.shares[halted] @ closes[halted]
        price = closes[choice.columns]
        target = np.floor(max(spare, 0.0) * choice.weights / price + _WHOLE).astype(np.int64)
        self._wanted[choice.columns] = self._worth_it(choice.columns, target, price)
        self._rank[choice.columns] = np.arange(len(choice.columns))

    def trade(self, session: int) -> None:
        """Send the waiting orders of shares that trade at this open: sales first, then purchases by rank."""
        waiting = np.flatnonzero(self._wanted != NO_ORDER)
        ready = waiting[np.isfinite(self.market.opens[session, waiting])]
        change = self._wanted[ready] - self.shares[ready]
        self._wanted[ready] = NO_ORDER
        sold, bought = ready[change < 0], ready[change > 0]
        if len(sold):
            self._settle(session, Entry.SELL, sold, change[change < 0])
        if len(bought):
            by_rank = np.argsort(self._rank[bought], kind="stable")
            self._buy(session, bought[by_rank], change[change > 0][by_rank])

    def _worth_it(self, columns: IntArray, target: IntArray, price: FloatArray) -> IntArray:
        """The target, or NO_ORDER where the change is too small: in A$, or within the band around the target."""
        held = self.shares[columns]
        change = np.abs(target - held) * price
        is_small = (change < self.rules.least_order) | ((held > 0) & (change < self.rules.band * target * price))
        return np.where(is_small & ((held == 0) | (target > 0)), NO_ORDER, target)

    def _buy(self, session: int, columns: IntArray, shares: IntArray) -> None:
        """In the order given, as far as cash goes: the first that it does not cover is cut, those after it not sent."""
        opens = self.market.opens[session, columns]
        value, costs = self._value_and_costs(session, columns, shares)
        spent = np.cumsum(value + costs.sum(axis=0))
        covered = int(np.searchsorted(spent, self.cash + _TENTH_OF_A_CENT, side="right"))
        if covered < len(columns):
            brokerage, spread, moved = costs[:, covered]
            left = self.cash - (spent[covered - 1] if covered else 0.0) - brokerage - _ROUNDING
            shares[covered] = max(int(left / (opens[covered] + (spread + moved) / shares[covered])), 0)
            columns, shares, opens = (part[: covered + 1] for part in (columns, shares, opens))
        sent = (shares > 0) & ((self.shares[columns] > 0) | (shares * opens >= self.rules.least_order))
        if sent.any():
            self._settle(session, Entry.BUY, columns[sent], shares[sent])

    def _settle(self, session: int, kind: Entry, columns: IntArray, change: IntArray) -> None:
        """Trade at the open: `change` shares come (above 0) or go, cash the other way, less costs."""
        value, costs = self._value_and_costs(session, columns, change)
        cash = np.round(-np.sign(change) * value - costs.sum(axis=0), 2)
        self.shares[columns] += change
        self.cash = round(self.cash + float(cash.sum()), 2)
        price = self.market.opens[session, columns]
        paid = dict(zip(("brokerage", "spread", "impact"), costs, strict=True))
        self.journal.add(session, kind, columns, shares=change, price=price, cash=cash, decided=self._decided, **paid)

    def _value_and_costs(self, session: int, columns: IntArray, change: IntArray) -> tuple[FloatArray, FloatArray]:
        """A$ to the cent: the orders' value, and brokerage, half spread and impact of each, shape (3, n_orders).

        By the open and the turnover known at the close before.
        """
        opens = self.market.opens[session, columns]
        value = np.round(np.abs(change) * opens, 2)
        turnover = np.fmax(self.market.turnover[session - 1, columns], LEAST_TURNOVER)
        tariff = tariff_of(self.rules.broker, self.market.days[session].item())
        lost = half_spread(opens, turnover), impact(value, turnover)
        return value, np.round([tariff.brokerage(value, is_buy=change > 0), *(value * part for part in lost)], 2)

    def _receive(self, session: int, kind: Entry, column: int, amount: float, franked: float) -> None:
        """A payment on the shares held at the close before; a dividend whose franking is unknown has none."""
        paid = round(float(self.shares[column]) * amount, 2)
        if paid:
            credit = round(paid * franked * CORPORATE_TAX_RATE / (1 - CORPORATE_TAX_RATE), 2) if franked > 0 else 0.0
            self.cash = round(self.cash + paid, 2)
            self.journal.add(session, kind, column, price=amount, cash=paid, franking=credit, decided=NO_ORDER)

    def _exchange(self, session: int, column: int, ratio: float) -> None:
        """New units for old ones, in an order too; what is less than a whole share is paid at the close before."""
        if self._wanted[column] > 0:
            self._wanted[column] = int(float(self._wanted[column]) * ratio + _WHOLE)
        if held := int(self.shares[column]):
            price = self.market.closes[session - 1, column] / ratio
            exact = held * ratio
            whole = int(exact + _WHOLE)
            paid = round(max(exact - whole, 0.0) * price, 2)
            self.shares[column] = whole
            self.cash = round(self.cash + paid, 2)
            self.journal.add(
                session, Entry.UNITS, column, shares=whole - held, price=price, cash=paid, decided=NO_ORDER
            )

    def _pay_out(self, session: int, column: int) -> None:
        """A delisted share becomes cash at its last price and the assumed return."""
        self._wanted[column] = NO_ORDER
        if shares := int(self.shares[column]):
            price = self.market.closes[session, column] * (1 + self.rules.delisting_return)
            paid = round(shares * price, 2)
            self.shares[column] = 0
            self.cash = round(self.cash + paid, 2)
            self.journal.add(session, Entry.DELISTED, column, shares=-shares, price=price, cash=paid, decided=NO_ORDER)
