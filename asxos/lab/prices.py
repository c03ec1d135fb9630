"""A market of prices alone, without a database: checked, placed and adjusted by the rules of an ingest."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from asxos.core.errors import BadInput, NotFound
from asxos.domain.bars.adjustment import effective_factors, panel_of
from asxos.domain.bars.checks import delivered, split_faulty
from asxos.domain.bars.codes import Registry
from asxos.domain.bars.judge import Known, in_order, judge
from asxos.domain.bars.matching import ACTION_SCHEMA, by_security
from asxos.domain.calendar import FinalInstants, xasx_sessions
from asxos.domain.facts import NO_FACTS, SECTORS, Facts
from asxos.features.models.records import NewTrial, Tally
from asxos.providers.prices import KnowsListing, PriceBatch, PriceProvider

NOTHING_KNOWN = Known(pl.DataFrame(), pl.DataFrame(), pl.DataFrame(schema=ACTION_SCHEMA))


class NoBars(BadInput):
    """A source of prices has none that can be used; the message says what was wrong with the first."""

    def __init__(self, source: str, fault: str) -> None:
        super().__init__(f"{source} has no usable prices: {fault}")


class NothingPublished(NotFound):
    """Prices alone have no published signals; a run can rank them."""

    def __init__(self, model: str, as_of: date | None) -> None:
        of = f" of {as_of}" if as_of else ""
        super().__init__(f"no signals of {model!r}{of} were published on prices alone; train a model and give its run")


@dataclass(frozen=True, eq=False)
class PriceMarket:
    """Trials are kept as long as this object is.

    `kept_out`: symbol, session_date, reason, detail and state (refused, held, released) of each bar in doubt.
    """

    name: str
    bars: pl.DataFrame = field(repr=False)
    actions: pl.DataFrame = field(repr=False)
    kept_out: pl.DataFrame = field(repr=False)
    sectors: pl.DataFrame = field(repr=False)
    names: Mapping[int, str] = field(repr=False)
    trials: list[NewTrial] = field(default_factory=list[NewTrial], repr=False)

    def panel(self, as_of: date | None) -> pl.DataFrame:
        """Adjusted by the corporate actions up to that session only."""
        bars, actions = self.bars, self.actions
        if as_of is not None:
            # A bar that was in doubt is known when the next session has confirmed it.
            bars = bars.filter((pl.col("session_date") <= as_of) & (pl.col("known_at").dt.date() <= as_of))
            actions = actions.filter(pl.col("ex_date") <= as_of)
        return panel_of(bars.drop("known_at"), effective_factors(actions))

    def facts(self, as_of: date | None) -> Facts:
        """Sectors, where the source knows them; they have dates of their own."""
        return replace(NO_FACTS, sectors=self.sectors.filter(pl.col("valid_from") <= (as_of or date.max)))

    def symbols(self) -> Mapping[int, str]:
        return self.names

    def published(self, model: str, as_of: date | None) -> pl.DataFrame:
        """Raises: NothingPublished."""
        raise NothingPublished(model, as_of)

    def log(self, trial: NewTrial) -> None:
        self.trials.append(trial)

    def tally(self) -> Tally:
        ratios = [trial.sharpe for trial in self.trials if trial.sharpe is not None]
        return Tally(len(self.trials), float(np.var(ratios, ddof=1)) if len(ratios) > 1 else 0.0)

    def close(self) -> None:
        """Nothing was opened."""


def read_market(provider: PriceProvider, now: datetime) -> PriceMarket:
    """All that a provider delivers and that stands at `now`. Raises: NoBars."""
    batches = list(provider.batches(None, None))
    bars = pl.concat([batch.bars for batch in batches]).sort("symbol", "session_date", maintain_order=True)
    if bars.is_empty():
        raise NoBars(provider.source, _first_fault(batches))
    final = _finals(bars["session_date"])
    good, faulty = split_faulty(bars, final, now)
    registry = Registry()
    ids, _ = registry.place(good)
    reported, _ = by_security(pl.concat([batch.actions for batch in batches]), registry.resolve)
    verdict = judge(in_order(good.with_columns(ids)), reported, NOTHING_KNOWN, final, now)
    if verdict.added.is_empty():
        raise NoBars(provider.source, f"{bars.height} bars, {faulty['reason'][0] if faulty.height else 'all doubtful'}")
    # Rechunked, because pl.format panics on a column with an empty chunk (Polars 2.1.0).
    refused = faulty.rechunk().with_columns(detail=delivered(), state=pl.lit("refused"))
    told = pl.concat([refused, verdict.kept_out], how="diagonal_relaxed")
    return PriceMarket(
        name=provider.source,
        bars=verdict.added,
        actions=verdict.actions,
        kept_out=told.select("symbol", "session_date", "reason", "detail", "state"),
        sectors=_sectors(provider, registry),
        names={listing.id: listing.symbol for listing in registry.listings.values()},
    )


def _first_fault(batches: list[PriceBatch]) -> str:
    return next((str(refused) for batch in batches for refused in batch.refused), "it is empty")


def _finals(days: pl.Series) -> FinalInstants:
    first, last = days.min(), days.max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    rows = [(s.session_date, s.final_at) for s in xasx_sessions(first, last + timedelta(days=7))]
    return FinalInstants(pl.DataFrame(rows, ["session_date", "final_at"], orient="row"))


def _sectors(provider: PriceProvider, registry: Registry) -> pl.DataFrame:
    if not isinstance(provider, KnowsListing):
        return pl.DataFrame(schema=SECTORS)
    rows = [
        (registry.resolve(symbol, listed_on or date.max), listed_on, sector)
        for symbol, _, sector, listed_on in provider.listing().iter_rows()
    ]
    return pl.DataFrame(rows, SECTORS, orient="row").drop_nulls().sort("security_id", "valid_from")
