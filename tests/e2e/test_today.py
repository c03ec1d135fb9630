"""The ranking: read, filtered, sorted, taken away, made again."""

import csv
import io
import json
import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import Watch


@pytest.fixture
def ranking(served: str) -> list[dict[str, object]]:
    """What the API says, to hold the page against."""
    with urlopen(f"{served}/api/v1/signals/live?limit=5000") as answer:
        return json.load(answer)["signals"]


def open_today(page: Page, query: str = "") -> Locator:
    page.goto(f"/{query}")
    rows = page.get_by_test_id("row")
    expect(rows.first).to_be_visible()
    return rows


def code(symbol: object) -> str:
    return str(symbol).removesuffix(".AX")


def test_the_page_shows_the_ranking_of_the_api_best_first(page: Page, ranking: list[dict[str, object]]) -> None:
    rows = open_today(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    expect(page.get_by_role("table")).to_have_attribute("aria-rowcount", str(len(ranking) + 1))
    for i in range(3):
        expect(rows.nth(i).get_by_role("link")).to_contain_text(code(ranking[i]["symbol"]))


def test_simulated_data_says_so_on_every_page(page: Page, ranking: list[dict[str, object]]) -> None:
    for path in ("/", f"/s/{ranking[0]['symbol']}", "/models", "/activity"):
        page.goto(path)

        expect(page.get_by_text("SIMULATED DATA")).to_be_visible()


def test_a_filter_narrows_the_rows_and_lives_in_the_address(page: Page, ranking: list[dict[str, object]]) -> None:
    rows = open_today(page)
    wanted = ranking[len(ranking) // 2]["symbol"]

    page.keyboard.press("/")
    page.keyboard.type(str(wanted).lower())

    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text(code(wanted))
    expect(page).to_have_url(re.compile(r"\?q="))
    page.reload()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Clear").click()
    expect(page).not_to_have_url(re.compile(r"\?q="))


def test_labels_are_switches_that_count_their_shares(page: Page, ranking: list[dict[str, object]]) -> None:
    rows = open_today(page)
    holds = sum(1 for r in ranking if r["signal"] == "HOLD")

    page.get_by_role("region", name="Signals by label").get_by_role("button", name=re.compile("^Hold")).click()

    expect(page.get_by_role("table")).to_have_attribute("aria-rowcount", str(holds + 1))
    expect(page.get_by_role("status").filter(has_text=" of ")).to_contain_text(f"{holds:,} of")
    if holds:
        expect(rows.first).to_contain_text("Hold")


def test_a_header_sorts_and_says_how(page: Page, ranking: list[dict[str, object]]) -> None:
    rows = open_today(page)
    closes = [float(str(r["close"])) for r in ranking if r["close"] is not None]

    page.get_by_role("button", name="Close A$").click()

    expect(page.get_by_role("columnheader", name="Close A$")).to_have_attribute("aria-sort", "descending")
    expect(rows.first).to_contain_text(f"{max(closes):,.2f}" if max(closes) >= 2 else f"{max(closes):.3f}")
    expect(page).to_have_url(re.compile("sort=-close"))


def test_another_model_shows_its_own_ranking(page: Page) -> None:
    open_today(page)

    page.get_by_role("group", name="Model").get_by_role("button", name="Momentum").click()

    expect(page).to_have_url(re.compile("model=momentum"))
    expect(page.get_by_text("ranked by Momentum")).to_be_visible()


def test_the_file_holds_the_rows_in_view_and_the_mark_of_simulated_data(
    page: Page, ranking: list[dict[str, object]], tmp_path: Path
) -> None:
    label = ranking[0]["signal"]
    open_today(page, f"?sort=-ml_prob&label={label}")
    count = int(page.get_by_role("table").get_attribute("aria-rowcount") or 0) - 1

    with page.expect_download() as caught:
        page.get_by_role("button", name="Download CSV").click()
    caught.value.save_as(tmp_path / "signals.csv")

    assert "simulated" in caught.value.suggested_filename
    rows = list(csv.DictReader(io.StringIO((tmp_path / "signals.csv").read_text())))
    assert len(rows) == count
    assert {(row["simulated"], row["signal"]) for row in rows} == {("true", label)}
    probabilities = [float(row["ml_prob"]) for row in rows]
    assert probabilities == sorted(probabilities, reverse=True)


def test_a_run_shows_how_far_it_is_and_its_ranking_arrives_by_itself(page: Page) -> None:
    open_today(page)
    expect(page.get_by_title("Changes arrive by themselves")).to_be_visible()
    before = page.get_by_text("21 sessions ahead").get_attribute("title")
    page.evaluate("window.mark = 'same page'")

    with page.expect_response(lambda r: r.url.endswith("/signals/runs")) as asked:
        page.get_by_role("button", name="Run now").click()

    assert asked.value.status == 202
    expect(page.locator("button.run[disabled]")).to_contain_text("%")
    with page.expect_response(lambda r: "/signals/live" in r.url, timeout=120_000):
        pass
    expect(page.get_by_role("button", name="Run now")).to_be_enabled(timeout=120_000)
    assert page.evaluate("window.mark") == "same page"
    assert before is not None


def test_no_ranking_yet_is_explained_with_one_button(page: Page, watch: Watch) -> None:
    watch.allowed.append("404")
    body = json.dumps({"type": "about:blank", "title": "NoSignals", "status": 404, "detail": "No signals stored"})

    def refuse(route: Route) -> None:
        route.fulfill(status=404, content_type="application/problem+json", body=body)

    page.route("**/api/v1/signals/live**", refuse)
    page.goto("/")

    expect(page.get_by_role("heading", name="No signals for Ensemble yet")).to_be_visible()
    expect(page.get_by_role("button", name="Run it now")).to_be_enabled()


def test_a_server_that_fails_is_told_and_can_be_tried_again(page: Page, watch: Watch) -> None:
    watch.allowed.append("503")
    body = json.dumps({"title": "Unavailable", "status": 503, "detail": "The database does not answer"})

    def refuse(route: Route) -> None:
        route.fulfill(status=503, content_type="application/problem+json", body=body)

    page.route("**/api/v1/signals/live**", refuse)
    page.goto("/")
    expect(page.get_by_role("alert")).to_contain_text("The database does not answer")

    page.unroute("**/api/v1/signals/live**")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_test_id("row").first).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
