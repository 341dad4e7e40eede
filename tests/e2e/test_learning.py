"""The improvement board in a browser, on a phone."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from regulars.core import clock
from regulars.learning.actions.improving import Plan, add_improvement
from regulars.learning.models import Improvement
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage

Axe = Callable[[Page], None]


def test_the_board_on_a_phone(page_for: OpenPage, owner: Member, axe_in_both_lights: Axe) -> None:
    at = clock.now()
    plan = Plan("theme:late", "Ring before the van leaves", owner.pk, at.date() - timedelta(days=3))
    add_improvement(plan, by=owner.actor, at=at)
    page = page_for(owner, width="phone", path="/learning/improvements/")

    expect(page.get_by_text("1 is later than we said.")).to_be_visible()
    axe_in_both_lights(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Leave it Ring before the van leaves").click()

    expect(page.get_by_text("Ten complaints that say the same")).to_be_visible()
    assert Improvement.objects.get().stage == "left"
