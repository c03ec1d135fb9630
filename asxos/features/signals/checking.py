"""Whether the record is whole: each entry beside the one before it, each stored signal beside its entry."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from asxos.core.events.types import SignalGenerated
from asxos.domain.chain import START
from asxos.domain.record import LABELS, NUMBERS, NotARanking, decode
from asxos.features.signals.headers import Header, content_sha256, entry_sha256, header_text
from asxos.features.signals.records import LogEntry, StoredSignal

SHOWN = 3
_COMPARED = ("symbol", "rank", "signal", *NUMBERS, "note")
_NAMES = {number: label.value for label, number in LABELS.items()}

Key = tuple[str, date]
"""A ranking: its model and its session."""
Rows = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was published: where, and what."""

    where: str
    what: str


class Walk:
    """Goes through the log entry by entry. `latest`: the number of the entry that stands for each ranking."""

    def __init__(self, latest: Mapping[Key, int]) -> None:
        self.latest = latest
        self.hashes: dict[int, str] = {}
        self.faults: list[Fault] = []
        self.before: LogEntry | None = None
        self.signals = 0

    def take(self, entry: LogEntry) -> None:
        """Judge the next entry."""
        self.faults += _chain_faults(self.before, entry)
        self.hashes[entry.sequence] = entry.sha256
        self.before = entry

    def is_latest(self, entry: LogEntry) -> bool:
        """Whether no later entry is of the same ranking."""
        return self.latest[entry.model, entry.as_of] == entry.sequence

    def compare(self, entry: LogEntry, stored: Sequence[StoredSignal]) -> None:
        """Judge the signals that are stored of an entry's ranking."""
        self.faults += _signal_faults(entry, stored)
        self.signals += len(stored)


def unrecorded_faults(stored: Mapping[Key, bool], recorded: Iterable[Key]) -> Iterator[Fault]:
    """Rankings with signals and no entry. `stored`: of each ranking, whether it is from before the log began."""
    known = set(recorded)
    for (model, as_of), is_older in stored.items():
        if not is_older and (model, as_of) not in known:
            yield Fault(f"signals of {model}, {as_of}", "were never published: the log has no entry of them")


def announcement_faults(hashes: Mapping[int, str], announced: Iterable[SignalGenerated]) -> Iterator[Fault]:
    """Entries that were announced and are gone or others, and entries that never were."""
    heard = {facts.sequence: facts for facts in announced if facts.sequence is not None}
    for sequence, facts in sorted(heard.items()):
        if sequence not in hashes:
            yield Fault(f"signal_log {sequence} ({facts.model}, {facts.as_of})", "was announced and is missing")
        elif hashes[sequence] != facts.sha256:
            yield Fault(f"signal_log {sequence} ({facts.model}, {facts.as_of})", "has another hash than was announced")
    for sequence in hashes.keys() - heard.keys():
        yield Fault(f"signal_log {sequence}", "was never announced")


def head_faults(hashes: Mapping[int, str], heads: Iterable[str]) -> Iterator[Fault]:
    """Ends of the log that were seen, by a verification or by who asks, and are no entry of it any more."""
    known = set(hashes.values())
    for head in heads:
        if head not in known:
            yield Fault(f"signal_log, the entry with hash {head}", "ended the log once and is gone")


def difference(published: bytes, found: bytes) -> str | None:
    """How a ranking differs from the published one, in words; None when they are equal byte for byte."""
    if published == found:
        return None
    all_of_it = [f"{symbol} {what}" for symbol, what in _differences(_rows(published), _rows(found))]
    return "; ".join(all_of_it[:SHOWN]) + (f"; and {len(all_of_it) - SHOWN} more" if len(all_of_it) > SHOWN else "")


def read_header(entry: LogEntry) -> Header | None:
    """The header, or None when it is not one."""
    try:
        return Header.model_validate_json(entry.header)
    except ValidationError:
        return None


def read_content(entry: LogEntry) -> bytes | None:
    """The ranking's canonical bytes, or None when they cannot be had."""
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(entry.content)
        decode(content)
    except (zlib.error, NotARanking):
        return None
    return content if stream.eof and not stream.unused_data else None


def _chain_faults(before: LogEntry | None, entry: LogEntry) -> Iterator[Fault]:
    """What is wrong with an entry that follows `before`; each is judged anew, so that one edit is one fault."""
    where, expected = _entry(entry), before.sequence + 1 if before else 1
    if entry.sequence > expected:
        yield Fault(where, f"{entry.sequence - expected} before it are missing")
    header, content = read_header(entry), read_content(entry)
    if header is None:
        yield Fault(where, "its header cannot be read")
        return
    told = (header.sequence, header.model, header.as_of, header.published_at)
    if told != (entry.sequence, entry.model, entry.as_of, entry.published_at):
        was = f"entry {header.sequence}, {header.model}, {header.as_of}, published at {header.published_at.isoformat()}"
        yield Fault(where, f"its header is of {was}")
    elif entry.header != header_text(json.loads(entry.header)):
        yield Fault(where, "its header is written otherwise than it was")
    elif entry.sha256 != entry_sha256(before.sha256 if before else START, entry.header):
        yield Fault(where, "its hash does not follow from its header and the entry before it")
    if content is None or content_sha256(content) != header.content_sha256:
        yield Fault(where, "its content is not what was published")


def _signal_faults(entry: LogEntry, stored: Sequence[StoredSignal]) -> Iterator[Fault]:
    """Where the stored signals of a ranking differ from its entry, signal by signal."""
    where, content = f"signals of {entry.model}, {entry.as_of}", read_content(entry)
    if content is None:
        return  # a fault of the chain already
    for other in {signal.known_at for signal in stored} - {entry.published_at}:
        yield Fault(where, f"known at {other.isoformat()}, published at {entry.published_at.isoformat()}")
    found = {signal.security_id: {name: getattr(signal, name) for name in _COMPARED} for signal in stored}
    for symbol, what in _differences(_rows(content), found):
        yield Fault(f"{where}, {symbol}", what)


def _rows(content: bytes) -> Rows:
    """The signals of a ranking by security."""
    rows = decode(content).iter_rows(named=True)
    return {row["security_id"]: row | {"signal": _NAMES.get(row["label"])} for row in rows}


def _differences(published: Rows, found: Rows) -> Iterator[tuple[str, str]]:
    """Symbols, and what is not as it was published."""
    for id, row in published.items():
        if id not in found:
            yield row["symbol"], "is missing"
            continue
        for name in _COMPARED:
            if found[id][name] != row[name]:
                yield row["symbol"], f"{name} is {found[id][name]!r}, published was {row[name]!r}"
    for id, row in found.items():
        if id not in published:
            yield row["symbol"], "was never published"


def _entry(entry: LogEntry) -> str:
    return f"signal_log {entry.sequence} ({entry.model}, {entry.as_of})"
