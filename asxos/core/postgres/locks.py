"""File locks that the kernel drops when their process dies, however it dies."""

import fcntl
import os
from pathlib import Path


def open_lock(path: Path) -> int:
    """A file descriptor to lock, closed on exec; the file is made if absent, never written."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_share(fd: int) -> bool:
    """Join the holders of the lock; False while another holds it alone."""
    return _try(fd, fcntl.LOCK_SH)


def try_own(fd: int) -> bool:
    """Hold the lock alone; False while anybody else holds it."""
    return _try(fd, fcntl.LOCK_EX)


def release(fd: int) -> None:
    """Let go of the lock, keep the descriptor."""
    fcntl.flock(fd, fcntl.LOCK_UN)


def is_held(path: Path) -> bool:
    """Does any process hold the lock on `path`?"""
    fd = open_lock(path)
    try:
        return not try_own(fd)
    finally:
        os.close(fd)


def _try(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
