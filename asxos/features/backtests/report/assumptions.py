"""Every assumption of a run, in words."""

from math import isinf

import polars as pl

from asxos.domain.backtest.account import CORPORATE_TAX_RATE, LEAST_TURNOVER
from asxos.domain.backtest.ledger import Entry
from asxos.domain.backtest.rules import Rules, Weighting
from asxos.domain.backtest.selection import LEAST_VOLATILITY, VOLATILITY_WINDOW
from asxos.domain.backtest.study import Study
from asxos.domain.costs import DAILY_VOLATILITY, SPREAD_AT_A_MILLION, SPREAD_POWER, Tariff, tariff_of
from asxos.features.backtests.report.words import day, money, number, percent, signed_percent


def assumptions(study: Study) -> list[str]:
    """One sentence or two each."""
    rules = study.rules
    paid = study.ledger.journal.filter(pl.col("kind") == int(Entry.DIVIDEND)).height
    tariff = tariff_of(rules.broker, study.days[-1].item())
    return [
        "A ranking made with what was known at the close of a session is traded at the open of the next. A share that"
        " does not trade then (no bar, or none with volume) waits for the first open at which it does, until the next"
        " rebalance. Every ranking was made out of sample: by a model that had seen no later session.",
        _selection(rules),
        _weights(rules),
        f"Shares are whole. Orders are sized by the close that they were decided at, {percent(rules.reserve, 0)} of the"
        " equity kept in cash; sales go first, then purchases by rank as far as cash goes. A holding within"
        f" {percent(rules.band, 0)} of its target is left alone, as is every change under {money(rules.least_order)};"
        " the exchange takes no first purchase below A$500.",
        f"Brokerage is {tariff.name}'s, as published on {day(tariff.valid_from)} and taken for every past date, GST"
        f" included: {_tariff(tariff)}.",
        f"Each order crosses half of the spread: {10_000 * SPREAD_AT_A_MILLION:.0f} basis points for a share that"
        f" trades A$1m a day, by the power {number(SPREAD_POWER)} of turnover, at least half a tick; fitted to closing"
        " quotes of the ASX 300 from 2009 to 2015, and extrapolated below A$250k a day. It moves the price by"
        f" {percent(DAILY_VOLATILITY, 2)} (a usual day's volatility) x the square root of its part of a day's turnover."
        f" Turnover is the median of 20 sessions, at least {money(LEAST_TURNOVER)}.",
        "Dividends come in cash on the ex-date, some weeks before they are really paid, to who held the share at the"
        f" close before. Only dividends that are stored count, here {paid:,}; missing ones make every return too low,"
        " the universe's as well. Capital returned, and entitlements or demergers that only the price tells of, are"
        " paid for what the price lost. Splits and consolidations change the number of shares; a fraction is paid in"
        " cash.",
        f"Franking credits are counted only in the line that names them, at a company tax rate of"
        f" {percent(CORPORATE_TAX_RATE, 0)}; a dividend of unknown franking has none. Income tax and tax on gains are"
        " not counted, and cash earns nothing.",
        f"A share that has not traded for {rules.delisted_after} sessions is taken as delisted, and pays its last price"
        + (f" {signed_percent(rules.delisting_return, 0)}" if rules.delisting_return else "")
        + "; whether it traded again later is not asked.",
        "The universe is what was ranked on each date, shares that were delisted since included. It is held from one"
        " rebalance to the next, bought at the close, with dividends and without costs, in equal parts or by the"
        " turnover of each share. An index is shown where one with dividends is stored for the whole run.",
        "Prices are as best known now, corrections included; rankings are as they were made.",
    ]


def _selection(rules: Rules) -> str:
    where = (
        " in each sector, with as many places and as much money as the sector has of the ranked shares"
        if rules.sector_neutral
        else ""
    )
    return (
        f"The best {rules.top} are held{where}. A share that is held stays until its rank is beyond"
        f" {1 + rules.buffer:g} times the places, which saves turnover; others take the places that are free. A holding"
        " that does not trade on the day of a rebalance is kept. Of equal scores the most traded share is first."
    )


def _weights(rules: Rules) -> str:
    if rules.weighting is Weighting.EQUAL:
        return "Each share gets the same part of the money" + (" of its sector." if rules.sector_neutral else ".")
    return (
        f"Parts are inverse to volatility over {VOLATILITY_WINDOW} sessions, where none counts as less volatile than"
        f" {LEAST_VOLATILITY:g} of the middle share."
    )


def _tariff(tariff: Tariff) -> str:
    free = f"nothing for a day's first purchase of a code up to {money(tariff.first_buy_free_to)}"
    steps = [free] if tariff.first_buy_free_to else []
    for tier in tariff.tiers:
        parts = [money(tier.flat, 2)] if tier.flat else []
        parts += [percent(tier.rate, 2)] if tier.rate else []
        until = "" if isinf(tier.up_to) else f" up to {money(tier.up_to)}"
        steps.append(f"{' or '.join(parts)}{until or (' above' if len(tariff.tiers) > 1 else '')}")
    return ", ".join(steps)
