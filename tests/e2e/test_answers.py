"""How it went, in a real browser: on a phone, by keyboard, without scripts, for screen readers."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from regulars.care.models import Answer, CheckIn
from regulars.cases.models import Case, CaseEntry
from regulars.core.actor import COMMAND
from regulars.core.events import deliver_events
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from regulars.planning.actions import make_plans
from regulars.team.queries import the_named_business
from tests.e2e.conftest import OpenPage
from tests.factories.care import answer_path, make_check_in
from tests.factories.portal import make_ruth
from tests.factories.team import make_business, make_member

Axe = Callable[[Page], None]


@pytest.fixture
def asked() -> CheckIn:
    make_business(phone="01632 960 100", street="3 Mill Lane", city="Ambley", postcode="AM1 2BY")
    make_member("owner")
    return make_check_in(datetime.now(UTC), make_ruth(), is_late=True)


def test_on_a_phone_by_keyboard_alone_without_a_script(page_for: OpenPage, asked: CheckIn) -> None:
    path = f"{answer_path(asked, datetime.now(UTC))}?m=2"
    page = page_for(None, width=320, path=path, scripts=False)
    expect(page.get_by_role("radio", name="2")).to_be_checked()
    expect(page.get_by_text("It came later than we had said.")).to_be_visible()

    page.get_by_role("textbox", name="Is anything not right?").focus()
    page.keyboard.type("The base was wet")
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="2")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send")).to_be_focused()
    # A page that is answered within a second was answered by a program.
    page.wait_for_timeout(1100)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert Answer.objects.values_list("mark", "not_right", "doubt").get() == (
        2, "The base was wet", "",
    )  # fmt: skip
    assert Case.objects.count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_readers_and_colours(page_for: OpenPage, asked: CheckIn, axe: Axe, scheme: str) -> None:
    page = page_for(None, width="phone", path=answer_path(asked, datetime.now(UTC)), scheme=scheme)
    axe(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    axe(page)

    page.get_by_role("radio", name="5").check(force=True)
    page.wait_for_timeout(1100)
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("status")).to_contain_text("It is good to know what went well.")
    axe(page)


def test_a_bad_mark_is_on_today_at_once_and_over_when_they_say_that_it_is_right(
    page_for: OpenPage, asked: CheckIn, axe: Axe
) -> None:
    manager, now = make_member("manager"), datetime.now(UTC)
    Customer.objects.update(manager=manager)
    make_plans(day=the_named_business().day_of(now), by=COMMAND, at=now)
    phone = page_for(None, width="phone", path=f"{answer_path(asked, now)}?m=1")
    phone.get_by_role("textbox", name="Is anything not right?").fill("The base was wet")
    # A page that is answered within a second was answered by a program.
    phone.wait_for_timeout(1100)
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    deliver_events(at=datetime.now(UTC))

    desk = page_for(manager)
    expect(desk.locator("main")).to_contain_text("Ruth")
    case = Case.objects.get()
    desk.goto(f"/cases/{case.pk}/")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("The base was wet")
    done = desk.get_by_role("button", name="It is put right")
    desk.locator("form").filter(has=done).get_by_role("textbox").fill("A new loaf, by hand.")
    done.click()
    desk.get_by_role("button", name="I told them by telephone").click()
    expect(desk.get_by_text("They say that it is right")).to_be_visible()

    told = CaseEntry.objects.get(kind="told")
    phone.goto(f"/r/{make_link('case', told.pk, '', datetime.now(UTC))}")
    axe(phone)
    phone.locator("[name=right][value=yes]").click(force=True)
    if phone.get_by_role("button", name="Send").count():
        phone.get_by_role("button", name="Send").click()
    phone.wait_for_load_state()
    case.refresh_from_db()
    assert (case.state, case.is_right) == ("right", True)
