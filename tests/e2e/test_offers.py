"""An offer in a browser: from an idea on a desk to a code that was used on a phone at the till."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from regulars.core import clock
from regulars.offers.codes import spelled
from regulars.offers.models import Offer, Redemption
from regulars.offers.queries.codes import codes_of
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.planning import make_facts
from tests.factories.portal import link_to

Axe = Callable[[Page], None]


def plan(desk: Page, axe_in_both_lights: Axe) -> None:
    """A fifth off, for the core first, as somebody writes it on a desk."""
    ends = clock.now() + timedelta(days=20)
    desk.get_by_role("link", name="Write an offer").click()
    desk.get_by_label("What do they get?").fill("A fifth off the rye")
    desk.get_by_label("A share of the price off").check()
    desk.get_by_label("Percent off").fill("20")
    axe_in_both_lights(desk)
    desk.get_by_role("button", name="Keep it").click()
    desk.get_by_role("link", name="Add a wave").click()
    # The first wave is the core's unless somebody says otherwise.
    desk.get_by_label("Ends").fill(f"{ends:%Y-%m-%dT18:00}")
    desk.get_by_role("button", name="Keep the wave").click()
    desk.get_by_role("button", name="Let it stand").click()
    expect(desk.get_by_text("20 % off · open until")).to_be_visible()


def test_from_an_idea_to_a_code_used_on_a_phone(
    page_for: OpenPage, owner: Member, axe_in_both_lights: Axe, work: Callable[[], int]
) -> None:
    ruth = make_customer()
    make_facts(ruth, tier="core")
    desk = page_for(owner, path="/offers/")
    plan(desk, axe_in_both_lights)
    work()
    offer = Offer.objects.get()
    [code] = codes_of(offer, [ruth.pk]).values()

    theirs = page_for(None, width=390, path=link_to("offers", ruth, clock.now()))
    theirs.get_by_role("button", name="Show my offers").click()
    expect(theirs.get_by_text(spelled(code))).to_be_visible()
    axe_in_both_lights(theirs)
    till = page_for(owner, width="phone", path="/till/")
    # As somebody reads it out, in small letters and with spaces.
    till.get_by_label("Code").fill(spelled(code).replace("-", " ").lower())
    till.keyboard.press("Enter")
    expect(till.get_by_text(ruth.name)).to_be_visible()
    axe_in_both_lights(till)
    till.get_by_role("button", name="Use it").click()
    expect(till.get_by_text("Used: A fifth off the rye, 20 % off.")).to_be_visible()
    assert Redemption.objects.get().customer == ruth

    till.get_by_label("Code").fill(code)
    till.keyboard.press("Enter")
    expect(till.get_by_text("It has been used already")).to_be_visible()
    desk.goto(f"/offers/{offer.pk}/first")
    expect(desk.get_by_text(f"{ruth.name} · Core customers")).to_be_visible()
