"""A server whose supervisor is gone without taking it along, as can happen where the kernel knows no PDEATHSIG."""

from pathlib import Path

import psycopg

from asxos.core.postgres.binaries import find_binaries
from asxos.core.postgres.cluster import prepare_cluster
from asxos.core.postgres.layout import Layout, dsn
from asxos.core.postgres.postmaster import Postmaster
from asxos.core.postgres.privileges import choose_privileges
from asxos.core.postgres.server import EmbeddedPostgres
from tests.core.postgres.conftest import Watch


def test_a_server_left_over_is_ended_and_replaced(home: Path, watch: Watch) -> None:
    # given a server without a supervisor, in use
    layout, privileges = Layout(home), choose_privileges()
    address = dsn(str(prepare_cluster(layout, find_binaries(), privileges)))
    leftover = Postmaster(layout, find_binaries(), privileges)
    assert leftover.wait_until_ready()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    # when the home is opened
    with EmbeddedPostgres(home, linger=0.0) as again, psycopg.connect(again) as connection:
        # then another server serves its data, and the first has ended
        assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
        assert not leftover.is_running()


def test_the_log_keeps_one_older_part(home: Path) -> None:
    # given a long log
    log = home / "postgres" / "postgres.log"
    log.write_bytes(bytes(10_000_001))
    # when the server is started
    with EmbeddedPostgres(home, linger=0.0):
        # then it was put aside
        assert log.stat().st_size < 10_000
        assert log.with_suffix(".log.1").stat().st_size == 10_000_001
