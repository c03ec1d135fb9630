"""The canonical bytes of a ranking: what its sha256 is of, so that equal rankings are equal byte for byte.

Little-endian throughout; n signals in order of rank, then security:

    16 bytes      b"asxos-ranking-1\\n"
    uint32        n
    int32[n]      security ids
    int32[n]      ranks
    int8[n]       labels, from -2 (STRONG_SELL) over 0 (HOLD) to 2 (STRONG_BUY)
    float64[n]    each of NUMBERS in turn, IEEE 754; missing is the one NaN 0x7ff8000000000000
    uint32, text  the symbols, then the same for the notes: length in bytes, and UTF-8 separated by the byte 0x1f
"""

import struct
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from asxos.domain.signals import SignalType

MAGIC = b"asxos-ranking-1\n"
NUMBERS = (
    *("score", "ml_prob", "ml_expected_return", "confidence"),
    *("interval_low", "interval_high", "disagreement"),
)
LABELS = {
    SignalType.STRONG_SELL: -2,
    SignalType.SELL: -1,
    SignalType.HOLD: 0,
    SignalType.BUY: 1,
    SignalType.STRONG_BUY: 2,
}
"""Each label's side, and how sure it is, as one number."""

_SEPARATOR = "\x1f"
_COUNT = struct.Struct("<I")


class Published(Protocol):
    """A signal as it goes into the record."""

    @property
    def security_id(self) -> int: ...
    @property
    def symbol(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def score(self) -> float: ...
    @property
    def ml_prob(self) -> float: ...
    @property
    def ml_expected_return(self) -> float | None: ...
    @property
    def signal(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def interval_low(self) -> float | None: ...
    @property
    def interval_high(self) -> float | None: ...
    @property
    def note(self) -> str | None: ...
    @property
    def disagreement(self) -> float | None: ...


class NotARanking(ValueError):
    """The bytes are not a ranking of this form: cut, or of another one."""


def encode(signals: Sequence[Published]) -> bytes:
    """The canonical bytes of a ranking, whatever order its signals come in."""
    ordered = sorted(signals, key=attrgetter("rank", "security_id"))
    return b"".join(
        [
            MAGIC,
            _COUNT.pack(len(ordered)),
            np.array([signal.security_id for signal in ordered], "<i4").tobytes(),
            np.array([signal.rank for signal in ordered], "<i4").tobytes(),
            np.array([LABELS[SignalType(signal.signal)] for signal in ordered], "<i1").tobytes(),
            *(_numbers([getattr(signal, name) for signal in ordered]) for name in NUMBERS),
            _text(signal.symbol for signal in ordered),
            _text(signal.note or "" for signal in ordered),
        ]
    )


def decode(content: bytes) -> pl.DataFrame:
    """A ranking back: `security_id, rank, label`, NUMBERS, `symbol, note`; null for missing. Raises: NotARanking."""
    if not content.startswith(MAGIC):
        raise NotARanking("the content does not begin as a ranking does")
    try:
        return _columns(content)
    except (ValueError, struct.error) as error:
        raise NotARanking(f"the content is not a whole ranking: {error}") from error


def _columns(content: bytes) -> pl.DataFrame:
    reader = _Reader(content, len(MAGIC))
    (count,) = _COUNT.unpack_from(content, reader.take(_COUNT.size))
    kinds = {"security_id": "<i4", "rank": "<i4", "label": "<i1", **dict.fromkeys(NUMBERS, "<f8")}
    columns: dict[str, NDArray[np.generic] | list[str]] = {
        name: np.frombuffer(content, kind, count, reader.take(count * np.dtype(kind).itemsize))
        for name, kind in kinds.items()
    }
    columns |= {name: reader.text(count) for name in ("symbol", "note")}
    if reader.place != len(content):
        raise NotARanking("the content goes on after its end")
    note = pl.when(pl.col("note") != "").then(pl.col("note")).alias("note")
    return pl.DataFrame(columns).with_columns(pl.col(NUMBERS).fill_nan(None), note)


class _Reader:
    def __init__(self, content: bytes, place: int) -> None:
        self.content = content
        self.place = place

    def take(self, size: int) -> int:
        """Where the next `size` bytes begin."""
        begins = self.place
        self.place += size
        return begins

    def text(self, count: int) -> list[str]:
        """The next column of texts."""
        (size,) = _COUNT.unpack_from(self.content, self.take(_COUNT.size))
        begins = self.take(size)
        found = self.content[begins : begins + size].decode().split(_SEPARATOR) if count else []
        if len(found) != count:
            raise NotARanking(f"{len(found)} texts for {count} signals")
        return found


def _numbers(values: Sequence[float | None]) -> bytes:
    column = np.array(values, "<f8")
    column[np.isnan(column)] = np.nan  # of the many bit patterns that are NaN, always the same
    return column.tobytes()


def _text(values: Iterable[str]) -> bytes:
    """Raises: ValueError: a text holds the separator."""
    texts = list(values)
    joined = _SEPARATOR.join(texts)
    if joined.count(_SEPARATOR) != max(len(texts) - 1, 0):
        raise ValueError("a symbol or a note holds the byte 0x1f")
    encoded = joined.encode()
    return _COUNT.pack(len(encoded)) + encoded
