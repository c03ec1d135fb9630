"""Answers of a price vendor over HTTP: retried while that helps, paced, checked against their shape."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import httpx2
import stamina
from pydantic import TypeAdapter, ValidationError

from asxos.core.errors import BadInput

T = TypeVar("T")

LONGEST_WAIT = 120.0
"""Seconds; a vendor that asks for more is not waited for."""
TIMEOUT = httpx2.Timeout(20.0, connect=10.0)
KEY_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN)


class NoAnswer(Exception):
    """Why there is no usable answer, in words that name neither the address nor a key."""


class KeyRefused(NoAnswer):
    """The vendor does not let us in, so asking for more symbols is of no use."""


class SymbolsNeeded(BadInput):
    """A vendor on the network was asked for prices without saying of what."""

    def __init__(self, source: str) -> None:
        super().__init__(f"{source} needs the symbols to ask for (--symbols BHP --symbols CBA)")


@dataclass(frozen=True)
class Vendor:
    """A vendor's HTTP door. `pause`: seconds between two requests. `wait`: seconds before the first retry."""

    client: httpx2.Client
    pause: float = 0.25
    attempts: int = 4
    wait: float = 0.5

    def ask(self, path: str, params: dict[str, str], shape: TypeAdapter[T]) -> T:
        """The JSON at `path` as `shape`. Raises: NoAnswer; KeyRefused."""
        try:
            response = self._get(path, params)
        except httpx2.HTTPStatusError as error:
            raise _refusal(error.response, self.attempts) from None
        except httpx2.TransportError as error:
            raise NoAnswer(f"no answer ({type(error).__name__})") from None
        return _read(response.content, shape)

    def _get(self, path: str, params: dict[str, str]) -> httpx2.Response:
        """The answer, asked for again after 429, 5xx and lost connections."""
        retries = stamina.retry_context(
            on=_is_worth_retrying,
            attempts=self.attempts,
            timeout=2 * LONGEST_WAIT,
            wait_initial=self.wait,
            wait_jitter=self.wait,
            wait_max=30.0,
        )
        for attempt in retries:
            with attempt:
                time.sleep(self.pause)
                return self.client.get(path, params=params).raise_for_status()
        raise AssertionError("unreachable: the last attempt returns or raises")


def _is_worth_retrying(error: Exception) -> bool | float:
    """True, False, or the seconds that the vendor asks us to wait."""
    if not isinstance(error, httpx2.HTTPStatusError):
        return isinstance(error, httpx2.TransportError)
    status = error.response.status_code
    if status != HTTPStatus.TOO_MANY_REQUESTS and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    asked = _retry_after(error.response.headers.get("Retry-After", ""))
    return True if asked is None else asked <= LONGEST_WAIT and asked


def _retry_after(text: str) -> float | None:
    """Seconds from a Retry-After header, a number or a date; None without one that can be read."""
    if text.isdecimal():
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _refusal(response: httpx2.Response, attempts: int) -> NoAnswer:
    status = response.status_code
    if status in KEY_REFUSED:
        return KeyRefused(f"access was refused (HTTP {status}): check the key and the plan")
    if status == HTTPStatus.NOT_FOUND:
        return NoAnswer("the vendor does not know this symbol (HTTP 404)")
    return NoAnswer(f"HTTP {status} {response.reason_phrase} (asked up to {attempts} times)")


def _read(content: bytes, shape: TypeAdapter[T]) -> T:
    if content.lstrip()[:1] == b"<":
        raise NoAnswer("the answer is a web page, not JSON")
    try:
        return shape.validate_json(content)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, fault["loc"])) or "the answer"
        raise NoAnswer(f"{where}: {fault['msg']}") from None
