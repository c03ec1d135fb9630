import re
from dataclasses import replace

import polars as pl
import pytest

from asxos.core.progress import Silent
from asxos.domain.backtest import Rules, Weighting
from asxos.features.backtests.material import Material
from asxos.features.backtests.records import Plan
from asxos.features.backtests.services import NothingToTest
from tests.domain.backtest.markets import day
from tests.features.backtests.conftest import SESSIONS, Bench, StubRankings

PLAN = Plan("model_z", Rules(top=3, every=5, capital=50_000.0))


async def test_a_run_is_stored_with_everything_that_is_told_of_it(bench: Bench) -> None:
    done = await bench.service.run(PLAN, Silent())
    assert (done.first_session, done.last_session, done.is_simulated) == (day(25), day(SESSIONS - 1), True)
    assert done.parameters["top"] == 3
    figures = done.metrics
    assert list(figures["performance"]) == [
        *("strategy", "strategy_price", "strategy_franked", "equal_weight", "turnover_weight", "S&P/ASX 200")
    ]
    assert figures["capital"] == 50_000.0
    total = figures["performance"]["strategy"]["total"]
    assert figures["final_equity"] == pytest.approx(50_000 * (1 + total))
    assert figures["curve"]["strategy"][-1] == pytest.approx(1 + total, abs=1e-6)
    assert figures["curve"]["date"][0] == day(25).isoformat()
    assert {month["month"] for month in figures["monthly"]} == {1, 2, 3}
    assert [of["assumed"] for of in figures["delisting"]] == [0.0, -0.3, -1.0]


async def test_the_rankings_of_each_date_are_told_with_the_fold_that_made_them(bench: Bench) -> None:
    done = await bench.service.run(PLAN, Silent())
    first, second = done.metrics["provenance"]
    assert first == {
        "made_by": "model_z v1, fold 1",
        "first": day(25).isoformat(),
        "last": day(55).isoformat(),
        "rankings": 7,
    }
    assert (second["made_by"], second["first"], second["rankings"]) == ("model_z v1, fold 2", day(60).isoformat(), 6)


async def test_the_journal_accounts_for_the_cash(bench: Bench) -> None:
    done = await bench.service.run(PLAN, Silent())
    journal = await bench.service.journal(done.id)
    assert journal.columns == [
        *("date", "decided", "symbol", "kind", "shares", "price", "brokerage", "spread", "impact", "cash", "franking")
    ]
    assert done.metrics["final_cash"] == pytest.approx(50_000 + journal["cash"].sum())
    trades = journal.filter(pl.col("kind").is_in(["buy", "sell"]))
    assert (trades["date"] > trades["decided"]).all()
    assert journal.filter(~pl.col("kind").is_in(["buy", "sell"]))["decided"].null_count() > 0
    assert set(journal["symbol"]) <= {f"Z{id:02d}A.AX" for id in range(1, 9)}


async def test_the_same_plan_on_the_same_data_is_run_once(bench: Bench) -> None:
    first = await bench.service.run(PLAN, Silent())
    assert (await bench.service.run(PLAN, Silent())).id == first.id
    # when a rule, or a price, is another
    other = await bench.service.run(replace(PLAN, rules=replace(PLAN.rules, top=4)), Silent())
    bench.put(bars=bench.market.bars.with_columns(pl.col("open") * 1.001))
    moved = await bench.service.run(PLAN, Silent())
    # then it is another run
    assert len({first.id, other.id, moved.id}) == 3
    assert first.data_sha256 == other.data_sha256 != moved.data_sha256
    assert [run.id for run in await bench.service.list_latest(10)] == [moved.id, other.id, first.id]
    assert await bench.service.get(first.id) == first


async def test_a_run_to_a_day_is_not_moved_by_prices_after_it(bench: Bench) -> None:
    plan = replace(PLAN, first=day(30), last=day(70))
    first = await bench.service.run(plan, Silent())
    assert (first.first_session, first.last_session) == (day(30), day(70))
    later = pl.when(pl.col("session_date") > day(70)).then(pl.col("open") * 3).otherwise("open")
    bench.put(bars=bench.market.bars.with_columns(later.alias("open")))
    assert (await bench.service.run(plan, Silent())).id == first.id


@pytest.mark.parametrize("lacking", ["rankings", "prices", "scores"])
async def test_a_model_without_rankings_on_sessions_with_prices_cannot_be_tested(bench: Bench, lacking: str) -> None:
    rows = bench.rankings.rows
    without = {
        "rankings": rows[:0],
        "prices": rows.with_columns(pl.col("session_date") + pl.duration(days=500)),
        "scores": rows.with_columns(score=pl.lit(None, pl.Float64)),
    }
    bench.service.rankings = StubRankings(without[lacking])
    with pytest.raises(NothingToTest, match="model 'model_z' has no ranking out of sample up to 2030-01-01"):
        await bench.service.run(replace(PLAN, last=day(0).replace(year=2030)), Silent())


async def test_the_report_stands_alone_and_says_what_was_assumed(bench: Bench) -> None:
    rules = replace(PLAN.rules, sector_neutral=True, weighting=Weighting.INVERSE_VOLATILITY, delisting_return=-0.3)
    done = await bench.service.run(replace(PLAN, rules=rules), Silent())
    page = await bench.service.report(done.id)
    # nothing is fetched, nothing runs, and every chart is in it
    assert not re.search(r"<script|<link|<img|@import|url\(|src=", page)
    assert {found for found in re.findall(r"https?://[^\"' <]+", page) if "w3.org" not in found} == set()
    assert page.count("<svg") == 6
    assert "NaN" not in page
    words = re.sub(r"<[^>]+>", "", page)
    for said in (
        "Simulated data",
        "Backtest of model_z: the best 3, by sector as the universe",
        "26 Jan 2024 to 30 Mar 2024",
        "A$50,000",
        "CommSec CDIA",
        "Only dividends that are stored count, here ",
        "inverse to volatility",
        "pays its last price −30%",
        "S&amp;P/ASX 200",
        "model_z v1, fold 2",
        "Materials",
        "Unclassified",
        done.data_sha256,
        "1 Jul 2024, 18:00 Sydney",
    ):
        assert said in words


async def test_real_data_is_not_marked_as_simulated(bench: Bench) -> None:
    bench.put(simulated=False)
    done = await bench.service.run(PLAN, Silent())
    assert "Simulated" not in await bench.service.report(done.id)
    assert not done.is_simulated


async def test_a_run_too_short_for_outcomes_is_reported_without_them(bench: Bench) -> None:
    done = await bench.service.run(replace(PLAN, first=day(85)), Silent())
    assert done.metrics["information"] == {"mean": None, "icir": None, "hac_t": None, "rankings": 0}
    assert "No ranking is old enough" in await bench.service.report(done.id)


async def test_the_sector_of_a_ranking_is_that_of_its_session(bench: Bench) -> None:
    moved = pl.DataFrame(
        {"security_id": [1, 1], "valid_from": [day(0), day(50)], "sector": ["Energy", "Utilities"]}
    ).with_columns(pl.col("security_id").cast(pl.Int32))
    cut = Material.cut(
        bench.market.bars, bench.market.known, bench.rankings.rows, moved, indices={}, last=None
    ).ranked.filter(pl.col("security_id") == 1)
    assert set(cut.filter(pl.col("session_date") < day(50))["sector"]) == {"Energy"}
    assert set(cut.filter(pl.col("session_date") >= day(50))["sector"]) == {"Utilities"}
