"""A vendor's HTTP door: a real server on this machine that answers with recorded shapes."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest


@dataclass
class Reply:
    """One answer. `hang`: seconds to wait before it."""

    body: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0


@dataclass
class VendorServer:
    """Answers by path; a list is answered one after the other, its last one for ever."""

    url: str = ""
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def answer(self, path: str, *replies: Reply) -> None:
        self.replies[path] = list(replies)

    def reply_to(self, target: str) -> Reply:
        parts = urlsplit(target)
        self.asked.append((parts.path, parse_qs(parts.query)))
        replies = self.replies.get(parts.path, [Reply("Not Found", 404)])
        return replies.pop(0) if len(replies) > 1 else replies[0]


@pytest.fixture
def vendor_server() -> Iterator[VendorServer]:
    vendor, closing = VendorServer(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reply = vendor.reply_to(self.path)
            closing.wait(reply.hang)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        vendor.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield vendor
        closing.set()
        server.shutdown()
        thread.join()
