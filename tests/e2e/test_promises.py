"""Promises, what matters to customers, and our pledge in a browser: few taps, every light."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from regulars.care.models import Expectation
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.promises.actions import keep_promise
from regulars.promises.models import Promise
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.portal import link_to
from tests.factories.promises import make_one

Axe = Callable[[Page], None]


def test_a_promise_and_what_matters_are_written_down_in_two_taps_each(
    page_for: OpenPage, owner: Member, axe_in_both_lights: Axe
) -> None:
    ruth, now = make_customer(manager=owner), clock.now()
    late = make_one(now - timedelta(days=9), customer=ruth, by=owner.actor, what="Bring the tins")
    keep_promise(make_one(now - timedelta(days=9), customer=ruth), by=SYSTEM, at=now)
    page = page_for(owner, path=f"/customers/{ruth.pk}/")

    expects, promises = page.locator("#expects"), page.locator("#promises")
    expects.get_by_text("They told us …").click()
    expects.get_by_role("button", name="Opening hours").click()
    expect(expects.get_by_text(f"told {owner.name}")).to_be_visible()
    promises.get_by_text("Promise something …").click()
    promises.get_by_label("What do we promise?").fill("Put two seeded rye by")
    promises.get_by_role("button", name="In a week").click()
    expect(promises.get_by_text("Put two seeded rye by")).to_be_visible()
    # The one that is late stands first.
    promises.get_by_role("button", name="Kept").first.click()
    expect(page.locator("#toasts").get_by_text("Kept.")).to_be_visible()

    late.refresh_from_db()
    assert late.state == "kept_late"
    assert Expectation.objects.get().what == "hours"
    made = Promise.objects.get(what="Put two seeded rye by")
    for path in ("/promises/?show=all", f"/promises/{made.pk}/", "/promises/pledge",
                 "/care/expectations/", f"/customers/{ruth.pk}/"):  # fmt: skip
        page.goto(path)
        axe_in_both_lights(page)


def test_whoever_is_asked_answers_in_two_taps_without_scripts(
    page_for: OpenPage, owner: Member, axe_in_both_lights: Axe
) -> None:
    path = link_to("expectations", make_customer(), clock.now())
    axe_in_both_lights(page_for(None, width=390, path=path))
    page = page_for(None, width=320, path=path, scripts=False)

    page.get_by_text("Delivery and stock").click()
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_text("Written down: Delivery and stock.")).to_be_visible()
    assert Expectation.objects.get().source == "link"
