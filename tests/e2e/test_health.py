"""The health of the list in a browser: what is wrong, and the way out of each."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from regulars.core import clock, jobs
from regulars.customers.models import Customer
from regulars.messaging.actions.texts import bring_starters
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point

Opened = Callable[..., Page]
Axe = Callable[[Page], None]


@pytest.fixture
def ailing(owner: Member) -> None:
    bring_starters(by=owner.actor, at=clock.now())
    oscar = make_customer("Oscar Weir", manager=owner)
    make_point(oscar, "email", "oscar@weir.example", state="bounced")
    make_customer("Rose Mill", phone="+44 20 7946 0321")
    long_ago = clock.now() - timedelta(days=800)
    make_customer("Old Friend", email="old@friend.example", manager=owner, created_at=long_ago)
    jobs.run_now("desk.count_health", at=clock.now())


def _done_in_the_background() -> None:
    while claimed := jobs.claim("tests", at=clock.now()):
        jobs.run(claimed, at=clock.now())


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_each_button_leads_to_those_meant(
    page_for: Opened, owner: Member, ailing: None, axe: Axe, width: str
) -> None:
    page = page_for(owner, path="/customers/health", width=width)
    axe(page)

    bad = page.locator(".findings li", has_text="came back or may be wrong")
    expect(bad.locator("b")).to_have_text("1")
    bad.get_by_role("link", name="See them").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("Oscar Weir")
    expect(page.locator("tbody")).to_contain_text("oscar@weir.example")
    expect(page.locator("tbody")).to_contain_text("Bounced")
    axe(page)

    page.goto("/customers/health")
    stale = page.locator(".findings li", has_text="nobody has confirmed for two years")
    stale.get_by_role("link", name="Ask them to confirm").click()
    expect(page.locator("#choose-text option:checked")).to_have_text("Confirm your details")
    expect(page.get_by_label("Subject")).to_have_value("Do we still have this right?")
    expect(page.locator("main")).to_contain_text("Meant for: On the list since")


def test_what_was_mended_is_gone_when_it_is_counted_again(
    page_for: Opened, owner: Member, ailing: None
) -> None:
    page = page_for(owner, path="/customers/health")
    expect(page.get_by_text("whom nobody looks after")).to_be_visible()
    Customer.objects.filter(name="Rose Mill").update(manager=owner)

    page.get_by_role("button", name="Count now").click()
    expect(page.get_by_text("Being counted now")).to_be_visible()
    _done_in_the_background()

    expect(page.get_by_role("heading", name="The health of the list")).to_be_visible()
    expect(page.get_by_text("whom nobody looks after")).to_have_count(0)
