"""One share: its chart, what each model says of it, and why."""

import json
import re
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Watch


@pytest.fixture
def best(served: str) -> str:
    """The best-ranked symbol."""
    with urlopen(f"{served}/api/v1/signals/live?limit=1") as answer:
        return str(json.load(answer)["signals"][0]["symbol"])


def test_a_row_leads_to_its_security(page: Page, best: str) -> None:
    page.goto("/")

    page.get_by_test_id("row").first.click()

    expect(page).to_have_url(re.compile(f"/s/{re.escape(best)}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(best.removesuffix(".AX"))


def test_the_chart_is_drawn_and_told_in_words(page: Page, best: str) -> None:
    page.goto(f"/s/{best}")

    expect(page.get_by_role("region", name="Price chart").locator("canvas").first).to_be_visible()
    expect(page.get_by_text(re.compile("Daily candlesticks of .* Last close"))).to_have_count(1)


def test_a_period_is_one_control_for_every_number_and_lives_in_the_address(page: Page, best: str) -> None:
    page.goto(f"/s/{best}?range=1M")
    period = page.get_by_role("group", name="Period")
    expect(period.get_by_role("button", name="1M")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("dt", has_text="1M")).to_be_visible()

    page.keyboard.press("4")

    expect(period.get_by_role("button", name="5Y")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("dt", has_text="5Y")).to_be_visible()
    expect(page).to_have_url(re.compile("range=5Y"))


def test_prices_as_traded_are_asked_for_by_one_switch(page: Page, best: str) -> None:
    page.goto(f"/s/{best}")
    expect(page.locator("canvas").first).to_be_visible()

    with page.expect_response(lambda r: "/prices/" in r.url and "adjusted=false" in r.url) as asked:
        page.get_by_role("group", name="Prices").get_by_role("button", name="As traded").click()

    assert asked.value.json()["adjusted"] is False
    expect(page).to_have_url(re.compile("prices=raw"))


def test_every_model_gives_its_word_and_the_reasons_add_up(page: Page, served: str, best: str) -> None:
    with urlopen(f"{served}/api/v1/signals/{best}") as answer:
        models = [s["model"] for s in json.load(answer)["signals"]]
    with urlopen(f"{served}/api/v1/signals/{best}/explanation?model=model_a") as answer:
        explanation = json.load(answer)

    page.goto(f"/s/{best}")

    expect(page.get_by_role("region", name="Signal by model").get_by_role("button")).to_have_count(len(models))
    why = page.get_by_role("region", name="Why Model A says so")
    reasons = why.get_by_role("listitem")
    expect(reasons).to_have_count(12)  # the nine weightiest, the rest as one, both ends
    why.get_by_role("button", name="Show all").click()
    expect(reasons).to_have_count(len(explanation["reasons"]) + 2)
    total = explanation["base"] + sum(r["contribution"] for r in explanation["reasons"])
    assert total == pytest.approx(explanation["score"], abs=1e-4)
    expect(reasons.last).to_contain_text(f"{abs(explanation['score']):.3f}")


def test_past_signals_of_another_model_are_one_press_away(page: Page, best: str, watch: Watch) -> None:
    watch.allowed.append("404")  # a rule may have no reasons
    page.goto(f"/s/{best}")
    expect(page.get_by_role("region", name="Past signals", exact=True).get_by_role("row").nth(1)).to_be_visible()

    page.get_by_role("region", name="Signal by model").get_by_role("button", name=re.compile("^Momentum")).click()

    expect(page.get_by_role("region", name="Past signals", exact=True)).to_contain_text("Momentum")
    expect(page).to_have_url(re.compile("model=momentum"))


def test_an_unknown_code_is_explained(page: Page, watch: Watch) -> None:
    watch.allowed.append("404")

    page.goto("/s/QQQQ.AX")

    expect(page.get_by_role("heading", name="QQQQ is not in the universe")).to_be_visible()


def test_an_unknown_page_is_explained(page: Page) -> None:
    page.goto("/nowhere")

    expect(page.get_by_role("heading", name="There is no page at /nowhere")).to_be_visible()
