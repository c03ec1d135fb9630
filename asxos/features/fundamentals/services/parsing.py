"""Rows of a file as facts in our units, or as what is wrong with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import NamedTuple

import polars as pl

from asxos.domain.identifiers import canonical_symbols
from asxos.features.fundamentals.records import Source
from asxos.features.fundamentals.services.columns import FRANKING, KEYS, Named, source_of
from asxos.features.fundamentals.services.derived import book_value, franked_part
from asxos.features.fundamentals.services.files import FactsFile
from asxos.providers.dates import session_dates
from asxos.providers.decimals import shortest_decimals

MISSING = ("", "-", "null", "nan", "none", "na", "n/a")
RAW = "raw "


@dataclass(frozen=True)
class Parsed:
    """`facts`: `line, symbol, as_of, published` and the book's figures, null missing. `refused`: `line, reason`."""

    facts: pl.DataFrame
    refused: pl.DataFrame


class Fault(NamedTuple):
    """What must not be so of a row, and the words for it."""

    is_so: pl.Expr
    words: pl.Expr


def parsed(file: FactsFile, today: date) -> Parsed:
    """Every row of the file, taken or refused; one published after `today` is refused."""
    facts, refusals = _converted(file), list[pl.DataFrame]()
    for fault in (*_unreadable(file), *_impossible(file, today)):
        faulty = facts.filter(fault.is_so)
        if faulty.height:
            facts = facts.filter(~fault.is_so.fill_null(value=False))
            refusals.append(refused(faulty, fault.words))
    return Parsed(
        facts.select("line", "symbol", "as_of", "published", *file.book.figures),
        pl.concat([refused(facts.head(0), pl.lit("")), *refusals]),
    )


def refused(rows: pl.DataFrame, reason: pl.Expr) -> pl.DataFrame:
    """`line, reason` of rows with a `line`."""
    return rows.select("line", reason=reason)


def words(*parts: str | pl.Expr) -> pl.Expr:
    """A sentence of literals and columns; pl.format panics on a frame of several chunks (Polars 2.1)."""
    literal = (pl.lit(part) if isinstance(part, str) else part.cast(pl.String) for part in parts)
    return reduce(add, literal)


def _converted(file: FactsFile) -> pl.DataFrame:
    """The raw columns and, beside them, ours: null where there is nothing or it cannot be read."""
    raw = file.rows.rename({name: RAW + name for name in file.columns})
    table = raw.with_columns(
        canonical_symbols(pl.col(RAW + "symbol")).alias("symbol"),
        *_dates(raw, file),
        *(_number(file.columns[name], raw.schema[RAW + name]) for name in _numbers(file)),
    )
    prints_codes = source_of(file.columns) in (Source.SHARE_TABLE, Source.TOP_TABLE)
    table = table.with_columns(
        book_value(table.columns), franked_part(table.columns, RAW + "franking", blank_is_none=prints_codes)
    )
    absent = [name for name in file.book.figures if name not in table.columns]
    return table.with_columns(pl.lit(None, pl.Float64).alias(name) for name in absent)


def _numbers(file: FactsFile) -> list[str]:
    return [name for name in file.columns if name not in {*KEYS, *FRANKING}]


def _dates(raw: pl.DataFrame, file: FactsFile) -> Iterator[pl.Expr]:
    """`as_of` and `published`; where a file has one of them, it stands for both."""
    for name, other in (("as_of", "published"), ("published", "as_of")):
        given = RAW + (name if name in file.columns else other)
        yield session_dates(given, raw.schema[given]).alias(name)


def _number(column: Named, kind: pl.DataType) -> pl.Expr:
    """A column as finite Float64 in our unit; null where it is none."""
    raw = pl.col(RAW + column.ours)
    text = raw.str.strip_chars().str.replace_all(",", "", literal=True) if kind == pl.String else raw
    number = text.cast(pl.Float64, strict=False)
    if kind == pl.Float32:
        number = number.map_batches(shortest_decimals, return_dtype=pl.Float64, is_elementwise=True)
    return column.convert(pl.when(number.is_finite()).then(number)).alias(column.ours)


def _unreadable(file: FactsFile) -> Iterator[Fault]:
    yield Fault(pl.col("symbol").is_null(), _said(file.columns["symbol"], "is not an ASX code"))
    for name in ("as_of", "published"):
        if name in file.columns:
            yield Fault(pl.col(name).is_null(), _said(file.columns[name], "is not a date"))
    for name in _numbers(file):
        is_given = _is_given(pl.col(RAW + name), file.rows.schema[name])
        yield Fault(is_given & pl.col(name).is_null(), _said(file.columns[name], "is not a number"))


def _is_given(raw: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Whether a cell holds something, be it a number or not."""
    if kind == pl.String:
        return ~raw.str.strip_chars().str.to_lowercase().is_in(MISSING)
    return raw.is_not_nan() if kind.is_float() else raw.is_not_null()


def _impossible(file: FactsFile, today: date) -> Iterator[Fault]:
    """What no company can have, and what nobody can know yet."""
    as_of, published = pl.col("as_of"), pl.col("published")
    yield Fault(published > today, words(published, " is in the future"))
    yield Fault(as_of > published, words("published ", published, ", before the ", as_of, " it is about"))
    limits = {
        "market_cap": (pl.col("market_cap") <= 0, "is not above zero"),
        "franking": (~pl.col("franking").is_between(0, 1), "is not a part of the whole"),
        "short_share": (~pl.col("short_share").is_between(0, 1), "is not a part of the whole"),
        "short_quantity": (pl.col("short_quantity") < 0, "is below zero"),
    }
    for name, (is_so, what) in limits.items():
        if name in file.columns:
            yield Fault(is_so, _said(file.columns[name], what))
    yield Fault(pl.all_horizontal(pl.col(name).is_null() for name in file.book.figures), pl.lit("no figure"))


def _said(column: Named, what: str) -> pl.Expr:
    """The cell as the file has it and what is wrong with it."""
    cell = pl.col(RAW + column.ours).cast(pl.String).fill_null("")
    return words(f"{column.theirs} '", cell, f"' {what}")
