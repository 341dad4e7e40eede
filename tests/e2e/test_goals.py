"""From fixed costs to today's calls: break-even from nothing, goals from it, a call on Today."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from regulars.messaging.models import Standing
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.orders import make_order
from tests.factories.planning import first_touch, make_facts
from tests.factories.team import make_business, make_member

Work = Callable[[], int]
Axe = Callable[[Page], None]


@pytest.fixture
def nora(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Member:
    """An owner with one regular, who is due and whom nobody else gives a reason to call."""
    monkeypatch.setenv("REGULARS_NOW", "2026-11-24T09:10:00+00:00")
    make_business()
    nora = make_member("owner", name="Nora Whitlock")
    ruth = make_customer("Ruth Calloway", manager=nora, phone="020 7946 0991")
    make_facts(
        ruth, tier="active", purchase_count=10, spend_minor=300_000,
        last_on=date(2026, 10, 20), due_on=date(2026, 11, 20),
    )  # fmt: skip
    first_touch(ruth, date(2026, 12, 20))
    make_order(ruth, date(2026, 10, 20), 30_000)
    # Served three times since anything was sold to her: now we may ask for something.
    Standing.objects.create(customer=ruth, balance=3)
    return nora


def what_it_costs(page: Page) -> None:
    """Break-even from nothing: a cost, and what is left of a sale."""
    page.get_by_role("link", name="Write down the first cost").click()
    page.get_by_label("What is paid").fill("Rent")
    page.get_by_label("Amount").fill("500")
    page.get_by_role("button", name="Keep it").click()
    page.goto("/goals/break-even")
    page.get_by_role("link", name="Say what is left of a sale").click()
    page.get_by_label("What is sold").fill("Bread")
    page.get_by_label("Left of each 100").fill("60")
    page.get_by_role("button", name="Keep it").click()


def test_from_an_empty_break_even_to_a_call_on_today(
    page_for: OpenPage, nora: Member, work: Work, axe_in_both_lights: Axe
) -> None:
    page = page_for(nora, path="/goals/break-even")
    what_it_costs(page)
    page.goto("/goals/")
    expect(page.get_by_text("You break even at")).to_be_visible()

    page.get_by_role("link", name="Share break-even out").click()
    page.get_by_label("By", exact=True).select_option("goods")
    page.get_by_role("button", name="Share it out so").click()
    axe_in_both_lights(page)
    page.get_by_label("Who sees to it").select_option(label="Nora Whitlock")
    page.get_by_role("button", name="Offer these goals").click()
    expect(page.get_by_text("Nora Whitlock has taken it on.")).to_be_visible()
    work()
    page.reload()
    axe_in_both_lights(page)
    page.get_by_role("link", name="Bread").click()
    expect(page.get_by_role("row", name="Ruth Calloway")).to_be_visible()
    axe_in_both_lights(page)

    page.goto("/")
    # The page itself asks for its list, once it is there.
    expect(page.get_by_text("Your list for today is being made.")).to_be_visible()
    work()
    page.goto("/")
    expect(page.locator("#card")).to_contain_text("A purchase as they usually make it")
