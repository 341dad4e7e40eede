"""The week ahead from Today, one move and its undo; the team."""

from collections.abc import Callable
from datetime import date

from playwright.sync_api import Page, expect

from regulars.core import clock
from regulars.planning.models import NextContact
from regulars.team.models import WorkingMinutes
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.planning import make_facts
from tests.factories.team import make_business, make_member


def test_what_one_cannot_do_is_given_to_another_and_back(
    page_for: OpenPage, axe_in_both_lights: Callable[[Page], None]
) -> None:
    business = make_business()
    nora, tomasz = make_member("owner", name="Nora Whitlock"), make_member("manager", name="Tom B")
    WorkingMinutes.objects.all().delete()
    WorkingMinutes.objects.bulk_create(
        WorkingMinutes(member=nora, weekday=weekday, minutes=60) for weekday in range(7)
    )
    today: date = business.day_of(clock.now())
    for nth in range(3):
        customer = make_customer(f"Ruth {nth}", manager=tomasz)
        make_facts(customer, tier="core" if nth == 0 else "active")
        NextContact.objects.create(customer=customer, due_on=today)
    page = page_for(nora, path="/")

    page.get_by_role("link", name="The week ahead").click()
    expect(page.get_by_text("3 customers come due by the end of the week.")).to_be_visible()
    axe_in_both_lights(page)
    page.get_by_role("button", name="Give Nora 2").click()
    expect(page.get_by_text("Nora Whitlock looks after 2 more customers")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Give Nora 2")).to_be_visible()
    page.get_by_role("link", name="The team").click()

    expect(page.get_by_text("0 of 1 core customer had a visit")).to_be_visible()
    axe_in_both_lights(page)
