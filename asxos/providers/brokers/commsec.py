"""CommSec, and Westpac's share trading, which writes the same year's list of transactions."""

import re
from decimal import Decimal

from asxos.domain.ledger.transactions import Kind
from asxos.domain.money import cents
from asxos.providers.brokers import cells
from asxos.providers.brokers.layouts import Draft, Fields, Layout, Skipped
from asxos.providers.brokers.trades import cash, holding, side, trade

# `B 23 NDQ @ 41.950000`: the account's list tells a trade in its details and has no column of brokerage.
_DETAIL = re.compile(r"([BS]) (\d+(?:\.\d+)?) ([A-Z0-9]{3,6}) @ (\d+(?:\.\d+)?)")
_DIVIDEND_CODE = re.compile(r"\b([A-Z0-9]{3,6})\b")


def _confirmation(row: Fields) -> Draft:
    return trade(
        side(row.text("buysell")),
        row.day("tradedate"),
        row.code("security"),
        row.number("units"),
        row.find_number("averageprice"),
        row.money("brokerageincgst"),
        net=row.find_number("netproceeds"),
        reference=row.text("confirmationnumber"),
        settles=row.find_day("settlementdate"),
    )


def _year(row: Fields) -> Draft:
    return trade(
        side(row.text("type")),
        row.day("date"),
        row.code("code"),
        row.number("quantity"),
        row.find_number("unitprice"),
        row.money("brokeragegst"),
        amount=row.find_number("tradevalue"),
        net=row.find_number("totalvalue"),
        reference=row.text("contractnote"),
    )


def _account(row: Fields) -> Draft:
    details, reference = row.text("details"), row.text("reference")
    moved = row.money("credit") - row.money("debit")
    if match := _DETAIL.fullmatch(details):
        return _traded(row, match, moved)
    if not moved:
        raise Skipped("no money moved")
    if reference.startswith("D"):
        return _dividend(row, details, moved)
    # A rejected debit gives back what had come in.
    return cash(Kind.CASH_IN if moved > 0 else Kind.CASH_OUT, row.day("date"), moved, reference)


def _traded(row: Fields, match: re.Match[str], moved: Decimal) -> Draft:
    """Brokerage is what the cash and the units at their price leave between them; prices have six digits."""
    kind, units, price = side(match[1]), Decimal(match[2]), Decimal(match[4])
    consideration = cents(units * price)
    brokerage = -moved - consideration if kind is Kind.BUY else consideration - moved
    if brokerage < 0:
        raise ValueError(f"the cash of {abs(moved)} is less than {units} x {price}")
    day = row.day("date")
    return trade(
        kind, day, cells.code(match[3]), units, price, brokerage, amount=consideration, reference=row.text("reference")
    )


def _dividend(row: Fields, details: str, moved: Decimal) -> Draft:
    match = _DIVIDEND_CODE.search(details)
    code = row.find_code(details) or (cells.code(match[1]) if match else None)
    if code is None:
        raise ValueError(f"a dividend of '{cells.shown(details)}': no code is known by that name")
    return cash(Kind.DIVIDEND, row.day("date"), moved, row.text("reference"), code)


def _holding(row: Fields) -> Draft:
    return holding(row, row.code("code"), row.number("availunits"), row.find_number("purchase"))


LAYOUTS = (
    Layout(
        "CommSec confirmations",
        "commsec",
        frozenset({"confirmationnumber", "tradedate", "buysell", "security", "units", "averageprice"}),
        _confirmation,
    ),
    Layout(
        "CommSec or Westpac transactions of a financial year",
        "commsec",
        frozenset({"code", "date", "type", "quantity", "tradevalue", "contractnote"}),
        _year,
        ends=("GLOSSARY", "Glossary"),
    ),
    Layout(
        "CommSec account",
        "commsec",
        frozenset({"date", "reference", "details", "debit", "credit", "balance"}),
        _account,
    ),
    Layout("CommSec holdings", "commsec", frozenset({"code", "availunits", "purchase", "mktvalue"}), _holding),
)
