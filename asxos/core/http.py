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
from fastapi.routing import iter_route_contexts
from pydantic import AfterValidator, BaseModel, BeforeValidator, WithJsonSchema
from starlette.exceptions import HTTPException

from asxos.core.errors import AsxosError
from asxos.domain.identifiers import MalformedCode

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

_TODAY = f"[Aa][Ss][Xx]:{_CODE}|{_CODE}({_SUFFIX}|{_EQUITY})?"

CODE = f"^({_TODAY})$"
"""What a share is called today."""

SYMBOL = f"^({_TODAY}|{_CODE}~[0-9]{{1,3}}{_SUFFIX})$"
"""What a share is asked for by."""

Symbol = Annotated[
    str,
    Path(
        pattern=SYMBOL,
        description="Any usual form of a code: BHP, BHP.AX, ASX:BHP, BHP AU Equity; XYZ~1.AX: an earlier owner of XYZ",
    ),
]
"""A share in a path."""


def _listed(text: str) -> str:
    if re.fullmatch(CODE, text) is None:
        raise MalformedCode(text)
    return text


Code = Annotated[
    str,
    AfterValidator(_listed),
    WithJsonSchema({"type": "string", "pattern": CODE, "description": "A code in any usual form", "examples": ["BHP"]}),
]
"""A share that is listed now, in a path, a query or a body."""


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
        HTTPStatus.CONFLICT,
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
    app.add_exception_handler(MalformedCode, _on_malformed_code)
    app.add_exception_handler(Exception, _on_unexpected)


def problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    body = Problem(title=title, status=status, detail=detail)
    return Response(orjson.dumps(body.model_dump()), status, headers, "application/problem+json")


async def _on_asxos_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, AsxosError)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", exc_info=error)
    return problem(error.status, type(error).__name__, str(error))


async def _on_malformed_code(_: Request, error: Exception) -> Response:
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, type(error).__name__, str(error))


async def _on_invalid_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "InvalidRequest", "; ".join(map(_fault, error.errors())))


def _fault(found: Any) -> str:
    """Which field, what is wrong with it, and what was sent."""
    field = ".".join(str(part) for part in found["loc"])
    return f"{field}: {found['msg']}, was {str(found.get('input'))[:80]!r}"


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    return problem(error.status_code, HTTPStatus(error.status_code).phrase.replace(" ", ""), error.detail, headers)


def _methods(request: Request) -> set[str]:
    """All that the path answers to; the router names those of its first route only."""
    contexts = [c for c in iter_route_contexts(request.app.routes) if c.methods]
    matched = next((c.path_format for c in contexts if c.path_regex.match(request.url.path)), None)
    return {method for c in contexts if c.path_format == matched for method in c.methods or ()}


async def _on_unexpected(_: Request, error: Exception) -> Response:
    log.error("request failed", exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalError", "Something failed on our side; it was logged.")
