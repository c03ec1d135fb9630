"""Pure ASGI in front of the application: repeated reads are answered from encoded bytes, with ETags on all reads."""

from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from asxos.core.cache import Answer, AnswerCache

JSON = b"application/json"


class HotReads:
    """Wraps the application. `tags` says which path prefixes are kept and under which tag they are dropped."""

    def __init__(self, app: ASGIApp, cache: AnswerCache, tags: Mapping[str, str]) -> None:
        self.app = app
        self.cache = cache
        self._tags = tags

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        key = scope["raw_path"] + b"?" + scope["query_string"]
        answer = self.cache.get(key)
        if answer is None:
            answer = await self._fill(key, scope, receive, send)
        if answer is not None:
            await _reply(answer, scope, send)

    async def _fill(self, key: bytes, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """The application's answer if it is whole JSON; anything else has been passed on to `send` already."""
        tag = self._tag_of(scope["path"])
        generation = self.cache.generation(tag) if tag else 0
        capture = _Capture(send)
        await self.app(scope, receive, capture)
        if capture.body is None:
            return None
        answer = Answer.of(JSON, capture.body)
        if tag:
            self.cache.put(key, tag, generation, answer)
        return answer

    def _tag_of(self, path: str) -> str | None:
        return next((tag for prefix, tag in self._tags.items() if path.startswith(prefix)), None)


class _Capture:
    """Holds back a successful JSON body; streams, errors and everything else go straight through."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._parts: list[bytes] | None = None
        self.body: bytes | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_whole_json(message):
            self._parts = []
        elif self._parts is None:
            await self._send(message)
        else:
            self._parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self.body = b"".join(self._parts)


def _is_whole_json(start: Message) -> bool:
    return start["status"] == 200 and (b"content-type", JSON) in start["headers"]


async def _reply(answer: Answer, scope: Scope, send: Send) -> None:
    headers: dict[bytes, bytes] = dict(scope["headers"])
    if headers.get(b"if-none-match") == answer.etag:
        await _send(send, 304, [(b"etag", answer.etag), (b"cache-control", b"no-cache")], b"")
        return
    packed = answer.gzipped is not None and b"gzip" in headers.get(b"accept-encoding", b"")
    body = answer.gzipped if packed and answer.gzipped is not None else answer.body
    reply = [
        (b"content-type", answer.media_type),
        (b"content-length", b"%d" % len(body)),
        (b"etag", answer.etag),
        (b"cache-control", b"no-cache"),
        (b"vary", b"accept-encoding"),
    ]
    if packed:
        reply.append((b"content-encoding", b"gzip"))
    await _send(send, 200, reply, body)


async def _send(send: Send, status: int, headers: list[tuple[bytes, Any]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
