"""A disruption from Today to the first word to everybody and back, with a real browser."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from regulars.core import clock
from regulars.messaging.models import Hold, Message
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.bulk import make_crowd

Axe = Callable[[Page], None]
Work = Callable[[], int]
EVERYBODY = 400
# What the product promises: actions besides typing the text.
FOR_THE_FIRST, FOR_THE_NEXT = 12, 5


@dataclass
class Hand:
    """Counts what a person does: each click, and each field that is gone to."""

    actions: int = 0

    def click(self, what: Locator) -> None:
        self.actions += 1
        what.click()

    def fill(self, what: Locator, text: str) -> None:
        self.actions += 1
        what.fill(text)


def box(page: Page, name: str) -> Locator:
    return page.get_by_label(f"{name} (may be left out)", exact=True)


def test_a_disruption_is_declared_and_everybody_is_told_within_a_dozen_actions(
    page_for: OpenPage, owner: Member, axe_in_both_lights: Axe, work: Work
) -> None:
    make_crowd(EVERYBODY, at=clock.now())
    page, hand = page_for(owner), Hand()

    hand.click(page.get_by_role("link", name="Something has happened"))
    hand.fill(page.get_by_label("What has happened?"), "A fire in the oven room")
    hand.click(page.get_by_role("button", name="Declare it: selling waits"))
    hand.click(page.get_by_role("link", name="Write the first bulletin"))
    hand.fill(box(page, "What we know"), "Nobody was hurt.")
    hand.fill(box(page, "What we do not know yet"), "When we can open again.")
    hand.fill(box(page, "What we are doing"), "The fire brigade looks at the building.")
    hand.click(page.get_by_role("button", name="Look at it before it is published"))
    hand.click(page.get_by_role("button", name=f"Publish it and tell {EVERYBODY} customers"))
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    work()

    assert hand.actions <= FOR_THE_FIRST
    assert Message.objects.filter(purpose="inform").count() == EVERYBODY
    _the_next_update(page, work)
    _over_again(page, axe_in_both_lights, work)


def _the_next_update(page: Page, work: Work) -> None:
    hand = Hand()
    hand.click(page.get_by_role("link", name="Write the next update"))
    hand.fill(box(page, "What we do not know yet"), "When the second oven comes.")
    hand.click(page.get_by_role("button", name="Look at it before it is published"))
    hand.click(page.get_by_role("button", name=f"Publish it and tell {EVERYBODY} customers"))
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()
    work()

    assert hand.actions <= FOR_THE_NEXT
    assert Message.objects.filter(purpose="inform").count() == 2 * EVERYBODY


def _over_again(page: Page, axe_in_both_lights: Axe, work: Work) -> None:
    page.goto("/recovery/declare")
    axe_in_both_lights(page)
    page.goto("/recovery/")
    page.get_by_role("link", name="A fire in the oven room").first.click()
    expect(page.get_by_role("heading", name="A fire in the oven room")).to_be_visible()
    axe_in_both_lights(page)
    assert Hold.objects.standing_at(clock.now()).exists()
    page.get_by_role("link", name="It is over").click()
    axe_in_both_lights(page)
    page.get_by_role("button", name="It is over").click()
    work()
    page.reload()
    expect(page.get_by_text("It is over. It hit all customers")).to_be_visible()
    assert not Hold.objects.standing_at(clock.now()).exists()
