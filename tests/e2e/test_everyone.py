"""For everyone: by keyboard alone, read aloud, on a phone, light and dark, in seven tabs."""

import json
import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Watch

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 390, "height": 844}
PAGES = ["/", "/s/{best}", "/models", "/activity", "/nowhere"]


@pytest.fixture(scope="session")
def best(served: str) -> str:
    with urlopen(f"{served}/api/v1/signals/live?limit=1") as answer:
        return str(json.load(answer)["signals"][0]["symbol"])


def open_page(page: Page, path: str, best: str) -> None:
    """Until everything is there: the stream keeps the network busy, so wait for the last skeleton to go."""
    page.goto(path.format(best=best))
    expect(page.get_by_role("heading").first).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)


def violations(page: Page) -> list[str]:
    # The policy forbids injected scripts, as it should: the checker runs in the page's own evaluation.
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    return [f"{v['id']}: {n['html'][:160]} ({n['failureSummary'][:200]})" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_passes_the_accessibility_rules(page: Page, best: str, path: str, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    open_page(page, path, best)

    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_open_palette_passes_the_accessibility_rules(page: Page, best: str, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    open_page(page, "/", best)
    page.keyboard.press("Control+k")
    page.keyboard.type(best[:2])
    expect(page.get_by_role("listbox", name="Results").get_by_role("option").first).to_be_visible()

    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_never_scrolls_sideways(browser: Browser, served: str, best: str, watch: Watch, path: str) -> None:
    with browser.new_context(base_url=served, viewport=PHONE, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        watch.follow(page)
        open_page(page, path, best)

        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert violations(page) == []
    assert watch.complaints() == []


def test_on_a_phone_everything_pressed_is_large_enough(browser: Browser, served: str, best: str) -> None:
    with browser.new_context(base_url=served, viewport=PHONE, has_touch=True, is_mobile=True) as context:
        page = context.new_page()
        open_page(page, "/", best)
        sizes = page.evaluate(
            "[...document.querySelectorAll('nav a, header button, .tools button, .tile, select, input[type=search]')]"
            ".filter(e => e.checkVisibility()).map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])"
        )

    assert [size for size in sizes if size[1] < 40] == []


def test_the_whole_walk_works_without_a_mouse(page: Page, best: str) -> None:
    open_page(page, "/", best)

    # to a security by its code
    page.keyboard.press("Control+k")
    page.keyboard.type(best.removesuffix(".AX").lower())
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/s/{re.escape(best)}$"))
    # to the models and back to today
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.get_by_role("heading", level=1)).to_have_text("Models")
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.get_by_test_id("row").first).to_be_visible()
    # down three rows, into the third
    for _ in range(3):
        page.keyboard.press("j")
        page.wait_for_timeout(60)
    third = page.get_by_test_id("row").nth(2).get_by_role("link")
    expect(third).to_be_focused()
    address = third.get_attribute("href") or ""
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))


def test_the_keys_are_listed_and_the_list_closes_with_escape(page: Page, best: str) -> None:
    open_page(page, "/", best)

    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("heading", name="Keyboard")).to_be_hidden()


def test_the_first_tab_stop_skips_to_the_content(page: Page, best: str) -> None:
    open_page(page, "/", best)

    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()


def test_the_chosen_theme_stays_after_a_reload(page: Page, best: str) -> None:
    page.emulate_media(color_scheme="light")
    open_page(page, "/", best)

    page.get_by_role("button", name="Dark theme").click()
    page.reload()

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_seven_tabs_share_one_stream_and_all_are_live(browser: Browser, served: str) -> None:
    """A browser opens at most six connections to a host, and each stream would hold one."""
    with browser.new_context(base_url=served) as context:
        tabs = [context.new_page() for _ in range(7)]
        for tab in tabs:
            tab.goto("/")
        for tab in tabs:
            expect(tab.get_by_test_id("row").first).to_be_visible()
            expect(tab.get_by_title("Changes arrive by themselves")).to_be_visible()


@pytest.mark.parametrize("path", ["/models", "/activity"])
def test_the_other_pages_show_what_the_api_says(page: Page, served: str, best: str, path: str) -> None:
    open_page(page, path, best)

    if path == "/models":
        with urlopen(f"{served}/api/v1/models") as answer:
            count = len(json.load(answer)["models"])
        expect(page.get_by_role("article")).to_have_count(count)
    else:
        expect(page.get_by_role("region", name="Events").get_by_role("listitem").first).to_contain_text(".")
