"""What files call the columns of facts, what turns their units into ours, and which kind of table they make."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from asxos.features.fundamentals.records import Source

Convert = Callable[[pl.Expr], pl.Expr]


def _as_it_is(value: pl.Expr) -> pl.Expr:
    return value


def _hundredths(value: pl.Expr) -> pl.Expr:
    """Cents or per cent; Polars multiplies by 0.01, which is off in the last bit of 2.53."""
    return (value / 100).round(12)


def _thousands(value: pl.Expr) -> pl.Expr:
    return value * 1e3


def _millions(value: pl.Expr) -> pl.Expr:
    return value * 1e6


# Compared without case, spaces and underscores; of several that a file has, the first counts.
KEYS: Mapping[str, tuple[str, ...]] = {
    "symbol": ("symbol", "code", "asxcode", "ticker", "productcode"),
    "as_of": ("asof", "snapshotdate", "positiondate", "date"),
    "published": ("published", "publishedon"),
}
FIGURES: Mapping[str, Mapping[str, Convert]] = {
    "market_cap": {
        "marketcap": _as_it_is,
        "marketcapk": _thousands,
        "marketcapm": _millions,
        "mktcapm": _millions,
    },
    "earnings_per_share": {"earningspershare": _as_it_is, "eps": _as_it_is, "epsc": _hundredths},
    "dividends_per_share": {"dividendspershare": _as_it_is, "dps": _as_it_is, "dpsc": _hundredths},
    "book_per_share": {"bookpershare": _as_it_is},
    "tangible_per_share": {
        "tangiblepershare": _as_it_is,
        "ntapershare": _as_it_is,
        "nabpershare": _as_it_is,
    },
    "short_share": {"shortshare": _as_it_is, "shortpct": _hundredths},
    "short_quantity": {"shortquantity": _as_it_is, "shortqty": _as_it_is},
}
# A number or a code, and what figures are derived from where a table does not print them.
FRANKING: Mapping[str, tuple[str, ...]] = {"franking": ("franking", "franked", "frankedpct")}
PARTS: Mapping[str, tuple[str, ...]] = {
    "last": ("last", "close"),
    "price_to_book": ("pricetobook",),
    "net_yield": ("netyieldpct",),
    "gross_yield": ("grossyieldpct",),
}


@dataclass(frozen=True)
class Named:
    """A column of a file: what we call it, what the file does, and how its unit becomes ours."""

    ours: str
    theirs: str
    convert: Convert = _as_it_is


def named_columns(header: Sequence[str]) -> dict[str, Named]:
    """The columns that we know, by our names."""
    plain = {_plain(name): name for name in header}
    kinds: dict[str, Mapping[str, Convert]] = {
        **{ours: dict.fromkeys(names, _as_it_is) for ours, names in [*KEYS.items(), *FRANKING.items(), *PARTS.items()]},
        **FIGURES,
    }
    found: dict[str, Named] = {}
    for ours, names in kinds.items():
        known = next((name for name in names if name in plain), None)
        if known is not None:
            found[ours] = Named(ours, plain[known], names[known])
    return found


def is_of_facts(columns: Mapping[str, Named]) -> bool:
    """Whether there is anything to learn from a table that has these columns."""
    return not columns.keys().isdisjoint({*FIGURES, *FRANKING})


def source_of(columns: Mapping[str, Named]) -> Source:
    """The kind of table that has these columns."""
    if "price_to_book" in columns:
        return Source.TOP_TABLE
    if "earnings_per_share" in columns:
        is_in_cents = columns["earnings_per_share"].convert is _hundredths
        return Source.SHARE_TABLE if is_in_cents else Source.OWN
    return Source.MARKET_CAPS if columns.keys() <= {*KEYS, "market_cap"} else Source.OWN


def _plain(name: str) -> str:
    return "".join(name.split()).strip("\ufeff\"'").replace("_", "").casefold()
