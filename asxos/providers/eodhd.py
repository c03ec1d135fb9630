"""Prices, splits and dividends from EODHD."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import httpx2
import polars as pl
from pydantic import BaseModel, SecretStr, TypeAdapter

from asxos.domain.identifiers import bare_code, canonical_symbol
from asxos.providers.answers import EVENTS_SCHEMA, since, sound_bars, with_events
from asxos.providers.prices import BARS_SCHEMA, PriceBatch, Refused, no_actions, no_bars
from asxos.providers.splits import events_of, undo_splits_of_volume
from asxos.providers.web import TIMEOUT, KeyRefused, NoAnswer, SymbolsNeeded, Vendor

HOME = "https://eodhd.com"
RATIO = re.compile(r"([\d.]+)\s*/\s*([\d.]+)")


class EodBar(BaseModel):
    """A session: prices as traded, volume adjusted for later splits."""

    date: date
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    adjusted_close: float | None = None
    volume: float | None


class EodDividend(BaseModel):
    date: date
    value: float
    unadjustedValue: float | None = None  # noqa: N815 - the vendor's name
    currency: str | None = None


class EodSplit(BaseModel):
    """`split`: new shares over old ones, such as `4.000000/1.000000`."""

    date: date
    split: str


BARS, DIVIDENDS, SPLITS = TypeAdapter(list[EodBar]), TypeAdapter(list[EodDividend]), TypeAdapter(list[EodSplit])


class KeyedTransport(httpx2.BaseTransport):
    """Adds the key below the client, so that no log line, error or repr of a request ever holds it."""

    def __init__(self, key: SecretStr, inner: httpx2.BaseTransport) -> None:
        self._key = key
        self._inner = inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url.copy_merge_params({"api_token": self._key.get_secret_value(), "fmt": "json"})
        keyed = httpx2.Request(
            request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return self._inner.handle_request(keyed)

    def close(self) -> None:
        self._inner.close()


def eodhd_client(key: SecretStr, base_url: str = HOME) -> httpx2.Client:
    """A client for EODHD that sends `key` with every request."""
    return httpx2.Client(base_url=base_url, timeout=TIMEOUT, transport=KeyedTransport(key, httpx2.HTTPTransport()))


@dataclass(frozen=True)
class EodhdPrices:
    """A price provider over EODHD, three requests a symbol; needs to be told the symbols."""

    vendor: Vendor
    source: str = "eodhd"
    is_simulated: bool = False

    def batches(self, symbols: Sequence[str] | None, since: date | None = None) -> Iterator[PriceBatch]:
        """One batch a symbol, as traded. A refused key ends it. Raises: SymbolsNeeded; MalformedCode."""
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
        code = f"{bare_code(symbol)}.AU"
        params = {} if first is None else {"from": first.isoformat()}
        answer = self.vendor.ask(f"/api/eod/{code}", params, BARS)
        bars, refused = sound_bars(_bars(answer, symbol), named)
        dividends = self.vendor.ask(f"/api/div/{code}", params, DIVIDENDS)
        splits = self.vendor.ask(f"/api/splits/{code}", params, SPLITS)
        foreign = [
            Refused(named, None, f"dividend of {d.date} in {d.currency}, not AUD") for d in dividends if _foreign(d)
        ]
        placed = with_events(bars, _events(dividends, splits))
        bars, actions = undo_splits_of_volume(placed), events_of(placed)
        return PriceBatch(
            self.source,
            since(bars, "session_date", first),
            since(actions, "ex_date", first),
            (*refused, *foreign),
            None,
        )


def _bars(answer: list[EodBar], symbol: str) -> pl.DataFrame:
    rows = [(bar.date, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.adjusted_close) for bar in answer]
    names = ("session_date", "open", "high", "low", "close", "volume", "adj_close")
    bars = pl.DataFrame(
        rows, schema={name: pl.Date if name == names[0] else pl.Float64 for name in names}, orient="row"
    )
    return bars.with_columns(
        symbol=pl.lit(symbol),
        line=pl.lit(None, pl.UInt32),
        entity=pl.lit(None, pl.String),
        volume=pl.col("volume").round(0),
    ).select(pl.col(name).cast(kind) for name, kind in BARS_SCHEMA.items())


def _events(dividends: list[EodDividend], splits: list[EodSplit]) -> pl.DataFrame:
    """Splits, and dividends in A$ as they were paid. Raises: NoAnswer: a ratio is not `new/old`."""
    paid = [
        (d.date, None, d.value if d.unadjustedValue is None else d.unadjustedValue)
        for d in dividends
        if not _foreign(d)
    ]
    return pl.DataFrame([*paid, *((s.date, _ratio(s), None) for s in splits)], schema=EVENTS_SCHEMA, orient="row")


def _foreign(dividend: EodDividend) -> bool:
    return dividend.currency not in (None, "", "AUD")


def _ratio(split: EodSplit) -> float:
    match = RATIO.fullmatch(split.split.strip())
    if match is None or float(match[2]) == 0:
        raise NoAnswer(f"split of {split.date}: {split.split!r} is not new shares over old ones")
    return float(match[1]) / float(match[2])
