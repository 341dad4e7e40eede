"""The note desk and the means of a day in a browser: a note on its way, and every page by axe."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from regulars.consent.choices import Channel
from regulars.core import clock
from regulars.notes.models import Note
from regulars.planning.models import Plan, PlanItem
from regulars.team.models import Business, Member
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_point
from tests.factories.notes import at_home
from tests.factories.planning import make_facts

Axe = Callable[[Page], None]


def test_a_note_goes_into_the_post_and_every_page_of_the_means_can_be_read(
    page_for: OpenPage, owner: Member, business: Business, axe_in_both_lights: Axe
) -> None:
    ruth = at_home("Ruth Calloway", manager=owner)
    make_point(ruth, "phone", "020 7946 0991")
    make_facts(ruth, tier="core")
    now = clock.now()
    plan = Plan.objects.create(member=owner, day=business.day_of(now), minutes=60, made_at=now)
    items = [
        PlanItem.objects.create(
            plan=plan, customer=customer, position=place, channel=channel, purpose="serve",
            minutes=6, reason="first_purchase", due_on=plan.day, values={"first_on": "2026-11-20"},
        )
        for place, (customer, channel) in enumerate(
            ((ruth, Channel.CALL), (at_home("Otis Bell"), Channel.VISIT))
        )
    ]  # fmt: skip
    page = page_for(owner, path=f"/notes/to/{ruth.pk}")

    page.get_by_label("Your words").fill("Dear Ruth, 20% off for you.")
    page.get_by_role("button", name="Put it on the desk").click()
    expect(page.get_by_text("Ruth Calloway is loyal to you")).to_be_visible()
    axe_in_both_lights(page)
    page.get_by_label("Your words").fill("Dear Ruth,\n\n")
    page.get_by_role("button", name="Thank you for coming to us since").click()
    page.get_by_role("button", name="Put it on the desk").click()
    expect(page.get_by_role("heading", name="Ready to print")).to_be_visible()
    axe_in_both_lights(page)
    page.get_by_role("button", name="Put these on paper").click()
    expect(page.get_by_role("heading", name="1 note on paper")).to_be_visible()
    axe_in_both_lights(page)
    page.get_by_role("button", name="This note is in the post").click()
    expect(page.locator("#toasts").get_by_text("1 note is in the post.")).to_be_visible()
    assert "since May 2024" in Note.objects.get().words
    page.locator("#toasts").get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("heading", name="On paper, not in the post yet")).to_be_visible()

    for path in (f"/plan/call/{items[0].pk}", f"/plan/brief/{ruth.pk}", "/plan/route",
                 "/plan/calendar"):  # fmt: skip
        page.goto(path)
        axe_in_both_lights(page)
