"""The week ahead from Today, one move and its undo; the team."""

from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page, Route, expect

from regulars.core import clock
from regulars.planning.models import NextContact
from regulars.team.models import WorkingMinutes
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.planning import make_facts
from tests.factories.team import make_business, make_member

HEARD = "document.body.dispatchEvent(new Event('week-changed'))"


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


def test_a_part_that_hears_twice_shows_what_stood_last(page_for: OpenPage) -> None:
    business = make_business()
    nora = make_member("owner", name="Nora Whitlock")
    customer = make_customer("Ruth", manager=nora)
    make_facts(customer)
    today = business.day_of(clock.now())
    NextContact.objects.create(customer=customer, due_on=today)
    page = page_for(nora, path="/plan/week")
    expect(page.get_by_text("1 customer comes due by the end of the week.")).to_be_visible()
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    page.route("**/plan/week", hold_the_first)
    page.evaluate(HEARD)
    page.wait_for_function("document.querySelector('#week.htmx-request')")
    NextContact.objects.update(due_on=today + timedelta(days=40))
    page.evaluate(HEARD)

    expect(page.get_by_text("Nobody comes due in the next seven days.")).to_be_visible()
    assert len(held) == 2
