"""Reading the market: panels as known then, one share's prices, securities, quotes, sessions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

import polars as pl

from asxos.core.clock import Clock
from asxos.core.errors import BadInput
from asxos.domain.bars.adjustment import effective_factors, panel_of
from asxos.domain.bars.judge import in_order
from asxos.domain.bars.total_return import total_returns
from asxos.domain.identifiers import MalformedCode, canonical_symbol
from asxos.domain.indices import BROAD, NAMES
from asxos.domain.ranking import Knowledge
from asxos.features.market.records import Code, CorporateAction, LatestPrice, Quote, Security
from asxos.features.market.repositories.panels import Extent
from asxos.features.market.services.calendars import fill_sessions
from asxos.features.market.services.errors import MalformedSymbol, UnknownSymbol
from asxos.features.market.services.stores import Stores

EARLIER_OWNER = "~"


@dataclass(frozen=True)
class PriceHistory:
    """One share's bars from the first to the last asked for, `adjusted` or as traded, and its actions in between."""

    security: Security
    adjusted: bool
    as_of: date | None
    sources: list[str]
    bars: pl.DataFrame
    actions: list[CorporateAction]


@dataclass(frozen=True)
class SecurityView:
    """A share with every code it has had and its latest quote, if it has bars."""

    security: Security
    codes: list[Code]
    quote: Quote | None


class MarketService:
    """Prices come adjusted for splits, consolidations, capital returns and the like, never for dividends."""

    def __init__(self, stores: Stores, *, clock: Clock) -> None:
        self.stores = stores
        self.clock = clock
        self._directory: dict[int, Security] | None = None

    async def panel(
        self,
        as_of: date | None = None,
        *,
        known_at: datetime | None = None,
        ingest_id: int | None = None,
        since: date | None = None,
        symbols: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """The Panel: bars up to `as_of`, sorted by (security_id, session_date), adjusted by what was known.

        Columns `security_id, session_date, open, high, low, close, volume` (adjusted), `raw_close`, `turnover` (A$ as
        traded). `known_at`: the instant from which nothing later is used; by default when `as_of` became final, so a
        panel of the past never changes by what came after it; without `as_of`, now. `ingest_id`: as that ingest left
        the database: that panel comes back to the bit whatever is ingested later, late bars and corrections alike.
        Raises: UnknownSymbol, MalformedSymbol.
        """
        if known_at is None and as_of is not None:
            known_at = await self.stores.sessions.final_at(as_of)
        ids = None if symbols is None else tuple([(await self.resolve(symbol)).id for symbol in symbols])
        raw = await self.stores.panels.read(Extent(since, as_of, ids, known_at, ingest_id))
        factors = effective_factors(await self.stores.actions.of(ids, as_of, known_at, ingest_id))
        return panel_of(in_order(raw), factors)

    async def knowledge(self, as_of: date | None = None) -> Knowledge:
        """What the panel of `as_of` is made of at this moment, to read that very panel now and ever after."""
        known_at = None if as_of is None else await self.stores.sessions.final_at(as_of)
        return Knowledge(as_of, known_at, await self.stores.ingests.latest_ended())

    async def prices(
        self,
        symbol: str,
        first: date | None = None,
        last: date | None = None,
        *,
        adjusted: bool = True,
        as_of: date | None = None,
    ) -> PriceHistory:
        """One share's bars, adjusted by default by the actions up to `as_of` (default: all).

        Raises: UnknownSymbol, MalformedSymbol; BadInput: `first` is after `last`.
        """
        if first and last and first > last:
            raise BadInput(f"from {first} is after to {last}")
        security = await self.resolve(symbol, as_of)
        until = min(filter(None, [last, as_of]), default=None)
        known_at = await self.stores.sessions.final_at(as_of) if as_of else None
        bars = in_order(await self.stores.panels.read(Extent(first, until, (security.id,), known_at)))
        if adjusted:
            factors = effective_factors(await self.stores.actions.of([security.id], as_of, known_at))
            bars = panel_of(bars, factors)
        actions = await self.stores.actions.of_security(security.id)
        shown = [a for a in actions if (not first or a.ex_date >= first) and (not until or a.ex_date <= until)]
        return PriceHistory(security, adjusted, as_of, await self.stores.panels.sources(security.id), bars, shown)

    async def resolve(self, symbol: str, on: date | None = None) -> Security:
        """The security that a code meant on a date (default: today). `XYZ~1.AX` is an earlier owner of `XYZ`.

        Raises: UnknownSymbol, MalformedSymbol.
        """
        if EARLIER_OWNER in symbol:
            found = await self.stores.securities.find_by_symbol(symbol.strip().upper())
        else:
            try:
                code = canonical_symbol(symbol)
            except MalformedCode as error:
                raise MalformedSymbol(str(error)) from error
            found = await self.stores.securities.find_by_code(code, on or self.clock.now().date())
        if found is None:
            raise UnknownSymbol(symbol)
        return found

    async def security(self, symbol: str) -> SecurityView:
        """A share in full. Raises: UnknownSymbol, MalformedSymbol."""
        security = await self.resolve(symbol)
        quotes = await self.quotes([security.id])
        return SecurityView(security, await self.stores.securities.codes(security.id), quotes.get(security.id))

    async def search(self, text: str = "", limit: int = 50, offset: int = 0) -> tuple[list[Security], int]:
        """A page of securities by code, former code or name, exact codes first; and how many there are in all."""
        return await self.stores.securities.search(text.strip(), limit, offset)

    async def quotes(self, ids: Sequence[int]) -> Mapping[int, Quote]:
        """The latest quote of each share that has bars."""
        return {quote.security_id: quote for quote in await self.stores.quotes.of(ids)}

    async def get_latest_prices_batch(self, symbols: Sequence[str]) -> Mapping[str, LatestPrice]:
        """The latest price of each code that has one, all in one query."""
        return {price.code: price for price in await self.stores.quotes.latest(symbols)} if symbols else {}

    async def closes_on(self, codes: Sequence[str], day: date) -> Mapping[str, Decimal]:
        """The last close, as traded, of each code's share on or before a day."""
        return await self.stores.quotes.closes_on(codes, day) if codes else {}

    async def closes_between(self, codes: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """`place` (of the code among `codes`), `security_id, session_date, close`: every close as traded, one query."""
        return await self.stores.panels.closes(codes, first, last)

    async def total_returns(self, codes: Sequence[str], first: date, last: date) -> pl.DataFrame:
        """TOTAL_RETURNS of the bars from `first` to `last`, by each code's `place` among `codes`."""
        closes = await self.stores.panels.closes(codes, first, last)
        actions = await self.stores.actions.of(closes["security_id"].unique().to_list(), last)
        dividends = actions.filter(pl.col("kind") == "dividend").select("security_id", "ex_date", "amount")
        return total_returns(closes, effective_factors(actions), dividends)

    async def dividends_of(self, codes: Sequence[str]) -> Mapping[str, Sequence[CorporateAction]]:
        """Every dividend known of what each code means now, earliest first."""
        return await self.stores.actions.dividends_of(codes) if codes else {}

    async def latest_session(self) -> date | None:
        """The latest session with prices."""
        return await self.stores.quotes.last_session()

    async def codes_by_name(self) -> Mapping[str, str]:
        """Symbols by the names of companies, in lower case; a name that two have is not among them."""
        named = [(share.name.casefold(), share.symbol) for share in (await self.directory()).values() if share.name]
        counts = Counter(name for name, _ in named)
        return {name: symbol for name, symbol in named if counts[name] == 1}

    async def directory(self, ids: Sequence[int] | None = None) -> Mapping[int, Security]:
        """Names, symbols and sectors of some shares (default: all), from memory; `forget` after a change."""
        if self._directory is None:
            self._directory = {security.id: security for security in await self.stores.securities.all()}
        known = self._directory
        return known if ids is None else {id: known[id] for id in ids if id in known}

    def forget(self) -> None:
        """Read the directory anew at the next use."""
        self._directory = None

    async def sectors(self, as_of: date | None = None) -> pl.DataFrame:
        """Every share's sectors up to `as_of` (default: all): `security_id, valid_from, sector`, sorted.

        A share of which no dated sector is stored has the one it was last described with, through all time.
        """
        return await self.stores.securities.sectors(as_of)

    async def code_periods(self) -> pl.DataFrame:
        """Which security had which code when: PERIODS."""
        return await self.stores.securities.code_periods()

    async def actions(self) -> pl.DataFrame:
        """Every corporate action and dividend as known now: ACTION_SCHEMA, sorted by (security_id, ex_date)."""
        return await self.stores.actions.of(None)

    async def total_return_indices(self) -> Mapping[str, pl.DataFrame]:
        """`session_date, level` of the broad indices with dividends that are stored, by name, the usual one first."""
        levels = {NAMES[code]: await self.stores.indices.total_return(code) for code in BROAD}
        return {name: level for name, level in levels.items() if not level.is_empty()}

    async def sessions(self, first: date, last: date) -> list[date]:
        """The trading days from `first` to `last`; the table is filled at the first use."""
        await fill_sessions(self.stores.sessions, self.clock.now().date())
        return await self.stores.sessions.between(first, last)

    async def data_is_simulated(self) -> bool:
        """Whether the prices are invented; a database never holds both kinds, so any security tells."""
        return any(security.is_simulated for security in islice((await self.directory()).values(), 1))
