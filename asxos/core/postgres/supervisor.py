"""`python -m asxos.core.postgres.supervisor HOME FD LINGER`: parent of postgres, and what stops it when nobody is left.

FD holds the lock on the supervision file, so that there is one supervisor. Not a daemon of the system: the first user
of the server starts it and it goes with the last.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from asxos.core.postgres import locks
from asxos.core.postgres.binaries import Binaries, find_binaries
from asxos.core.postgres.cluster import prepare_cluster
from asxos.core.postgres.layout import Layout
from asxos.core.postgres.postmaster import Postmaster, clear_leftovers
from asxos.core.postgres.privileges import Privileges, choose_privileges

_POLL = 0.2  # seconds
_CRASHES_ALLOWED, _CRASH_WINDOW = 8, 60.0
_FALSE_STARTS_ALLOWED = 3

log = logging.getLogger("asxos.supervisor")


class Supervisor:
    """Keeps one server running while any process holds the lease."""

    def __init__(self, layout: Layout, binaries: Binaries, privileges: Privileges, linger: float) -> None:
        self._layout, self._binaries, self._privileges, self._linger = layout, binaries, privileges, linger
        self._lease = locks.open_lock(layout.lease)
        self._crashes: list[float] = []
        self._false_starts = 0

    def run(self) -> None:
        """Returns with the lease held alone: newcomers wait until this process, and so the server, is gone."""
        while not self._serve_once():
            self._note_crash()

    def _serve_once(self) -> bool:
        """Run the server until nobody is left (True) or until it ends by itself (False)."""
        clear_leftovers(self._layout.data)
        socket_dir = prepare_cluster(self._layout, self._binaries, self._privileges)
        with self._running(socket_dir) as postmaster:
            if not postmaster.wait_until_ready():
                self._false_starts += 1
                return False
            self._false_starts = 0
            self._announce(socket_dir)
            return self._wait_for_nobody(postmaster)

    @contextmanager
    def _running(self, socket_dir: Path) -> Generator[Postmaster]:
        postmaster = Postmaster(self._layout, self._binaries, self._privileges)
        try:
            yield postmaster
        finally:
            self._layout.ready.unlink(missing_ok=True)
            postmaster.stop()
            with suppress(OSError):  # not empty after a crash; made again at the next start
                socket_dir.rmdir()

    def _announce(self, socket_dir: Path) -> None:
        new = self._layout.ready.with_suffix(".new")
        new.write_bytes(os.fsencode(socket_dir))
        new.replace(self._layout.ready)

    def _wait_for_nobody(self, postmaster: Postmaster) -> bool:
        """The lease is tried again and again; between tries it is free, so that nobody who comes is kept waiting."""
        idle_since: float | None = None
        while postmaster.is_running():
            if not locks.try_own(self._lease):
                idle_since = None
            else:
                idle_since = idle_since or time.monotonic()
                if time.monotonic() - idle_since >= self._linger:
                    return True
                locks.release(self._lease)
            time.sleep(_POLL)
        return False

    def _note_crash(self) -> None:
        now = time.monotonic()
        self._crashes = [at for at in self._crashes if now - at < _CRASH_WINDOW] + [now]
        log.warning("postgres ended by itself; starting it again")
        if len(self._crashes) > _CRASHES_ALLOWED or self._false_starts >= _FALSE_STARTS_ALLOWED:
            raise SystemExit("postgres keeps ending; giving up")
        time.sleep(0.2 * self._false_starts)


def main(home: str, supervision: str, linger: str) -> None:
    """Detach from the process that started us (no zombie is left to it), then supervise."""
    if os.fork():
        os._exit(0)
    os.setsid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    log.info("supervising %s, lock %s", home, supervision)
    layout = Layout(Path(home))
    layout.ready.unlink(missing_ok=True)
    privileges = choose_privileges(os.environ.get("ASXOS_PG_ROOT_MODE"))
    try:
        Supervisor(layout, find_binaries(), privileges, float(linger)).run()
    except Exception:
        log.exception("cannot run the server")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main(*sys.argv[1:4])
