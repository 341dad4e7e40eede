"""The Insight page in a real browser."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from regulars.insight.models import Refresh
from regulars.team.models import Business, Member
from tests.e2e.conftest import OpenPage
from tests.factories.insight import days_ago, make_buyer, make_stranger, refreshed

Look = Callable[[Page], None]
PICTURES = os.environ.get("REGULARS_PICTURES", "")
NAMES = ["Ruth Calloway", "Florian Neumann", "Asha Pillai", "The Lamb Inn", "Kofi Mensah"]


@pytest.fixture
def counted(business: Business, at: object) -> Refresh:
    """Forty buyers of many rhythms, a few of them big, and some who never bought."""
    for place in range(40):
        make_buyer(
            *[place % 9 + 4] * (place % 8),
            last=days_ago(place % 23 + (place % 3) * 11),
            spend=400 + 90_000 // (place + 2),
            name=f"{NAMES[place % 5]} {place}",
        )
    for place in range(5):
        make_stranger(name=f"Stranger {place}")
    return refreshed()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_reads_well(
    counted: Refresh,
    owner: Member,
    page_for: OpenPage,
    axe_in_both_lights: Look,
    width: int,
) -> None:
    page = page_for(owner, width=width, path="/insight/")

    expect(page.get_by_role("heading", level=1)).to_have_text(
        "4 core customers among many who count"
    )
    expect(page.get_by_role("link", name=re.compile("^Slipping"))).to_be_visible()
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("columnheader", name="Share of the money")).to_be_visible()
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/insight-{width}.png", full_page=True)
    axe_in_both_lights(page)


def test_counting_again_shows_how_far_it_is_and_then_the_new_numbers(
    counted: Refresh, owner: Member, page_for: OpenPage, axe: Look, work: Callable[[], int]
) -> None:
    page = page_for(owner, path="/insight/")
    make_stranger(name="Came later")

    page.get_by_role("button", name="Count again").click()
    expect(page.get_by_role("status").filter(has_text="The count begins")).to_be_visible()
    axe(page)
    work()

    expect(page.get_by_text("46 customers,")).to_be_visible()
    expect(page.get_by_role("button", name="Count again")).to_be_visible()
    assert Refresh.objects.count() == 2


def test_before_orders_the_page_teaches(
    owner: Member, page_for: OpenPage, axe: Look, at: object
) -> None:
    page = page_for(owner, path="/insight/")

    expect(page.get_by_role("link", name="Bring your orders")).to_be_visible()
    axe(page)


def test_counting_works_without_a_script(
    counted: Refresh, owner: Member, page_for: OpenPage
) -> None:
    page = page_for(owner, path="/insight/", scripts=False)

    page.get_by_role("button", name="Count again").click()

    expect(page.get_by_text("The count begins in a moment")).to_be_visible()
