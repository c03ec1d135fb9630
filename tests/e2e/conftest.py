"""A real browser before the real system: `asxos up` on a small simulated market, in a home of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

START_SECONDS = 240
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A browser under test runs as root in a container, draws without a GPU and calls nobody on its own.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(START_SECONDS + 60))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """The address of a system with signals; `ASXOS_E2E_URL` names one that runs already."""
    if url := os.environ.get("ASXOS_E2E_URL"):
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory(prefix="asxos-e2e-", ignore_cleanup_errors=True) as home:
        url = f"http://127.0.0.1:{(port := free_port())}"
        log = Path(home) / "up.log"
        command = [sys.executable, "-m", "asxos.cli", "up", "--port", str(port), "--symbols", "60", "--years", "4"]
        with log.open("wb") as out:
            system = subprocess.Popen(
                command, env={**os.environ, "ASXOS_HOME": home}, stdout=out, stderr=subprocess.STDOUT
            )
        try:
            wait_for_signals(url, system, log)
            yield url
        finally:
            system.send_signal(signal.SIGINT)
            system.wait(60)


def wait_for_signals(url: str, system: subprocess.Popen[bytes], log: Path) -> None:
    """Until the first ranking is served. Fails with the end of the system's log when it stops or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and system.poll() is None:
        try:
            with urlopen(f"{url}/api/v1/signals/live?limit=1", timeout=5):
                return
        except (HTTPError, URLError, OSError):
            time.sleep(0.5)
    pytest.fail(f"the system served no signals:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """ASXOS_CHROMIUM, else a Chromium on the path, else Playwright's own."""
    found = os.environ.get("ASXOS_CHROMIUM") or next((p for name in BROWSERS if (p := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page must never do: fail in the console, or ask anybody but us. `allowed` are failures a test expects."""

    base: str
    errors: list[str] = field(default_factory=list[str])
    outside: list[str] = field(default_factory=list[str])
    allowed: list[str] = field(default_factory=list[str])

    def follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._note_message)
        page.on("request", self._note_request)

    def complaints(self) -> list[str]:
        return [e for e in self.errors if not any(word in e for word in self.allowed)] + self.outside

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.text} {message.location}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.outside.append(request.url)


@pytest.fixture
def watch(served: str) -> Watch:
    return Watch(served)


@pytest.fixture
def page(browser: Browser, served: str, watch: Watch) -> Iterator[Page]:
    """A fresh tab on a desktop; the test fails when the page logged an error or asked another host."""
    with browser.new_context(base_url=served, viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        watch.follow(page)
        yield page
    assert watch.complaints() == []
