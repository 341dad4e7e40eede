"""Prices straight from the shop, on a phone: named, looked at, taken, and whom they undercut."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from regulars.core import clock
from regulars.prices.sources import recognising
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.prices import bought
from tests.factories.shops import FEED, open_shop
from tests.factories.team import make_business, make_member


def test_prices_come_straight_from_the_shop(
    page_for: OpenPage,
    axe_in_both_lights: Callable[[Page], None],
    work: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recognising, "PAUSE_SECONDS", 0)
    business, nora = make_business(), make_member("owner", name="Nora Whitlock")
    yesterday = business.day_of(clock.now()) - timedelta(days=1)
    bought(make_customer("Ruth Calloway"), yesterday, 500)
    with open_shop() as shop:
        shop.sells(("R1", "Seeded rye", "4.00 GBP"), ("T1", "Lemon tart", "8.00 GBP"))
        page = page_for(nora, width="phone", path="/prices/")

        page.get_by_role("link", name="Take them from the shop").click()
        axe_in_both_lights(page)
        page.get_by_label("Address of the shop, or of its list").fill(shop.address + FEED)
        page.get_by_label("The shop is a machine in our own network").check()
        page.get_by_role("button", name="Look what it says").click()
        expect(page.get_by_text("The shop is being asked")).to_be_visible()
        work()
        expect(page.get_by_text("2 products with their prices.").first).to_be_visible()
        axe_in_both_lights(page)
        page.get_by_role("button", name="Take these 2 prices").click()
        expect(page.get_by_text("The shop is being asked").first).to_be_visible()
        work()

        expect(page.get_by_role("link", name="1 of its prices undercuts")).to_be_visible()
        axe_in_both_lights(page)
