"""Deriving published rankings again: from prices as stored then, the same versions and the same rules."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import date

from asxos.core.code import code_version, platform_versions
from asxos.core.errors import AsxosError
from asxos.core.progress import Progress
from asxos.domain.record import decode, encode
from asxos.features.signals.checking import difference, read_content, read_header
from asxos.features.signals.headers import Header
from asxos.features.signals.records import LogEntry
from asxos.features.signals.repositories import SignalLog
from asxos.features.signals.services.ports import Market, Models, PastRun
from asxos.features.signals.services.publishing import signals_of


@dataclass(frozen=True)
class Derived:
    """A ranking derived again; `difference` from the published one in words, None when equal byte for byte."""

    sequence: int
    model: str
    as_of: date
    difference: str | None


class Deriver:
    """Uses nothing of a log entry but its header and its symbols."""

    def __init__(self, log: SignalLog, *, market: Market, models: Models) -> None:
        self.log = log
        self.market = market
        self.models = models

    async def derive(self, sequences: Sequence[int], progress: Progress) -> list[Derived]:
        """The entries of these numbers derived again, in order."""
        found: list[Derived] = []
        runs = _Runs(self.market, self.models)
        async for entry in self._entries(sequences):
            progress.advance(len(found) / len(sequences), f"{entry.model} of {entry.as_of}")
            found.append(Derived(entry.sequence, entry.model, entry.as_of, await self._difference(entry, runs)))
        return found

    async def _entries(self, sequences: Sequence[int]) -> AsyncGenerator[LogEntry, None]:
        if sequences:
            async for entry in self.log.entries(list(sequences)):
                yield entry

    async def _difference(self, entry: LogEntry, runs: "_Runs") -> str | None:
        header, content = read_header(entry), read_content(entry)
        if header is None or content is None:
            return "its header or its content cannot be read"
        try:
            again = await self._again(header, content, await runs.of(header))
        except AsxosError as error:
            return f"cannot be derived: {error}"
        found = difference(content, again)
        return found and f"{found}{_another_hand(header)}"

    async def _again(self, header: Header, content: bytes, run: PastRun) -> bytes:
        """The ranking's bytes as they come out now, under the symbols of then."""
        # A share that was not ranked then needs some name, should it be ranked now.
        symbols = {id: f"#{id}" for id in await self.market.directory()}
        symbols |= dict(decode(content).select("security_id", "symbol").iter_rows())
        ranking = await run.rank(header.model, header.as_of, header.ordered_recipe, symbols)
        return encode(signals_of(ranking, {symbol: id for id, symbol in symbols.items()}))


class _Runs:
    """The run read last: its rankings follow one another in the log."""

    def __init__(self, market: Market, models: Models) -> None:
        self._market = market
        self._models = models
        self._kept: tuple[object, PastRun] | None = None

    async def of(self, header: Header) -> PastRun:
        """What the ranking of `header` was made from."""
        recipe, prices = header.recipe, header.prices
        made_from = (prices, recipe.facts, recipe.universe, recipe.horizon)
        if self._kept is None or self._kept[0] != made_from:
            self._kept = None  # the old one goes before the new one comes
            panel = await self._market.panel(prices.as_of, known_at=prices.known_at, ingest_id=prices.ingest_id)
            self._kept = made_from, await self._models.past_run(panel, recipe)
        return self._kept[1]


def _another_hand(header: Header) -> str:
    """What else is not as it was then, since that may be why."""
    changed = [] if header.code == code_version() else [f"published by code {header.code}, this is {code_version()}"]
    now = platform_versions()
    changed += [f"{name} was {was}" for name, was in header.platform.items() if now.get(name) != was]
    return f" ({'; '.join(changed)})" if changed else ""
