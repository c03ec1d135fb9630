from datetime import date, timedelta

import polars as pl

from asxos.providers.prices import ACTIONS_SCHEMA, BARS_SCHEMA
from asxos.providers.simulated import SimulatedPrices

END = date(2026, 11, 20)
WEEKDAYS = [day for i in range(900) if (day := END - timedelta(days=i)).weekday() < 5]


def provider(symbols: int = 200) -> SimulatedPrices:
    return SimulatedPrices(END, WEEKDAYS, seed=3, symbols=symbols, years=2)


def test_the_whole_market_comes_in_batches_of_whole_symbols() -> None:
    made = provider()
    batches = list(made.batches())
    assert [batch.bars["symbol"].n_unique() for batch in batches] == [150, 50]
    assert sum(batch.bars.height for batch in batches) == made.count()
    assert all(batch.bars.schema == BARS_SCHEMA and batch.actions.schema == ACTIONS_SCHEMA for batch in batches)
    assert made.is_simulated
    assert {batch.source for batch in batches} == {"simulated"}


def test_one_symbol_can_be_asked_for_from_a_date() -> None:
    made = provider(20)
    symbol = made.market.securities.filter(pl.col("delisted_on").is_null())["symbol"][0]
    (batch,) = made.batches([symbol.removesuffix(".AX")], date(2026, 11, 2))
    assert batch.bars["symbol"].unique().to_list() == [symbol]
    assert batch.bars["session_date"].min() == date(2026, 11, 2)
