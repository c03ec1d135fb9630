"""Processes that use the embedded server and are killed without warning."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

import asxos
from asxos.core.postgres.server import EmbeddedPostgres

PROJECT = Path(asxos.__file__).parent.parent

WRITER = """
import sys
from pathlib import Path
import psycopg
from asxos.core.postgres.server import EmbeddedPostgres

server = EmbeddedPostgres(Path(sys.argv[1]), linger=0.3)
with psycopg.connect(server.open(), autocommit=True) as connection:
    connection.execute("SELECT pg_advisory_lock(1)")  # two that create one table at once would collide
    connection.execute("CREATE TABLE IF NOT EXISTS written (id bigint GENERATED ALWAYS AS IDENTITY)")
    connection.execute("SELECT pg_advisory_unlock(1)")
    print(connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)
    while True:
        print(connection.execute("INSERT INTO written DEFAULT VALUES RETURNING id").fetchone()[0], flush=True)
"""


class App:
    """A process that opens the server, prints the server's start time, then the id of each stored row."""

    def __init__(self, home: Path, preexec: Callable[[], None] | None = None, mode: str = "") -> None:
        self.last = 0
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(home)],
            env={**os.environ, "PYTHONPATH": str(PROJECT), "ASXOS_PG_ROOT_MODE": mode},
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=preexec,  # noqa: PLW1509 - tests start it from one thread
        )

    def read_line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def write_for(self, seconds: float) -> None:
        """Let it write at least that long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.last = int(self.read_line())

    def kill(self) -> int:
        """SIGKILL; returns the last row that it was told is stored."""
        self.process.kill()
        assert self.process.stdout
        whole_lines = self.process.stdout.read().split("\n")[:-1]  # the kill may have cut off the last
        self.process.stdout.close()
        self.process.wait()
        return int([self.last, *whole_lines][-1])


class Watch:
    """Sees the processes of one home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def postmaster(self) -> psutil.Process:
        pid = (self.home / "postgres" / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        return psutil.Process(int(pid))

    @property
    def supervisor(self) -> psutil.Process:
        parent = self.postmaster.parent()
        assert parent
        return parent

    def processes(self) -> list[psutil.Process]:
        """Supervisors of the home and servers (backends too) in its data directory."""
        return [process for process in psutil.process_iter() if self._belongs(process)]

    def are_all_gone(self, within: float = 10.0) -> bool:
        end = time.monotonic() + within
        while self.processes() and time.monotonic() < end:
            time.sleep(0.02)
        return not self.processes()

    def _belongs(self, process: psutil.Process) -> bool:
        try:
            command = process.cmdline()
            is_supervisor = "asxos.core.postgres.supervisor" in command and str(self.home) in command
            return is_supervisor or process.cwd() == str(self.home / "postgres" / "data")
        except psutil.Error:
            return False


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a cluster, closed; to copy it takes a tenth of the time of making it."""
    home = tmp_path_factory.mktemp("made")
    server = EmbeddedPostgres(home, linger=0.0)
    server.open()
    server.close(wait=20.0)
    return home


@pytest.fixture
def cold_home(tmp_path: Path) -> Iterator[Path]:
    """An empty home of the test's own; nothing may run in it when the test is over."""
    yield tmp_path
    assert Watch(tmp_path).are_all_gone()


@pytest.fixture
def home(cold_home: Path, made_home: Path) -> Path:
    """A home of the test's own with a cluster."""
    shutil.copytree(made_home, cold_home, dirs_exist_ok=True)
    return cold_home


@pytest.fixture
def watch(cold_home: Path) -> Watch:
    """Sees the home of the test, cold or made."""
    return Watch(cold_home)


@pytest.fixture
def start_app(cold_home: Path) -> Iterator[Callable[..., App]]:
    """Starts writers; those that the test left are killed after it."""
    apps: list[App] = []

    def start(mode: str = "") -> App:
        apps.append(App(cold_home, mode=mode))
        return apps[-1]

    yield start
    for app in apps:
        if app.process.poll() is None:
            app.process.kill()
            app.process.communicate()
