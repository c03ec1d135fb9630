"""Where everything of one embedded server lies, and the address it is reached by."""

import errno
import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from asxos.core.postgres.errors import HomeUnusable
from asxos.core.postgres.privileges import nobody_for_root

DATABASE = "asxos"
USER = "postgres"
_LONGEST_SOCKET_DIR = 107 - len("/.s.PGSQL.5432")  # sun_path holds 108 bytes with its closing zero


@dataclass(frozen=True)
class Layout:
    """Paths below `home`/postgres. `lease` and `supervision` are only ever locked, never written."""

    home: Path

    @property
    def root(self) -> Path:
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def unfinished(self) -> Path:
        return self.root / "data.unfinished"

    @property
    def lease(self) -> Path:
        return self.root / "lease"

    @property
    def supervision(self) -> Path:
        return self.root / "supervision"

    @property
    def ready(self) -> Path:
        """Exists while the server accepts connections; holds the socket directory."""
        return self.root / "ready"

    @property
    def logs(self) -> tuple[Path, Path]:
        return self.root / "supervisor.log", self.root / "postgres.log"

    def make_root(self) -> None:
        """Make the directory, closed to others. Raises: HomeUnusable, OSError."""
        self.root.mkdir(parents=True, exist_ok=True)
        _close_to_others(self.root)

    def make_socket_dir(self) -> Path:
        """The socket's 0700 directory; in the temporary directory when this path is too long."""
        directory = self.root / "run"
        if len(os.fsencode(directory)) > _LONGEST_SOCKET_DIR or "," in str(directory):  # a comma would part two hosts
            directory = _temporary_root() / f"asxos-{os.geteuid()}-{_digest(self.root)}"
        directory.mkdir(mode=0o700, exist_ok=True)
        _close_to_others(directory)
        return directory


def dsn(socket_dir: str) -> str:
    """The address, in the form that psycopg (libpq) and asyncpg both read."""
    return f"postgresql://{USER}@/{DATABASE}?host={quote(socket_dir)}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _temporary_root() -> Path:
    chosen = Path(tempfile.gettempdir())
    return chosen if len(os.fsencode(chosen)) < 50 else Path("/tmp")  # noqa: S108 - the directory made below is 0700 and checked


def _close_to_others(directory: Path) -> None:
    """Another's directory is refused: in a shared one it may be a trap, in a home root would take it from its user."""
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (os.geteuid(), *nobody_for_root()):
        raise HomeUnusable(
            directory, PermissionError(errno.EPERM, f"it belongs to user {status.st_uid}, run as that one")
        )
    directory.chmod(0o700)
