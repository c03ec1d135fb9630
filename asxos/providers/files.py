"""Prices from files: a panel, a folder of panels, or one file per symbol; text or Parquet."""

import tempfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from asxos.core.errors import BadInput
from asxos.domain.identifiers import canonical_symbol
from asxos.providers.dates import are_one_session_early, mended_dates, session_dates
from asxos.providers.headers import NotPrices
from asxos.providers.panel_files import BATCH_ROWS, rows_of, scan_panel, whole_symbols
from asxos.providers.prices import PriceBatch, Refused, no_actions, no_bars
from asxos.providers.splits import as_traded
from asxos.providers.symbol_files import day_of, is_price_file_name, refuse_other_days, symbol_of
from asxos.providers.tables import to_bars
from asxos.providers.text_files import bars_expected, read_layout, scan_fields

UNREADABLE = (OSError, EOFError, zlib.error, NotPrices, pl.exceptions.PolarsError)
MOST_REFUSED = 1_000
ONE_SESSION_EARLY = "dates were one session early under daylight saving: moved one day later"


class NoSuchPath(BadInput):
    """The path that prices are to come from does not exist, or holds no file."""


@dataclass(frozen=True)
class FilePrices:
    """A price provider over files; one that cannot be read is refused by name and the rest still goes in."""

    source: str
    files: tuple[Path, ...]
    is_simulated: bool = False

    def batches(self, symbols: Sequence[str] | None = None, since: date | None = None) -> Iterator[PriceBatch]:
        """Bars file by file; a panel of many symbols comes in batches of whole symbols, about 400,000 bars each."""
        wanted = None if symbols is None else {canonical_symbol(symbol) for symbol in symbols}
        for path in self.files:
            try:
                yield from self._batches_of(path, wanted, since)
            except UNREADABLE as error:
                refused = Refused(path.name, None, _first_line(error))
                yield PriceBatch(self.source, no_bars(), no_actions(), (refused,), path.name)

    def count(self) -> int:
        """About how many bars the files hold: exact for Parquet, from the size for text; unreadable files count 0."""
        return sum(_rows_expected(path) for path in self.files)

    def _batches_of(self, path: Path, wanted: Collection[str] | None, since: date | None) -> Iterator[PriceBatch]:
        if not is_price_file_name(path):
            raise NotPrices("not a CSV, CSV.gz, TXT or Parquet file")
        for bars, notes in _read_panel(path, wanted) if path.suffix == ".parquet" else _read_text(path, wanted):
            refused = tuple(_refused(path.name, bars.filter(pl.col("reason").is_not_null())))
            good, actions = as_traded(_sorted(bars.filter(pl.col("reason").is_null()).drop("reason")))
            good = _selected(good, "session_date", wanted, since)
            yield PriceBatch(self.source, good, _selected(actions, "ex_date", wanted, since), refused, path.name, notes)


def open_files(path: Path) -> FilePrices:
    """The prices in the file, or in every file of the folder (hidden ones and sub-folders left out).

    Raises: NoSuchPath: nothing there.
    """
    if path.is_dir():
        files = tuple(sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")))
    else:
        files = (path,) if path.is_file() else ()
    if not files:
        raise NoSuchPath(f"{path}: no such file, or a folder without files")
    return FilePrices(f"file:{path.resolve().name}", files)


Read = tuple[pl.DataFrame, tuple[str, ...]]


def _read_panel(path: Path, wanted: Collection[str] | None) -> Iterator[Read]:
    table = scan_panel(path)
    kinds = table.collect_schema()
    symbol = None if "symbol" in kinds else symbol_of(path)
    dates = table.select(session_dates("date", kinds["date"]).alias("session_date"))
    is_early = _is_early(dates)
    if symbol:
        yield _mended(to_bars(table, symbol).collect(), (), is_early=is_early)
        return
    for bars in whole_symbols(table, lambda part: to_bars(part, None), wanted):
        yield _mended(bars, (), is_early=is_early)


def _read_text(path: Path, wanted: Collection[str] | None) -> Iterator[Read]:
    layout = read_layout(path)
    symbol = None if "symbol" in layout.columns else symbol_of(path)
    table = to_bars(scan_fields(path, layout), symbol)
    if bars_expected(path) <= BATCH_ROWS:
        bars = table.collect()
        if not layout.has_header:
            bars = refuse_other_days(bars, day_of(path))
        yield _mended(bars, layout.notes, is_early=_is_early(bars.lazy()))
        return
    with tempfile.TemporaryDirectory(prefix="asxos-prices-") as folder:
        stored = Path(folder) / "bars.parquet"
        table.sink_parquet(stored, compression="uncompressed")
        bars_on_disk = pl.scan_parquet(stored)
        is_early = _is_early(bars_on_disk)
        for bars in whole_symbols(bars_on_disk, lambda part: part, wanted):
            yield _mended(bars, layout.notes, is_early=is_early)


def _is_early(bars: pl.LazyFrame) -> bool:
    return are_one_session_early(bars.select("session_date").drop_nulls().group_by("session_date").len().collect())


def _mended(bars: pl.DataFrame, notes: tuple[str, ...], *, is_early: bool) -> Read:
    return (bars.with_columns(mended_dates()), (*notes, ONE_SESSION_EARLY)) if is_early else (bars, notes)


def _sorted(bars: pl.DataFrame) -> pl.DataFrame:
    """`bars` by (symbol, session_date); a panel that is so already costs a look, not a sort."""
    symbol, day = pl.col("symbol"), pl.col("session_date")
    is_in_order = (symbol.shift(1) < symbol) | ((symbol.shift(1) == symbol) & (day.shift(1) <= day))
    if bars.select(is_in_order.slice(1).all()).item():
        return bars
    return bars.sort("symbol", "session_date", maintain_order=True)


def _selected(frame: pl.DataFrame, day: str, wanted: Collection[str] | None, since: date | None) -> pl.DataFrame:
    if wanted is not None:
        frame = frame.filter(pl.col("symbol").is_in(list(wanted)))
    return frame if since is None else frame.filter(pl.col(day) >= since)


def _refused(file: str, bad: pl.DataFrame) -> Iterator[Refused]:
    """The bad rows; past 1,000 of a batch only their number."""
    for line, symbol, day, reason in (
        bad.head(MOST_REFUSED).select("line", "symbol", "session_date", "reason").iter_rows()
    ):
        yield Refused(file, line, reason if line else f"{symbol or 'a row'} {day or ''}: {reason}")
    if bad.height > MOST_REFUSED:
        yield Refused(file, None, f"and {bad.height - MOST_REFUSED} more rows with such faults")


def _rows_expected(path: Path) -> int:
    try:
        return rows_of(path) if path.suffix == ".parquet" else bars_expected(path)
    except UNREADABLE:
        return 0


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
