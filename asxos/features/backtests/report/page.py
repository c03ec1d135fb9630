"""The page: headline, plots, tables, where the rankings come from, and every assumption in words."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from asxos.domain.backtest.study import EQUAL, STRATEGY, Study
from asxos.features.backtests.report import charts
from asxos.features.backtests.report.about import About
from asxos.features.backtests.report.assumptions import assumptions
from asxos.features.backtests.report.words import (
    MONTHS,
    day,
    moment,
    money,
    number,
    percent,
    series,
    signed_percent,
)

HOLDINGS_SHOWN = 60


def page(study: Study, figures: dict[str, Any], about: About) -> str:
    """Everything, in the order in which a sceptic asks."""
    title = f"Backtest of {about.model_id}, {day(study.days[0].item())} to {day(study.days[-1].item())}"
    style = files("asxos.features.backtests.report").joinpath("style.css").read_text("utf-8")
    body = "\n".join(
        [
            _head(study, about),
            _verdict(study, figures),
            _tiles(figures),
            _section("Growth", _equity(study), _performance(figures), _relative(figures)),
            _section("Falls", _figure(charts.below_high(study), "How far below its highest value so far, by week.")),
            _section("Month by month", _months(figures["monthly"])),
            _section("Do the rankings foretell returns?", _information(study, figures)),
            _section("Trading and what it costs", *_trading(study, figures)),
            _section("Where the money was", _exposure(study), _holdings(study, about)),
            _section("If delisted shares had paid less", _delisting(figures)),
            _section("Who made the rankings", _provenance(figures)),
            _section("What is assumed", _list(assumptions(study))),
            _foot(about),
        ]
    )
    return (
        f'<!doctype html>\n<html lang="en-AU"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{style}</style></head><body><main>{body}</main></body></html>\n"
    )


def _head(study: Study, about: About) -> str:
    rules = study.rules
    shape = "by sector as the universe" if rules.sector_neutral else "whatever their sector"
    mark = (
        '<p class="simulated">Simulated data: these prices were invented, and so is every figure here.</p>'
        if about.is_simulated
        else ""
    )
    return (
        f"<h1>Backtest of {escape(about.model_id)}: the best {rules.top}, {shape}</h1>"
        f'<p class="muted">{day(study.days[0].item())} to {day(study.days[-1].item())}, {len(study.days):,} sessions;'
        f" {money(rules.capital)} at the start; rebalanced every {rules.every} sessions or more;"
        f" {rules.weighting.value.replace('-', ' ')} weights</p>{mark}"
    )


def _verdict(study: Study, figures: dict[str, Any]) -> str:
    """What happened, and whether it may have been chance."""
    own, equal = (figures["performance"][name] for name in (STRATEGY, EQUAL))
    against = figures["relative"][EQUAL]
    t = against["alpha_t"]
    chance = "too short a run to tell it from chance"
    if t is not None:
        chance = f"t = {number(t, 1)}, " + ("not likely chance alone" if abs(t) >= 2 else "which chance alone could do")
    return (
        f'<p class="verdict">{money(study.rules.capital)} became {money(figures["final_equity"])}:'
        f" {signed_percent(own['cagr'])} a year after all costs, with a deepest fall of"
        f" {percent(-own['max_drawdown'])}. All ranked shares held alike, without costs, gave"
        f" {signed_percent(equal['cagr'])} a year. Beyond moving with them, the strategy made"
        f" {signed_percent(against['alpha'])} a year ({chance}).</p>"
    )


def _tiles(figures: dict[str, Any]) -> str:
    own, trading = figures["performance"][STRATEGY], figures["trading"]
    tiles = [
        ("Return a year", signed_percent(own["cagr"]), "compound, after costs"),
        ("Volatility", percent(own["volatility"]), "a year"),
        ("Sharpe ratio", number(own["sharpe"]), "cash at 0%"),
        ("Deepest fall", percent(own["max_drawdown"]), f"longest {own['drawdown_sessions']:,} sessions"),
        ("Costs a year", percent(trading["cost_drag"], 2), f"turnover {number(trading['turnover'], 1)} times a year"),
        ("Break-even cost", percent(trading["break_even"], 2), f"a round trip; paid {percent(trading['paid'], 2)}"),
    ]
    inside = "".join(f"<div><dt>{n}</dt><dd>{v}<small>{s}</small></dd></div>" for n, v, s in tiles)
    return f'<dl class="tiles">{inside}</dl>'


def _equity(study: Study) -> str:
    return _figure(
        charts.equity(study),
        f"What {money(study.rules.capital)} became, dividends in, log scale, by week. The strategy is after all costs;"
        " the others pay none.",
    )


def _performance(figures: dict[str, Any]) -> str:
    columns = ["", "Total", "A year", "Volatility", "Sharpe", "Sortino", "Deepest fall", "Longest below high"]
    rows = [
        [
            *(escape(series(name)), signed_percent(of["total"]), signed_percent(of["cagr"]), percent(of["volatility"])),
            *(number(of["sharpe"]), number(of["sortino"]), percent(of["max_drawdown"])),
            f"{of['drawdown_sessions']:,} sessions",
        ]
        for name, of in figures["performance"].items()
    ]
    return _table(columns, rows, lead=True)


def _relative(figures: dict[str, Any]) -> str:
    columns = ["Strategy against", "Alpha a year", "t", "Beta", "Correlation", "Tracking error", "Information ratio"]
    rows = [
        [
            *(escape(series(name)), signed_percent(of["alpha"]), number(of["alpha_t"], 1), number(of["beta"])),
            *(number(of["correlation"]), percent(of["tracking_error"]), number(of["information_ratio"])),
        ]
        for name, of in figures["relative"].items()
    ]
    return _table(columns, rows)


def _months(monthly: Sequence[dict[str, Any]]) -> str:
    """Years down, months across, tinted by size."""
    of = {(month["year"], month["month"]): month["return"] for month in monthly}
    rows: list[str] = []
    for year in sorted({year for year, _ in of}):
        cells = "".join(_tinted(of.get((year, month))) for month in range(1, 13))
        total = 1.0
        for month in range(1, 13):
            total *= 1 + of.get((year, month), 0.0)
        rows.append(f"<tr><td>{year}</td>{cells}<td>{signed_percent(total - 1)}</td></tr>")
    head = "".join(f"<th>{name}</th>" for name in ("", *MONTHS, "Year"))
    return (
        f'<div class="table months"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _tinted(value: float | None) -> str:
    if value is None:
        return "<td></td>"
    tone = "rise" if value > 0 else "fall"
    return f'<td class="{tone}" style="--part:{min(abs(value) * 500, 60):.0f}">{signed_percent(value)}</td>'


def _information(study: Study, figures: dict[str, Any]) -> str:
    of = figures["information"]
    if not of["rankings"]:
        return "<p>No ranking is old enough for its outcome to be known.</p>"
    return _figure(
        charts.rank_ic(study),
        f"Rank correlation of each ranking with the returns of the 21 sessions from the next open, and the mean of the"
        f" last {charts.IC_WINDOW} rankings. Over all {of['rankings']:,}: mean {number(of['mean'], 4)}, ICIR"
        f" {number(of['icir'])}, t = {number(of['hac_t'], 1)} allowing for overlap.",
    )


def _trading(study: Study, figures: dict[str, Any]) -> Iterable[str]:
    of = figures["trading"]
    yield _figure(charts.turnover(study), "Half of what was bought and sold in each month, as a part of the equity.")
    yield _figure(
        charts.costs(figures["costs"]),
        f"What trading cost in each year: brokerage {money(of['brokerage'])}, half spreads {money(of['spread'])} and"
        f" impact {money(of['impact'])} in all.",
    )
    rows = [
        ["Trades", f"{of['trades']:,}", "Dividends", money(of["dividends"])],
        ["Rebalances", f"{figures['rebalances']:,}", "Franking credits with them", money(of["franking"])],
        ["Positions closed", f"{of['closed']:,}", "Capital returned, entitlements", money(of["returned"])],
        ["Of them at a profit", percent(of["hit_rate"]), "Mean part in shares", percent(of["exposure"])],
        ["A round trip cost", percent(of["paid"], 2), "Mean holdings", number(of["mean_holdings"], 1)],
    ]
    yield _table([], rows, text=2)


def _exposure(study: Study) -> str:
    return _figure(charts.exposure(study), "What part of the equity was in each sector and in cash, by month.")


def _holdings(study: Study, about: About) -> str:
    """What was held at the end."""
    last = study.ledger.first + len(study.days) - 1
    held = study.ledger.holdings.filter(study.ledger.holdings["session"] == last).sort("value", descending=True)
    names = [*study.rankings.sectors, ""]
    rows = [
        [
            *(escape(about.symbols[int(study.market.security_ids[h["column"]])]), escape(names[h["sector"]])),
            *(f"{h['shares']:,}", money(h["value"]), percent(h["value"] / study.ledger.equity[-1])),
        ]
        for h in held.head(HOLDINGS_SHOWN).iter_rows(named=True)
    ]
    rows.append(
        ["Cash", "", "", money(study.ledger.cash[-1]), percent(study.ledger.cash[-1] / study.ledger.equity[-1])]
    )
    return _table(["At the end", "Sector", "Shares", "Value", "Part"], rows, text=1)


def _delisting(figures: dict[str, Any]) -> str:
    rows = [
        [
            f"Last price {signed_percent(of['assumed'], 0)}" if of["assumed"] else "Last price",
            signed_percent(of["cagr"], 2),
        ]
        for of in figures["delisting"]
    ]
    return _table(["A delisted share pays", "Strategy, a year"], rows)


def _provenance(figures: dict[str, Any]) -> str:
    rows = [
        [escape(of["made_by"]), day(of["first"]), day(of["last"]), f"{of['rankings']:,}"]
        for of in figures["provenance"]
    ]
    return _table(["Made by", "First", "Last", "Rankings"], rows)


def _foot(about: About) -> str:
    return (
        f"<footer>Made {moment(about.made_at)} by ASX Portfolio OS. Data <code>{about.data_sha256}</code>."
        " Past results, tested or real, do not foretell future ones. General information, no advice.</footer>"
    )


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{title}</h2>{''.join(parts)}</section>"


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{caption}</figcaption></figure>"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, lead: bool = False, text: int = 0) -> str:
    """Cells are HTML already; the first column, and the one numbered `text`, are text."""
    of = ["text" if i == text else "number" for i in range(max(map(len, [columns, *rows])))]
    names = "".join(f'<th class="{kind}">{name}</th>' for kind, name in zip(of, columns, strict=False))
    head = f"<thead><tr>{names}</tr></thead>" if columns else ""
    first = ' class="lead"' if lead else ""
    cells = ["".join(f'<td class="{kind}">{cell}</td>' for kind, cell in zip(of, row, strict=True)) for row in rows]
    body = "".join(f"<tr{first if i == 0 else ''}>{row}</tr>" for i, row in enumerate(cells))
    return f'<div class="table"><table>{head}<tbody>{body}</tbody></table></div>'


def _list(items: Iterable[str]) -> str:
    return f"<ol>{''.join(f'<li>{item}</li>' for item in items)}</ol>"
