"""Write, look, approve, send, stop and resume in a real browser; light, dark and on a phone."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from regulars.core import clock
from regulars.customers.models import Customer
from regulars.messaging.choices import State
from regulars.messaging.models import Message
from regulars.messaging.sending import drain
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import make_mailing, make_message

OpenPage = Callable[..., Page]
Axe = Callable[[Page], None]
Work = Callable[[], int]


@pytest.fixture
def ruth(owner: Member) -> Iterator[Customer]:
    cache.clear()
    yield make_customer("Ruth Calloway", email="ruth@calloway.example", manager=owner)
    cache.clear()


def test_write_to_one_see_it_as_they_will_and_take_it_back(
    page_for: OpenPage, owner: Member, ruth: Customer, axe: Axe
) -> None:
    page = page_for(owner, path=f"/customers/{ruth.pk}/")
    page.get_by_role("link", name="Write an e-mail").click()
    page.get_by_label("Subject").fill("Your loaf")
    page.get_by_label("What you want to say").fill(
        "{{ greeting }}\n\nIt is put by.\n\n{{ signature }}"
    )

    page.get_by_role("button", name="See it as they will").click()

    paper = page.frame_locator("iframe[name=paper]")
    expect(paper.get_by_text("It is put by.").first).to_be_visible()
    expect(paper.get_by_text("Ruth").first).to_be_visible()
    expect(page.locator("#verdict")).to_contain_text("Nothing stands in the way")
    axe(page)
    page.get_by_role("button", name="Send to Ruth").click()

    expect(page.get_by_role("status").filter(has_text="Written to Ruth")).to_be_visible()
    expect(page.locator("#timeline")).to_contain_text("Waiting to leave")
    page.keyboard.press("Control+z")
    expect(page.locator("#timeline")).to_contain_text("Taken back")
    assert Message.objects.get().state == State.CANCELLED


def test_from_ticks_to_the_last_message(
    page_for: OpenPage, owner: Member, ruth: Customer, axe: Axe, work: Work
) -> None:
    make_customer("Oscar Winslow")
    page = page_for(owner, path="/customers/")
    page.get_by_label("Select all on this page").check()
    page.get_by_role("button", name="Write to them").click()
    expect(page.locator(".says")).to_contain_text("Ruth Calloway, Oscar Winslow")
    page.get_by_label("Subject").fill("Open again")
    page.get_by_label("What you want to say").fill(
        "{{ greeting }}\n\nWe open at seven.\n\n{{ signature }}"
    )
    axe(page)
    page.get_by_role("button", name="Look at it before it leaves").click()

    expect(page.locator(".lead")).to_have_text("1 of 2 customers gets this.")
    expect(page.locator(".shares")).to_contain_text("We have no address of theirs")
    paper = page.frame_locator("iframe")
    expect(paper.get_by_text("We open at seven.").first).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Send to 1 of them").click()
    expect(page.locator("#progress")).to_contain_text("Going out")
    axe(page)

    work()
    drain()

    # The page asks by itself, once a second.
    expect(page.locator("#progress")).to_contain_text("Done: 1 of 2 handed over")
    page.get_by_role("link", name="Not sent: we may not").click()
    expect(page.locator("tbody")).to_contain_text("Oscar Winslow")
    axe(page)


def test_stop_everything_from_any_page_and_resume(
    page_for: OpenPage, owner: Member, ruth: Customer, axe: Axe
) -> None:
    make_message(ruth, at=clock.now())
    page = page_for(owner, path="/customers/")

    page.locator(".spine").get_by_role("button", name="Stop all sending").click()

    expect(page.locator(".standing")).to_contain_text("stopped all sending")
    axe(page)
    drain()
    assert Message.objects.get().state == State.READY
    page.get_by_role("button", name="Let messages leave again").click()
    expect(page.locator(".standing")).to_have_count(0)
    drain()
    assert Message.objects.get().state == State.ACCEPTED


def test_settle_what_nobody_knows(page_for: OpenPage, owner: Member, ruth: Customer) -> None:
    make_message(ruth, at=clock.now(), state=State.UNKNOWN)
    page = page_for(owner, path="/messages/needs-a-look/")
    expect(page.locator(".ledger")).to_contain_text("Ruth Calloway")

    page.get_by_role("button", name="It arrived").click()

    expect(page.locator(".empty")).to_contain_text("Nothing needs a look.")
    assert Message.objects.get().state == State.ACCEPTED


@pytest.mark.parametrize("width", [320, 1280])
def test_every_screen_is_clean(
    page_for: OpenPage, owner: Member, ruth: Customer, axe_in_both_lights: Axe, width: int
) -> None:
    now = clock.now()
    mailing = make_mailing(at=now, audience="customers-list")
    draft = make_mailing(at=now, audience="customers-list", state="draft")
    states = ("unknown", "failed", "held", "accepted", "suppressed")
    kept = [make_message(ruth, at=now, state=one) for one in states]
    make_message(ruth, at=now, state=State.SUPPRESSED, why="refused", mailing=mailing)
    page = page_for(owner, width=width, path="about:blank")
    paths = (
        "/messages/", "/messages/needs-a-look/", "/messages/needs-a-look/?what=failed",
        f"/messages/to/{ruth.pk}/", f"/messages/m/{kept[0].pk}/", f"/customers/{ruth.pk}/",
        f"/messages/mailings/{mailing.pk}/", f"/messages/mailings/{draft.pk}/",
        f"/messages/mailings/{mailing.pk}/of/not-sent/",
    )  # fmt: skip
    for path in paths:
        page.goto(path)
        axe_in_both_lights(page)
