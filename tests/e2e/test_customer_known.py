"""What else is known of a customer, in a real browser: a field of our own, and a relation."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from regulars.customers.choices import Kind
from regulars.team.models import Member
from tests.factories.customers import make_customer

OpenPage = Callable[..., Page]
Axe = Callable[[Page], None]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_new_field_is_filled_in_and_a_relation_noted_ended_and_undone(
    page_for: OpenPage, axe: Axe, owner: Member, width: int
) -> None:
    ruth = make_customer("Ruth Calloway", manager=owner)
    make_customer("The Mill", kind=Kind.ORGANISATION)
    page = page_for(owner, path="/customers/settings", width=width)
    page.get_by_label("Its name").first.fill("Box")
    page.get_by_label("What it holds").select_option("choice")
    page.get_by_label("For a list: its choices, one on each line").fill("Small\nLarge")
    page.get_by_role("button", name="Make this field").click()
    expect(page.get_by_text("is on every customer's page").first).to_be_visible()
    axe(page)

    page.goto(page.url.replace("/customers/settings", f"/customers/{ruth.pk}/"))
    page.get_by_text("Fill in", exact=True).click()
    page.get_by_label("Box").select_option("large")
    page.locator("form[action$='own-fields']").get_by_role("button", name="Keep").click()
    expect(page.locator("#side .pair", has_text="Box")).to_contain_text("Large")

    together = page.locator("#side section", has_text="Together with")
    together.get_by_text("Add or change").click()
    page.get_by_label("Who, by name or number", exact=True).fill("mill")
    together.get_by_role("button", name="Note it").click()
    expect(page.locator("#side .pair", has_text="Works at")).to_contain_text("The Mill")
    axe(page)

    together.get_by_text("Add or change").click()
    together.get_by_role("button", name="It is over").click()
    expect(page.locator("#side .pair", has_text="Works at")).to_contain_text("until today")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#side .pair", has_text="Works at")).not_to_contain_text("until")
