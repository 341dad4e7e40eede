"""Each page of the sample business as people meet it: clean, light to load, of use unscripted."""

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, Response, expect

from regulars.conversations.models import Touch
from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.customers.models import Customer
from regulars.demo.actions import load_demo
from regulars.planning.actions import make_plans
from regulars.team.models import Business, Member
from tests.factories.orders import make_order
from tests.factories.planning import make_due

OpenPage = Callable[..., Page]
Axe = Callable[[Page], None]

# Bytes as they travel, packed: docs of the look, "Weight and proof".
FIRST_PAGE, LATER_PAGE = 200_000, 30_000
PAGES = (
    "/", "/?waiting=1&list=1", "/?act=done", "/?act=hand_over", "/customers/",
    "/customers/?tier=slipping&sort=value", "/customers/new", "/search?q=ruth", "/insight/",
    "/imports/", "/imports/new/", "/team/", "/team/people", "/plan/cadences", "/account/2fa/",
    "/account/2fa/totp/activate/", "/demo/", "/messages/", "/messages/needs-a-look/",
    "/messages/texts/", "/messages/texts/new", "/messages/server/", "/messages/rules/",
    "/consent/grounds/", "/nothing-stands-here",
)  # fmt: skip
STAY_HERE = """document.addEventListener("click", (event) => {
  if (event.target.closest("[href^=tel]")) event.preventDefault();
}, true)"""
FOR_STRANGERS = ("/account/login/", "/team/join/no-such-link", "/team/sign-in/no-such-link")


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The server's clock stands still too, in a thread of its own."""
    monkeypatch.setenv("REGULARS_NOW", "2026-11-24T09:10:00+00:00")
    return datetime(2026, 11, 24, 9, 10, tzinfo=UTC)


def test_every_page_of_the_sample_business(
    page_for: OpenPage, axe: Axe, morning: datetime, live_server: object
) -> None:
    load_demo(day=date(2026, 11, 24), by=COMMAND, at=morning)
    nora = Member.objects.get(email="nora@juniper-and-rye.test")
    ruth = Customer.objects.get(name="Ruth Calloway")
    pages = [f"/customers/{ruth.pk}/", *PAGES, f"/people/{nora.pk}/hand-over"]
    desk = page_for(nora, path="about:blank")
    thumbs = [page_for(nora, width=wide, scheme="dark", path="about:blank") for wide in (320, 390)]

    # The first page of a visit brings styles, scripts and letters along; later ones only words.
    assert _weight_of_all(desk, pages[0]) < FIRST_PAGE
    heavy = {}
    for number, path in enumerate(pages):
        answer = desk.goto(path)
        assert answer is not None
        heavy[path] = _packed(answer)
        axe(desk)
        thumbs[number % 2].goto(path)
        axe(thumbs[number % 2])
    for path in FOR_STRANGERS:
        axe(page_for(None, width=320, scheme="dark", path=path))
    assert {path: weight for path, weight in heavy.items() if weight >= LATER_PAGE} == {}


def _weight_of_all(page: Page, path: str) -> int:
    """What a page weighs on its way with all that it brings."""
    heard: list[Response] = []

    def hear(answer: Response) -> None:
        heard.append(answer)

    page.on("response", hear)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.remove_listener("response", hear)
    assert len(heard) > 3
    return sum(map(_packed, heard))


def _packed(answer: Response) -> int:
    """Fonts are packed already."""
    body = answer.body()
    return len(body) if answer.url.endswith("woff2") else len(gzip.compress(body))


@pytest.fixture
def two_calls(manager: Member, business: Business, morning: datetime) -> Member:
    for name, stake in (("Ruth Calloway", 90_000), ("Samuel Birch", 80_000)):
        make_order(make_due(name, manager=manager, stake=stake), date(2026, 11, 18))
    with clock.stopped_at(morning):
        make_plans(day=business.day_of(morning), by=COMMAND, at=morning)
    return manager


@pytest.mark.parametrize("width", ["desk", 320])
def test_a_card_is_done_before_any_script(
    page_for: OpenPage, two_calls: Member, width: str | int
) -> None:
    page = page_for(two_calls, width=width, scripts=False, path="/?act=done")

    page.get_by_label("What did they say?").fill("Will be in on Friday.")
    page.get_by_role("button", name="Spoke").click()

    expect(page.locator("#card")).to_contain_text("Samuel")
    assert [touch.said for touch in Touch.objects.filter(member=two_calls)] == [
        "Will be in on Friday."
    ]


def test_the_question_waits_for_who_comes_back_from_the_telephone(
    page_for: OpenPage, two_calls: Member
) -> None:
    page = page_for(two_calls, width="phone")
    # A browser without a telephone would write its refusal into the console.
    page.evaluate(STAY_HERE)

    page.get_by_role("link", name="Call Ruth").tap()

    expect(page.get_by_label("What did they say?")).to_be_visible()
    expect(page.get_by_role("link", name="Later")).to_be_hidden()
    spoke = page.get_by_role("button", name="Spoke").bounding_box()
    assert spoke is not None
    assert spoke["y"] > 844 / 2
    page.get_by_role("button", name="Spoke").tap()
    expect(page.locator("#card")).to_contain_text("Call Samuel")
