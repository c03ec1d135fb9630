"""`asxos portfolio rebalance`: the orders that bring it nearer a target, worth more than their costs and tax."""

from typing import Annotated, Any

import typer
from pydantic import ValidationError

from asxos.bootstrap import System
from asxos.cli.output import AsJson, only_ours, print_json, print_table, size
from asxos.cli.portfolio_past import DEFAULT, Name
from asxos.cli.running import refuse, with_system
from asxos.core.owners import LOCAL
from asxos.domain.money import cents
from asxos.domain.rebalancing.targets import Target
from asxos.features.portfolio.schemas import RebalanceIn, RebalanceOrderOut, RebalanceOut
from asxos.features.portfolio.services import LedgerService, RebalancingService


def rebalance(  # noqa: PLR0917 - each is an option
    portfolio: Name = DEFAULT,
    target: Annotated[Target, typer.Option(help="The weights aimed at.")] = Target.EQUAL,
    turnover: Annotated[float | None, typer.Option(help="Half of all bought and sold, of the value, at most.")] = 0.2,
    max_position: Annotated[float | None, typer.Option(help="Of the value, e.g. 0.1.")] = None,
    max_sector: Annotated[float | None, typer.Option(help="Of the value, e.g. 0.3.")] = None,
    min_benefit: Annotated[float, typer.Option(help="A$: what less is worth is not done.")] = 50.0,
    min_benefit_share: Annotated[float, typer.Option(help="The same, of the value.")] = 0.0,
    top: Annotated[int, typer.Option(help="How many of the best-ranked shares not held may be bought.")] = 0,
    cash: Annotated[str, typer.Option(help="A$ to invest beside the ledger's.")] = "0",
    marginal_rate: Annotated[str | None, typer.Option(help="Of tax, e.g. 0.37; default: the portfolio's.")] = None,
    risk_aversion: Annotated[float, typer.Option(help="Half of this times the variance is what risk costs.")] = 4.0,
    as_json: bool = AsJson,
) -> None:
    """Whole-share orders after brokerage, spread and tax, each with its reason. A calculator, not advice."""
    wanted = _wanted(
        target=target, turnover=turnover, max_position=max_position, max_sector=max_sector, min_benefit=min_benefit,
        min_benefit_share=min_benefit_share, top=top, cash=cash, marginal_rate=marginal_rate,
        risk_aversion=risk_aversion,
    )  # fmt: skip

    async def work(system: System) -> RebalanceOut:
        chosen = await system.service(LedgerService).named(LOCAL, portfolio)
        found = await system.service(RebalancingService).propose(LOCAL, chosen.id, wanted.wanted())
        return RebalanceOut.of(found)

    with only_ours():
        found = with_system(work)
    print_json(found) if as_json else _show(found)


def _wanted(**values: Any) -> RebalanceIn:
    try:
        return RebalanceIn(**values)
    except ValidationError as error:
        faults = [f"--{str(e['loc'][0]).replace('_', '-')}: {e['msg']}, was {e['input']!r}" for e in error.errors()]
        refuse("; ".join(faults))


def _show(found: RebalanceOut) -> None:
    mark = "  SIMULATED PRICES" if found.simulated else ""
    title = f"{found.portfolio.name}, {found.target}, prices of {found.as_of}, trades of {found.on}{mark}"
    columns = ["", "Units ", "Code", "Price ", "Value ", "Cost ", "Tax ", "Before ", "After ", "Target "]
    if found.orders:
        print_table(title, columns, [_row(order) for order in found.orders])
        for order in found.orders:
            typer.echo(f"{order.symbol}: {order.reason}")
    typer.echo(f"{found.reason}.")
    typer.echo(
        f"Turnover {found.turnover:.1%}, cost A${cents(found.cost):,}, tax A${cents(found.tax):,}, cash"
        f" A${cents(found.cash.before):,} to A${cents(found.cash.after):,}; volatility"
        f" {found.volatility.before:.1%} to {found.volatility.after:.1%}, from the target"
        f" {found.tracking_error.before:.1%} to {found.tracking_error.after:.1%} a year. Proven to {found.gap:.2%}"
        f" in {found.seconds:.1f} s."
    )
    for left in found.left_alone:
        typer.echo(f"Left alone: {left.symbol}: {left.reason}")
    for assumption in found.assumptions:
        typer.echo(f"{assumption}.")
    typer.echo(found.disclaimer)


def _row(order: RebalanceOrderOut) -> list[str]:
    return [
        order.side,
        f"{order.quantity:,}",
        order.symbol,
        f"{order.price:.3f}",
        f"{cents(order.value):,}",
        f"{cents(order.brokerage + order.spread + order.impact):,}",
        f"{cents(order.tax):,}",
        *(size(weight) for weight in (order.weight_before, order.weight_after, order.target)),
    ]
