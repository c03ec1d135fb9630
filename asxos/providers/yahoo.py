"""Prices, splits and dividends from Yahoo's chart API."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import httpx2
import polars as pl
from pydantic import BaseModel, TypeAdapter

from asxos.domain.calendar import SYDNEY, sydney_date
from asxos.domain.identifiers import canonical_symbol
from asxos.providers.answers import EVENTS_SCHEMA, since, sound_bars, with_events
from asxos.providers.decimals import shortest_decimals
from asxos.providers.prices import BARS_SCHEMA, PriceBatch, Refused, no_actions, no_bars
from asxos.providers.splits import as_traded
from asxos.providers.web import TIMEOUT, KeyRefused, NoAnswer, SymbolsNeeded, Vendor

HOME = "https://query1.finance.yahoo.com"
BROWSER = {"User-Agent": "Mozilla/5.0"}
"""Yahoo answers 429 to clients that do not look like a browser."""
END_OF_TIME = "9999999999"
Prices = list[float | None]


class Quote(BaseModel):
    """Columns of the chart; split-adjusted, null where nothing is known."""

    open: Prices = []
    high: Prices = []
    low: Prices = []
    close: Prices = []
    volume: Prices = []


class AdjustedClose(BaseModel):
    adjclose: Prices = []


class Indicators(BaseModel):
    quote: list[Quote]
    adjclose: list[AdjustedClose] = []


class Dividend(BaseModel):
    date: int
    amount: float


class Split(BaseModel):
    date: int
    numerator: float
    denominator: float


class Events(BaseModel):
    dividends: dict[str, Dividend] = {}
    splits: dict[str, Split] = {}


class Session(BaseModel):
    end: int


class TradingPeriod(BaseModel):
    regular: Session


class Meta(BaseModel):
    regularMarketTime: int | None = None  # noqa: N815 - the vendor's name
    currentTradingPeriod: TradingPeriod | None = None  # noqa: N815


class Chart(BaseModel):
    meta: Meta = Meta()
    timestamp: list[int] = []
    events: Events = Events()
    indicators: Indicators


class Fault(BaseModel):
    description: str | None = None


class Charts(BaseModel):
    result: list[Chart] | None = None
    error: Fault | None = None


class Answer(BaseModel):
    chart: Charts


ANSWER = TypeAdapter(Answer)


@dataclass(frozen=True)
class YahooPrices:
    """A price provider over Yahoo's chart API, one request a symbol; needs to be told the symbols."""

    vendor: Vendor
    source: str = "yahoo"
    is_simulated: bool = False

    def batches(self, symbols: Sequence[str] | None, since: date | None = None) -> Iterator[PriceBatch]:
        """One batch a symbol, as traded. Raises: SymbolsNeeded; MalformedCode."""
        if symbols is None:
            raise SymbolsNeeded(self.source)
        for symbol in [canonical_symbol(text) for text in symbols]:
            named = f"{self.source} {symbol}"
            try:
                yield self._batch(symbol, named, since)
            except NoAnswer as error:
                yield PriceBatch(self.source, no_bars(), no_actions(), (Refused(named, None, str(error)),), None)
                if isinstance(error, KeyRefused):
                    return

    def count(self) -> None:
        """Unknown before it is asked."""

    def _batch(self, symbol: str, named: str, first: date | None) -> PriceBatch:
        chart = self._chart(symbol, first)
        bars, notes = _finished(_bars(chart, symbol), chart.meta)
        bars, refused = sound_bars(bars, named)
        bars, actions = as_traded(with_events(bars, _events(chart.events)))
        return PriceBatch(
            self.source, since(bars, "session_date", first), since(actions, "ex_date", first), (*refused,), None, notes
        )

    def _chart(self, symbol: str, first: date | None) -> Chart:
        start = 0 if first is None else int(datetime.combine(first, time(), SYDNEY).timestamp())
        params = {"period1": str(start), "period2": END_OF_TIME, "interval": "1d", "events": "div,splits"}
        charts = self.vendor.ask(f"/v8/finance/chart/{symbol}", params, ANSWER).chart
        if charts.error or not charts.result:
            raise NoAnswer((charts.error and charts.error.description) or "no chart in the answer")
        return charts.result[0]


def yahoo_client(transport: httpx2.BaseTransport | None = None) -> httpx2.Client:
    """A client for Yahoo."""
    return httpx2.Client(base_url=HOME, headers=BROWSER, timeout=TIMEOUT, transport=transport)


def _bars(chart: Chart, symbol: str) -> pl.DataFrame:
    """The chart as a Bars frame, still split-adjusted. Raises: NoAnswer: its columns differ in length."""
    quote = chart.indicators.quote[0] if chart.indicators.quote else Quote()
    adjusted = chart.indicators.adjclose[0].adjclose if chart.indicators.adjclose else []
    columns = {name: getattr(quote, name) for name in ("open", "high", "low", "close", "volume")}
    columns["adj_close"] = adjusted or [None] * len(chart.timestamp)
    if any(len(values) != len(chart.timestamp) for values in columns.values()):
        raise NoAnswer("the columns of the chart differ in length")
    bars = pl.DataFrame({name: pl.Series(values, dtype=pl.Float64) for name, values in columns.items()})
    return bars.select(
        pl.lit(symbol).alias("symbol"),
        pl.Series("session_date", [_sydney(instant) for instant in chart.timestamp], dtype=pl.Date),
        *[shortest_decimals(bars[name]) for name in ("open", "high", "low", "close")],
        pl.col("volume").cast(pl.Int64),
        "adj_close",
        *[pl.lit(None, BARS_SCHEMA[name]).alias(name) for name in ("line", "entity")],
    )


def _finished(bars: pl.DataFrame, meta: Meta) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Without the bar of a session that was still trading when Yahoo answered."""
    now, period = meta.regularMarketTime, meta.currentTradingPeriod
    if now is None or period is None or now >= period.regular.end:
        return bars, ()
    today = _sydney(now)
    finished = bars.filter(pl.col("session_date") != today)
    return finished, (f"the unfinished bar of {today} was left out",) if finished.height < bars.height else ()


def _events(events: Events) -> pl.DataFrame:
    dividends = [(_sydney(event.date), None, event.amount) for event in events.dividends.values()]
    splits = [
        (_sydney(event.date), event.numerator / event.denominator, None)
        for event in events.splits.values()
        if event.denominator
    ]
    return pl.DataFrame([*dividends, *splits], schema=EVENTS_SCHEMA, orient="row")


def _sydney(instant: int) -> date:
    return sydney_date(datetime.fromtimestamp(instant, UTC))
