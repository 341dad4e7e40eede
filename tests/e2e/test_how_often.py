"""How often customers hear from us, and why: a change that the page suggests, a reason ended."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from regulars.team.models import WorkingMinutes
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.planning import make_facts
from tests.factories.team import make_business, make_member


def test_a_suggestion_is_taken_and_undone_and_a_reason_switched_off(
    page_for: OpenPage, axe_in_both_lights: Callable[[Page], None]
) -> None:
    make_business()
    nora = make_member("owner", name="Nora Whitlock")
    WorkingMinutes.objects.update(minutes=1)
    for nth in range(20):
        make_facts(make_customer(f"Ruth {nth}", manager=nora), tier="active")
    page = page_for(nora, path="/plan/cadences")

    axe_in_both_lights(page)
    page.get_by_role("button", name="Active: every 90 days").click()
    expect(page.get_by_label("Active: at least every … days")).to_have_value("90")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Active: at least every … days")).to_have_value("60")
    page.get_by_role("link", name="Reasons").click()

    axe_in_both_lights(page)
    row = page.get_by_role("row", name="Later than usual")
    row.get_by_role("button", name="Switch off").click()
    expect(row.get_by_role("button", name="Give it again")).to_be_visible()
