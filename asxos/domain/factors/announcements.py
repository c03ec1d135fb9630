"""Factors of what companies told the exchange: how much, of which kind and in which tone, counted by days before."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from asxos.domain.factors.factor import Factor, Group
from asxos.domain.facts import Facts, session_known
from asxos.domain.text.kinds import MATERIAL, Kind

WEEK, MONTH, QUARTER, HALF_YEAR = 7, 30, 91, 182
"""Days: about 5, 21, 63 and 126 sessions. Companies also tell on days without one."""
HALF_LIFE = 21
"""Days after which a tone counts half."""
LONGEST_SILENCE = timedelta(days=14)
"""Of the whole market; after it we no longer hear of it, and no count means anything."""
RESULTS_STALE = 400

_KIND = pl.col("kind")
# What is counted of each announcement: a number, 0 where it is not of that sort.
_COUNTED: Mapping[str, pl.Expr] = {
    "all": pl.lit(1),
    "sensitive": pl.col("is_price_sensitive"),
    "unmarked": pl.col("is_price_sensitive").is_null(),
    "material": _KIND.is_in([kind.value for kind in MATERIAL]),
    "halts": _KIND.is_in([Kind.TRADING_HALT.value, Kind.SUSPENSION.value]),
    "raisings": _KIND == Kind.CAPITAL_RAISING,
    "director_trades": _KIND == Kind.DIRECTOR_TRADE,
    "holders": _KIND == Kind.SUBSTANTIAL_HOLDING,
    "buy_backs": _KIND == Kind.BUY_BACK,
}
_WEIGHT = "_weight"
_SUMMED = ("tone", "tone_weight", "learnt_tone", "learnt_tone_weight")


def counted(what: str, days: int) -> pl.Expr:
    """How many announcements of a sort became known in the last `days` days, this session's included."""
    return pl.col(f"{what}_{days}")


def surprise(days: int) -> pl.Expr:
    """Log of the count against its usual number over half a year, each with one added."""
    usual = counted("all", HALF_YEAR) * days / HALF_YEAR
    return ((1 + counted("all", days)) / (1 + usual)).log()


def decayed(tone: str) -> pl.Expr:
    """The tones told so far, each halved every HALF_LIFE days, over one and their weights: one old word says little."""
    weight = pl.col(f"{tone}{_WEIGHT}")
    return pl.when(weight > 0).then(pl.col(tone) / (1 + weight))


_BARBER = "Barber and Odean (2008)"
_FRAZZINI = "Frazzini and Lamont (2007)"
_RULE = "ASX Listing Rule 3.1 (2024)"
_TETLOCK = "Tetlock, Saar-Tsechansky and Macskassy (2008)"

ANNOUNCEMENTS: tuple[Factor, ...] = (
    Factor(
        "news_7d", "announcements of the last 7 days", "announcements", _BARBER,
        "announcements in the last week", counted("all", WEEK),
    ),
    Factor(
        "news_30d", "announcements of the last 30 days", "announcements", _BARBER,
        "announcements in the last month", counted("all", MONTH),
    ),
    Factor(
        "news_91d", "announcements of the last 91 days", "announcements", _BARBER,
        "announcements in the last quarter", counted("all", QUARTER),
    ),
    Factor(
        "news_surprise_7d", "ln((1 + announcements of 7 days) / (1 + 7/182 of those of 182 days))", "log ratio",
        _FRAZZINI, "this week's announcements against its usual number", surprise(WEEK),
    ),
    Factor(
        "news_surprise_30d", "ln((1 + announcements of 30 days) / (1 + 30/182 of those of 182 days))", "log ratio",
        _FRAZZINI, "this month's announcements against its usual number", surprise(MONTH),
    ),
    Factor(
        "sensitive_30d", "announcements of 30 days marked price-sensitive; missing if one is not known to be or not",
        "announcements", _RULE, "price-sensitive announcements in the last month",
        pl.when(counted("unmarked", MONTH) == 0).then(counted("sensitive", MONTH)),
    ),
    Factor(
        "material_30d", "announcements of 30 days of kinds that are mostly price-sensitive", "announcements", _RULE,
        "announcements in the last month of kinds that move prices", counted("material", MONTH),
    ),
    Factor(
        "halts_91d", "trading halts and suspensions of 91 days", "announcements", "Kryzanowski and Nemiroff (1998)",
        "trading halts in the last quarter", counted("halts", QUARTER),
    ),
    Factor(
        "results_age", "days since the last half-year or full-year results; missing after 400", "days",
        "Bernard and Thomas (1989)", "time since its last results",
        pl.when(pl.col("since_results") <= RESULTS_STALE).then("since_results"),
    ),
    Factor(
        "raised_91d", "1 if a capital raising was announced in 91 days, else 0", "0 or 1", "Loughran and Ritter (1995)",
        "capital raised in the last quarter", counted("raisings", QUARTER) > 0,
    ),
    Factor(
        "director_trades_91d", "changes of directors' interests of 91 days", "announcements",
        "Lakonishok and Lee (2001)", "directors' dealings in the last quarter", counted("director_trades", QUARTER),
    ),
    Factor(
        "holder_changes_30d", "notices of substantial holders of 30 days", "announcements",
        "Brav, Jiang, Partnoy and Thomas (2008)", "moves of large holders in the last month",
        counted("holders", MONTH),
    ),
    Factor(
        "buy_backs_30d", "notices of buy-backs of 30 days", "announcements",
        "Ikenberry, Lakonishok and Vermaelen (1995)", "buy-back notices in the last month", counted("buy_backs", MONTH),
    ),
    Factor(
        "tone", "tones of headlines by our lexicon, halved every 21 days / (1 + their weights)", "-1 to 1", _TETLOCK,
        "tone of its announcements", decayed("tone"),
    ),
    Factor(
        "learnt_tone", "tones of headlines by a model of words, halved every 21 days / (1 + their weights)", "-1 to 1",
        "Ke, Kelly and Xiu (2019)", "how the market usually takes such announcements", decayed("learnt_tone"),
    ),
)  # fmt: skip


def announcement_columns(rows: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """The columns of ANNOUNCEMENTS for the asked-for rows.

    All are missing of a share that was never heard of, and of every share when nothing was heard for two weeks; a count
    is missing while the announcements that we have do not reach back over its days.
    """
    if facts.announcements.is_empty():
        return pl.DataFrame(schema={factor.name: pl.Float32 for factor in ANNOUNCEMENTS}).clear(rows.height)
    told = facts.announcements.with_columns(known_on=session_known(pl.col("known_at")))
    asked = rows.select("security_id", "session_date").with_row_index("row")
    found = _prepared(asked, told).select("row", *(f.expression.alias(f.name) for f in ANNOUNCEMENTS))
    return asked.select("row").join(found, on="row", how="left", maintain_order="left").drop("row")


def _prepared(asked: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The rows of shares that were heard of, with every count, sum and age that an expression reads."""
    first, day, sums = told["known_on"].min(), pl.col("session_date"), _running(told)
    heard = _heard(_as_of(asked, sums, 0), told["known_on"])
    counts: list[pl.Series] = []
    for days in (WEEK, MONTH, QUARTER, HALF_YEAR):
        before = _as_of(heard.select(asked.columns), sums, days)
        is_whole = day.dt.offset_by(f"{1 - days}d") >= first
        since = (pl.col(name) - before[name].fill_null(0) for name in _COUNTED)
        whole = heard.select(pl.when(is_whole).then(count).name.suffix(f"_{days}") for count in since)
        counts += whole.get_columns()
    faded = 0.5 ** ((day - first).dt.total_days() / HALF_LIFE)
    return heard.select(
        "row",
        *counts,
        *(pl.col(name) * faded for name in _SUMMED),
        since_results=(day - pl.col("results_on")).dt.total_days(),
    )


def _heard(rows: pl.DataFrame, known_on: pl.Series) -> pl.DataFrame:
    """The rows whose share was heard of before, on sessions soon after anything was."""
    market = known_on.unique().sort().alias("latest").to_frame()
    dated = rows.sort("session_date").join_asof(market, left_on="session_date", right_on="latest")
    is_heard = pl.col("all").is_not_null() & (pl.col("session_date") - pl.col("latest") <= LONGEST_SILENCE)
    return dated.filter(is_heard).sort("row")


def _running(told: pl.DataFrame) -> pl.DataFrame:
    """Per share and date on which something became known: what was counted up to then, the tones and their weights,
    which grow with the date so that the sums fade by one factor, and the date of the last results."""
    grown = 2.0 ** ((pl.col("known_on") - pl.col("known_on").min()).dt.total_days() / HALF_LIFE)
    tones = {name: pl.col(name.removesuffix(_WEIGHT)) for name in _SUMMED}
    weighed = {n: grown * (t.is_not_null() if n.endswith(_WEIGHT) else t) for n, t in tones.items()}
    daily = (
        told.select(
            "security_id",
            "known_on",
            *(what.cast(pl.Int32).fill_null(0).alias(name) for name, what in _COUNTED.items()),
            *(what.fill_null(0.0).alias(name) for name, what in weighed.items()),
            pl.when(_KIND == Kind.RESULTS).then("known_on").alias("results_on"),
        )
        .sort("security_id", "known_on", maintain_order=True)
        .group_by("security_id", "known_on", maintain_order=True)
        .agg(pl.col(*_COUNTED, *_SUMMED).sum(), pl.col("results_on").max())
    )
    return daily.with_columns(
        pl.col(*_COUNTED, *_SUMMED).cum_sum().over("security_id"),
        pl.col("results_on").forward_fill().over("security_id"),
    ).sort("known_on")


def _as_of(rows: pl.DataFrame, sums: pl.DataFrame, days: int) -> pl.DataFrame:
    """What had been summed `days` days before the session of each row, in their order; null where nothing had."""
    then = rows.with_columns(then=pl.col("session_date").dt.offset_by(f"-{days}d")).sort("then")
    return then.join_asof(sums, left_on="then", right_on="known_on", by="security_id", check_sortedness=False).sort(
        "row"
    )


GROUP = Group(ANNOUNCEMENTS, announcement_columns)
