"""The embedded server as a process of ours sees it: open, use the address, close."""

import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from weakref import WeakSet

import asxos
from asxos.core.postgres import locks
from asxos.core.postgres.binaries import find_binaries
from asxos.core.postgres.cluster import check_version
from asxos.core.postgres.errors import HomeUnusable, ServerFailed
from asxos.core.postgres.layout import DATABASE, USER, Layout, dsn

_STARTS_ALLOWED = 2
_POLL = 0.01  # seconds


class EmbeddedPostgres:
    """A share in the one server of `home`; it runs while any process has a share, and `linger` seconds longer.

    Not for several threads at once. A forked child starts with no share and opens its own.
    """

    def __init__(self, home: Path, *, linger: float = 2.0) -> None:
        self._layout = Layout(home.expanduser().resolve())
        self._linger = linger
        self._lease: int | None = None

    def open(self, timeout: float = 60.0) -> str:
        """Start or join the server; returns the address of database `asxos` for psycopg and asyncpg alike.

        When open already: makes sure that the server answers, and starts it again if its supervisor was killed.
        Raises: PostgresNotFound, ClusterVersionMismatch, HomeUnusable, ServerFailed.
        """
        deadline, is_new = time.monotonic() + timeout, self._lease is None
        try:
            self._take_lease(deadline)
            return self._join_or_start(deadline)
        except BaseException as error:
            if is_new:
                self.close()
            if isinstance(error, OSError):
                raise HomeUnusable(self._layout.root, error) from error
            raise

    def close(self, *, wait: float = 0.0) -> None:
        """Give the share back; safe to repeat. `wait`: up to so many seconds for the end of the server."""
        if self._lease is None:
            return
        os.close(self._lease)
        self._lease = None
        _opened.discard(self)
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline and locks.is_held(self._layout.supervision):
            time.sleep(_POLL)

    def __enter__(self) -> str:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take_lease(self, deadline: float) -> None:
        """Waits only while a supervisor holds the lease alone, that is, stops the server."""
        if self._lease is None:
            self._layout.make_root()
            self._lease = locks.open_lock(self._layout.lease)
            _opened.add(self)
        while not locks.try_share(self._lease):
            self._wait(deadline, "is still stopping")

    def _join_or_start(self, deadline: float) -> str:
        starts = 0
        while True:
            if (address := self._find_answering()) is not None:
                return address
            if self._start_supervisor(may_start=starts < _STARTS_ALLOWED):
                starts += 1
            self._wait(deadline, "has not answered in time (after a crash it may still be recovering: try again)")

    def _find_answering(self) -> str | None:
        """The address, when a supervised server answers there."""
        try:
            socket_dir = os.fsdecode(self._layout.ready.read_bytes())
        except FileNotFoundError:
            return None
        if not locks.is_held(self._layout.supervision) or not _answers(socket_dir):
            return None
        return dsn(socket_dir)

    def _start_supervisor(self, *, may_start: bool) -> bool:
        """False when there is one. The lock is ours first and then, with its descriptor, the supervisor's."""
        supervision = locks.open_lock(self._layout.supervision)
        try:
            if not locks.try_own(supervision):
                return False
            if not may_start:
                raise ServerFailed("does not start", self._layout.logs)
            check_version(self._layout.data, find_binaries())
            self._spawn(supervision)
            return True
        finally:
            os.close(supervision)

    def _spawn(self, supervision: int) -> None:
        """The command detaches itself and returns at once; should it fail, its log says why."""
        path = [str(Path(asxos.__file__).parent.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        command = [sys.executable, "-m", "asxos.core.postgres.supervisor"]
        with self._layout.logs[0].open("wb") as log:
            subprocess.run(  # noqa: S603 - our own module
                [*command, self._layout.home, str(supervision), str(self._linger)],
                check=False, pass_fds=[supervision], start_new_session=True, cwd="/",
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def _wait(self, deadline: float, what: str) -> None:
        if time.monotonic() > deadline:
            raise ServerFailed(what, self._layout.logs)
        time.sleep(_POLL)


def _answers(socket_dir: str) -> bool:
    """Ask to log in and look whether the first byte is R (welcome). Source: protocol 3.0, StartupMessage."""
    words = b"".join(f"{word}\0".encode() for word in ("user", USER, "database", DATABASE)) + b"\0"
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5.0)
        try:
            connection.connect(f"{socket_dir}/.s.PGSQL.5432")
            connection.sendall(struct.pack("!ii", len(words) + 8, 3 << 16) + words)
            is_welcome = connection.recv(1) == b"R"
            connection.sendall(b"X\0\0\0\4")  # goodbye, or the server logs a broken connection
            while connection.recv(4096):
                pass
            return is_welcome
        except OSError:
            return False


_opened: WeakSet[EmbeddedPostgres] = WeakSet()


def _forget_shares() -> None:
    """A forked child must not keep its parent's shares alive: it may outlive the parent."""
    for server in list(_opened):
        server.close()


os.register_at_fork(after_in_child=_forget_shares)
