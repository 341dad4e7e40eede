"""Coming in with a real browser: the first account, signing in, an invitation, the keys."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from regulars.core.actor import COMMAND
from regulars.team import actions
from regulars.team.models import Business, Member
from tests.e2e.conftest import OpenPage
from tests.factories.team import PASSWORD, make_business, make_member

Axe = Callable[[Page], None]


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def first_page() -> str:
    return f"/team/first/{actions.make_first_account_link(by=COMMAND, at=datetime.now(UTC))}"


@pytest.fixture
def nora() -> Member:
    make_business()
    return make_member("owner", email="nora@x.example", password=PASSWORD)


def test_the_first_account_is_made_by_keyboard_alone(page_for: OpenPage, first_page: str) -> None:
    page = page_for(None, path=first_page)

    page.get_by_label("Your name").focus()
    for words in ("Nora Lindqvist", "nora@x.example", PASSWORD, "Juniper & Rye"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.keyboard.type("United Kingdom")
    page.keyboard.press("Tab")
    page.keyboard.type("GBP")
    page.keyboard.press("Tab")
    page.keyboard.type("Europe/London")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Make my account")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.url.endswith("/")
    business = Business.objects.get()
    assert (business.name, business.country, business.currency, business.time_zone) == (
        "Juniper & Rye", "GB", "GBP", "Europe/London",
    )  # fmt: skip
    assert Member.objects.get().check_password(PASSWORD)


def test_the_zone_of_the_browser_is_guessed_in_pencil(page_for: OpenPage, first_page: str) -> None:
    page = page_for(None, path=first_page)
    zone = page.get_by_label("Time zone")
    here = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")

    expect(zone).to_have_value(here)
    assert "guessed" in (zone.get_attribute("class") or "")
    zone.select_option("Asia/Tokyo")

    assert "guessed" not in (zone.get_attribute("class") or "")


def test_the_first_account_works_without_scripts(page_for: OpenPage, first_page: str) -> None:
    page = page_for(None, path=first_page, scripts=False)
    page.get_by_label("Your name").fill("Nora Lindqvist")
    page.get_by_label("Your e-mail address").fill("nora@x.example")
    page.get_by_label("Name of the business").fill("Juniper & Rye")

    with page.expect_navigation():
        page.get_by_role("button", name="Make my account").click()

    assert Member.objects.get().email == "nora@x.example"


def test_a_wrong_answer_has_the_focus(page_for: OpenPage, first_page: str) -> None:
    page = page_for(None, path=first_page)
    page.get_by_label("Your name").fill("Nora Lindqvist")
    page.get_by_label("Your e-mail address").fill("nora@x.example")
    page.get_by_label("Password").fill("short")
    page.get_by_label("Name of the business").fill("Juniper & Rye")

    page.get_by_role("button", name="Make my account").click()

    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_text("This password is too short")).to_be_visible()
    expect(page.get_by_label("Name of the business")).to_have_value("Juniper & Rye")


def test_signing_in_and_out(page_for: OpenPage, nora: Member) -> None:
    page = page_for(None, path="/team/people")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    page.get_by_label("E-mail address").fill(nora.email)
    page.get_by_label("Password").fill("not this one, surely")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This address and this password do not go together.")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who is on the team")).to_be_visible()
    page.get_by_role("button", name="Sign out").first.click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_somebody_is_invited_and_joins_in_another_browser(page_for: OpenPage, nora: Member) -> None:
    here = page_for(nora, path="/team/people")
    here.get_by_label("E-mail address").fill("tomasz@x.example")
    here.get_by_role("button", name="Make the invitation link").click()
    link = here.get_by_label("The link").input_value()

    there = page_for(None, width="phone", path=link)
    there.get_by_label("Your name").fill("Tomasz Wilk")
    there.get_by_label("Password").fill("fourteen loaves and one")
    with there.expect_navigation():
        there.get_by_role("button", name="Join the team").click()
    there.goto("/team/people")

    expect(there.get_by_text("Only an owner can change the team.")).to_be_visible()
    expect(there.get_by_role("heading", name="Tomasz Wilk")).to_be_visible()
    assert there.request.get(link).status == 410


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_found_on_the_ways_in(
    page_for: OpenPage, axe_in_both_lights: Axe, first_page: str, width: int
) -> None:
    page = page_for(None, width=width, path=first_page)
    axe_in_both_lights(page)
    make_business()
    nora, at = make_member("owner"), datetime.now(UTC)
    once = actions.make_sign_in_link(nora, by=COMMAND, at=at)
    joining = actions.invite("t@x.example", "helper", by=nora.actor, at=at)
    ways = ["/account/login/", first_page, f"/team/sign-in/{once}", f"/team/join/{joining}"]
    for path in ways:
        page.goto(path)
        axe_in_both_lights(page)
