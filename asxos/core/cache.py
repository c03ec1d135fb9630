"""Answers kept as encoded bytes until an event says that they are stale."""

import gzip
import hashlib
from dataclasses import dataclass
from typing import Protocol

from cachetools import TTLCache

COMPRESS_FROM_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class Answer:
    """One encoded response body with its ETag; `gzipped` is None where compressing does not pay."""

    media_type: bytes
    body: bytes
    etag: bytes
    gzipped: bytes | None

    @classmethod
    def of(cls, media_type: bytes, body: bytes) -> "Answer":
        """Encode once, at fill: the tag and the compressed form are never computed on a hit."""
        tag = b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
        packed = gzip.compress(body, 6) if len(body) >= COMPRESS_FROM_BYTES else None
        return cls(media_type, body, tag, packed)


class AnswerCache(Protocol):
    """Where answers are kept. `generation` of a tag changes when it is dropped: a slow reader that began
    before the drop must not store what it read."""

    def get(self, key: bytes) -> Answer | None: ...

    def put(self, key: bytes, tag: str, generation: int, answer: Answer) -> None: ...

    def generation(self, tag: str) -> int: ...

    def drop(self, tag: str) -> None: ...


class MemoryCache:
    """An AnswerCache in this process: bounded, and never older than `ttl` seconds even if an event were missed."""

    def __init__(self, *, size: int = 4_096, ttl: float = 300.0) -> None:
        self._answers: TTLCache[bytes, Answer] = TTLCache(size, ttl)
        self._keys: dict[str, set[bytes]] = {}
        self._generations: dict[str, int] = {}

    def get(self, key: bytes) -> Answer | None:
        return self._answers.get(key)

    def put(self, key: bytes, tag: str, generation: int, answer: Answer) -> None:
        if generation == self.generation(tag):
            self._answers[key] = answer
            self._keys.setdefault(tag, set()).add(key)

    def generation(self, tag: str) -> int:
        return self._generations.get(tag, 0)

    def drop(self, tag: str) -> None:
        self._generations[tag] = self.generation(tag) + 1
        for key in self._keys.pop(tag, ()):
            self._answers.pop(key, None)
