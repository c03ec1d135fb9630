"""One running postgres: cleared way, start, readiness, stop."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable
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


def clear_leftovers(data: Path) -> None:
    """End a server of `data` that outlived its supervisor, or backends that outlived their postmaster.

    A postmaster may shut down first; backends without one notice it themselves unless they are busy. To kill what is
    then left is safe: the next start recovers from the log. Should even that fail, postgres refuses to start.
    """
    postmaster = _postmaster_of(data)
    if postmaster in _processes_in(data):
        _send([postmaster], signal.SIGINT)
    patience = 30.0 if postmaster in _processes_in(data) else 2.0
    if not _are_gone(data, patience):
        _send(_processes_in(data), signal.SIGKILL)
        _are_gone(data, 5.0)


def _are_gone(data: Path, patience: float) -> bool:
    end = time.monotonic() + patience
    while is_left := bool(_processes_in(data)):
        if time.monotonic() > end:
            break
        time.sleep(0.02)
    return not is_left


def _postmaster_of(data: Path) -> int:
    """The process that the data directory names, alive or not; 0 when none."""
    try:
        return int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return 0


def _processes_in(data: Path) -> list[int]:
    """Every process of a server works in its data directory. Without /proc (macOS): the postmaster alone."""
    if _PROC.is_dir():
        return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit() and _works_in(entry, data)]
    command = ["ps", "-o", "command=", "-p", str(postmaster := _postmaster_of(data))]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - nothing from outside
    return [postmaster] if str(data) in answer.stdout else []


def _works_in(process: Path, data: Path) -> bool:
    try:
        return os.readlink(process / "cwd") == str(data) and "/postgres" in os.readlink(process / "exe")
    except OSError:
        return False


def _send(pids: Iterable[int], signum: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signum)


def _open_log(path: Path) -> BinaryIO:
    """Append, with one older log kept beside it."""
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")
