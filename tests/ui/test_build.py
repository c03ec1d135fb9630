"""What makes the pages build again; the builds themselves are real, of a web folder with three tiny scripts."""

import json
import sys
from pathlib import Path

import pytest

from asxos.ui.build import BuildFailed, Workshop, build

# npm runs these for real; each leaves one line in the log, so that a test sees what ran.
SCRIPTS = {
    "gen": "node --version > /dev/null && echo gen >> ../log",
    "build": "mkdir -p ../dist && echo build >> ../log",
}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    package = {"name": "tiny", "version": "1.0.0", "scripts": SCRIPTS}
    (web / "package.json").write_text(json.dumps(package))
    lock = {
        "name": "tiny",
        "version": "1.0.0",
        "lockfileVersion": 3,
        "packages": {"": {"name": "tiny", "version": "1.0.0"}},
    }
    (web / "package-lock.json").write_text(json.dumps(lock))
    (web / ".npmrc").write_text("audit=false\n")
    (web / "src" / "main.ts").write_text("export {};\n")
    (web / "node_modules").mkdir()
    (tmp_path / "asxos").mkdir()
    (tmp_path / "asxos" / "routes.py").write_text("PATHS = {}\n")
    # The real document is the command's own affair; here any program that prints one stands for it.
    return Workshop(tmp_path / "asxos", web, tmp_path / "dist", (sys.executable, "-c", "print('{}')"))


def ran(shop: Workshop) -> list[str]:
    log = shop.web.parent / "log"
    lines = log.read_text().split() if log.exists() else []
    log.unlink(missing_ok=True)
    return lines


def test_a_first_build_generates_the_types_and_builds_the_pages(shop: Workshop) -> None:
    assert build(shop) is True

    assert ran(shop) == ["gen", "build"]
    assert (shop.dist / ".ready").exists()


def test_nothing_is_done_when_nothing_changed(shop: Workshop) -> None:
    build(shop)
    ran(shop)

    assert build(shop) is False
    assert ran(shop) == []


@pytest.mark.parametrize("source", ["src/main.ts", "index.html", "package-lock.json"])
def test_a_changed_source_builds_again(shop: Workshop, source: str) -> None:
    build(shop)
    ran(shop)
    (shop.web / source).touch()
    (shop.web / source).write_text((shop.web / source).read_text() + "\n")

    assert build(shop) is True
    assert ran(shop) == ["gen", "build"]


def test_a_changed_test_or_an_api_with_the_same_document_builds_nothing(shop: Workshop) -> None:
    build(shop)
    ran(shop)
    (shop.web / "src" / "tests").mkdir()
    (shop.web / "src" / "tests" / "a.test.ts").write_text("export {};\n")
    (shop.package / "routes.py").write_text("PATHS = {'/': None}\n")

    assert build(shop) is False


def test_a_removed_result_is_built_again(shop: Workshop) -> None:
    build(shop)
    (shop.dist / ".ready").unlink()

    assert build(shop) is True


def test_a_step_that_fails_ends_the_build_with_its_own_words(
    shop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    package = json.loads((shop.web / "package.json").read_text())
    package["scripts"]["build"] = "node -e \"console.error('no such module'); process.exit(3)\""
    (shop.web / "package.json").write_text(json.dumps(package))

    with pytest.raises(BuildFailed, match="run --silent build failed with exit code 3"):
        build(shop)

    assert "no such module" in capsys.readouterr().err
    assert not (shop.dist / ".ready").exists()
