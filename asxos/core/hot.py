"""Pure ASGI in front of the application: repeated reads are answered from encoded bytes, with ETags on all reads."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from asxos.core.cache import Answer, AnswerCache, Form, Headers

JSON = b"application/json"
# Belongs to the one request that was really worked on, so it is sent but not kept.
_OWN = b"x-correlation-id"


class HotReads:
    """Wraps the application. `tags` says which path prefixes are kept and under which tag they are dropped."""

    def __init__(
        self, app: ASGIApp, cache: AnswerCache, tags: Mapping[str, str], registry: CollectorRegistry | None = None
    ) -> None:
        self.app = app
        self.cache = cache
        self._tags = tags
        self._hits = Counter("asxos_http_hot", "Reads answered from kept bytes", registry=registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        key = scope["raw_path"] + b"?" + scope["query_string"]
        answer = self.cache.get(key)
        if answer is None:
            await self._fill(key, scope, receive, send)
            return
        self._hits.inc()
        form = _form_for(answer, scope)
        await send(form.start)
        await send(form.body)

    async def _fill(self, key: bytes, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the application's answer on, with an ETag if it is whole JSON, and keep it if its path has a tag."""
        tag = self._tag_of(scope["path"])
        generation = self.cache.generation(tag) if tag else 0
        capture = _Capture(send)
        await self.app(scope, receive, capture)
        if capture.body is None:
            return
        answer = Answer.of(capture.body, capture.headers)
        if tag:
            self.cache.put(key, tag, generation, answer)
        form = _form_for(answer, scope)
        await send({**form.start, "headers": [*form.start["headers"], *capture.own]})
        await send(form.body)

    def _tag_of(self, path: str) -> str | None:
        return next((tag for prefix, tag in self._tags.items() if path.startswith(prefix)), None)


class _Capture:
    """Holds back a successful JSON body; streams, errors and everything else go straight through."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._parts: list[bytes] | None = None
        self.headers: Headers = []
        self.own: Headers = []
        self.body: bytes | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_whole_json(message):
            self._parts = []
            self.headers = [header for header in message["headers"] if header[0] not in {b"content-length", _OWN}]
            self.own = [header for header in message["headers"] if header[0] == _OWN]
        elif self._parts is None:
            await self._send(message)
        else:
            self._parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self.body = b"".join(self._parts)


def _is_whole_json(start: Message) -> bool:
    return start["status"] == 200 and (b"content-type", JSON) in start["headers"]


def _form_for(answer: Answer, scope: Scope) -> Form:
    """What this reader takes: nothing new, compressed, or plain."""
    takes_gzip = False
    for name, value in scope["headers"]:
        if name == b"if-none-match" and value == answer.etag:
            return answer.unchanged
        if name == b"accept-encoding":
            takes_gzip = b"gzip" in value
    return answer.gzipped if takes_gzip and answer.gzipped is not None else answer.plain
