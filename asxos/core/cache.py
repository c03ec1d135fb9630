"""Answers kept as encoded bytes until an event says that they are stale."""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from cachetools import TTLCache
from starlette.types import Message

Headers = list[tuple[bytes, bytes]]

COMPRESS_FROM_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an answer, as the two ASGI messages that send it."""

    start: Message
    body: Message


@dataclass(frozen=True, slots=True)
class Answer:
    """One response with its ETag in every form it is sent in; `gzipped` is None where compressing does not pay."""

    etag: bytes
    plain: Form
    gzipped: Form | None
    unchanged: Form

    @classmethod
    def of(cls, body: bytes, headers: Iterable[tuple[bytes, bytes]]) -> "Answer":
        """Encode once, at fill: nothing is computed on a hit. `headers` are sent with every form."""
        etag = b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
        common = [*headers, (b"etag", etag), (b"cache-control", b"no-cache"), (b"vary", b"accept-encoding")]
        packed = gzip.compress(body, 6) if len(body) >= COMPRESS_FROM_BYTES else None
        return cls(
            etag=etag,
            plain=_form(200, common, body),
            gzipped=_form(200, [*common, (b"content-encoding", b"gzip")], packed) if packed is not None else None,
            unchanged=_form(304, common, b""),
        )


def _form(status: int, headers: Headers, body: bytes) -> Form:
    sized = headers if status == 304 else [*headers, (b"content-length", b"%d" % len(body))]
    return Form(
        {"type": "http.response.start", "status": status, "headers": sized},
        {"type": "http.response.body", "body": body},
    )


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
