"""`asxos backtest`: what following a model's signals would have come to, after costs."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from asxos.bootstrap import System
from asxos.cli.bars import run_drawn
from asxos.cli.output import AsJson, console, print_json, print_table
from asxos.cli.running import refuse, with_system
from asxos.domain.backtest.rules import Rules, Weighting
from asxos.domain.backtest.study import EQUAL
from asxos.domain.costs import Broker
from asxos.features.backtests.report.words import money, number, percent, series
from asxos.features.backtests.schemas import BacktestFullOut, PerformanceOut
from asxos.features.backtests.services import RUN_BACKTEST, BacktestService

DEFAULTS = Rules()
FROM = typer.Option(None, "--from", formats=["%Y-%m-%d"], help="Rankings from this day on.")
TO = typer.Option(None, "--to", formats=["%Y-%m-%d"], help="Run to this day.")


def backtest(  # noqa: PLR0917 - each is an option of the command
    model: Annotated[str, typer.Option(help="A model's id, or `ensemble`.")] = "ensemble",
    first: datetime | None = FROM,
    last: datetime | None = TO,
    top: Annotated[int, typer.Option(min=1, max=500, help="Shares held.")] = DEFAULTS.top,
    sector_neutral: Annotated[
        bool, typer.Option("--sector-neutral", help="As much in each sector as the universe has.")
    ] = False,
    every: Annotated[int, typer.Option(min=1, max=520, help="Least sessions between rebalances.")] = DEFAULTS.every,
    weighting: Annotated[Weighting, typer.Option(help="Parts of the money.")] = DEFAULTS.weighting,
    capital: Annotated[float, typer.Option(min=1_000, max=1e9, help="A$ at the start.")] = DEFAULTS.capital,
    broker: Annotated[Broker, typer.Option(help="Whose tariff is paid.")] = DEFAULTS.broker,
    buffer: Annotated[
        float, typer.Option(min=0, max=10, help="A held share stays to rank TOP x (1 + this).")
    ] = DEFAULTS.buffer,
    delisting_return: Annotated[
        float, typer.Option(min=-1, max=0, help="What a delisted share pays beyond its last price.")
    ] = DEFAULTS.delisting_return,
    report: Annotated[Path | None, typer.Option(help="Write the report here, one HTML file.")] = None,
    trades: Annotated[Path | None, typer.Option(help="Write every trade and payment here, as CSV.")] = None,
    as_json: bool = AsJson,
) -> None:
    """Trade by a model's past rankings, each made out of sample, at next opens and after all costs."""
    for path in (report, trades):
        if path is not None and not path.parent.is_dir():
            refuse(f"{path}: no such folder")
    args = {
        "model": model,
        "first": first.date().isoformat() if first else None,
        "last": last.date().isoformat() if last else None,
        "top": top,
        "sector_neutral": sector_neutral,
        "every": every,
        "weighting": weighting.value,
        "capital": capital,
        "broker": broker.value,
        "buffer": buffer,
        "delisting_return": delisting_return,
    }
    done, page, journal = with_system(lambda system: _run(system, args))
    if report is not None:
        report.write_text(page, "utf-8")
    if trades is not None:
        journal.write_csv(trades)
    print_json(done) if as_json else _show(done)


async def _run(system: System, args: dict[str, Any]) -> tuple[BacktestFullOut, str, pl.DataFrame]:
    """The run, its report and its journal."""
    id = (await run_drawn(system, RUN_BACKTEST, args))["id"]
    backtests = system.service(BacktestService)
    return BacktestFullOut.of(await backtests.get(id)), await backtests.report(id), await backtests.journal(id)


def _show(done: BacktestFullOut) -> None:
    mark = "  SIMULATED DATA" if done.simulated else ""
    title = f"Backtest {done.id}: {done.model}, {done.first} to {done.last}, {done.rebalances} rebalances{mark}"
    columns = ["", "Total ", "A year ", "Volatility ", "Sharpe ", "Sortino ", "Worst fall ", "Longest "]
    print_table(title, columns, [_row(series(name), of) for name, of in done.performance.items()])
    print_table("Trading", ["Figure", "Value "], _figures(done))
    for of in done.provenance:
        console.print(f"[dim]{of.rankings} rankings {of.first} to {of.last}: {of.made_by}[/]")


def _row(name: str, of: PerformanceOut) -> list[str]:
    return [
        *(name, percent(of.total), percent(of.cagr), percent(of.volatility)),
        *(number(of.sharpe), number(of.sortino), percent(of.max_drawdown), f"{of.drawdown_sessions:,}"),
    ]


def _figures(done: BacktestFullOut) -> list[list[str]]:
    of, against = done.trading, done.relative[EQUAL]
    costs = money(of.brokerage + of.spread + of.impact)
    return [
        ["A$ at the start and at the end", f"{money(done.capital)} … {money(done.final_equity)}"],
        ["Turnover a year", f"{number(of.turnover, 1)} x"],
        ["Costs: brokerage, half spread, impact", f"{costs}, {percent(of.cost_drag, 2)} a year"],
        ["A round trip cost; could have cost", f"{percent(of.paid, 2)}; {percent(of.break_even, 2)}"],
        ["Dividends (franking credits)", f"{money(of.dividends)} ({money(of.franking)})"],
        ["Positions closed at a profit", f"{percent(of.hit_rate)} of {of.closed:,}"],
        ["Alpha a year to equal weight (t)", f"{percent(against.alpha)} ({number(against.alpha_t, 1)})"],
        ["Beta to equal weight", number(against.beta)],
        ["Rank IC of the rankings (t)", f"{number(done.information.mean, 4)} ({number(done.information.hac_t, 1)})"],
    ]
