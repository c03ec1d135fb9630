"""The plots of a report as SVG whose colours are the page's own, so that they turn dark with it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import numpy as np
import polars as pl
import vl_convert
from numpy.typing import NDArray

from asxos.domain.backtest.performance import drawdown
from asxos.domain.backtest.study import EQUAL, FRANKED, PRICE, STRATEGY, Study
from asxos.features.backtests.report.words import series

FloatArray = NDArray[np.float64]
Symbol = Literal["square", "stroke"]
Chart = Any  # altair's charts have a type for each of their forms

WIDTH, HEIGHT = 800, 240
WEEK, MONTH = 5, 21
IC_WINDOW = 26
"""Rankings in the rolling mean of rank IC: half a year of weekly ones."""

_LINES = ("var(--accent)", "var(--series-2)", "var(--series-3)", "var(--series-4)", "var(--down)", "var(--up)")
# Tones that stand on white and on black.
_SECTORS = (
    *("#4c78a8", "#f58518", "#54a24b", "#e45756", "#72b7b2", "#d9b62b", "#b279a2", "#f291a0", "#9d755d"),
    *("#5f9ea0", "#8f7fc0", "#88b04b"),
)
_CASH = "Cash"
_DAY = alt.X("day:T").axis(alt.Axis(title=None, format="%Y", tickCount="year", labelFlush=False))
_PERCENT = alt.Axis(format="%", title=None)


def equity(study: Study) -> str:
    """What the capital became, beside the benchmarks; log scale, weekly."""
    names = [name for name in study.returns if name not in {PRICE, FRANKED}]
    worth = {series(name): study.rules.capital * (1 + study.returns[name]).cumprod() for name in names}
    dollars = alt.Y("value:Q").scale(type="log", nice=False).axis(alt.Axis(format="$,.0f", title=None, tickCount=6))
    return _svg(
        alt.Chart(_weekly(study, worth)).mark_line(strokeWidth=1.6).encode(_DAY, dollars, _colours(worth, "stroke"))
    )


def below_high(study: Study) -> str:
    """How far below its high the strategy was, and the equally weighted universe; weekly."""
    below = {series(name): drawdown(study.returns[name]) for name in (STRATEGY, EQUAL)}
    part = alt.Y("value:Q").stack(None).axis(_PERCENT)
    area = alt.Chart(_weekly(study, below)).mark_area(fillOpacity=0.16, line={"strokeWidth": 1.4})
    return _svg(area.encode(_DAY, part, _colours(below)))


def rank_ic(study: Study) -> str:
    """Each ranking's IC, and the mean of the last half-year's."""
    table = study.ics.with_columns(mean=pl.col("ic").rolling_mean(IC_WINDOW)).rename({"session_date": "day"})
    each = alt.Chart(table).mark_bar(color="var(--series-2)", opacity=0.5, width=1.5)
    mean = alt.Chart(table).mark_line(color="var(--accent)", strokeWidth=2)
    value = alt.Axis(title=None, format=".2f")
    return _svg(each.encode(_DAY, alt.Y("ic:Q").axis(value)) + mean.encode(_DAY, alt.Y("mean:Q")))


def turnover(study: Study) -> str:
    """Half of what was bought and sold in each month, of the equity."""
    traded = study.ledger.traded / 2 / study.ledger.equity
    table = pl.DataFrame({"day": pl.Series(study.days).cast(pl.Date), "part": traded})
    by_month = table.group_by_dynamic("day", every="1mo").agg(pl.col("part").sum())
    bars = alt.Chart(by_month).mark_bar(color="var(--accent)", width=max(1.5, 0.7 * WIDTH / by_month.height))
    return _svg(bars.encode(_DAY, alt.Y("part:Q").axis(_PERCENT)))


def exposure(study: Study) -> str:
    """What part of the equity was in each sector and in cash; monthly."""
    table = _by_sector(study)
    names = [*sorted(set(table["sector"]) - {_CASH}), _CASH]
    ranked = table.with_columns(rank=pl.col("sector").replace_strict(names, range(len(names)), return_dtype=pl.Int64))
    part = alt.Y("value:Q").stack("zero").scale(domain=[0, 1]).axis(_PERCENT)
    colours = alt.Color("sector:N").scale(domain=names, range=[*_SECTORS[: len(names) - 1], "var(--cash)"])
    area = alt.Chart(ranked).mark_area().encode(_DAY, part, colours.legend(_legend(4, "square")), alt.Order("rank:Q"))
    return _svg(area)


def costs(yearly: Sequence[Mapping[str, Any]]) -> str:
    """Brokerage, half spread and impact paid in each year."""
    words = {"brokerage": "Brokerage", "spread": "Half spread", "impact": "Impact"}
    rows = [(str(year["year"]), word, year[name]) for year in yearly for name, word in words.items()]
    table = pl.DataFrame(rows, schema=["year", "series", "value"], orient="row")
    year = alt.X("year:N").axis(alt.Axis(title=None, labelAngle=0))
    dollars = alt.Y("value:Q").axis(alt.Axis(format="$,.0f", title=None))
    return _svg(alt.Chart(table).mark_bar().encode(year, dollars, _colours(dict.fromkeys(words.values()))))


def _weekly(study: Study, lines: Mapping[str, FloatArray]) -> pl.DataFrame:
    """`day, series, value` of each fifth session and the last."""
    places = np.unique(np.append(np.arange(0, len(study.days), WEEK), len(study.days) - 1))
    days = pl.Series("day", study.days[places]).cast(pl.Date)
    return pl.concat([pl.DataFrame({"day": days, "series": name, "value": of[places]}) for name, of in lines.items()])


def _by_sector(study: Study) -> pl.DataFrame:
    """`day, sector, value`: parts of the equity, every sector on every 21st session."""
    places = np.arange(0, len(study.days), MONTH)
    equity, cash = study.ledger.equity[places], study.ledger.cash[places]
    grid = pl.DataFrame({"session": places + study.ledger.first, "equity": equity, "cash": cash})
    names = pl.DataFrame({"sector": range(len(study.rankings.sectors)), "name": study.rankings.sectors})
    held = study.ledger.holdings.group_by("session", "sector").agg(pl.col("value").sum())
    known = grid.join(names, how="cross").join(held, on=["session", "sector"], how="left")
    parts = known.with_columns(pl.col("value").fill_null(0.0) / pl.col("equity")).select("session", "name", "value")
    rest = grid.select("session", name=pl.lit(_CASH), value=pl.col("cash") / pl.col("equity"))
    days = pl.Series(study.market.days).cast(pl.Date)
    table = pl.concat([parts, rest])
    return table.select(day=days.gather(table["session"]), sector="name", value="value")


def _colours(lines: Mapping[str, Any], symbol: Symbol = "square") -> alt.Color:
    names = list(lines)
    scale = alt.Scale(domain=names, range=list(_LINES[: len(names)]))
    return alt.Color("series:N", scale=scale, legend=_legend(len(names), symbol))


def _legend(columns: int, symbol: Symbol) -> alt.Legend:
    return alt.Legend(title=None, orient="top", columns=columns, symbolType=symbol, symbolOpacity=1)


def _svg(chart: Chart) -> str:
    """The chart in the page's font and colours, without a size of its own."""
    words = {"labelColor": "var(--muted)", "labelFontSize": 11.5, "titleColor": "var(--muted)", "titleFontWeight": 400}
    lines = {"gridColor": "var(--line)", "domainColor": "var(--line-strong)", "tickColor": "var(--line-strong)"}
    made = (
        chart.properties(width=WIDTH, height=HEIGHT, background="transparent", padding=2)
        .configure(font="inherit")
        .configure_view(stroke=None)
        .configure_axis(**words, **lines, domain=False, ticks=False, labelPadding=6)
        .configure_legend(labelColor="var(--text)", labelFontSize=12, labelLimit=320, symbolStrokeWidth=3)
    )
    return str(vl_convert.vegalite_to_svg(made.to_dict()))
