"""Which security a code meant on a date: codes are renamed and reused, the security's id stays.

A source that names the company behind a code (`entity`) decides; without it, the present owner of the code is meant.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from asxos.domain.identifiers import SUFFIX

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Listing:
    """A security's identity. `symbol` is canonical: its latest code, `XYZ~1.AX` where another has that code now."""

    id: int
    symbol: str
    entity: str | None


@dataclass(frozen=True)
class Period:
    """`security_id` had `code` from `valid_from` until before `valid_to` (None: still), with bars up to `last_seen`."""

    security_id: int
    code: str
    valid_from: date
    last_seen: date
    valid_to: date | None = None

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Changes:
    """What placing bars changed: listings new or altered, and all periods of each code that changed."""

    listings: list[Listing]
    created: set[int]
    periods: dict[str, list[Period]]


@dataclass(frozen=True)
class _Run:
    """Neighbouring rows of one code and entity, and the sessions they span."""

    code: str
    entity: str | None
    start: int
    end: int
    is_last: bool


@dataclass
class Registry:
    """All securities and codes, kept up to date while bars come in."""

    listings: dict[int, Listing] = field(default_factory=dict[int, Listing])
    periods: dict[str, list[Period]] = field(default_factory=dict[str, list[Period]])

    @classmethod
    def of(cls, listings: Iterable[Listing], periods: Iterable[Period]) -> "Registry":
        """A registry of what is stored."""
        by_code: dict[str, list[Period]] = defaultdict(list)
        for period in sorted(periods, key=lambda p: p.valid_from):
            by_code[period.code].append(period)
        return cls({listing.id: listing for listing in listings}, dict(by_code))

    def __post_init__(self) -> None:
        self._by_entity = {listing.entity: listing.id for listing in self.listings.values() if listing.entity}
        self._codes_of: dict[int, set[str]] = defaultdict(set)
        for code, periods in self.periods.items():
            for period in periods:
                self._codes_of[period.security_id].add(code)

    def place(self, bars: pl.DataFrame) -> tuple[pl.Series, Changes]:
        """The security of each row of `bars` (a Bars frame sorted by symbol and session_date), and what that changed.

        A code or entity that nobody has is a new security.
        """
        before = Snapshot(self)
        days = bars["session_date"]
        ids = np.zeros(bars.height, np.int32)
        touched: set[str] = set()
        for run in _runs(bars):
            for owner, start, end in self._owners(run, days):
                ids[start:end] = owner
                self._claim(Period(owner, run.code, days[start], days[end - 1]))
            touched.add(run.code)
        self._settle(touched)
        return pl.Series("security_id", ids), before.changes(self)

    def resolve(self, code: str, on: date) -> int | None:
        """The security that had `code` on a date, else the last one before it, else the first one after it."""
        periods = self.periods.get(code, [])
        begun = [period for period in periods if period.valid_from <= on]
        return (begun[-1] if begun else periods[0]).security_id if periods else None

    def listed(self, code: str, since: date | None, seen: date) -> int:
        """The security that had the code when it was `seen` under it; a new one where nobody had, or only one that was
        last seen before `since`, the day this one was listed."""
        periods = self.periods.get(code, [])
        if periods and (since is None or since <= periods[-1].last_seen or since <= periods[-1].valid_from):
            return self.resolve(code, seen) or periods[0].security_id
        owner = self._new(None)
        first = since or seen
        self._claim(Period(owner, code, first, first))
        self._settle({code})
        return owner

    def learn_former(self, code: str, current: str, first: date, last: date) -> None:
        """`code` was what `current` is now; what prices told of a code stands, an unknown `current` teaches nothing."""
        owners = self.periods.get(current)
        if owners and code not in self.periods:
            self._claim(Period(owners[-1].security_id, code, first, last))
            self._settle({code, current})

    def snapshot(self) -> "Snapshot":
        """What the registry holds now, to tell later what changed."""
        return Snapshot(self)

    def _owners(self, run: _Run, days: pl.Series) -> Iterator[tuple[int, int, int]]:
        """Who had the code in which rows of the run."""
        if run.entity is not None:
            yield self._of_entity(run.entity, run), run.start, run.end
            return
        start = run.start
        for period in self.periods.get(run.code, []):
            end = (
                run.end
                if period.valid_to is None
                else run.start + _first_from(days[run.start : run.end], period.valid_to)
            )
            if end > start:
                yield period.security_id, start, end
                start = end
        if start < run.end:
            yield self._new(None), start, run.end

    def _of_entity(self, entity: str, run: _Run) -> int:
        if (known := self._by_entity.get(entity)) is not None:
            return known
        unlinked = [p for p in self.periods.get(run.code, []) if self.listings[p.security_id].entity is None]
        if not unlinked or not run.is_last:
            return self._new(entity)
        # What was stored without an entity is the latest of those that have had the code.
        owner = unlinked[-1].security_id
        self.listings[owner] = replace(self.listings[owner], entity=entity)
        self._by_entity[entity] = owner
        return owner

    def _new(self, entity: str | None) -> int:
        id = max(self.listings, default=0) + 1
        self.listings[id] = Listing(id, "", entity)
        if entity is not None:
            self._by_entity[entity] = id
        return id

    def _claim(self, claim: Period) -> None:
        """Add a stretch of ownership. A new list, because the one before belongs to changes that are being stored."""
        self.periods[claim.code] = [*self.periods.get(claim.code, []), claim]
        self._codes_of[claim.security_id].add(claim.code)

    def _settle(self, codes: set[str]) -> None:
        for code in codes:
            self.periods[code] = _merged(self.periods[code])
        owners = {period.security_id for code in codes for period in self.periods[code]}
        around = codes | {code for owner in owners for code in self._codes_of[owner]}
        latest = {
            owner: self._latest_code(owner) for code in around for owner in {p.security_id for p in self.periods[code]}
        }
        for code in around:
            self.periods[code] = _closed(self.periods[code], latest)
        for owner, code in latest.items():
            self.listings[owner] = replace(self.listings[owner], symbol=self._symbol(owner, code))

    def _latest_code(self, owner: int) -> str:
        periods = [p for code in self._codes_of[owner] for p in self.periods[code] if p.security_id == owner]
        return max(periods, key=lambda p: (p.last_seen, p.valid_from, p.code)).code

    def _symbol(self, owner: int, code: str) -> str:
        periods = self.periods[code]
        if periods[-1].security_id == owner:
            return code
        # In the order of first ownership, so that a later owner changes no number given before.
        owners = list(dict.fromkeys(period.security_id for period in periods))
        return f"{code.removesuffix(SUFFIX)}~{owners.index(owner) + 1}{SUFFIX}"


class Snapshot:
    """What a registry held, to tell what changed."""

    def __init__(self, registry: Registry) -> None:
        self._listings = dict(registry.listings)
        self._periods = {code: list(periods) for code, periods in registry.periods.items()}

    def changes(self, registry: Registry) -> Changes:
        listings = [now for id, now in registry.listings.items() if self._listings.get(id) != now]
        periods = {code: now for code, now in registry.periods.items() if self._periods.get(code) != now}
        return Changes(listings, registry.listings.keys() - self._listings.keys(), periods)


def _runs(bars: pl.DataFrame) -> Iterator[_Run]:
    is_new = (pl.col("symbol") != pl.col("symbol").shift(1)) | pl.col("entity").ne_missing(pl.col("entity").shift(1))
    starts = bars.select(is_new.fill_null(value=True).arg_true()).to_series().to_list()
    ends = [*starts[1:], bars.height]
    for start, end in zip(starts, ends, strict=False):  # without bars there is an end and no start
        code = bars["symbol"][start]
        is_last = end == bars.height or bars["symbol"][end] != code
        yield _Run(code, bars["entity"][start], start, end, is_last)


def _first_from(days: pl.Series, day: date) -> int:
    return int(days.search_sorted(day, "left"))


def _merged(periods: list[Period]) -> list[Period]:
    merged: list[Period] = []
    for period in sorted(periods, key=lambda p: p.valid_from):
        if merged and merged[-1].security_id == period.security_id:
            merged[-1] = replace(merged[-1], last_seen=max(merged[-1].last_seen, period.last_seen))
        else:
            merged.append(period)
    return merged


def _closed(periods: list[Period], latest: dict[int, str]) -> list[Period]:
    """A code is given up when its owner is seen under another one, or when somebody else has it."""
    nexts = [*(period.valid_from for period in periods[1:]), None]
    return [replace(p, valid_to=_end(p, following, latest)) for p, following in zip(periods, nexts, strict=True)]


def _end(period: Period, following: date | None, latest: dict[int, str]) -> date | None:
    if latest[period.security_id] == period.code:
        return following
    given_up = period.last_seen + _DAY
    return given_up if following is None else min(following, given_up)
