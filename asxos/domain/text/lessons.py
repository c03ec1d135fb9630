"""What a model of words learns from and when: walk-forward, only from news whose reception was known by then."""

from datetime import date

import polars as pl

from asxos.domain.text.model import TextModel, learn
from asxos.domain.text.reactions import CLEAR

LEAST = 1_000
"""Clear receptions below which nothing is learnt."""
MEMORY = "2y"
AFTER_SEASONS = ((3, 31), (9, 30))
"""Month and day of the sessions after which a model learns: companies report in February and August."""


def learning_days(first: date, last: date) -> list[date]:
    """The days from `first` until before `last` at whose end a model learns, in order."""
    years = range(first.year, last.year + 1)
    days = [date(year, *season) for year in years for season in AFTER_SEASONS]
    return [day for day in days if first <= day < last]


def learn_by(told: pl.DataFrame, day: date, seed: int) -> TextModel | None:
    """The model of what was received clearly well or badly in the two years to `day`; None if that is too little.

    Args: told: `headline`, `session_date` and `reaction` as `reactions` gives them.
    """
    session = pl.col("session_date")
    is_known = (session <= day) & (session > pl.lit(day).dt.offset_by(f"-{MEMORY}"))
    lessons = told.filter(is_known, pl.col("reaction").abs() > CLEAR)
    is_good = (lessons["reaction"] > 0).to_numpy()
    if lessons.height < LEAST or is_good.all() or not is_good.any():
        return None
    return learn(lessons["headline"], is_good, seed)
