"""Looks at the machine and says what is wrong and how to mend it; at most makes the database."""

import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from asxos.core.errors import AsxosError
from asxos.core.postgres.binaries import OLDEST, find_binaries
from asxos.core.postgres.cluster import check_version, stored_version
from asxos.core.postgres.conf import machine_memory
from asxos.core.postgres.layout import Layout
from asxos.core.postgres.server import EmbeddedPostgres

_GB = 1024**3
_PYTHON = (3, 11)
_DISK_NEEDED, _MEMORY_NEEDED = 5 * _GB, 4 * _GB  # the full panel: 2 GB stored, 4 GB while its factors are computed
_DEFAULT_PORT = 8788
_LIBRARIES = {"lightgbm": "model_a needs it", "numba": "the factors need it"}
_DEVELOPER_TOOLS = {"node": ("node", "nodejs"), "chromium": ("chromium", "chromium-browser", "google-chrome")}


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `mend` is the way out; None when there is nothing to do."""

    name: str
    is_ok: bool
    message: str
    mend: str | None = None


def diagnose(settings_home: Path, database_url: str | None, *, port: int = _DEFAULT_PORT) -> list[Finding]:
    """Everything the system needs here, in the order in which to mend it; never raises.

    Args: database_url: an external server, None for the embedded one below `settings_home`.
    """
    home = settings_home.expanduser().resolve()
    imports = {name: _begin_import(name) for name in _LIBRARIES}  # seconds each, so meanwhile the rest
    database = [_external(database_url)] if database_url else list(_embedded(home))
    libraries = [_library(name, process) for name, process in imports.items()]
    tools = [_developer_tool(name, programs) for name, programs in _DEVELOPER_TOOLS.items()]
    return [_python(), _memory(), _disk(home), _writable(home), *database, *libraries, _port(port), *tools]


def _python() -> Finding:
    is_ok = sys.version_info[:2] >= _PYTHON
    wanted = ".".join(map(str, _PYTHON))
    return Finding("python", is_ok, platform.python_version(), None if is_ok else f"Install Python {wanted} or newer.")


def _memory() -> Finding:
    memory = machine_memory()
    is_ok = memory >= _MEMORY_NEEDED * 0.9  # a machine sold as 4 GB has a little less
    mend = (
        f"The full market needs {_MEMORY_NEEDED // _GB} GB; give the machine or container more, or use fewer symbols."
    )
    return Finding("memory", is_ok, f"{memory / _GB:.1f} GB", None if is_ok else mend)


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(_nearest(home)).free
    is_ok = free >= _DISK_NEEDED
    mend = f"Free {_DISK_NEEDED // _GB} GB, or set ASXOS_HOME to a larger disk."
    return Finding("disk", is_ok, f"{free / _GB:.1f} GB free for {home}", None if is_ok else mend)


def _writable(home: Path) -> Finding:
    """A block is really written: permissions alone do not show a full or broken disk."""
    try:
        with tempfile.TemporaryFile(dir=_nearest(home)) as file:
            file.write(bytes(1024 * 1024))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        mend = "Set ASXOS_HOME to a directory that this user may write, on a disk that is not full."
        return Finding("home", False, f"{home} cannot be written: {error.strerror}", mend)
    return Finding("home", True, f"{home} can be written")


def _embedded(home: Path) -> Iterator[Finding]:
    """Binaries, stored version and a real start, as far as each step allows the next."""
    for name, step in ("postgres", _binaries), ("cluster", _cluster), ("database", _embedded_answer):
        finding = _guarded(name, step, home)
        yield finding
        if not finding.is_ok:
            return


def _guarded(name: str, step: Callable[[Path], str], home: Path) -> Finding:
    try:
        return Finding(name, True, step(home))
    except AsxosError as error:
        message, _, mend = str(error).partition(" Mend: ")
        return Finding(name, False, message, mend or "Read the log named above.")
    except (psycopg.Error, OSError) as error:
        return Finding(name, False, str(error).strip(), f"Read {Layout(home).logs[1]}.")


def _binaries(_: Path) -> str:
    binaries = find_binaries()
    return f"PostgreSQL {binaries.version} in {binaries.directory}"


def _cluster(home: Path) -> str:
    data = Layout(home).data
    check_version(data, find_binaries())
    stored = stored_version(data)
    return f"{data}, not made yet" if stored is None else f"{data}, version {stored}"


def _embedded_answer(home: Path) -> str:
    with EmbeddedPostgres(home) as address:
        return f"embedded server {_server_version(address)[0]} answers"


def _external(database_url: str) -> Finding:
    try:
        version, number = _server_version(database_url)
    except psycopg.Error as error:
        mend = "Start that server, or correct ASXOS_DATABASE_URL; unset it to use the embedded one."
        return Finding("database", False, str(error).strip(), mend)
    is_ok = number >= OLDEST * 10000
    mend = None if is_ok else f"PostgreSQL {OLDEST} or newer is needed; point ASXOS_DATABASE_URL at one, or unset it."
    return Finding("database", is_ok, f"external server {version} answers", mend)


def _server_version(address: str) -> tuple[str, int]:
    with psycopg.connect(address, connect_timeout=5) as connection:
        row = connection.execute("SELECT current_setting('server_version'), current_setting('server_version_num')")
        version, number = row.fetchall()[0]
    return str(version), int(number)


def _begin_import(name: str) -> subprocess.Popen[str]:
    """In a process of its own: a compiled library that does not fit the machine may end its process."""
    code = f"import {name}; print({name}.__version__)"
    return subprocess.Popen(  # noqa: S603 - a name of ours
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _library(name: str, importing: subprocess.Popen[str]) -> Finding:
    version, errors = importing.communicate()
    if importing.returncode == 0:
        return Finding(name, True, version.strip())
    error = (errors.strip().splitlines() or [f"the import ended with {importing.returncode}"])[-1]
    mend = f"{_LIBRARIES[name]}: pip install --force-reinstall {name} (lightgbm also needs the system's libgomp1)."
    return Finding(name, False, error, mend)


def _port(port: int) -> Finding:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind(("127.0.0.1", port))
        except OSError as error:
            return Finding(
                "port", False, f"{port}: {error.strerror}", "Stop what uses it, or choose another with --port."
            )
    return Finding("port", True, f"{port} is free")


def _developer_tool(name: str, programs: Sequence[str]) -> Finding:
    """Never a fault: only those who change the dashboard need them."""
    found = next((path for program in programs if (path := shutil.which(program))), None)
    return Finding(name, True, found or "not found; only needed to work on the dashboard")


def _nearest(path: Path) -> Path:
    """`path` or its nearest ancestor that exists."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
