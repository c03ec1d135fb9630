"""Models of words are made once, from what was known by their day, and read only what came after it."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from asxos.core.progress import Silent
from asxos.domain.text.lessons import LEAST
from asxos.features.news.records import Asked
from asxos.features.news.services.errors import DamagedTextModel
from asxos.providers.prices import BARS_SCHEMA
from tests.features.market.conftest import Frames, Market, calendar
from tests.features.news.conftest import News, Told, over

GOOD, BAD = "Record profit at site", "Plant flooded at site"
SHARES = [f"A{letter}{other}" for letter in "ABC" for other in "ABCDEFGH"]


@pytest.fixture
async def receptive(market: Market) -> News:
    """A market in which good news of the morning lifts a share by five days' usual moves and bad news sinks it."""
    rng = np.random.default_rng(3)
    days = [s.session_date for s in calendar() if date(2022, 9, 1) <= s.session_date <= date(2024, 6, 28)]
    is_told = rng.random((len(days), len(SHARES))) < 0.3
    is_good = rng.random(is_told.shape) < 0.5
    moves = rng.normal(0, 0.002, is_told.shape) + np.where(is_told, np.where(is_good, 0.01, -0.01), 0)
    closes = 10 * np.exp(np.cumsum(moves, axis=0)).round(4)
    await market.ingest.ingest(Frames([bars(code, days, closes[:, i]) for i, code in enumerate(SHARES)]))
    told = [
        (SHARES[i], morning(days[t]), f"{GOOD if is_good[t, i] else BAD} {i}")
        for t, i in np.argwhere(is_told & (np.array(days)[:, None] >= date(2023, 2, 1))).tolist()
    ]
    found = over(market)
    await found.ingest.ingest(Told(told))
    return found


def morning(day: date) -> datetime:
    """09:00 in Sydney, or an hour later under daylight saving."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)


def bars(code: str, days: list[date], close: np.ndarray[tuple[int], np.dtype[np.float64]]) -> pl.DataFrame:
    table = pl.DataFrame({"symbol": f"{code}.AX", "session_date": days, "close": close})
    table = table.with_columns(pl.col("close").alias(name) for name in ("open", "high", "low"))
    table = table.with_columns(volume=1000, adj_close=None, line=None, entity=None)
    return table.select(BARS_SCHEMA.keys()).cast(pl.Schema(BARS_SCHEMA))


async def test_models_learn_after_each_reporting_season_and_read_what_comes_later(receptive: News) -> None:
    models = await receptive.models.all()
    assert [model.as_of for model in models] == [date(2023, 9, 30), date(2024, 3, 31)]
    told, total = await receptive.announcements.page(Asked(), 100_000, 0)
    assert total > 2 * LEAST
    for each in told:
        # nothing is read by a model of its own time
        assert (each.learnt_tone is None) == (each.known_at.date() <= date(2023, 9, 30))
    read = [each for each in told if each.learnt_tone is not None]
    assert all((each.learnt_tone or 0) > 0 for each in read if each.headline.startswith(GOOD))
    assert all((each.learnt_tone or 0) < 0 for each in read if each.headline.startswith(BAD))
    facts = await receptive.read.facts()
    assert facts["learnt_tone"].count() == len(read)


async def test_nothing_is_learnt_or_read_twice(receptive: News) -> None:
    before = await receptive.models.all()
    assert await receptive.learning.catch_up(Silent()) == (0, 0)
    assert await receptive.models.all() == before


async def test_a_new_announcement_is_read_by_the_newest_model(receptive: News) -> None:
    report = await receptive.ingest.ingest(Told([("AAA", morning(date(2024, 6, 28)), f"{GOOD} of gold")]))
    assert (report.models, report.read) == (0, 1)


async def test_a_model_that_was_tampered_with_reads_nothing(receptive: News) -> None:
    async with receptive.market.db.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE text_models SET artifact = replace(artifact, '0.', '1.')")
    with pytest.raises(DamagedTextModel):
        await receptive.ingest.ingest(Told([("AAA", morning(date(2024, 6, 28)), f"{GOOD} of gold")]))


async def test_of_too_little_nothing_is_learnt(news: News) -> None:
    report = await news.ingest.ingest(
        Told([("BHP", morning(date(2024, 1, 9)), GOOD), ("BHP", morning(date(2024, 9, 9)), BAD)])
    )
    assert (report.added, report.models, report.read) == (2, 0, 0)
    assert await news.models.all() == []
