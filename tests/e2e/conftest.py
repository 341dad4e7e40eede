"""A real browser before a real server; people sign in by a session made for them."""

import os
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, sync_playwright

from regulars.config.schedule import DAILY
from regulars.core import worker
from regulars.team.models import Member
from regulars.team.queries import zone_of_the_business
from tests.servers import chromium

# Playwright runs a loop of its own in this thread, in which Django would not touch the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # One site is looked at: fewer processes start for each page.
    "--in-process-gpu", "--renderer-process-limit=1", "--disable-site-isolation-trials",
]  # fmt: skip
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}

AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
WIDTHS = (320, 390, 768, 1280)
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
# What axe did not find stays in the browser: it is many times the size of the page.
FINDINGS = """options => axe.run(options).then(found => found.violations.flatMap(finding =>
  finding.nodes.map(node => [finding.id, node.target, node.failureSummary])))"""
# The browser itself writes a line for each 4xx answer; refusals are answers. htmx writes two for a
# request that nobody waits for any more, because the page was left.
NO_FAULTS = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
# A page that is still coming in, or on its way from one colour to another, is not yet seen.
STANDS = """() => document.readyState === "complete" && !document.querySelector(".htmx-request")
  && document.getAnimations().every(one => one.playState !== "running"
    || one.effect.getTiming().iterations === Infinity)"""

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield started
    started.close()


@pytest.fixture
def page_for(live_server: Any, browser: Browser) -> Iterator[OpenPage]:
    """`page_for(member | None, width="desk"|"phone"|int, scheme=, path=, scripts=)` -> Page.

    A page fails its test when the browser's console shows an error or a request leaves the
    machine.
    """
    contexts, faults = [], []

    def open_page(
        member: Member | None,
        *,
        width: Literal["desk", "phone"] | int = "desk",
        scheme: Literal["light", "dark"] = "light",
        path: str = "/",
        scripts: bool = True,
    ) -> Page:
        named = {"desk": DESK, "phone": PHONE}
        view: ViewportSize = (
            {"width": width, "height": 844} if isinstance(width, int) else named[width]
        )
        context = browser.new_context(
            base_url=live_server.url,
            viewport=view,
            color_scheme=scheme,
            java_script_enabled=scripts,
            has_touch=view["width"] < 600,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        # The first page of all waits until the server has read everything in.
        context.set_default_navigation_timeout(30_000)
        contexts.append(context)
        if member is not None:
            client = Client()
            client.force_login(member)
            cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
            context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: _keep_fault(line, faults))
        page.on("request", lambda request: _keep_stranger(request.url, live_server.url, faults))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def _keep_fault(line: Any, faults: list[str]) -> None:
    if line.type == "error" and not any(words in line.text for words in NO_FAULTS):
        faults.append(line.text)


def _keep_stranger(url: str, home: str, faults: list[str]) -> None:
    if not url.startswith((home, "data:", "blob:", "about:")):
        faults.append(f"left the machine: {url}")


@pytest.fixture
def work() -> Callable[[], int]:
    """Do all background work that is due, as the worker would."""
    return lambda: worker.tick((), zone_of_the_business)


@pytest.fixture
def work_daily() -> Callable[[], int]:
    """The same with the day's schedule."""
    return lambda: worker.tick(DAILY, zone_of_the_business)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Assert that axe finds nothing against WCAG 2.2 AA on the page as it stands."""

    def look(page: Page) -> None:
        page.wait_for_load_state("load")
        page.wait_for_function(STANDS)
        view = page.viewport_size
        assert view is not None
        # What lies behind a bar at the foot of the screen comes up by scrolling: the whole is seen.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": view["width"], "height": max(height, view["height"])})
        _assert_no_findings(page, AXE_OPTIONS)
        page.set_viewport_size(view)
        _assert_no_sideways_scroll(page)

    return look


@pytest.fixture
def axe_in_both_lights(axe: Callable[[Page], None]) -> Callable[[Page], None]:
    """The same by day and by night, and room on every width.

    What stands on a page is the same by night, its colours are not.
    """

    def look(page: Page) -> None:
        axe(page)
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
        _assert_no_findings(page, {"runOnly": {"type": "rule", "values": RULES_OF_COLOUR}})
        page.emulate_media(color_scheme="light")
        view = page.viewport_size
        assert view is not None
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": view["height"]})
            _assert_no_sideways_scroll(page)
        page.set_viewport_size(view)

    return look


def _assert_no_sideways_scroll(page: Page) -> None:
    too_wide, of = page.evaluate("[document.documentElement.scrollWidth - innerWidth, innerWidth]")
    assert too_wide <= 0, f"at {of} px the page scrolls sideways by {too_wide} px"


def _assert_no_findings(page: Page, options: dict[str, Any]) -> None:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    assert page.evaluate(FINDINGS, options) == []
