"""How the market took an announcement: the labels that a model of words learns from, made of prices alone."""

from datetime import timedelta

import polars as pl

from asxos.domain.factors.market import market_return
from asxos.domain.facts import session_known

CLEAR = 1.0
"""Standard deviations of a day from which a reaction says whether the news was good."""

_SD_SESSIONS, _SD_LEAST = 63, 30
_LONGEST_WAIT = timedelta(days=5)
"""A share that does not trade for longer after its news is not taken to react to it."""


def reactions(panel: pl.DataFrame, announcements: pl.DataFrame) -> pl.DataFrame:
    """`session_date` and `reaction` of each announcement, in their order; null where none can be told.

    Args: panel: sorted by (security_id, session_date), `close` adjusted. announcements: `security_id, known_at`.
    The reaction is the return of the first session at whose close the news was known, less the market's of that date,
    in standard deviations of the share's returns of the 63 sessions before (at least 30). It is known at that close.
    """
    returns = pl.col("close") / pl.col("close").shift(1) - 1
    spread = returns.rolling_std(_SD_SESSIONS, min_samples=_SD_LEAST).shift(1)
    sessions = panel.select(
        "security_id",
        "session_date",
        reaction=(returns.over("security_id") - pl.Series(market_return(panel))) / spread.over("security_id"),
    )
    asked = announcements.select("security_id", known_on=session_known(pl.col("known_at"))).with_row_index("row")
    joined = asked.sort("known_on").join_asof(
        sessions.sort("session_date"),
        left_on="known_on",
        right_on="session_date",
        by="security_id",
        strategy="forward",
        tolerance=_LONGEST_WAIT,
        check_sortedness=False,
    )
    is_finite = pl.col("reaction").is_finite()
    return joined.sort("row").select(pl.when(is_finite).then(pl.col("session_date", "reaction")))
