"""One line of how to reach somebody, one cell of several values, and who comes back on the list."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from regulars.customers.models import Customer, CustomerTag, Tag
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer

OpenPage = Callable[..., Page]
Axe = Callable[[Page], None]


@pytest.mark.parametrize(("width", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_one_line_is_changed_on_the_page_and_undone(
    page_for: OpenPage, axe: Axe, owner: Member, width: str, scheme: str
) -> None:
    ruth = make_customer(email="ruth@calloway.example", manager=owner)
    page = page_for(owner, width=width, scheme=scheme, path=f"/customers/{ruth.pk}/")

    page.get_by_label("Change ruth@calloway.example").click()
    line = page.locator(".pointline form")
    expect(line).to_be_visible()
    axe(page)
    line.get_by_label("E-mail").fill("ruth@mill.example")
    line.get_by_label("What it is").fill("Work")
    line.get_by_role("button", name="Keep").click()
    expect(page.locator("#side")).to_contain_text("ruth@mill.example")

    page.locator("[data-toast-undo]").click()
    expect(page.locator("#side")).to_contain_text("ruth@calloway.example")


def test_tags_are_ticked_in_their_cell(page_for: OpenPage, axe: Axe, owner: Member) -> None:
    make_customer(manager=owner)
    Tag.objects.create(name="trade", folded="trade", created_at=A_DAY)
    page = page_for(owner, path="/customers/?cols=customer.tags,customer.email")

    page.get_by_role("button", name="Tags of Ruth Calloway: nothing. Change it").click()
    expect(page.get_by_label("trade")).to_be_visible()
    axe(page)
    page.get_by_label("trade").check()
    page.locator("[data-cell-keep]").click()

    expect(page.locator("#toasts")).to_contain_text("Done: Tags of Ruth Calloway.")
    assert CustomerTag.objects.count() == 1


def test_the_ticked_come_back_on_the_list(page_for: OpenPage, axe: Axe, owner: Member) -> None:
    make_customer("Ruth Calloway", archived_at=A_DAY)
    page = page_for(owner, path="/customers/archived/")
    axe(page)

    page.get_by_label("Select Ruth Calloway").check()
    page.get_by_role("button", name="Put them back on the list").click()

    expect(page.locator("#toasts")).to_contain_text("Done: 1 customer, back on the list.")
    assert Customer.objects.on_the_list().count() == 1
