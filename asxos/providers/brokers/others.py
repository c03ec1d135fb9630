"""Brokers of one layout: SelfWealth, Pearler, CMC Invest, Bell Direct, Sharesies; and plain lists of holdings."""

from asxos.domain.money import ZERO
from asxos.providers.brokers.layouts import Draft, Fields, Layout
from asxos.providers.brokers.trades import Money, holding, side, trade


def _selfwealth(row: Fields) -> Draft:
    return trade(
        side(row.text("action")),
        row.day("tradedate"),
        row.code("code"),
        row.number("units"),
        row.find_number("averageprice"),
        row.money("brokerage"),
        amount=row.find_number("consideration"),
        net=row.find_number("total", "totalvalue"),
        reference=row.text("reference"),
        settles=row.find_day("settlementdate"),
    )


def _pearler(row: Fields) -> Draft:
    return trade(
        side(row.text("tradetype")),
        row.day("tradedate"),
        row.code("symbol", "exchange"),
        row.number("quantity"),
        row.number("price"),
        row.money("brokeragefee"),
        reference=row.text("reference"),
    )


_CMC_FEES = ("brokerage", "stampduty", "applicationfee", "othercharge", "fee")


def _cmc(row: Fields) -> Draft:
    """GST is inside brokerage."""
    fees = sum((row.money(name) for name in _CMC_FEES), ZERO)
    return trade(
        side(row.text("ordertype")),
        row.day("tradedate"),
        row.code("asxcode"),
        row.number("quantity"),
        row.find_number("price"),
        fees,
        amount=row.find_number("consideration"),
        reference=row.text("confirmationnumber"),
        settles=row.find_day("settlementdate"),
    )


def _bell(row: Fields) -> Draft:
    return trade(
        side(row.text("buysell")),
        row.day("datecompleted"),
        row.code("stockcode"),
        row.number("quantity"),
        row.number("averagetransactedprice"),
        row.money("brokerage"),
        reference=row.text("contract"),
    )


def _sharesies(row: Fields) -> Draft:
    """The rate is A$ for one unit of the trade's currency."""
    currency, rate = row.text("currency").upper() or "AUD", row.find_number("exchangerate")
    money = Money(currency, rate, "Sharesies' exchange rate") if currency != "AUD" and rate else None
    return trade(
        side(row.text("transactiontype")),
        row.day("tradedate"),
        row.code("instrumentcode", "marketcode"),
        row.number("quantity"),
        row.number("price"),
        row.money("transactionfee"),
        reference=row.text("orderid"),
        money=money,
    )


def _plain(row: Fields) -> Draft:
    acquired = row.find_day(*_DATE)
    return holding(row, row.code(_first(row, _TICKER)), row.number(*_UNITS), row.find_number(*_COST), acquired)


def _first(row: Fields, names: tuple[str, ...]) -> str:
    return next((name for name in names if name in row.values), names[0])


_TICKER = ("ticker", "symbol", "code", "asxcode", "stock", "security")
_UNITS = ("shares", "units", "quantity", "qty", "holding")
_COST = ("avgcost", "averagecost", "averageprice", "avgprice", "costpershare", "unitcost", "purchaseprice")
_DATE = ("dateacquired", "acquired", "acquireddate", "purchasedate", "date")

SELFWEALTH = frozenset({"tradedate", "settlementdate", "action", "code", "units", "averageprice", "brokerage"})
LAYOUTS = (
    Layout("SelfWealth movements", "selfwealth", SELFWEALTH | {"reference", "consideration"}, _selfwealth),
    Layout("SelfWealth trades", "selfwealth", SELFWEALTH | {"company"}, _selfwealth),
    Layout(
        "Pearler trades",
        "pearler",
        frozenset({"symbol", "exchange", "tradedate", "tradetype", "quantity", "price", "brokeragefee"}),
        _pearler,
    ),
    Layout(
        "CMC Invest confirmations",
        "cmc",
        frozenset({"asxcode", "ordertype", "tradedate", "quantity", "price", "consideration", "confirmationnumber"}),
        _cmc,
    ),
    Layout(
        "Bell Direct trades",
        "bell",
        frozenset({"datecompleted", "stockcode", "buysell", "quantity", "averagetransactedprice"}),
        _bell,
    ),
    Layout(
        "Sharesies transactions",
        "sharesies",
        frozenset({"orderid", "tradedate", "instrumentcode", "marketcode", "quantity", "transactiontype", "currency"}),
        _sharesies,
    ),
    *(
        Layout("plain holdings", "plain", frozenset({ticker, units, cost}), _plain)
        for ticker in _TICKER
        for units in _UNITS
        for cost in _COST
    ),
    *(
        Layout("plain holdings without a cost", "plain", frozenset({ticker, units}), _plain)
        for ticker in _TICKER
        for units in _UNITS
    ),
)
