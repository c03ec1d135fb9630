"""The lab's calls, on prices alone and on a database."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import asxos
from asxos.core.compute import Compute
from asxos.core.errors import BadInput, NotFound
from asxos.features.models.errors import NoPrices
from asxos.features.models.plugins.ridge import RidgePlugin
from asxos.features.models.registry import UnknownModel
from asxos.lab.lab import UnknownFactor
from asxos.lab.prices import NothingPublished
from asxos.lab.runs import SIGNALS, InSample
from tests.lab.conftest import END


def test_the_package_itself_loads_nothing() -> None:
    code = "import asxos, sys; print([m for m in ('polars', 'numpy', 'pydantic', 'asxos.lab') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        asxos.nonsense  # noqa: B018 # pyright: ignore[reportAttributeAccessIssue]


def test_a_lab_says_what_it_works_on(lab: asxos.Lab) -> None:
    assert repr(lab) == "<Lab of simulated: 40 shares, 2020-06-29 to 2024-06-28>"
    panel = lab.panel()
    assert panel.columns[:3] == ["symbol", "security_id", "session_date"]
    assert panel["session_date"].max() == END


def test_factors_come_by_name_beside_what_models_learn_to_foretell(lab: asxos.Lab) -> None:
    found = lab.factors("momentum_12_1", "volatility_90")
    assert found.columns == ["symbol", "security_id", "session_date", "momentum_12_1", "volatility_90", "excess"]
    # the label is the return in excess of the date's median, and unknown where it is not over
    middle = found.group_by("session_date").agg(pl.col("excess").median()).drop_nulls()
    np.testing.assert_allclose(middle["excess"], 0, atol=1e-12)
    assert found.filter(pl.col("session_date") > END - timedelta(days=28))["excess"].null_count() > 0
    assert {"rsi_14", "beta_252"} < set(lab.factors().columns)
    with pytest.raises(UnknownFactor, match="no factor 'alpha_1'"):
        lab.factors("alpha_1")


def test_folds_test_on_what_follows_a_gap_of_purge_and_embargo(lab: asxos.Lab) -> None:
    folds, days = lab.folds(), lab.panel()["session_date"].unique().sort()
    assert folds["fold"].to_list() == [1, 2]
    for fold in folds.iter_rows(named=True):
        between = days.filter((days > fold["train_through"]) & (days < fold["test_from"]))
        assert len(between) == 22 + 5


def test_a_run_is_recorded_beside_the_baselines_and_counted(lab: asxos.Lab) -> None:
    before = lab.market.tally().trials
    run = lab.train("ridge", penalty=1000)
    assert lab.market.tally().trials == before + 1
    assert repr(run).startswith("<Run of ridge, penalty=1000: rank IC 0.")
    record = lab.evaluate(run)
    assert record["model"].to_list() == ["ridge", "momentum"]
    assert record["rank_ic"][0] == run.metrics["rank_ic"]
    assert 0 <= record["deflated_sharpe"][0] <= 1
    assert lab.breakdown(run, "year")["part"].to_list() == ["2022", "2023", "2024"]
    assert run.evidence.height == run.metrics["rows"]
    with pytest.raises(BadInput, match="by year, sector, liquidity, label, not by 'moon'"):
        lab.breakdown(run, "moon")


def test_a_run_ranks_the_latest_session_and_no_session_it_learnt_from(lab: asxos.Lab) -> None:
    run = lab.train("momentum")
    ranked = lab.signals(run)
    assert ranked.schema == pl.Schema(SIGNALS)
    assert ranked["rank"].to_list() == list(range(1, ranked.height + 1))
    assert ranked["ml_prob"].is_sorted(descending=True)
    with pytest.raises(InSample, match="momentum learnt from sessions up to"):
        lab.signals(run, run.draft.trained_through)
    with pytest.raises(NothingPublished, match="no signals of 'ensemble' were published on prices alone"):
        lab.signals()


def test_a_backtest_holds_what_a_run_said_unseen(lab: asxos.Lab) -> None:
    run = lab.train("momentum")
    table = lab.backtest(run, top=5, weighting="inverse-volatility")
    assert {"strategy", "equal_weight", "turnover_weight"} <= set(table["portfolio"])
    # it begins with the first unseen ranking, and holds no more than it may
    study = lab.study(run, top=5)
    assert study.days[0].item() == run.evidence["session_date"][0]
    assert study.ledger.holdings.group_by("session").len()["len"].max() == 5
    assert table["total"][0] != lab.backtest(run, top=5)["total"][0]
    with pytest.raises(ValueError, match="'moon' is not a valid Weighting"):
        lab.backtest(run, weighting="moon")


def test_a_sweep_gives_what_each_run_would_and_counts_every_one(lab: asxos.Lab) -> None:
    before = lab.market.tally().trials
    swept = lab.sweep("ridge", penalty=[30, 3000])
    assert lab.market.tally().trials == before + 2
    assert swept["penalty"].to_list() == [30, 3000]
    assert swept["rank_ic"].to_list() == [lab.train("ridge", penalty=p).metrics["rank_ic"] for p in (30, 3000)]


def test_a_sweep_is_the_same_on_a_cluster(lab: asxos.Lab, cluster: Compute) -> None:
    far = asxos.Lab(lab.market, lab.registry, lab._loop, cluster)  # pyright: ignore[reportPrivateUsage]
    here, there = (where.sweep("ridge", penalty=[30, 3000]).drop("deflated_sharpe") for where in (lab, far))
    assert here.equals(there)


def test_a_class_of_the_notebook_trains_like_a_shipped_one(lab: asxos.Lab) -> None:
    class CalmPlugin(RidgePlugin):
        FEATURES = ("volatility_90", "beta_252")

    # as in a notebook, where a class has no file
    CalmPlugin.__module__ = "__main__"
    run = lab.train(CalmPlugin, penalty=10)
    assert (run.model, dict(run.params)) == ("calm", {"penalty": 10})
    assert lab.evaluate(run)["model"].to_list() == ["calm", "momentum", "ridge"]
    with pytest.raises(UnknownModel, match="model_z"):
        lab.train("model_z")


def test_a_file_of_prices_is_a_lab_as_known_on_a_day(lab: asxos.Lab, tmp_path: Path) -> None:
    # given the prices of a market as traded, in a file
    bars = lab.panel().with_columns(scale=pl.col("raw_close") / pl.col("close"))
    prices = [(pl.col(name) * pl.col("scale")).round(6).alias(name) for name in ("open", "high", "low", "close")]
    volume = (pl.col("volume") / pl.col("scale")).round().cast(pl.Int64)
    bars.select("symbol", *prices, date="session_date", volume=volume).write_parquet(tmp_path / "prices.parquet")
    # when it is opened as of an earlier day
    day = date(2023, 6, 30)
    with asxos.open(tmp_path / "prices.parquet", as_of=day) as early:
        then = early.factors("momentum_12_1", "rsi_14").filter(pl.col("session_date") == day)
    # then its factors are those of that day, which no later price has moved
    now = lab.factors("momentum_12_1", "rsi_14").filter(pl.col("session_date") == day)
    both = now.join(then, on="symbol", suffix="_then")
    assert both.height == now.height > 10
    for name in ("momentum_12_1", "rsi_14"):
        known = both.drop_nulls(name)
        np.testing.assert_allclose(known[name], known[f"{name}_then"], rtol=1e-4)


async def test_inside_a_running_loop_the_stored_market_answers(
    published_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a notebook, which runs its cells inside an event loop, on a database with published rankings
    monkeypatch.setenv("ASXOS_DATABASE_URL", published_url)
    with asxos.open() as lab:
        published = lab.signals()
        assert published.schema == pl.Schema(SIGNALS)
        assert published["rank"].to_list() == list(range(1, published.height + 1))
        assert lab.signals("ridge", date(2024, 6, 14)).height > 20
        assert repr(lab).startswith("<Lab of stored simulated prices: 60 shares")
        assert lab.market.facts(None).sectors.height == 60
        with pytest.raises(NotFound, match="model_z"):
            lab.signals("model_z")


def test_trials_on_a_database_are_kept_in_it(
    lab: asxos.Lab, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASXOS_DATABASE_URL", database_url)
    lab.train("momentum")
    with asxos.open() as stored:
        assert stored.market.tally().trials == 0
        stored.market.log(lab.market.trials[-1])  # pyright: ignore[reportAttributeAccessIssue]
        with pytest.raises(NoPrices, match="No prices stored; ingest some first"):
            stored.panel()
    with asxos.open() as again:
        assert again.market.tally().trials == 1
