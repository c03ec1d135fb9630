"""Sharesight: the report of all trades in both orders of its columns, and the template of its import."""

from asxos.domain.ledger.transactions import Kind, Transaction
from asxos.providers.brokers.layouts import Draft, Fields, Layout
from asxos.providers.brokers.trades import Money, side, trade

ENDS = ("Total",)


def _all_trades(row: Fields) -> Draft:
    """The report's rate is units of the instrument's currency for one A$."""
    currency = row.text("instrumentcurrency").upper() or "AUD"
    rate = row.find_number("exchangerate", "exchrate")
    money = Money(currency, 1 / rate, "Sharesight's rate") if currency != "AUD" and rate else None
    market = "market" if "market" in row.values else "marketcode"
    return _typed(row, row.text("type"), market, money)


def _template(row: Fields) -> Draft:
    rate, currency = row.find_number("exchangerate"), row.text("brokeragecurrency").upper() or "AUD"
    money = Money(currency, 1 / rate, "the file's rate") if rate and rate != 1 else None
    return _typed(row, row.text("transactiontype"), "marketcode", money)


def _typed(row: Fields, kind: str, market: str, money: Money | None) -> Draft:
    said, on = kind.casefold(), row.day("date", "tradedate")
    code = row.code("code" if "code" in row.values else "instrumentcode", market)
    if said in {"split", "consolidation", "bonus"}:
        raise ValueError(f"a {said} tells only units here; enter it with its ratio")
    quantity = row.number("quantity", "qty")
    if said in {"opening balance", "opening_balance"}:
        cost = quantity * row.number("price")
        return Draft(Transaction("", Kind.OPENING, on, code, quantity=quantity, amount=cost, acquired=on))
    brokerage = row.money("brokerage")
    return trade(side(said), on, code, quantity, row.number("price"), brokerage, money=money)


LAYOUTS = (
    Layout(
        "Sharesight all trades",
        "sharesight",
        frozenset({"market", "code", "type", "date", "quantity", "price", "instrumentcurrency"}),
        _all_trades,
        ENDS,
    ),
    Layout(
        "Sharesight all trades, second form",
        "sharesight",
        frozenset({"marketcode", "code", "type", "date", "qty", "price", "instrumentcurrency"}),
        _all_trades,
        ENDS,
    ),
    Layout(
        "Sharesight import template",
        "sharesight",
        frozenset({"tradedate", "instrumentcode", "marketcode", "quantity", "price", "transactiontype"}),
        _template,
    ),
)
