"""nabtrade: confirmations, the workbook of a portfolio, and the cash account whose narrations tell trades."""

import re
from decimal import Decimal

from asxos.domain.ledger.transactions import Kind
from asxos.domain.money import cents
from asxos.providers.brokers import cells
from asxos.providers.brokers.layouts import Draft, Fields, Layout, Skipped
from asxos.providers.brokers.trades import Money, cash, side, trade

ENDS = ("nabtrade is a service provided", "***", "Important Information", "(1)", "Additional legal terms")
# `SELL AMD.NAS 6 USD 615.94 189411314 NT0000000-004 0.7147`: units, currency, price, confirmation, account, rate.
_TRADE = re.compile(r"(BUY|SELL) (\S+) ([\d.,]+) ([A-Z]{3}) ([\d.,]+) (\d+) \S+(?: ([\d.]+))?")
_FOREIGN_DIVIDEND = re.compile(r"DIVIDEND on (\S+) .*?([A-Z]{3}) to AUD @ ([\d.]+)")
_DIVIDEND = re.compile(r"FUNDS TRANSFER DIVIDEND - (.+?)(?: (?:PAYMENT|DIV|INT|FIN|DRP)\b.*| [A-Z]{3}\d\d/\d+.*)?")


def _confirmation(row: Fields) -> Draft:
    return trade(
        side(row.text("transactiontype")),
        row.day("tradedate"),
        row.code("code"),
        row.number("quantity"),
        row.number("price"),
        row.money("brokerage"),
        net=row.find_number("totalconsideration"),
        reference=row.text("confirmationnumber"),
        settles=row.find_day("settlementdate"),
    )


def _portfolio(row: Fields) -> Draft:
    """A reinvested dividend's movement is the units; their price is what they cost."""
    movement, currency = row.text("movementtype"), row.text("exchangecurrency").upper() or "AUD"
    if currency != "AUD":
        raise ValueError(f"a trade in {currency} and no rate beside it; the cash account has one")
    fees = row.money("brokerage") + row.money("otherfees")
    kind = Kind.BUY if movement.casefold() == "drp" else side(movement)
    value = row.find_number("value")
    return trade(
        kind,
        row.day("date"),
        row.code("code"),
        row.number("quantity"),
        row.find_number("transactionprice", "averageprice"),
        fees,
        amount=value,
        reference=row.text("confirmationnumber"),
    )


def _cash(row: Fields) -> Draft:
    said, on = row.text("description"), row.day("date")
    moved = row.money("credit") - row.money("debit")
    if not moved:
        raise Skipped("no money moved")
    if match := _TRADE.fullmatch(said):
        return _traded(row, match, moved)
    if match := _FOREIGN_DIVIDEND.search(said):
        return cash(Kind.DIVIDEND, on, moved, code=cells.code(match[1]))
    if match := _DIVIDEND.fullmatch(said):
        return cash(Kind.DIVIDEND, on, moved, code=_company(row, match[1]))
    if row.text("type").casefold() == "interest":
        return cash(Kind.INTEREST, on, moved)
    return cash(Kind.CASH_IN if moved > 0 else Kind.CASH_OUT, on, moved)


def _traded(row: Fields, match: re.Match[str], moved: Decimal) -> Draft:
    """The rate is foreign units a A$; brokerage is what the cash and the units at their price leave between them."""
    kind, units, price = side(match[1]), cells.number(match[3]), cells.number(match[5])
    money = Money(match[4], 1 / cells.number(match[7]), "nabtrade's rate") if match[7] else None
    value = cents(units * price * (money.rate if money else Decimal(1)))
    brokerage = -moved - value if kind is Kind.BUY else value - moved
    if brokerage < 0:
        raise ValueError(f"the cash of {abs(moved)} is less than {units} x {price}")
    rate = money.rate if money else Decimal(1)
    return trade(
        kind,
        row.day("date"),
        cells.code(match[2]),
        units,
        price,
        brokerage / rate,
        amount=value / rate,
        reference=match[6],
        money=money,
    )


def _company(row: Fields, name: str) -> str:
    """A code as it stands, or the code of a company's name."""
    try:
        return cells.code(name)
    except ValueError:
        found = row.find_code(name)
        if found is None:
            raise ValueError(f"a dividend of '{cells.shown(name)}': no code is known by that name") from None
        return found


def _dividend(row: Fields) -> Draft:
    amount = row.number("netpayment", "amount", "dividendamount", "netamount")
    return cash(Kind.DIVIDEND, row.day("paymentdate", "date"), amount, code=row.code("code"))


LAYOUTS = (
    Layout(
        "nabtrade confirmations",
        "nabtrade",
        frozenset({"confirmationnumber", "tradedate", "transactiontype", "code", "quantity", "price", "brokerage"}),
        _confirmation,
        ENDS,
    ),
    Layout(
        "nabtrade portfolio transactions",
        "nabtrade",
        frozenset({"code", "date", "movementtype", "quantity", "transactionprice"}),
        _portfolio,
        ENDS,
    ),
    Layout(
        "nabtrade cash account",
        "nabtrade cash",
        frozenset({"date", "type", "description", "debit", "credit", "balance"}),
        _cash,
        ENDS,
    ),
    Layout("nabtrade dividends", "nabtrade cash", frozenset({"code", "paymentdate", "netpayment"}), _dividend, ENDS),
)
