"""Two cards of one customer in a real browser: merged and taken apart by keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.customers.actions.finding import find_duplicates
from regulars.customers.models import Customer, Duplicate
from regulars.team.models import Member
from tests.factories.customers import make_customer

OpenPage = Callable[..., Page]
Axe = Callable[[Page], None]


@pytest.fixture
def pairs(owner: Member) -> list[Customer]:
    cards = [
        make_customer(name, email=email, about=f"Card of {name}")
        for name, email in (
            ("Ruth Hale", "ruth@hale.example"), ("Ruth Hail", "ruth@hale.example"),
            ("Ada Byron", "ada@byron.example"), ("Ada Byrons", "ada@byron.example"),
        )
    ]  # fmt: skip
    find_duplicates(by=COMMAND, at=clock.now())
    return cards


def test_merge_flip_choose_and_undo_by_keyboard(
    page_for: OpenPage, owner: Member, pairs: list[Customer], axe: Axe
) -> None:
    page = page_for(owner, path="/customers/duplicates/")
    expect(page.get_by_text("2 pairs wait")).to_be_visible()
    first = page.locator("#pair-title").inner_text()
    axe(page)

    page.keyboard.press("j")
    expect(page.locator("#pair-title")).not_to_have_text(first)
    page.keyboard.press("k")
    expect(page.locator("#pair-title")).to_have_text(first)

    page.keyboard.press("f")
    expect(page).to_have_url(re.compile("flip=1"))
    page.keyboard.press("a")
    expect(page.locator('input[name="take-name"]')).to_be_checked()
    page.keyboard.press("m")
    expect(page.get_by_text("1 pair waits.")).to_be_visible()
    assert Customer.objects.exclude(merged_into=None).count() == 1

    page.keyboard.press("u")
    expect(page.get_by_text("are two again")).to_be_visible()
    assert Customer.objects.exclude(merged_into=None).count() == 0


def test_not_the_same_by_keyboard_on_a_phone(
    page_for: OpenPage, owner: Member, pairs: list[Customer], axe: Axe
) -> None:
    page = page_for(owner, path="/customers/duplicates/", width="phone")
    axe(page)

    page.keyboard.press("n")
    expect(page.get_by_text("1 pair waits.")).to_be_visible()
    page.keyboard.press("n")

    expect(page.get_by_text("Nobody seems to be on the list twice.")).to_be_visible()
    assert set(Duplicate.objects.values_list("state", flat=True)) == {"apart"}
    assert [one.archived_at for one in Customer.objects.all()] == [None] * 4
