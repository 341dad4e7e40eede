"""The list in a browser: a filter built, kept and changed; two people in one cell; the board."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from regulars.customers.models import Customer, Tag
from regulars.insight.models import CustomerFacts, TierOverride
from regulars.lists.models import View
from regulars.lists.queries import answers, pages
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer, make_point
from tests.factories.orders import make_order

OpenPage = Callable[..., Page]
Axe = Callable[[Page], None]
FILTER = "/customers/filter?" + urlencode(
    {"f": '{"field":"customer.city","is":"is","value":"York"}'}
)
ABOUT = "/customers/?cols=customer.about,insight.tier,customer.city"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def people(owner: Member) -> list[Customer]:
    made = [
        make_customer(name, about="No nuts.") for name in ("Ruth Mill", "Oscar Weir", "Rose Mill")
    ]
    for one, city in zip(made, ("York", "Leeds", "York"), strict=True):
        make_point(one, "address", f"1 {one.name}", city=city)
    return made


def test_filter_save_change_many_and_undo(
    page_for: OpenPage, owner: Member, people: list[Customer]
) -> None:
    tag = Tag.objects.create(name="trade", folded="trade", created_at=A_DAY)
    page = page_for(owner, path="/customers/")
    page.get_by_role("link", name="and more …").click()

    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("What it asks about").select_option(label="Town")
    page.get_by_label("How it is compared").select_option(label="is")
    page.get_by_label("With what").fill("York")
    # A button that is drawn anew under the pointer is not pressed.
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.get_by_role("button", name="Show them").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(".sentence")).to_contain_text("Town is “York”")

    page.get_by_role("button", name="Keep this …").click()
    page.get_by_label("Its name").fill("In York")
    page.get_by_role("button", name="Save as a view").click()
    expect(page.get_by_role("link", name="In York")).to_have_attribute("aria-current", "page")
    assert View.objects.get().name == "In York"

    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="Change them …").click()
    page.get_by_label("They get the tag").check()
    page.get_by_role("button", name="Change 2 customers").click()
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("Done: 2 customers, tagged “trade”.")
    assert tag.tagged.count() == 2

    toast.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Taken back: everything is as it was before.")
    assert tag.tagged.count() == 0


def test_two_people_in_one_cell(
    page_for: OpenPage, owner: Member, manager: Member, people: list[Customer]
) -> None:
    name = "About them, in our words of Ruth Mill: No nuts.. Change it"
    nora, tomasz = page_for(owner, path=ABOUT), page_for(manager, path=ABOUT)
    for page in (nora, tomasz):
        page.get_by_role("button", name=name).click()
        expect(page.locator(".cellform textarea")).to_be_focused()

    tomasz.locator(".cellform textarea").fill("No gluten.")
    tomasz.keyboard.press("Control+Enter")
    expect(tomasz.locator("#toasts")).to_contain_text("Done: About them")
    nora.locator(".cellform textarea").fill("Seeded rye.")
    nora.keyboard.press("Control+Enter")

    expect(nora.locator(".cellform")).to_contain_text(
        "Tomasz Wilk was faster: it says “No gluten.”"
    )
    nora.get_by_role("button", name="Write mine").click()
    expect(nora.locator("tbody")).to_contain_text("Seeded rye.")
    nora.locator("[data-toast-undo]").click()
    expect(nora.locator("tbody")).to_contain_text("No gluten.")


def test_the_filter_needs_no_script(
    page_for: OpenPage, owner: Member, people: list[Customer]
) -> None:
    page = page_for(owner, path="/customers/filter", scripts=False)

    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("What it asks about").select_option(label="Town")
    page.locator("noscript button, button:not(.sr)[value=show]").first.click()
    page.get_by_label("How it is compared").select_option(label="is")
    page.get_by_label("With what").fill("Leeds")
    page.get_by_role("button", name="Show them").click()

    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_card_is_moved_by_its_menu_and_by_hand(
    page_for: OpenPage, owner: Member, people: list[Customer]
) -> None:
    CustomerFacts.objects.create(customer=people[0], tier="slipping")
    page = page_for(owner, path="/customers/tiers")

    page.get_by_label("Move Ruth Mill to another tier").press("Enter")
    page.locator("details[open] [data-tier]").select_option("core")
    page.locator("details[open] [data-reason]").fill("Back again")
    page.keyboard.press("Enter")
    expect(page.locator("[data-lane=core]")).to_contain_text("by hand: Back again")

    page.locator("[data-card]", has_text="Oscar Weir").drag_to(page.locator("[data-lane=active]"))
    expect(page.locator("details[open] [data-tier]")).to_have_value("active")
    page.keyboard.type("Comes weekly")
    page.keyboard.press("Enter")
    expect(page.locator("[data-lane=active]")).to_contain_text("Oscar Weir")
    assert TierOverride.objects.count() == 2


@pytest.mark.parametrize(
    "path",
    [
        ABOUT, FILTER, "/customers/columns", "/customers/tiers", "/customers/operations",
        "/exports/", "/customers/segments/",
    ],
    ids=["list", "filter", "columns", "board", "operations", "exports", "segments"],
)  # fmt: skip
@pytest.mark.parametrize(("width", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_nothing_found(
    page_for: OpenPage, axe: Axe, owner: Member, people: list[Customer], path: str, width: str,
    scheme: str,
) -> None:  # fmt: skip
    page = page_for(owner, width=width, scheme=scheme, path=path)

    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_takes_too_long_is_worked_out_and_then_shown(
    page_for: OpenPage, axe: Axe, work: Callable[[], int], owner: Member,
    people: list[Customer], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for limit in ("LONGEST_PAGE", "LONGEST_COUNT"):
        monkeypatch.setattr(pages, limit, timedelta(0))
    monkeypatch.setattr(answers, "WORTH_KEEPING", 1)
    make_order(people[0], timezone.localdate())
    bought = '{"event":"order","in":{"days":30}}'
    page = page_for(owner, path="/customers/?" + urlencode({"f": bought}))
    page.clock.install()
    page.reload()

    expect(page.get_by_text("takes longer than a page may")).to_be_visible()
    expect(page.locator(".result [role=status]")).to_have_text("not counted yet")
    expect(page.get_by_text("counting them all …")).to_be_visible()
    axe(page)

    monkeypatch.setattr(pages, "LONGEST_PAGE", timedelta(seconds=30))
    assert work() > 0
    page.clock.fast_forward(2000)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator(".result [role=status]")).to_have_text("1 found")
    expect(page.locator(".result")).to_contain_text("counted")
    expect(page.locator("#found")).to_contain_text("Orders as counted today")
    axe(page)
