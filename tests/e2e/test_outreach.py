"""A campaign from its segment to what it brought; help offered on a phone, and thanked for."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from regulars.core import clock
from regulars.core.actor import COMMAND, SYSTEM
from regulars.core.signed_links import make_link
from regulars.outreach.actions.helping import note_way
from regulars.outreach.actions.learning import learn_what_they_brought
from regulars.outreach.choices import WayKind
from regulars.outreach.models import HelpOffered
from regulars.planning.actions import make_plans
from regulars.team.models import Business, Member
from regulars.verdicts.actions import look_at
from regulars.verdicts.models import Trial
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.goals import make_group
from tests.factories.outreach import make_reachable, make_segment
from tests.factories.planning import first_touch, make_facts
from tests.factories.verdicts import make_buyers

Axe = Callable[[Page], None]
NOW, A_MONTH_ON = "2026-11-24T09:10:00+00:00", "2026-12-27T09:10:00+00:00"


@pytest.fixture(autouse=True)
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_NOW", NOW)


def write(page: Page) -> None:
    """Calls to those worth the most, and words for the others."""
    page.get_by_role("link", name="Write to them, or call them").click()
    page.get_by_label("What do you call it?").fill("Soup is back")
    page.get_by_label("Subject").fill("Soup is back")
    page.get_by_label("What you want to say").fill("{{ greeting }}\n\nSoup.\n\n{{ signature }}")
    page.get_by_label("Calls to those worth the most, a message to the others").check()
    page.get_by_label("What to say on the telephone").fill("Ask how they are.")


@pytest.mark.usefixtures("business")
def test_from_a_segment_to_what_it_brought(
    page_for: OpenPage, owner: Member, work: Callable[[], int], axe_in_both_lights: Axe,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    crowd = [make_reachable(f"Guest {nth:02}", phone=nth < 2) for nth in range(60)]
    segment = make_segment(clock.now(), crowd)
    make_group(clock.now(), "Bread")
    page = page_for(owner, path=f"/customers/segments/{segment.pk}/")

    write(page)
    axe_in_both_lights(page)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("58 of 58 customers get this.").first).to_be_visible()
    page.get_by_role("button", name="Leave 6 out by lot").click()
    page.goto("/campaigns/")
    page.get_by_role("link", name="Soup is back").click()
    expect(page.get_by_text("of these not: left out by lot")).to_be_visible()
    axe_in_both_lights(page)
    page.get_by_role("button", name="Approve it, and let it begin").click()
    work()
    page.reload()
    expect(page.get_by_text("0 of 2 have been spoken with since it began.")).to_be_visible()
    axe_in_both_lights(page)

    trial = Trial.objects.get()
    assert trial.begins_on is not None
    make_buyers(trial, trial.begins_on, got=1, left=0)
    monkeypatch.setenv("REGULARS_NOW", A_MONTH_ON)
    look_at(trial, look=4, at=clock.now())
    learn_what_they_brought(at=clock.now())
    later = page_for(owner, path="/campaigns/")
    later.get_by_role("link", name="Soup is back").click()
    expect(later.get_by_text("It was worth it: it brought about")).to_be_visible()
    axe_in_both_lights(later)


def test_help_offered_on_a_phone_is_thanked_for_by_whoever_looks_after_them(
    page_for: OpenPage, business: Business, helper: Member, axe_in_both_lights: Axe
) -> None:
    now = clock.now()
    ruth = make_customer("Ruth Calloway", manager=helper, phone="020 7946 0991")
    make_facts(ruth, tier="core", due_on=date(2026, 12, 20))
    first_touch(ruth, date(2026, 12, 20))
    note_way(WayKind.VOUCHER, words="Buy a voucher now, for bread later", how="From ten pounds.",
             by=SYSTEM, at=now)  # fmt: skip
    theirs = page_for(None, width="phone", path=f"/s/{make_link('ways', ruth.pk, '', now)}")

    axe_in_both_lights(theirs)
    theirs.get_by_label("Buy a voucher now, for bread later").check()
    theirs.get_by_label("In your words, if you like").fill("Two of them, gladly.")
    theirs.get_by_role("button", name="Send").click()
    expect(theirs.get_by_text("thanks you in person")).to_be_visible()
    axe_in_both_lights(theirs)

    make_plans(day=business.day_of(now + timedelta(hours=1)), by=COMMAND, at=now)
    today = page_for(helper, width="phone")
    expect(today.locator("#card")).to_contain_text("They would like to help you")
    today.get_by_role("link", name="Who would help").click()
    axe_in_both_lights(today)
    today.get_by_role("button", name="Ruth Calloway is thanked").click()
    expect(today.locator("#toasts").get_by_text("Thanked.")).to_be_visible()
    assert HelpOffered.objects.get().thanked_by == helper
