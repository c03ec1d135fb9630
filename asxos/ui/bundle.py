"""The built files of the web application, read once into memory with their compressed forms."""

import base64
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ENCODINGS = {"br": ".br", "gzip": ".gz"}
_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_MEDIA_TYPES = {
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class Asset:
    """One file as it goes over the wire: plain bytes, and the same bytes by content encoding."""

    body: bytes
    media_type: str
    etag: str
    encoded: Mapping[str, bytes] = field(default_factory=dict[str, bytes])

    def best(self, accept_encoding: str) -> tuple[str | None, bytes]:
        """The smallest form that a client sending `accept_encoding` can read, with its encoding (None: plain)."""
        offered = {
            part.split(";")[0].strip() for part in accept_encoding.split(",") if not re.search(r"q=0(\.0*)?$", part)
        }
        for name in ENCODINGS:
            if name in offered and name in self.encoded:
                return name, self.encoded[name]
        return None, self.body


@dataclass(frozen=True)
class Bundle:
    """All built files by their path under the root, e.g. `assets/index-1a2b3c.js`."""

    files: Mapping[str, Asset]

    @property
    def index(self) -> Asset:
        """The page that every address of the application starts from."""
        return self.files["index.html"]

    def script_hashes(self) -> list[str]:
        """Content-security-policy sources for the page's own inline scripts."""
        digests = (hashlib.sha256(script).digest() for script in _INLINE_SCRIPT.findall(self.index.body))
        return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def read_bundle(folder: Path) -> Bundle | None:
    """The bundle built into `folder`; None when nothing was built there."""
    if not (folder / "index.html").is_file():
        return None
    paths = [
        p
        for p in folder.rglob("*")
        if p.is_file() and p.suffix not in ENCODINGS.values() and not p.name.startswith(".")
    ]
    return Bundle({path.relative_to(folder).as_posix(): _read_asset(path) for path in paths})


def _read_asset(path: Path) -> Asset:
    body = path.read_bytes()
    encoded = {
        name: twin.read_bytes()
        for name, suffix in ENCODINGS.items()
        if (twin := path.with_name(path.name + suffix)).is_file()
    }
    return Asset(body, _media_type(path), f'W/"{hashlib.sha256(body).hexdigest()[:32]}"', encoded)


def _media_type(path: Path) -> str:
    kind = _MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
