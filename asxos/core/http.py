"""What every HTTP route shares: services by type, errors as problem+json."""

import re
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

import orjson
import structlog
from fastapi import FastAPI, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator
from starlette.exceptions import HTTPException

from asxos.core.errors import AsxosError

S = TypeVar("S")

log = structlog.get_logger()


class Problem(BaseModel):
    """An error as RFC 9457 says it: `title` names the kind, `detail` says what is wrong with this request."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def _documented(status: HTTPStatus) -> dict[str, Any]:
    return {
        "description": status.phrase,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


_CODE = "[0-9A-Za-z]{3,6}"
_SUFFIX = r"\.[Aa]([Xx]|[Uu]|[Ss][Xx])"
_EQUITY = " [Aa][Uu] [Ee][Qq][Uu][Ii][Tt][Yy]"

SYMBOL = f"^([Aa][Ss][Xx]:{_CODE}|{_CODE}({_SUFFIX}|{_EQUITY})?|{_CODE}~[0-9]{{1,3}}{_SUFFIX})$"
"""What a share is asked for by."""

Symbol = Annotated[
    str,
    Path(
        pattern=SYMBOL,
        description="Any usual form of a code: BHP, BHP.AX, ASX:BHP, BHP AU Equity; XYZ~1.AX: an earlier owner of XYZ",
    ),
]
"""A share in a path."""


def _iso(value: object) -> object:
    """Pydantic would take a number for seconds since 1970, which nobody who writes a date means."""
    if not isinstance(value, str) or re.fullmatch(r"\d{4}-\d\d-\d\d", value) is None:
        raise ValueError("a date is a string such as 2024-06-28")
    return value


IsoDate = Annotated[date, BeforeValidator(_iso)]
"""A date in a JSON body or a query."""

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status.value: _documented(status)
    for status in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
}
"""What any route may answer instead, for the OpenAPI document."""


def provided(kind: type[S]) -> Callable[[Request], S]:
    """A FastAPI dependency returning the one `kind` that bootstrap built."""

    def from_app(request: Request) -> S:
        service: S = request.app.state.services[kind]
        return service

    return from_app


def install_problem_handlers(app: FastAPI) -> None:
    """Every error of `app` leaves as problem+json; what we did not expect is logged once, here."""
    app.add_exception_handler(AsxosError, _on_asxos_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_unexpected)


def problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    body = Problem(title=title, status=status, detail=detail)
    return Response(orjson.dumps(body.model_dump()), status, headers, "application/problem+json")


async def _on_asxos_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, AsxosError)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", exc_info=error)
    return problem(error.status, type(error).__name__, str(error))


async def _on_invalid_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "InvalidRequest", "; ".join(map(_fault, error.errors())))


def _fault(found: Any) -> str:
    """Which field, what is wrong with it, and what was sent."""
    field = ".".join(str(part) for part in found["loc"])
    return f"{field}: {found['msg']}, was {str(found.get('input'))[:80]!r}"


async def _on_http_exception(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, HTTPStatus(error.status_code).phrase.replace(" ", ""), error.detail, headers)


async def _on_unexpected(_: Request, error: Exception) -> Response:
    log.error("request failed", exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalError", "Something failed on our side; it was logged.")
