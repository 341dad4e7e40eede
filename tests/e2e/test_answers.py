"""How it went, in a real browser: on a phone, by keyboard, without scripts, for screen readers."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from regulars.care.models import Answer, CheckIn
from regulars.cases.models import Case
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
