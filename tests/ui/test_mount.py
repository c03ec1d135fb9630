"""The web application over HTTP, beside an API with problems of its own."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from asxos.core.http import install_problem_handlers
from asxos.ui import mount_ui

PAGE = b"<!doctype html><script>document.title = 'x'</script><script type='module' src='/assets/index-1a.js'></script>"
SCRIPT = b"console.log('a');" * 40
BROWSER = {"accept": "text/html"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """What a build leaves behind: the page, a hashed script with its compressed twins, an icon, a stamp."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "icon.svg").write_bytes(b"<svg/>")
    (tmp_path / ".ready").touch()
    (tmp_path / "assets" / "index-1a.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "index-1a.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "assets" / "index-1a.js.br").write_bytes(b"brotli twin")
    return tmp_path


def make_client(folder: Path) -> TestClient:
    app = FastAPI(docs_url=None, redoc_url=None)
    install_problem_handlers(app)
    mount_ui(app, folder)
    app.add_api_route("/health", lambda: {"status": "ok"})
    app.add_api_route("/api/v1/runs", lambda: {"job_id": 1}, methods=["POST"])
    return TestClient(app, headers={"accept-encoding": "identity"})


@pytest.fixture
def client(dist: Path) -> Iterator[TestClient]:
    with make_client(dist) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/models", "/s/BHP.AX", "/s/BHP.AX?range=5Y", "/apiary", "/healthy"])
def test_every_page_address_answers_with_the_one_page(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)

    assert (answer.status_code, answer.content) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/api", "/api/v1/nothing", "/ready", "/metrics", "/docs", "/docs/x"])
def test_an_unknown_path_of_the_api_is_a_problem_and_never_the_page(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_known_path_of_the_api_asked_in_the_wrong_way_is_still_405(client: TestClient) -> None:
    assert client.get("/api/v1/runs", headers=BROWSER).status_code == 405
    assert client.get("/health").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/assets/gone-2b.js", "/favicon.ico", "/.ready", "/assets/../index.html.bak"])
def test_a_file_that_was_not_built_is_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.json()["title"] == "NoSuchFile"


def test_a_path_out_of_the_folder_reads_no_file(client: TestClient, dist: Path) -> None:
    (dist.parent / "secret.txt").write_text("secret")

    answer = client.get("/%2e%2e/secret.txt")

    assert "secret" not in answer.text


def test_hashed_files_are_kept_for_ever_and_the_page_is_asked_for_each_time(client: TestClient) -> None:
    assert client.get("/assets/index-1a.js").headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/icon.svg").headers["cache-control"] == "no-cache"


def test_a_browser_that_has_the_page_gets_304(client: TestClient) -> None:
    etag = client.get("/").headers["etag"]

    again = client.get("/", headers={"if-none-match": etag})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None), ("", None)],
)
def test_the_smallest_form_that_the_client_reads_is_sent(
    client: TestClient, accepted: str, encoding: str | None
) -> None:
    with client.stream("GET", "/assets/index-1a.js", headers={"accept-encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())

    expected = {"br": b"brotli twin", "gzip": gzip.compress(SCRIPT), None: SCRIPT}[encoding]
    assert (answer.headers.get("content-encoding"), len(body)) == (encoding, len(expected))
    assert answer.headers["vary"] == "accept-encoding"


def test_the_page_may_load_only_from_here_and_run_only_its_own_inline_script(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    # printf "document.title = 'x'" | openssl dgst -sha256 -binary | base64
    assert re.search(r"script-src 'self' 'sha256-[A-Za-z0-9+/]{43}='", policy)


def test_no_other_site_may_frame_or_sniff_the_pages(client: TestClient) -> None:
    headers = client.get("/").headers

    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_head_tells_the_size_without_the_body(client: TestClient) -> None:
    answer = client.head("/")

    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, str(len(PAGE)), b"")


def test_before_the_build_the_page_says_how_to_build_and_the_api_works(tmp_path: Path) -> None:
    with make_client(tmp_path) as client:
        answer = client.get("/", headers=BROWSER)

        assert answer.status_code == 503
        assert "make setup" in answer.text
        assert client.get("/health").status_code == 200


def test_a_build_that_ends_while_the_server_runs_is_served(tmp_path: Path) -> None:
    with make_client(tmp_path) as client:
        assert client.get("/").status_code == 503

        (tmp_path / "index.html").write_bytes(PAGE)

        assert client.get("/").content == PAGE
