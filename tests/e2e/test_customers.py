"""The list and the page of a customer in a real browser: by keyboard, by thumb, in the dark."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from playwright.sync_api import Dialog, Page, expect

from regulars.conversations.models import Touch
from regulars.core import clock
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.insight.models import CustomerFacts
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.orders import make_line, make_order

OpenPage = Callable[..., Page]
Axe = Callable[[Page], None]
NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def list_of_customers(owner: Member) -> Iterator[Customer]:
    cache.clear()
    today = clock.now().date()
    ruth = make_customer(
        "Ruth Calloway", manager=owner, phone="+442079460018", email="ruth@calloway.example",
        about="Seeded rye. No nuts.",
    )  # fmt: skip
    for weeks in range(30):
        make_line(make_order(ruth, today - timedelta(days=19 + weeks * 7)))
    CustomerFacts.objects.create(
        customer=ruth, purchase_count=30, first_on=date(2026, 1, 1), year_spend_minor=131200,
        last_on=today - timedelta(days=19), due_on=today - timedelta(days=12), usual_gap_days=7,
        gap_spread=0.3, tier="core", stake_minor=131200,
    )  # fmt: skip
    make_touch(ruth, clock.now() - timedelta(days=40), by=owner.actor, said="Put two by for me.")
    make_customer(NASTY, kind=Kind.ORGANISATION, about=NASTY, manager=owner)
    for number in range(30):
        make_customer(f"Oscar Winslow {number}")
    yield ruth
    cache.clear()


def test_find_somebody_by_keyboard_alone(
    page_for: OpenPage, owner: Member, list_of_customers: Customer
) -> None:
    page = page_for(owner, path="/customers/")
    expect(page.locator(".result")).to_contain_text("32 customers")

    page.keyboard.press("/")
    page.keyboard.type("cal ru")

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Ruth Calloway")
    expect(page).to_have_url(re.compile(r"q=cal(\+|%20)ru"))
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Ruth Calloway":
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Ruth Calloway")


def test_log_a_call_in_under_ten_seconds_and_undo_it(
    page_for: OpenPage, owner: Member, list_of_customers: Customer
) -> None:
    page = page_for(owner, path=f"/customers/{list_of_customers.pk}/")
    began = time.monotonic()

    page.locator("#composer-body").click()
    page.keyboard.type("Pleased that we rang.")
    page.keyboard.press("Control+Enter")

    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("Done: called Ruth.")
    expect(page.locator("#timeline .entry").first).to_contain_text("Pleased that we rang.")
    assert time.monotonic() - began < 10
    expect(page.locator("#composer-body")).to_have_value("")

    toast.get_by_role("button", name="Undo").click()

    expect(page.locator("#timeline")).not_to_contain_text("Pleased that we rang.")
    assert Touch.objects.standing().count() == 1


def test_earlier_entries_unfold_by_month(
    page_for: OpenPage, owner: Member, list_of_customers: Customer
) -> None:
    page = page_for(owner, path=f"/customers/{list_of_customers.pk}/")

    page.get_by_role("link", name="Earlier: 11 entries").click()
    month = page.locator("#timeline details").first
    month.locator("summary").click()

    expect(month.locator(".entry").first).to_contain_text("Bought for £18.40")


def test_the_page_works_without_scripts(
    page_for: OpenPage, owner: Member, list_of_customers: Customer
) -> None:
    page = page_for(owner, path="/customers/?q=ruth", scripts=False)
    page.get_by_role("link", name="Ruth Calloway").click()

    page.locator("#composer-body").fill("Written without scripts.")
    page.get_by_role("button", name="Write it down").click()

    expect(page.locator("#timeline .entry").first).to_contain_text("Written without scripts.")
    page.get_by_role("link", name="Earlier").click()
    expect(page.locator("#timeline")).to_contain_text("Bought for £18.40")


def test_change_who_looks_after_a_selection_and_undo(
    page_for: OpenPage, owner: Member, manager: Member, list_of_customers: Customer
) -> None:
    page = page_for(owner, path="/customers/?q=oscar")
    page.locator("[data-pick]").first.check()
    page.locator("[data-pick]").nth(1).check()
    expect(page.locator("#bulk")).to_contain_text("2 selected.")

    page.locator("#bulk select").select_option(label=manager.name)
    page.get_by_role("button", name="Looks after them from now on").click()

    expect(page.locator("#toasts .toast")).to_contain_text("looks after 2 more customers")
    expect(page.locator("tbody")).to_contain_text("Tomasz")
    page.locator("[data-toast-undo]").click()
    expect(page.locator("tbody")).not_to_contain_text("Tomasz")
    assert Customer.objects.filter(manager=manager).count() == 0


def test_several_are_chosen_under_a_thumb(
    page_for: OpenPage,
    axe: Axe,
    owner: Member,
    manager: Member,
    list_of_customers: Customer,
) -> None:
    page = page_for(owner, width="phone", path="/customers/?q=oscar")
    boxes = page.locator("[data-pick]")
    expect(boxes.first).to_be_hidden()

    page.get_by_text("Choose several").tap()
    boxes.first.locator("..").tap()
    boxes.nth(1).locator("..").tap()
    expect(page.locator("#bulk")).to_contain_text("2 selected.")
    axe(page)
    page.get_by_label("Who looks after them").select_option(label=manager.name)
    page.get_by_role("button", name="Looks after them from now on").tap()

    expect(page.locator("#toasts .toast")).to_contain_text("looks after 2 more customers")
    assert Customer.objects.filter(manager=manager).count() == 2


def test_change_the_name_and_what_matters_in_place(
    page_for: OpenPage, owner: Member, list_of_customers: Customer
) -> None:
    page = page_for(owner, path=f"/customers/{list_of_customers.pk}/")
    page.get_by_text("More", exact=True).first.click()
    page.get_by_role("button", name="Change the name").click()
    page.locator("#edit-name").fill("Ruth Winslow")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Ruth Winslow")

    # The side is read anew with the name.
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.locator("#side summary", has_text="Write it down").click()
    page.locator("#edit-about").fill("Likes the window.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#side")).to_contain_text("Likes the window.")

    page.locator("#side summary", has_text="Add another").click()
    page.locator("#new-point").fill("no@")
    page.locator("#new-point").press("Enter")
    expect(page.locator("#side li", has_text="no@")).to_contain_text("Doubtful")


def test_strange_names_are_shown_and_open_no_dialog(
    page_for: OpenPage, owner: Member, list_of_customers: Customer
) -> None:
    page = page_for(owner, path="/customers/")
    dialogs: list[str] = []

    def close(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", close)

    page.locator("#q").fill("script alert")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name=NASTY).click()
    expect(page.locator("h1")).to_have_text(NASTY)
    page.locator("#composer-body").fill(NASTY)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline .entry").first).to_contain_text(NASTY)

    assert dialogs == []


@pytest.mark.parametrize("width", [320, 1280])
def test_every_width_in_both_lights_is_clean(
    page_for: OpenPage, owner: Member, axe_in_both_lights: Axe, list_of_customers: Customer,
    width: int,
) -> None:  # fmt: skip
    page = page_for(owner, width=width, path="/customers/")
    axe_in_both_lights(page)
    for path in ("/customers/?q=zzz", "/customers/new", f"/customers/{list_of_customers.pk}/"):
        page.goto(path)
        axe_in_both_lights(page)
