"""The till on a phone without a connection: what it notes comes in once, and both are told."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from regulars.core import clock
from regulars.offers.codes import made_code, spelled
from regulars.offers.models import Code, OfflineUse, Redemption
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.offers import a_wave, make_offer
from tests.factories.planning import make_facts

Axe = Callable[[Page], None]


def two_codes() -> list[str]:
    """Of Ruth and of Samuel, for an offer that is open to the core."""
    for name in ("Ruth Calloway", "Samuel Birch"):
        make_facts(make_customer(name), tier="core")
    at = clock.now() - timedelta(minutes=1)
    make_offer(at, a_wave(at, 0, "core"))
    return [
        made_code(code.offer_id, code.customer_id, code.turn)
        for code in Code.objects.exclude(customer=None).order_by("pk")
    ]


def look_up(till: Page, code: str, said: str) -> None:
    till.get_by_label("Code").fill(code)
    till.keyboard.press("Enter")
    expect(till.get_by_text(said)).to_be_visible()


def test_codes_are_taken_without_a_connection_and_come_in_once(
    page_for: OpenPage, owner: Member, axe_in_both_lights: Axe
) -> None:
    [one, other] = two_codes()
    till = page_for(owner, width="phone", path="/till/")
    till.locator("html[data-kept=yes]").wait_for()
    till.wait_for_function("() => navigator.serviceWorker.controller !== null")

    # Looked up with a connection, which goes before the second press.
    look_up(till, one, "Ruth Calloway")
    till.locator("html[data-kept=yes]").wait_for()
    till.context.set_offline(True)
    till.get_by_role("button", name="Use it").click()
    expect(till.get_by_text("No connection, 1 kept here")).to_be_visible()
    look_up(till, spelled(other).lower(), "Can be used once more.")
    axe_in_both_lights(till)
    till.get_by_label("Number on the receipt").fill("456")
    till.get_by_role("button", name="Note that it is used").click()
    expect(till.get_by_text("No connection, 2 kept here")).to_be_visible()
    # A photograph of a code is the same code, and a misread one is none.
    look_up(till, other, "It was used on this device already")
    look_up(till, "K7QM-P2XR-9TD", "a letter is wrong, or one is missing")
    till.get_by_label("Code").fill("")
    assert Redemption.objects.count() == 0
    till.context.set_offline(False)

    # Back with a connection, the same page brings them in by itself.
    said = till.get_by_text("What was noted without a connection has been brought in.")
    expect(said).to_be_visible(timeout=15_000)
    uses = Redemption.objects.order_by("pk").values_list("customer__name", "receipt")
    assert list(uses) == [("Ruth Calloway", ""), ("Samuel Birch", "456")]
    assert OfflineUse.objects.filter(redemption=None).count() == 0
