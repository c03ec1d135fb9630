"""Costs against the worked numbers of the brokers' price lists, and the half spread against real quotes."""

from datetime import date
from math import inf
from pathlib import Path

import numpy as np
import pytest

from asxos.domain.costs import (
    Broker,
    Tariff,
    Tier,
    half_spread,
    impact,
    round_trip_cost,
    tariff_of,
    tick,
)


def test_a_2000_dollar_round_trip_at_commsec_costs_20_dollars() -> None:
    commsec = tariff_of(Broker.COMMSEC)
    paid = commsec.brokerage(2_000.0, is_buy=True) + commsec.brokerage(2_000.0)
    assert float(paid) == 20.0
    assert float(paid) / 2_000 == 0.01


def test_commsec_charges_by_the_tier_of_the_order() -> None:
    values = [0, 500, 1_000, 1_000.01, 3_000, 3_000.01, 10_000, 10_000.01, 25_000, 25_000.01, 100_000]
    fees = [0, 5.0, 5.0, 10.0, 10.0, 19.95, 19.95, 29.95, 29.95, 30.0, 120.0]
    assert tariff_of(Broker.COMMSEC).brokerage(values).tolist() == fees


def test_cmc_takes_nothing_for_the_first_buy_of_a_day_up_to_a_thousand_dollars() -> None:
    cmc = tariff_of(Broker.CMC)
    assert cmc.brokerage([1_000.0, 1_000.01], is_buy=True).tolist() == [0.0, 11.0]
    assert cmc.brokerage([1_000.0, 11_000.0, 20_000.0]).tolist() == [11.0, 11.0, 20.0]


def test_flat_brokers_take_the_same_for_every_order() -> None:
    assert tariff_of(Broker.SELFWEALTH).brokerage([600.0, 90_000.0]).tolist() == [9.5, 9.5]
    assert tariff_of(Broker.PEARLER).brokerage([600.0, 90_000.0]).tolist() == [6.5, 6.5]
    assert tariff_of(Broker.STAKE).brokerage([600.0, 30_000.0, 50_000.0]).tolist() == [3.0, 3.0, 5.0]


def test_brokerage_is_to_the_cent_and_missing_for_a_missing_order() -> None:
    fees = tariff_of(Broker.COMMSEC).brokerage([33_333.33, np.nan])
    assert fees[0] == 40.0
    assert np.isnan(fees[1])


def test_a_tariff_holds_from_its_day_and_the_oldest_for_all_days_before() -> None:
    old = Tariff(Broker.CMC, "B", date(2020, 1, 1), (Tier(inf, 10.0),))
    new = Tariff(Broker.CMC, "B", date(2024, 1, 1), (Tier(inf, 5.0),))
    days = (date(2010, 1, 1), date(2023, 12, 31), date(2024, 1, 1), None)
    assert [tariff_of(Broker.CMC, day, [new, old]) for day in days] == [old, old, new, new]


def test_every_broker_has_a_tariff() -> None:
    assert [tariff_of(broker).broker for broker in Broker] == list(Broker)


def test_a_tick_is_the_exchanges() -> None:
    assert tick([0.015, 0.0999, 0.10, 1.995, 2.00, 45.0]).tolist() == [0.001, 0.001, 0.005, 0.005, 0.01, 0.01]


def test_nobody_crosses_less_than_half_a_tick() -> None:
    # One tick at $0.015 is 6.7 % (market.md), so half of it 3.3 %, however much is traded.
    assert float(half_spread(0.015, 1e9)) == pytest.approx(0.0005 / 0.015)


def test_a_share_that_trades_a_million_a_day_has_a_half_spread_of_68_basis_points() -> None:
    assert float(half_spread(10.0, 1e6)) == pytest.approx(0.0068)


def test_trading_a_days_turnover_moves_the_price_by_a_days_volatility() -> None:
    assert float(impact(2e6, 2e6, 0.03)) == pytest.approx(0.03)
    assert float(impact(0.5e6, 2e6, 0.03)) == pytest.approx(0.015)


def test_a_round_trip_is_two_brokerages_two_half_spreads_and_two_impacts() -> None:
    # $10,000 in a $5 share that trades $1m a day: 2 x (19.95 / 10,000 + 0.0068 + 0.0265 x 0.1).
    assert float(round_trip_cost(5.0, 1e6)) == pytest.approx(2 * (0.001995 + 0.0068 + 0.00265))


def test_costs_keep_shape_and_missing_values() -> None:
    close = np.array([[1.0, np.nan], [0.0, 2.0]])
    turnover = np.array([[1e6, 1e6], [1e6, 0.0]])
    assert np.isnan(round_trip_cost(close, turnover)).tolist() == [[False, True], [True, True]]


def test_the_half_spread_is_what_closing_quotes_of_the_asx_300_showed(shared_data: Path) -> None:
    from benchmarks.costs import read_quotes

    quotes = read_quotes(shared_data)
    turnover = quotes["turnover"].to_numpy()
    for low, high in ((2.5e5, 1e6), (1e6, 5e6), (5e6, 1e8)):
        part = (turnover > low) & (turnover <= high)
        fitted = half_spread(quotes["mid"].to_numpy()[part], turnover[part])
        assert fitted.mean() == pytest.approx(quotes["half"].to_numpy()[part].mean(), rel=0.08)
