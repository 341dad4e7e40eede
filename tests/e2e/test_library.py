"""The library in a browser: from a pasted text to what came back, in every light."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from regulars.core import clock
from regulars.library.models import Share
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.library import STARTER, make_interest

Axe = Callable[[Page], None]


def test_a_text_is_pasted_shared_and_thanked_for(
    page_for: OpenPage, owner: Member, axe_in_both_lights: Axe
) -> None:
    ruth = make_customer(manager=owner)
    make_interest(ruth, "Starter", clock.now(), words="Mine sulks.")
    page = page_for(owner, path="/library/")

    page.get_by_label("Its title").fill("When the starter sulks")
    page.get_by_label("What it says").fill(STARTER)
    axe_in_both_lights(page)
    page.get_by_role("button", name="Who would thank us?").click()
    expect(page.get_by_role("link", name="Ruth Calloway")).to_be_visible()
    axe_in_both_lights(page)
    page.get_by_role("button", name="Put it on the shelf, to share it").click()
    page.get_by_label("What it is about").fill("Starter, Flour")
    axe_in_both_lights(page)
    page.get_by_role("button", name="Put it on the shelf").click()
    axe_in_both_lights(page)
    page.get_by_role("link", name="Share it with Ruth").click()
    axe_in_both_lights(page)
    page.get_by_role("button", name="Call").click()
    expect(page.get_by_text("Noted: Ruth knows of it.")).to_be_visible()

    page.goto(f"{page.url.split('/library')[0]}/customers/{ruth.pk}/")
    reads = page.locator("#reads")
    reads.get_by_role("button", name="Thanked us").click()
    expect(reads.get_by_text("Thanked us")).to_be_visible()
    expect(page.locator("#toasts").get_by_text("Noted: Thanked us.")).to_be_visible()
    assert Share.objects.get().answer == "liked"


def test_why_we_are_different_is_written_and_proved(
    page_for: OpenPage, owner: Member, axe_in_both_lights: Axe
) -> None:
    page = page_for(owner, path="/library/why/")
    page.get_by_label("Why you are different").fill("The bread is baked here")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_text("Add a proof …").click()
    page.get_by_label("In words").fill("I know who baked it.")
    axe_in_both_lights(page)

    page.get_by_role("button", name="Note the proof").click()

    expect(page.get_by_text("Last proved today.")).to_be_visible()
    expect(page.get_by_text("All of it is proved.")).to_be_visible()
