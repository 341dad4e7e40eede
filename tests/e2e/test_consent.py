"""The consent page in a real browser: by keyboard and thumb, in the dark, on paper."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from regulars.consent.actions import set_wishes, suppress
from regulars.consent.choices import Decision, Stopped
from regulars.consent.models import ConsentEvent
from regulars.core import clock
from regulars.customers.models import Customer
from regulars.team.models import Member
from tests.factories.consent import make_decision
from tests.factories.customers import make_customer

OpenPage = Callable[..., Page]
Axe = Callable[[Page], None]
NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def ruth(owner: Member) -> Customer:
    customer = make_customer("Ruth Calloway", email="ruth@calloway.example", phone="+442079460018")
    make_decision(customer)
    make_decision(customer, "text", Decision.WITHDRAWN)
    make_decision(customer, purpose="sell", decision=Decision.WITHDRAWN)
    set_wishes(customer, by=owner.actor, at=clock.now(), channel="call", topics=["inform"],
               every_days=14)  # fmt: skip
    for point, why in (("phone", Stopped.STAFF), ("email", Stopped.COMPLAINED)):
        seal = customer.contact_points.get(kind=point).seal
        suppress("text", seal, why, at=clock.now() - timedelta(days=40), detail=NASTY)
    return customer


@pytest.mark.parametrize("width", ["desk", 320])
def test_both_pages_are_without_findings(
    page_for: OpenPage, owner: Member, ruth: Customer, axe_in_both_lights: Axe, width: str
) -> None:
    page = page_for(owner, width=width, path=f"/customers/{ruth.pk}/consent/")
    for summary in page.locator("#main details > summary").all():
        summary.click()
    axe_in_both_lights(page)

    page.goto("/consent/grounds/")
    axe_in_both_lights(page)


def test_a_no_is_written_down_by_keyboard_without_scripts(
    page_for: OpenPage, owner: Member, ruth: Customer
) -> None:
    page = page_for(owner, path=f"/customers/{ruth.pk}/consent/", scripts=False)

    page.get_by_label("Channel", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Not by mail either.")
    page.get_by_role("button", name="They said no").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("Done: written down.")).to_be_visible()
    expect(page.get_by_text("“Not by mail either.”")).to_be_visible()
    assert ConsentEvent.objects.latest("id").wording == "Not by mail either."


def test_on_paper_there_is_nothing_to_press(
    page_for: OpenPage, owner: Member, ruth: Customer
) -> None:
    page = page_for(owner, path=f"/customers/{ruth.pk}/consent/")

    page.emulate_media(media="print")

    expect(page.get_by_text("You may write to me.").first).to_be_visible()
    expect(page.locator("#main button:visible")).to_have_count(0)
    expect(page.locator("#main summary:visible")).to_have_count(0)
