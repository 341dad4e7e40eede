"""A whole day on Today: by keyboard, by thumb, with undo; clean for axe in every state."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from regulars.conversations.models import Touch
from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.planning.actions import make_plans
from regulars.team.models import Business, Member
from tests.factories.conversations import make_touch
from tests.factories.orders import make_order
from tests.factories.planning import items_of, make_due

OpenPage = Callable[..., Page]
Axe = Callable[[Page], None]


@pytest.fixture
def day(manager: Member, business: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three customers on the list of a Tuesday; the server's clock stands still too."""
    monkeypatch.setenv("REGULARS_NOW", "2026-11-24T09:10:00+00:00")
    for name, stake in (("Ruth Calloway", 900), ("Samuel Birch", 800), ("Joss Tully", 700)):
        customer = make_due(name, manager=manager, stake=stake * 100)
        make_order(customer, datetime(2026, 11, 18).date())  # noqa: DTZ001
        make_touch(
            customer,
            datetime.fromisoformat("2026-09-05T10:00+00:00"),
            said="If the seeded one comes back, put two by for me.",
        )
    business_day = business.day_of(clock.now())
    make_plans(day=business_day, by=COMMAND, at=clock.now())


@pytest.mark.usefixtures("day")
def test_the_whole_day_by_keyboard(page_for: OpenPage, manager: Member) -> None:
    page = page_for(manager)
    card = page.locator("#card")
    expect(card).to_contain_text("Call Ruth")

    page.keyboard.press("j")
    expect(card).to_contain_text("Call Samuel")
    page.keyboard.press("k")
    expect(card).to_contain_text("Call Ruth")

    page.keyboard.press("d")
    expect(page.get_by_label("What did they say?")).to_be_focused()
    page.keyboard.type("Will be in on Friday.")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Done: Ruth Calloway. Spoke.")
    expect(card).to_contain_text("Call Samuel")

    page.keyboard.press("l")
    page.get_by_role("button", name="Tomorrow").press("Enter")
    expect(page.locator(".list")).to_contain_text("Asked again on 25 November.")
    expect(card).to_contain_text("Call Joss")

    page.keyboard.press("n")
    expect(page.get_by_label("Why not now?")).to_be_focused()
    page.keyboard.type("On holiday.")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("That was everyone for today.")

    assert [(t.said, t.outcome) for t in Touch.objects.filter(member=manager)] == [
        ("Will be in on Friday.", "reached")
    ]


@pytest.mark.usefixtures("day")
def test_what_was_done_is_taken_back_by_key_and_by_button(
    page_for: OpenPage, manager: Member
) -> None:
    page = page_for(manager)
    done = page.locator(".row.done")

    page.keyboard.press("d")
    page.get_by_role("button", name="Left a message").click()
    expect(done).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(done).to_have_count(0)
    expect(page.locator("#card")).to_contain_text("Call Ruth")

    page.keyboard.press("d")
    page.get_by_role("button", name="Spoke").click()
    expect(done).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(done).to_have_count(0)

    assert Touch.objects.filter(member=manager).standing().count() == 0
    assert len(items_of(manager)) == 3


@pytest.mark.usefixtures("day")
def test_the_day_under_the_thumb(page_for: OpenPage, manager: Member) -> None:
    page = page_for(manager, width="phone")
    card = page.locator("#card")
    expect(card.get_by_role("link", name="Call Ruth")).to_have_attribute(
        "href", "tel:+442079460991"
    )

    card.get_by_role("link", name="Done").locator("visible=true").tap()
    page.get_by_role("button", name="Spoke").tap()
    expect(card).to_contain_text("Call Samuel")
    card.get_by_role("link", name="Later").tap()
    page.get_by_role("button", name="In three days").tap()
    expect(card).to_contain_text("Call Joss")
    page.get_by_role("link", name="The whole list").tap()
    expect(page.locator(".row.done")).to_be_visible()
    page.get_by_role("link", name="Back to the card").tap()
    expect(card).to_be_visible()


@pytest.mark.usefixtures("day")
def test_a_card_is_handed_over(page_for: OpenPage, manager: Member, owner: Member) -> None:
    page = page_for(manager)

    page.keyboard.press("a")
    page.get_by_label("To whom").select_option(label=owner.name)
    page.get_by_role("button", name="Just today").click()

    expect(page.locator(".list")).to_contain_text(f"Handed over to {owner.name}.")
    assert [item.customer.name for item in items_of(owner)] == ["Ruth Calloway"]


@pytest.mark.usefixtures("day")
def test_it_works_without_scripts(page_for: OpenPage, manager: Member) -> None:
    page = page_for(manager, scripts=False)

    page.get_by_role("link", name="Done").locator("visible=true").click()
    page.get_by_role("button", name="Spoke").click()

    expect(page.locator(".list")).to_contain_text("Done: Ruth Calloway. Spoke.")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".row.done")).to_have_count(0)


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(
    page_for: OpenPage, manager: Member, axe_in_both_lights: Axe, width: int
) -> None:
    page = page_for(manager, width=width)
    axe_in_both_lights(page)
    for act in ("done", "later", "not_now", "hand_over"):
        page.goto(f"/?act={act}")
        axe_in_both_lights(page)
    page.goto("/?list=1")
    axe_in_both_lights(page)


def test_the_first_page_and_the_empty_day_are_clean_too(
    page_for: OpenPage, owner: Member, manager: Member, axe: Axe, work: Callable[[], int]
) -> None:
    page = page_for(owner)
    expect(page.get_by_role("link", name="Bring your customers and orders")).to_be_visible()
    axe(page)

    make_due(manager=manager)
    page.goto("/")
    expect(page.locator("#card")).to_contain_text("Your list for today is being made.")
    axe(page)
    work()
    expect(page.locator("#card")).not_to_contain_text("being made")
    axe(page)


@pytest.mark.usefixtures("business")
def test_the_cadences_are_clean(page_for: OpenPage, owner: Member, axe: Axe) -> None:
    page = page_for(owner, path="/plan/cadences")
    expect(page.get_by_label("Core: at least every … days")).to_have_value("30")
    axe(page)
