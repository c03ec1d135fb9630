"""`asxos portfolio performance | risk`: what a portfolio earned and risks, in words and tables."""

from datetime import datetime
from typing import Annotated

import typer

from asxos.bootstrap import System
from asxos.cli.output import AsJson, day_of, percent, print_json, print_table, size
from asxos.cli.running import with_system
from asxos.core.owners import LOCAL
from asxos.features.portfolio.schemas import HoldingPerformanceOut, PerformanceOut, RiskOut, SeriesRiskOut, TailOut
from asxos.features.portfolio.services import LedgerService, PerformanceService, RiskService

Name = Annotated[str, typer.Option("--portfolio", help="The portfolio's name.")]
DEFAULT = "Portfolio"


def performance(
    portfolio: Name = DEFAULT,
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"])] = None,
    as_json: bool = AsJson,
) -> None:
    """Returns by time and by money, in price, income and franking, against the index with dividends."""

    async def work(system: System) -> PerformanceOut:
        chosen = await system.service(LedgerService).named(LOCAL, portfolio)
        found = await system.service(PerformanceService).measure(LOCAL, chosen.id, day_of(first), day_of(last))
        return PerformanceOut.of(found)

    found = with_system(work)
    print_json(found) if as_json else _show_performance(found)


def risk(portfolio: Name = DEFAULT, as_json: bool = AsJson) -> None:
    """Volatility, beta, value at risk, drawdown, concentration and exposures."""

    async def work(system: System) -> RiskOut:
        chosen = await system.service(LedgerService).named(LOCAL, portfolio)
        return RiskOut.of(await system.service(RiskService).assess(LOCAL, chosen.id))

    found = with_system(work)
    print_json(found) if as_json else _show_risk(found)


def _show_performance(found: PerformanceOut) -> None:
    mark = "  SIMULATED PRICES" if found.simulated else ""
    title = f"{found.portfolio.name} from the close of {found.whole.first} to {found.whole.last}{mark}"
    columns = ["Code", "Price ", "Income ", "Franking ", "Total ", "A year ", "By money ", "Gain ", "Income A$ ", ""]
    print_table(title, columns, [_row(holding) for holding in found.holdings])
    whole, by_time, by_money = found.whole, found.whole.time_weighted, found.whole.money_weighted
    typer.echo(
        f"By time: price {percent(by_time.price)}, income {percent(by_time.income)}, franking"
        f" {percent(by_time.franking)}; {percent(by_time.annualised)} a year ({by_time.method})"
    )
    rate = percent(by_money.total) if by_money.reason is None else by_money.reason
    typer.echo(f"By money: {rate}; {percent(by_money.annualised)} a year ({by_money.method})")
    amounts = whole.amounts
    earned = ", ".join(
        f"A${amount:,.2f} in {what}"
        for what, amount in (
            ("price", amounts.price_gain),
            ("income", amounts.income),
            ("franking credits", amounts.franking),
        )
    )
    fall = found.drawdown
    typer.echo(f"{earned}; deepest fall {percent(fall.depth)} ({fall.peak} to {fall.trough})")
    for line in _remarks(found):
        typer.echo(line)


def _row(holding: HoldingPerformanceOut) -> list[str]:
    by_time, amounts = holding.time_weighted, holding.amounts
    return [
        holding.code,
        *map(percent, (by_time.price, by_time.income, by_time.franking, by_time.total, by_time.annualised)),
        percent(holding.money_weighted.total),
        f"{amounts.price_gain:,.2f}",
        f"{amounts.income:,.2f}",
        "" if holding.is_held else f"sold {holding.last}",
    ]


def _remarks(found: PerformanceOut) -> list[str]:
    against = found.benchmark
    lines = [
        f"{against.name}: {percent(against.total)}, so {percent(against.difference)} from it ({against.method})"
        if against.name
        else f"No index to compare with: {against.reason}"
    ]
    lines += [
        f"{gap.code}: {gap.sessions} sessions without a price, valued at the close before (last {gap.last_close})"
        for gap in found.carried
    ]
    lines += [f"{left.code}: {left.sessions} sessions before its first price, in no figure" for left in found.unpriced]
    return [*lines, *found.notes, found.scope]


def _show_risk(found: RiskOut) -> None:
    mark = "  SIMULATED PRICES" if found.simulated else ""
    weights = [[holding.name, size(holding.weight)] for holding in found.holdings[:10]]
    weights += [[f"Sector: {sector.name}", size(sector.weight)] for sector in found.sectors]
    weights += [[f"Currency: {currency.name}", size(currency.weight)] for currency in found.currencies]
    print_table(f"{found.portfolio.name} as of {found.as_of or 'no prices'}{mark}", ["Weight of", "Part "], weights)
    if found.concentration:
        spread = found.concentration
        typer.echo(
            f"As concentrated as {spread.effective:.1f} equal holdings; the largest five are {size(spread.top_5)}"
        )
    for series in (found.present, found.actual):
        for line in _series(series):
            typer.echo(line)
    for young in found.little_history:
        typer.echo(f"{young.code}: {young.sessions} returns only, {size(young.weight)} of the value")
    for fund in found.not_looked_through.funds:
        typer.echo(f"{fund.code} {fund.name}: {found.not_looked_through.note}")
    if found.unpriced:
        typer.echo(f"Without a price, and so in nothing: {', '.join(found.unpriced)}")


def _series(series: SeriesRiskOut) -> list[str]:
    if series.reason:
        return [f"{series.method}: {series.reason}"]
    beta = "–" if series.beta is None else f"{series.beta:.2f}"
    lines = [
        f"{series.method}, {series.returns} sessions to {series.last}:",
        f"  volatility {size(series.volatility)} a year; beta {beta}, tracking error {size(series.tracking_error)}"
        f" a year to {series.benchmark or series.no_benchmark}",
    ]
    for tail in series.tails:
        lines += _tail(tail)
    fall = series.drawdown
    return lines if fall is None else [*lines, f"  deepest fall {percent(fall.depth)} ({fall.peak} to {fall.trough})"]


def _tail(tail: TailOut) -> list[str]:
    lines = [
        f"  a session in {round(1 / (1 - tail.level))} loses over {size(tail.value_at_risk)}, then"
        f" {size(tail.expected_shortfall)} on average (normal law: {size(tail.parametric_value_at_risk)},"
        f" {size(tail.parametric_shortfall)})"
    ]
    if (test := tail.test) is not None:
        lines.append(
            f"    by the 250 sessions before each it was exceeded on {test.exceptions} of {test.sessions}, expected"
            f" {test.expected:.1f} (p {test.p_frequency:.3f}, Kupiec; p {test.p_independence:.3f}, Christoffersen)"
        )
    return lines
