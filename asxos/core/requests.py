"""Pure ASGI around every request: correlation id, security headers, metrics, one log line."""

import re
from time import perf_counter

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from asxos.core.logging import correlated

log = structlog.get_logger()

# What a caller may name its request; anything else is replaced, so that logs cannot be forged.
_CORRELATION_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_SAFETY = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
]


class Requests:
    """Wraps the application; everything below runs with the request's correlation id bound."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self.app = app
        self._count = Counter("asxos_http_requests", "Requests answered", ["method", "status"], registry=registry)
        self._seconds = Histogram("asxos_http_seconds", "Time to the answer's start", ["method"], registry=registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-correlation-id", chosen.encode()), *_SAFETY]
                self._note(scope, message["status"], perf_counter() - started)
            await send(message)

        with correlated(_asked_id(scope)) as chosen:
            await self.app(scope, receive, send_marked)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        self._count.labels(scope["method"], str(status)).inc()
        self._seconds.labels(scope["method"]).observe(seconds)
        log.info("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1e3, 2))


def _asked_id(scope: Scope) -> str | None:
    asked = dict(scope["headers"]).get(b"x-correlation-id", b"")
    return asked.decode() if _CORRELATION_ID.fullmatch(asked) else None
