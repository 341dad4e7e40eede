"""The customers' pages in a real browser: without scripts, by keyboard, on a phone, for robots."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from regulars.consent.models import ConsentState, OptInRequest, Wish
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from tests.e2e.conftest import OpenPage
from tests.factories.consent import make_decision
from tests.factories.instance import all_rows
from tests.factories.messaging import make_message, make_version
from tests.factories.portal import link_to, make_ruth, prove_address
from tests.factories.team import make_business, make_member

Axe = Callable[[Page], None]


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def ruth(now: datetime, settings: Any) -> Customer:
    make_business(phone="01632 960 100", street="3 Mill Lane", city="Ambley", postcode="AM1 2BY")
    # The mail that asks for a yes can leave.
    prove_address(settings, now)
    customer = make_ruth()
    make_decision(customer)
    return customer


@pytest.fixture
def stop(ruth: Customer, now: datetime) -> str:
    offer = make_message(ruth, at=now, version=make_version("sell"), purpose="sell")
    return link_to("unsubscribe", ruth, now, offer)


def states() -> set[tuple[str, str, str]]:
    return set(ConsentState.objects.values_list("channel", "purpose", "decision"))


def test_a_no_is_one_press_without_scripts(page_for: OpenPage, stop: str) -> None:
    page = page_for(None, width=320, path=stop, scripts=False)

    page.get_by_role("button", name="Stop all that I did not ask for").click()

    expect(page.get_by_role("heading", name="It is done")).to_be_visible()
    assert states() == {("email", "", "withdrawn")}


def test_a_no_by_keyboard_to_one_kind(page_for: OpenPage, stop: str) -> None:
    page = page_for(None, path=stop, scripts=False)

    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Stop only this kind: Offers")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert states() == {("email", "", "granted"), ("email", "sell", "withdrawn")}


@pytest.mark.parametrize(("width", "scripts"), [(320, False), (390, False), (1280, True)])
def test_preferences_by_keyboard_alone(
    page_for: OpenPage, ruth: Customer, now: datetime, width: int, scripts: bool
) -> None:
    """Under `no-referrer` a browser names no origin; the forms must be taken all the same."""
    page = page_for(None, width=width, path=link_to("preferences", ruth, now), scripts=scripts)
    page.get_by_role("button", name="Open my page").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/p/")

    page.get_by_role("checkbox", name="Offers, by e-mail").focus()
    page.keyboard.press("Space")
    page.get_by_label("How often, at most?").focus()
    page.keyboard.type("Once a month")
    page.get_by_role("button", name="Keep my choices").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Offers, by e-mail")
    assert states() == {("email", "", "granted"), ("email", "sell", "withdrawn")}
    assert Wish.objects.get().every_days == 30
    page.get_by_role("button", name="Undo").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("are as they were before.")
    assert Wish.objects.get().every_days is None
    assert OptInRequest.objects.get().purposes == ["sell"]


def test_asking_and_confirming_without_scripts(
    page_for: OpenPage, ruth: Customer, now: datetime
) -> None:
    page = page_for(None, width="phone", path="/hear-from-us", scripts=False)
    page.get_by_label("Your e-mail address").fill("new@mail.example")
    page.get_by_label("Offers").check()
    page.get_by_role("button", name="Send me the mail").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()

    request = OptInRequest.objects.get()
    page.goto(f"/c/{make_link('confirm', request.pk, '', now)}")
    page.get_by_role("button", name="Yes, Juniper & Rye may write to me").click()

    expect(page.get_by_role("heading", name="It counts, thank you")).to_be_visible()
    assert ("email", "sell", "granted") in states()


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_can_be_read_by_everybody(
    page_for: OpenPage, ruth: Customer, stop: str, now: datetime, axe_in_both_lights: Axe,
    width: int,
) -> None:  # fmt: skip
    page = page_for(None, width=width, path=stop)
    axe_in_both_lights(page)
    for path in ("/u/wrong", "/hear-from-us"):
        page.goto(path)
        axe_in_both_lights(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Send me the mail").click()
    axe_in_both_lights(page)
    page.goto(link_to("preferences", ruth, now))
    axe_in_both_lights(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Open my page").click()
    axe_in_both_lights(page)
    page.get_by_role("checkbox", name="Offers, by e-mail").uncheck()
    with page.expect_navigation():
        page.get_by_role("button", name="Keep my choices").click()
    axe_in_both_lights(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Look through them, and change them").click()
    axe_in_both_lights(page)
    page.get_by_role("button", name="This is right").click()
    expect(page.get_by_text("Thank you: it is written down.")).to_be_visible()
    axe_in_both_lights(page)


def test_a_page_weighs_next_to_nothing(page_for: OpenPage, ruth: Customer, now: datetime) -> None:
    page = page_for(None, path=link_to("preferences", ruth, now))
    loaded: list[int] = []
    page.on("response", lambda answer: loaded.append(len(answer.body())))

    page.get_by_role("button", name="Open my page").click()
    page.wait_for_load_state("networkidle")

    assert loaded
    assert sum(loaded) < 30_000
    assert page.locator("script").count() == 0


@pytest.mark.parametrize("scripts", [True, False])
def test_a_robot_with_a_browser_changes_nothing(
    page_for: OpenPage, ruth: Customer, stop: str, now: datetime, scripts: bool
) -> None:
    """RELIABILITY R3: it waits, it moves the pointer over everything, and presses no button."""
    paths = [stop, f"{stop}/now", link_to("preferences", ruth, now), "/hear-from-us", "/u/wrong"]
    page = page_for(None, path=stop, scripts=scripts)
    before = all_rows()

    for path in paths * 2:
        page.goto(path)
        for thing in page.locator("main :is(button, a, select, input:not([name=website]))").all():
            if thing.is_visible():
                thing.hover()
        page.wait_for_timeout(50)

    assert all_rows() == before


def test_staff_see_the_page_as_the_customer_does(
    page_for: OpenPage, ruth: Customer, axe: Axe
) -> None:
    page = page_for(make_member("owner"), path=f"/customers/{ruth.pk}/as-they-see-it")

    expect(page.get_by_text("You are looking at the page as Ruth sees it.")).to_be_visible()
    expect(page.get_by_role("button", name="Keep my choices")).to_be_disabled()
    axe(page)
