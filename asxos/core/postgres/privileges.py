"""Lets the server run for root, which PostgreSQL refuses to be, and ends it with its parent (Linux).

Root inside a user namespace of its own appears as `nobody` there while its files stay root's: no account is made and
nothing is handed over. Where namespaces are forbidden (many containers) the server becomes `nobody` for real, owns its
directory and keeps the one capability it needs to pass closed directories such as /root.
"""

import ctypes
import os
import pwd
import signal
from collections.abc import Callable
from ctypes import CDLL
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


class Mode(Enum):
    """How the server's user comes about."""

    OWN = "own"
    NAMESPACE = "namespace"
    SETUID = "setuid"


@dataclass(frozen=True)
class Privileges:
    """Whom the server runs as; `uid` and `gid` own its files as seen from outside."""

    mode: Mode
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give `path` and all below it to the server's user, if it is another's (data made in the other mode)."""
        if os.geteuid() != 0 or path.stat().st_uid == self.uid:
            return
        for directory, folders, files in os.walk(path, topdown=False):
            for name in (*folders, *files):
                os.chown(Path(directory, name), self.uid, self.gid, follow_symlinks=False)
        os.chown(path, self.uid, self.gid)  # last: it is the mark that all below was done

    def entry(self) -> Callable[[], None]:
        """What a child of this process runs between fork and exec."""
        libc, parent, nobody = CDLL(None, use_errno=True), os.getpid(), _nobody()

        def enter() -> None:
            if self.mode is Mode.NAMESPACE:
                _enter_namespace(libc, nobody.pw_uid)
            elif self.mode is Mode.SETUID:
                _become(libc, self.uid, self.gid)
            _die_with(libc, parent)

        return enter


def choose_privileges(forced: str | None = None) -> Privileges:
    """The mildest way that works here. `forced` (a Mode's value) lets root try the fall-back on any machine."""
    if os.geteuid() != 0:
        return Privileges(Mode.OWN, os.geteuid(), os.getegid())
    if Mode(forced) is Mode.NAMESPACE if forced else _namespaces_work():
        return Privileges(Mode.NAMESPACE, 0, 0)
    return Privileges(Mode.SETUID, _nobody().pw_uid, _nobody().pw_gid)


def nobody_for_root() -> tuple[int, ...]:
    """The uid whose files root may treat as its own server's."""
    return (_nobody().pw_uid,) if os.geteuid() == 0 else ()


def _nobody() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


def _namespaces_work() -> bool:
    """Try it in a child, since a process cannot leave a namespace again."""
    libc, uid = CDLL(None, use_errno=True), _nobody().pw_uid
    if (child := os.fork()) == 0:
        status = 1
        try:
            _enter_namespace(libc, uid)
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _enter_namespace(libc: CDLL, uid_inside: int) -> None:
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, line in ("setgroups", "deny"), ("uid_map", f"{uid_inside} {uid} 1"), ("gid_map", f"{uid_inside} {gid} 1"):
        Path("/proc/self", name).write_text(line, encoding="ascii")


def _become(libc: CDLL, uid: int, gid: int) -> None:
    if hasattr(libc, "prctl"):
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if hasattr(libc, "capset"):
        _keep_search(libc)


def _keep_search(libc: CDLL) -> None:
    """Hold CAP_DAC_OVERRIDE through exec. Where it is not ours to hold, the home must be open to the server's user."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    wanted = 1 << _CAP_DAC_OVERRIDE
    data = (ctypes.c_uint32 * 6)(
        wanted, wanted, wanted, 0, 0, 0
    )  # effective, permitted, inheritable; then the high words
    if libc.capset(header, data) == 0:
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)


def _die_with(libc: CDLL, parent: int) -> None:
    """Ask the kernel to stop us (SIGINT: fast shutdown) when `parent` dies; last, since a change of user clears it."""
    if not hasattr(libc, "prctl"):
        return
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
