"""One running postgres: cleared way, start, readiness, stop."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from asxos.core.postgres.binaries import Binaries
from asxos.core.postgres.layout import Layout
from asxos.core.postgres.privileges import Privileges

_STATUS_LINE = 7  # of postmaster.pid, counted from 0: starting, ready, stopping
_LOG_LIMIT = 10_000_000
_PROC = Path("/proc")


class Postmaster:
    """The server process as a child of this one; the kernel stops it should this one be killed."""

    def __init__(self, layout: Layout, binaries: Binaries, privileges: Privileges) -> None:
        self._data = layout.data
        with _open_log(layout.logs[1]) as log:
            self._process = subprocess.Popen(  # noqa: S603 - our program
                [binaries / "postgres", "-D", layout.data],
                preexec_fn=privileges.entry(),  # noqa: PLW1509 - the supervisor has one thread
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait_until_ready(self) -> bool:
        """False when it ended instead; recovery after a crash may take its time."""
        while self.is_running():
            if self._status() == [str(self._process.pid), "ready"]:
                return True
            time.sleep(0.01)
        return False

    def stop(self) -> None:
        """End it as cleanly as it lets us; after SIGQUIT or SIGKILL the next start recovers from the log."""
        for signum, patience in (signal.SIGINT, 60), (signal.SIGQUIT, 10), (signal.SIGKILL, 10):
            if not self.is_running():
                return
            self._process.send_signal(signum)
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                continue

    def _status(self) -> list[str]:
        try:
            lines = (self._data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [lines[0], lines[_STATUS_LINE].strip()] if len(lines) > _STATUS_LINE else []


def clear_leftovers(data: Path, patience: float = 30.0) -> None:
    """End servers and backends of `data` that outlived their supervisor or postmaster."""
    end = time.monotonic() + patience
    while pids := _processes_in(data):
        signum = signal.SIGINT if time.monotonic() < end - patience / 2 else signal.SIGKILL
        for pid in pids:
            _send(pid, signum)
        if time.monotonic() > end:
            return  # postgres itself refuses to start, and says which process is in the way
        time.sleep(0.05)


def _processes_in(data: Path) -> list[int]:
    """Every process of a server works in its data directory. Without /proc (macOS): the postmaster by its file."""
    if _PROC.is_dir():
        return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit() and _works_in(entry, data)]
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return []
    return [pid]


def _works_in(process: Path, data: Path) -> bool:
    try:
        return os.readlink(process / "cwd") == str(data) and os.readlink(process / "exe").endswith("/postgres")
    except OSError:
        return False


def _send(pid: int, signum: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signum)


def _open_log(path: Path) -> BinaryIO:
    """Append, with one older log kept beside it."""
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")
