"""The verdict on a batch of bars beside what is stored: new, corrected, unchanged, held, released; and its actions."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from asxos.domain.bars.adjustment import cumulative_factors, effective_factors
from asxos.domain.bars.checks import delivered, find_stale, split_doubles
from asxos.domain.bars.implied import count_disagreements, implied_actions
from asxos.domain.bars.jumps import HELD, RELEASED, judge_jumps
from asxos.domain.bars.matching import ACTION_SCHEMA, new_actions
from asxos.domain.bars.reasons import Reason
from asxos.domain.calendar import FinalInstants

KEY = ("security_id", "session_date")
VALUES = ("open", "high", "low", "close", "volume")
CONTEXT = 21
"""Bars of a security before a batch that the verdict on it looks at."""

# Two sources may write one price with more or fewer digits; that is no correction.
SAME_WITHIN = 1e-6

# Where a row of a series comes from.
NEW, CORRECTED, UNCHANGED, STORED, WAS_HELD = range(5)


@dataclass(frozen=True)
class Known:
    """What the database holds of the securities of a batch, from CONTEXT bars before it on.

    `bars`: KEY, VALUES and `adj_close` (null unless this very delivery brought it). `held`: bars held for a
    jump, in the same columns. `actions`: all of these securities, as ACTION_SCHEMA.
    """

    bars: pl.DataFrame
    held: pl.DataFrame
    actions: pl.DataFrame


@dataclass(frozen=True)
class Verdict:
    """What to do. `added`, `corrected`: KEY, VALUES, `known_at`. `kept_out`: what came, `reason`, `detail`, `state`.

    `actions`: those that are news. `compared` bars have a vendor's adjusted close, ours differs in `disagreeing`.
    """

    added: pl.DataFrame
    corrected: pl.DataFrame
    kept_out: pl.DataFrame
    actions: pl.DataFrame
    unchanged: int
    compared: int
    disagreeing: int


def judge(bars: pl.DataFrame, actions: pl.DataFrame, known: Known, final: FinalInstants, now: datetime) -> Verdict:
    """What becomes of `bars`, each good on its own (`checks.split_faulty`) and with its security_id.

    Args: actions: reported with the bars, as ACTION_SCHEMA. now: becomes the `known_at` of corrections.
    """
    fresh, conflicts = split_doubles(in_order(bars))
    series = _with_known(fresh, known)
    news, adjusted = _adjusted(series, actions, known.actions)
    stale = find_stale(adjusted) & adjusted["origin"].is_in([NEW, CORRECTED, WAS_HELD])
    rest = adjusted.filter(~stale)
    rest = rest.with_columns(pl.Series("verdict", judge_jumps(rest)), confirmed_on=pl.col("session_date").shift(-1))
    passed = rest.filter((pl.col("verdict") != HELD) & (pl.col("origin") != STORED) & (pl.col("origin") != UNCHANGED))
    compared, disagreeing = count_disagreements(rest.filter(pl.col("origin") < STORED))
    return Verdict(
        added=_dated(passed.filter(pl.col("origin") != CORRECTED), final),
        corrected=passed.filter(pl.col("origin") == CORRECTED).select(*KEY, *VALUES, known_at=pl.lit(now)),
        kept_out=_kept_out(conflicts, adjusted.filter(stale), rest),
        actions=news,
        unchanged=int((series["origin"] == UNCHANGED).sum()),
        compared=compared,
        disagreeing=disagreeing,
    )


def in_order(series: pl.DataFrame) -> pl.DataFrame:
    """`series` sorted by KEY; one that is so already costs a look, not a sort."""
    security, day = (pl.col(name) for name in KEY)
    follows = (security.shift(1) < security) | ((security.shift(1) == security) & (day.shift(1) <= day))
    if series.select(follows.slice(1).all()).item():
        return series
    return series.sort(*KEY, maintain_order=True)


def _with_known(fresh: pl.DataFrame, known: Known) -> pl.DataFrame:
    """The whole series to judge: what came, between what stands and what is held, each row with its `origin`."""
    if not known.bars.height and not known.held.height:
        return fresh.with_columns(origin=pl.lit(NEW, pl.Int8), is_stored=pl.lit(value=False))
    stands = known.bars.select(*KEY, *VALUES)
    compared = fresh.join(stands, on=KEY, how="left", suffix="_stands", maintain_order="left")
    came = compared.with_columns(origin=_origin()).drop(f"{name}_stands" for name in VALUES)
    context = known.bars.join(fresh, on=KEY, how="anti").with_columns(origin=pl.lit(STORED, pl.Int8))
    held = known.held.join(fresh, on=KEY, how="anti").join(known.bars, on=KEY, how="anti")
    series = pl.concat([came, context, held.with_columns(origin=pl.lit(WAS_HELD, pl.Int8))], how="diagonal")
    return in_order(series).with_columns(is_stored=pl.col("origin").is_in([UNCHANGED, STORED]))


def _origin() -> pl.Expr:
    stands = {name: pl.col(f"{name}_stands") for name in VALUES}
    same = [(pl.col(name) - stands[name]).abs() <= SAME_WITHIN * stands[name] for name in VALUES[:4]]
    is_same = pl.all_horizontal(*same, pl.col("volume") == stands["volume"])
    changed = pl.when(is_same).then(UNCHANGED).otherwise(CORRECTED)
    return pl.when(stands["close"].is_null()).then(NEW).otherwise(changed).cast(pl.Int8)


def _adjusted(series: pl.DataFrame, reported: pl.DataFrame, stored: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The actions that are news, and the series with `adjusted`, its close on one scale across all actions."""
    told = new_actions(reported, stored)
    known = pl.concat([stored, told])
    blank = {name: pl.lit(None, kind) for name, kind in ACTION_SCHEMA.items() if name in ("amount", "franked")}
    implied = implied_actions(series).with_columns(**blank).select(ACTION_SCHEMA.keys())
    implied = new_actions(implied, known)
    factors = effective_factors(pl.concat([known, implied]))
    scale = pl.Series(cumulative_factors(series, factors))
    return pl.concat([told, implied]), series.with_columns(adjusted=pl.col("close") * scale)


def _dated(passed: pl.DataFrame, final: FinalInstants) -> pl.DataFrame:
    """A bar is known when its session is final; one that was in doubt, when the next session confirmed it."""
    day = pl.when(pl.col("verdict") == RELEASED).then("confirmed_on").otherwise("session_date")
    known_at = final.of(passed.select(day).to_series()).alias("known_at")
    return passed.select(*KEY, *VALUES, known_at)


def _kept_out(conflicts: pl.DataFrame, stale: pl.DataFrame, rest: pl.DataFrame) -> pl.DataFrame:
    """Everything out of the ordinary among what came, with words and whether a later delivery may mend it."""
    before = rest.with_columns(
        before=pl.col("close").shift(1), move=pl.col("adjusted") / pl.col("adjusted").shift(1) - 1
    )
    doubtful = before.filter(pl.col("verdict") > 0)
    percent = (pl.col("move") * 100).round(1)
    jump = pl.format("close {} after {}: {} % overnight with no corporate action", "close", "before", percent)
    state = pl.when(pl.col("verdict") == RELEASED).then(pl.lit("released")).otherwise(pl.lit("held"))
    quiet = pl.format("close {} without a trade for more than 20 sessions", "close")
    parts = [
        _told(
            conflicts,
            Reason.DUPLICATE,
            pl.format("differs from the bar that stands: {}", delivered()),
            pl.lit("refused"),
        ),
        _told(_that_came(stale), Reason.STALE_RUN, quiet, pl.lit("held")),
        _told(_that_came(doubtful), Reason.JUMP, jump, state),
    ]
    return pl.concat(parts)


def _that_came(series: pl.DataFrame) -> pl.DataFrame:
    return series.filter(pl.col("origin").is_in([NEW, CORRECTED]))


def _told(rows: pl.DataFrame, reason: Reason, detail: pl.Expr, state: pl.Expr) -> pl.DataFrame:
    # In one chunk, because pl.format panics on a column with an empty chunk (Polars 2.1.0).
    return rows.rechunk().select(
        *KEY, *VALUES, "symbol", "line", reason=pl.lit(reason.value), detail=detail, state=state
    )
