"""The improvement board in a browser: by mouse and keyboard, at a desk and on a phone."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from regulars.cases.models import Cause
from regulars.core import clock
from regulars.learning.actions.improving import Plan, add_improvement
from regulars.learning.models import Improvement
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.cases import make_case

Axe = Callable[[Page], None]


def test_from_a_cause_to_something_done_about_it_and_back(
    page_for: OpenPage, owner: Member, axe_in_both_lights: Axe
) -> None:
    case = make_case(clock.now() - timedelta(days=2))
    case.cause = Cause.objects.create(name="Van late", folded="van late")
    case.save()
    page = page_for(owner, path="/learning/causes/")

    axe_in_both_lights(page)
    page.get_by_role("link", name="Van late").first.click()
    page.get_by_role("link", name="Do something about it").click()
    expect(page.get_by_label("What is it about?")).to_have_value(f"cause:{case.cause.pk}")
    page.get_by_label("What do we do about it?").fill("Load the evening before")
    axe_in_both_lights(page)
    page.get_by_label("What do we do about it?").press("Enter")

    expect(page.get_by_text("Written down: it is on the board.")).to_be_visible()
    page.get_by_role("button", name="Begin Load the evening before").press("Enter")
    expect(page.get_by_text("Under way ·")).to_be_visible()
    page.get_by_role("button", name="It is done Load the evening before").click()
    expect(page.get_by_text("Whether it fell is looked at from now on.")).to_be_visible()
    expect(page.get_by_text("Under way ·")).to_be_hidden()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Under way ·")).to_be_visible()
    assert Improvement.objects.get().stage == "doing"


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
