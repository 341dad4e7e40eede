"""The way back in a real browser: in both lights, at a desk and on a phone."""

from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import Page, expect

from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.recovery.views.test_way_back import burnt, counted, keep_weeks

Axe = Callable[[Page], None]


def test_the_way_back_reads_well_and_opens_those_who_are_not_back(
    owner: Member, page_for: OpenPage, axe_in_both_lights: Axe, at: datetime
) -> None:
    disruption = burnt(at)
    counted(disruption, at)
    keep_weeks(disruption, at, 1.0, 1.0, 0.2, 0.4, 0.55, 0.66, 0.745, 0.8)
    page = page_for(owner, path="/recovery/")
    expect(page.get_by_role("heading", name="80 % of an ordinary week")).to_be_visible()
    page.get_by_text("The same as a table").click()
    axe_in_both_lights(page)

    tiers = page.get_by_role("table", name="Tier on the eve")
    tiers.get_by_role("link", name="1", exact=True).click()

    expect(page.get_by_role("link", name="Ben")).to_be_visible()
