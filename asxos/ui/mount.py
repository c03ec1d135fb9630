"""Serves the built web application: long cache for hashed files, none for the page, nothing for the API's own paths."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response

from asxos.core.errors import NotFound
from asxos.ui.bundle import Asset, Bundle, read_bundle

DIST = Path(__file__).parent / "dist"

_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_MISSING = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>ASX Portfolio OS: not built</title>
<h1>The web application is not built yet</h1>
<p>The API runs: see <a href="/openapi.json">/openapi.json</a>. Build the pages with</p><pre>make setup</pre>
<p>and load this page again.</p></html>"""


class NoSuchFile(NotFound):
    """The web application was built without the file that was asked for."""

    def __init__(self, path: str) -> None:
        super().__init__(f"The web application has no file /{path}")
        self.path = path


class _PageConvertor(Convertor[str]):
    """Any path but the API's own, so that an unknown API path stays the API's 404 and a wrong method its 405."""

    regex = r"(?!(?:api|health|ready|metrics|docs|redoc|openapi\.json)(?:/|$)).*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class WebApplication:
    """Answers requests from the bundle in `folder`; looks again for it while it is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._bundle: Bundle | None = None

    async def __call__(self, request: Request) -> Response:
        """The file at the request's path, else the application's page. Raises: NoSuchFile."""
        self._bundle = self._bundle or read_bundle(self.folder)
        if self._bundle is None:
            return Response(
                _MISSING,
                503,
                {**_HEADERS, "cache-control": "no-store", "content-security-policy": _policy([])},
                "text/html",
            )
        path: str = request.path_params["path"]
        asset = self._bundle.files.get(path)
        if asset is None and _is_file(path):
            raise NoSuchFile(path)
        return _respond(request, asset or self._bundle.index, _headers(path, self._bundle))


def mount_ui(app: FastAPI, folder: Path = DIST) -> None:
    """Let `app` answer every path that is not the API's with the web application built into `folder`."""
    register_url_convertor("page", _PageConvertor())
    endpoint: Callable[[Request], Awaitable[Response]] = WebApplication(folder).__call__
    app.add_route("/{path:page}", endpoint, methods=["GET"], name="web", include_in_schema=False)


def _is_file(path: str) -> bool:
    """Whether `path` asks for a file rather than a page: `assets/x` or `favicon.ico`, but not `s/BHP.AX`."""
    return path.startswith("assets/") or ("/" not in path and "." in path)


def _headers(path: str, bundle: Bundle) -> dict[str, str]:
    if path.startswith("assets/"):
        return {**_HEADERS, "cache-control": "public, max-age=31536000, immutable"}
    return {**_HEADERS, "cache-control": "no-cache", "content-security-policy": _policy(bundle.script_hashes())}


def _policy(script_hashes: list[str]) -> str:
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src 'self'", *script_hashes]),
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


def _respond(request: Request, asset: Asset, headers: dict[str, str]) -> Response:
    encoding, body = asset.best(request.headers.get("accept-encoding", ""))
    headers = {
        **headers,
        "etag": asset.etag,
        "vary": "accept-encoding",
        **({"content-encoding": encoding} if encoding else {}),
    }
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    return Response(body, 200, headers, asset.media_type)
