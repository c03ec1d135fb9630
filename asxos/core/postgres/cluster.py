"""Makes the data directory: whole or not at all, and only ever opened by its own major version."""

import os
import shutil
import subprocess
from pathlib import Path

from asxos.core.postgres.binaries import Binaries
from asxos.core.postgres.conf import machine_memory, render_conf
from asxos.core.postgres.errors import ClusterVersionMismatch
from asxos.core.postgres.layout import DATABASE, USER, Layout
from asxos.core.postgres.privileges import Privileges

_INITDB = ["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale-provider", "builtin",
           "--builtin-locale", "C.UTF-8", "--locale", "C", "--no-sync", "--no-instructions"]  # fmt: skip


def stored_version(data: Path) -> int | None:
    """The major version that wrote `data`; None when there is no cluster yet."""
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def check_version(data: Path, binaries: Binaries) -> None:
    """Raises: ClusterVersionMismatch."""
    stored = stored_version(data)
    if stored is not None and stored != binaries.major:
        raise ClusterVersionMismatch(data, stored, binaries.major)


def prepare_cluster(layout: Layout, binaries: Binaries, privileges: Privileges) -> Path:
    """Make the cluster if there is none, give it to the server's user, set it up; returns the socket directory."""
    privileges.own(layout.root)
    if stored_version(layout.data) is None:
        _create(layout, binaries, privileges)
    check_version(layout.data, binaries)
    privileges.own(layout.data)
    socket_dir = layout.make_socket_dir()
    privileges.own(socket_dir)
    _replace(layout.data / "postgresql.conf", render_conf(socket_dir, machine_memory()), privileges)
    return socket_dir


def _create(layout: Layout, binaries: Binaries, privileges: Privileges) -> None:
    """Under another name, with the database in it and all of it on the disk, before it gets its own name."""
    data = layout.unfinished
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    privileges.own(data)
    enter = privileges.entry()
    subprocess.run([binaries / "initdb", "-D", data, *_INITDB], check=True, preexec_fn=enter, stdout=subprocess.DEVNULL)  # noqa: S603 - our program; one thread only
    subprocess.run(  # noqa: S603 - as above
        [binaries / "postgres", "--single", "-D", data, "-c", "fsync=off", "-c", "log_checkpoints=off", "postgres"],
        input=f"CREATE DATABASE {DATABASE}\n".encode(), check=True, preexec_fn=enter, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    os.sync()
    data.rename(layout.data)
    _sync_directory(layout.root)


def _replace(path: Path, text: str, privileges: Privileges) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    privileges.own(new)
    new.replace(path)


def _sync_directory(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
