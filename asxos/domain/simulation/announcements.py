"""What simulated companies tell the exchange: what happens to them, and forms at random.

Whether results and other news are told in good or bad words leans to the share's own return on the session that they
are told before: words and reactions go together, as they should. Nothing that is told foretells a later return.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import ndtr

from asxos.domain.calendar import SYDNEY
from asxos.domain.simulation.headlines import BUSINESS, FORMS, GUIDANCE, RESULTS, TRADE, Wording
from asxos.domain.simulation.names import PLACES, SECTORS
from asxos.domain.simulation.paths import BID_SESSIONS, Paths
from asxos.domain.simulation.population import HALF_YEAR, YEAR, Population

DIVIDEND_NOTICE, RESTRUCTURE_NOTICE = 15, 5
"""Sessions before the ex-date on which a dividend, told with the results, and a split are announced."""
BUSINESS_A_YEAR, GUIDANCE_A_YEAR, RAISINGS_A_YEAR = 5.0, 0.6, 0.25
HALT_SESSIONS, MEETING_SESSIONS = 2, 20
QUARTER = HALF_YEAR // 2
BEFORE_OPEN, ALL_DAY = (450, 595), (480, 1_140)
"""Minutes after midnight in Sydney: 07:30 to 09:55 and 08:00 to 19:00."""

Mask = NDArray[np.bool_]


class Told(NamedTuple):
    """One announcement: the session, the share, the headline, whether the exchange would mark it."""

    session: int
    share: int
    headline: str
    is_sensitive: bool


@dataclass(frozen=True)
class Companies:
    """Who tells, and what happens to them; masks have shape (n_sessions, n_shares)."""

    rng: Generator
    shares: Population
    names: Sequence[str]
    paths: Paths
    is_listed: Mask
    is_good: Mask
    """Whether news of a session would be told in good words: likelier, the better its own return."""


def announce(
    rng: Generator, shares: Population, names: Sequence[str], days: Sequence[date], paths: Paths
) -> pl.DataFrame:
    """`symbol, known_at, headline, is_price_sensitive, pages` of every announcement, in order of `known_at, symbol`."""
    t = np.arange(len(days))[:, None]
    is_listed = (shares.listed <= t) & (t < shares.delisted)
    is_good = rng.random(is_listed.shape) < ndtr(_own_returns(paths, is_listed))
    companies = Companies(rng, shares, names, paths, is_listed, is_good)
    told = [*_results(companies), *_business(companies), *_restructures(companies), *_raisings(companies)]
    told += [*_ends(companies), *_forms(companies)]
    table = pl.DataFrame(told, schema=["session", "share", "headline", "is_price_sensitive"], orient="row")
    return _lodged(rng, table, names, days)


def _own_returns(paths: Paths, is_listed: Mask) -> NDArray[np.float64]:
    """Log returns less the median share's, in units of each share's volatility."""
    returns = np.diff(paths.log_price, axis=0, prepend=paths.log_price[:1])
    median = np.nanmedian(np.where(is_listed, returns, np.nan), axis=1, keepdims=True)
    return (returns - median) / paths.volatility


def _results(of: Companies) -> Iterator[Told]:
    """Results each half-year, with the dividend where one follows; the others report each quarter."""
    t = np.arange(len(of.is_listed))[:, None]
    yield from _worded(of, of.is_listed & ((t + DIVIDEND_NOTICE) % HALF_YEAR == of.shares.ex_phase), RESULTS)
    dividends = [(t - DIVIDEND_NOTICE, share) for t, share, kind, _ in of.paths.events if kind == "dividend"]
    for session, share in dividends:
        if session >= of.shares.listed[share]:
            yield Told(session, share, f"Dividend/Distribution - {_code(of, share)}", is_sensitive=False)
    reports = of.is_listed & (of.shares.dividend_yield == 0) & (t % QUARTER == of.shares.ex_phase % QUARTER)
    for session, share in np.argwhere(reports).tolist():
        yield Told(session, share, "Quarterly Activities/Appendix 5B Cash Flow Report", is_sensitive=True)


def _business(of: Companies) -> Iterator[Told]:
    """News of the business, in words of its sector, and of how it goes."""
    yield from _worded(of, _at_random(of, GUIDANCE_A_YEAR), GUIDANCE)
    for number, sector in enumerate(SECTORS):
        is_told = _at_random(of, BUSINESS_A_YEAR) & (of.shares.sector == number)
        yield from _worded(of, is_told, BUSINESS.get(sector, TRADE))


def _restructures(of: Companies) -> Iterator[Told]:
    for t, share, kind, _ in of.paths.events:
        if kind != "dividend":
            session = max(t - RESTRUCTURE_NOTICE, int(of.shares.listed[share]))
            yield Told(session, share, f"Consolidation/Split - {_code(of, share)}", is_sensitive=False)


def _raisings(of: Companies) -> Iterator[Told]:
    """A halt, then what it was for."""
    for session, share in np.argwhere(_at_random(of, RAISINGS_A_YEAR)).tolist():
        yield Told(session, share, "Trading Halt", is_sensitive=True)
        if session + HALT_SESSIONS < of.shares.delisted[share]:
            placed = f"Completion of ${of.rng.integers(2, 60)}m placement"
            yield Told(session + HALT_SESSIONS, share, placed, is_sensitive=True)


def _ends(of: Companies) -> Iterator[Told]:
    """How a share comes to its end: suspended, or taken over at the price of a bid."""
    for share in np.flatnonzero(of.shares.delisted < len(of.is_listed)).tolist():
        last = int(of.shares.delisted[share]) - 1
        if of.shares.fails[share]:
            yield Told(last, share, "Suspension from Quotation", is_sensitive=True)
            continue
        yield Told(last + 1 - BID_SESSIONS, share, "Recommended takeover offer at a premium", is_sensitive=True)
        yield Told(last + 1 - MEETING_SESSIONS, share, "Results of Scheme Meeting", is_sensitive=True)
        yield Told(last, share, "Implementation of Scheme of Arrangement", is_sensitive=True)


def _forms(of: Companies) -> Iterator[Told]:
    for form, a_year in FORMS.items():
        for session, share in np.argwhere(_at_random(of, a_year)).tolist():
            yield Told(session, share, form.format(c=_code(of, share)), is_sensitive=False)


def _at_random(of: Companies, a_year: float) -> Mask:
    return of.is_listed & (of.rng.random(of.is_listed.shape) < a_year / YEAR)


def _worded(of: Companies, is_told: Mask, wording: Wording) -> Iterator[Told]:
    """News where `is_told`, in good or bad words."""
    for session, share in np.argwhere(is_told).tolist():
        choices = wording.good if of.is_good[session, share] else wording.bad
        number, millions, place = of.rng.integers([2, 1, 0], [40, 80, len(PLACES)]).tolist()
        headline = choices[of.rng.integers(len(choices))].format(n=number, m=millions, p=PLACES[place])
        yield Told(session, share, headline, is_sensitive=True)


def _code(of: Companies, share: int) -> str:
    return of.names[share].split(".")[0]


def _lodged(rng: Generator, told: pl.DataFrame, names: Sequence[str], days: Sequence[date]) -> pl.DataFrame:
    """The announcements with their symbols and instants; what is marked is told before the open."""
    is_early = told["is_price_sensitive"].to_numpy()
    minutes = np.where(is_early, rng.integers(*BEFORE_OPEN, len(told)), rng.integers(*ALL_DAY, len(told)))
    day = pl.Series(days, dtype=pl.Date).gather(told["session"]).cast(pl.Datetime("us"))
    lodged = (day + pl.Series(minutes * 60_000_000).cast(pl.Duration("us"))).dt.replace_time_zone(SYDNEY.key)
    return told.select(
        pl.Series(names).gather(told["share"]).alias("symbol"),
        lodged.dt.convert_time_zone("UTC").alias("known_at"),
        "headline",
        "is_price_sensitive",
        pl.Series(rng.integers(1, 30, len(told)), dtype=pl.Int32).alias("pages"),
    ).sort("known_at", "symbol", "headline")
