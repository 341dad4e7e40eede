"""Settings with a real browser: at a desk and on a phone, light and dark."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Page, expect

from regulars.core.actor import COMMAND
from regulars.team import actions
from regulars.team.models import Business, Closure, Member
from regulars.team.queries import minutes_on
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.team import PASSWORD, make_business, make_member

Axe = Callable[[Page], None]
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def nora() -> Member:
    make_business()
    return make_member("owner", email="nora@x.example", password=PASSWORD)


@pytest.fixture
def closure(nora: Member) -> Closure:
    days = date(2026, 10, 3), date(2026, 10, 14)
    return actions.add_closure(Business.objects.get(), *days, why="Water", by=COMMAND, at=NOW)


def test_opening_hours_are_kept(page_for: OpenPage, nora: Member) -> None:
    page = page_for(nora, width="phone", path="/team/")
    page.get_by_label("Monday").fill("8 - 13, 14 - 18:30")
    page.get_by_role("button", name="Keep these hours").click()

    expect(page.get_by_text("Kept: the opening hours.")).to_be_visible()
    expect(page.get_by_label("Monday")).to_have_value("08:00–13:00, 14:00–18:30")


def test_closed_days_are_removed_and_come_back_by_undo(
    page_for: OpenPage, closure: Closure, nora: Member
) -> None:
    page = page_for(nora, path="/team/")
    expect(page.get_by_text("3 October 2026 to 14 October 2026")).to_be_visible()

    page.get_by_role("button", name="Remove 3 October 2026").click()
    expect(page.get_by_text("No days are noted as closed.")).to_be_visible()
    page.keyboard.press("Control+z")

    expect(page.get_by_text("3 October 2026 to 14 October 2026")).to_be_visible()
    assert Closure.objects.get().why == "Water"


def test_minutes_are_set_in_place(page_for: OpenPage, nora: Member) -> None:
    page = page_for(nora, width="phone", path="/team/people")
    page.get_by_text("Minutes for customers").first.click()
    page.get_by_label("Saturday").fill("45")
    page.get_by_role("button", name="Keep these minutes").click()

    expect(page.get_by_text("345 min a week")).to_be_visible()
    assert minutes_on(nora.pk, date(2026, 11, 21)) == 45


def test_customers_are_handed_over_before_a_member_leaves(page_for: OpenPage, nora: Member) -> None:
    priya = make_member("helper")
    make_customer("Ruth Calloway", manager=priya)
    page = page_for(nora, path="/team/people")

    page.locator(f"#member-{priya.pk}").get_by_text("Role and sign-in").click()
    page.get_by_role("link", name="Hand over to …").click()
    page.get_by_label("Who looks after them from now on").select_option(label="Nora Lindqvist")
    page.get_by_role("button", name="Hand 1 customer over").click()
    expect(page.get_by_text("Done: Nora Lindqvist looks after 1 more customer.")).to_be_visible()
    page.locator(f"#member-{priya.pk}").get_by_text("Role and sign-in").click()
    page.get_by_role("button", name="End Priya Raman’s access").click()

    expect(page.get_by_text("Done: Priya Raman no longer signs in.")).to_be_visible()
    assert not Member.objects.get(pk=priya.pk).is_active


def test_the_palette_finds_by_keyboard(page_for: OpenPage, nora: Member) -> None:
    ruth = make_customer("Ruth Calloway")
    page = page_for(nora, path="/team/")

    page.keyboard.press("Control+k")
    page.keyboard.type("set")
    expect(page.locator("#palette-found").get_by_text("Set opening hours")).to_be_visible()
    page.locator("#palette-q").fill("ruth")
    person = page.get_by_role("option", name="Ruth Calloway", exact=True)
    expect(person).to_have_attribute("aria-selected", "true")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.url.endswith(f"/customers/{ruth.pk}/")


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_found_in_the_settings(
    page_for: OpenPage, axe_in_both_lights: Axe, closure: Closure, nora: Member, width: int
) -> None:
    priya = make_member("helper")
    make_customer("Ruth Calloway", manager=priya)
    actions.invite("t@x.example", "helper", by=nora.actor, at=datetime.now(UTC))
    page = page_for(nora, width=width, path="/team/")
    axe_in_both_lights(page)

    page.goto("/team/people")
    for summary in page.locator("main details > summary").all():
        summary.click()
    axe_in_both_lights(page)
    for path in (
        f"/people/{priya.pk}/hand-over",
        "/account/2fa/",
        "/account/password/change/",
        "/account/reauthenticate/",
        "/search?q=ruth",
        "/nowhere",
    ):
        page.goto(path)
        axe_in_both_lights(page)


@pytest.mark.usefixtures("closure")
def test_nothing_found_for_one_who_only_looks(page_for: OpenPage, axe: Axe) -> None:
    page = page_for(make_member("viewer"), width="phone", path="/team/")
    expect(page.get_by_text("Only an owner can change the business.")).to_be_visible()
    axe(page)
    page.goto("/team/people")
    axe(page)


def test_the_second_step_is_set_up(
    page_for: OpenPage, axe_in_both_lights: Axe, nora: Member
) -> None:
    page = page_for(nora, path="/account/2fa/")
    page.get_by_role("link", name="Set it up").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Set up the second step")).to_be_visible()
    axe_in_both_lights(page)
    secret = page.get_by_label("Or type this into the app").input_value()
    page.get_by_label("Code").fill(_code_of(secret))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    axe_in_both_lights(page)
    page.get_by_role("link", name="I have put them away").click()
    expect(page.get_by_text("On: a code is asked for each time you sign in.")).to_be_visible()
    axe_in_both_lights(page)


def _code_of(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))
