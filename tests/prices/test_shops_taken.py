"""What is taken from a shop beside what people wrote down, by which number, and after a kill."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.core.jobs import run_now
from regulars.core.models import Job
from regulars.core.undo import undo_now
from regulars.prices.actions.asking_shops import FETCH_JOB
from regulars.prices.actions.planning import set_aside
from regulars.prices.actions.publishing import publish_price
from regulars.prices.actions.shops import (
    begin_look,
    take_from_shop,
)
from regulars.prices.choices import LookState, Tax
from regulars.prices.models import Price, ShopList, ShopLook
from regulars.prices.sources import recognising, woocommerce
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.prices import bought, found, make_price
from tests.factories.shops import (
    FEED,
    Shop,
    feed_of,
    look_again,
    look_at,
    named,
    open_shop,
    taken,
    woo,
    written,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(recognising, "PAUSE_SECONDS", 0)
    with open_shop() as found:
        found.sells(("R1", "Seeded rye", "4.00 GBP"), ("T1", "Tart", "8.00 GBP"))
        yield found


def held() -> list[tuple[str, int, str, str | None]]:
    """What is published and not set aside: product, amount, from when, until when."""
    rows = Price.objects.published().order_by("opens_on", "product")
    return [(one.product, one.amount_minor, one.opens_on.isoformat(),
             one.closes_on.isoformat() if one.closes_on else None) for one in rows]  # fmt: skip


def test_what_somebody_wrote_down_stays_and_the_same_is_not_written_twice(
    shop: Shop, owner: Member, at: datetime
) -> None:
    same = make_price(at, 400, opens_on=at.date() - DAY)
    other = make_price(at, 900, product="T1", opens_on=at.date())
    for one in (same, other):
        publish_price(one, by=owner.actor, at=at)

    here = taken(shop, owner, at)

    look = ShopLook.objects.order_by("-pk")[0]
    assert (look.new, look.unread_rows) == (
        0, [["Tart", "Somebody wrote down another price of it from today: that one stays."]],
    )  # fmt: skip
    assert Price.objects.filter(shop=here).count() == 0

    # Later the shop differs from both: what it shows is what everybody pays.
    shop.sells(("R1", "Seeded rye", "3.00 GBP"), ("T1", "Tart", "8.00 GBP"))
    assert look_again(here, at + DAY, owner).new == 2
    # And what somebody wrote down since, and the shop shows too, takes its place.
    later = make_price(at, 250, opens_on=(at + 2 * DAY).date())
    publish_price(later, by=owner.actor, at=at + DAY)
    shop.sells(("R1", "Seeded rye", "2.50 GBP"), ("T1", "Tart", "8.00 GBP"))
    look = look_again(here, at + 2 * DAY, owner)
    assert (look.new, look.changed, look.unread) == (0, 0, 0)
    assert Price.objects.get(shop=here, product="R1").closes_on == (at + DAY).date()


def test_what_was_set_aside_stands_again_while_the_shop_shows_it(
    shop: Shop, owner: Member, at: datetime
) -> None:
    here = taken(shop, owner, at)
    set_aside(Price.objects.get(product="R1"), by=owner.actor, at=at)

    look = look_again(here, at + DAY, owner)

    assert (look.new, look.changed) == (1, 0)


def test_by_the_number_that_the_orders_know_in_its_currency_with_its_tax(
    shop: Shop, owner: Member, at: datetime
) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, 500, sku="MPN-7")
    shop.pages[FEED] = [feed_of(
        "<item><g:id>99</g:id><g:mpn>MPN-7</g:mpn><title>Rye</title><g:price>4.80</g:price></item>"
        "<item><g:id>98</g:id><title>No number</title><g:price>2 EUR</g:price></item>"
        "<item><g:id>97</g:id><g:mpn>D</g:mpn><title>Dear</title><g:price>9 GBP</g:price></item>"
        "<item><g:id>96</g:id><g:mpn>D</g:mpn><title>Dear</title><g:price>8 GBP</g:price></item>"
    )]  # fmt: skip

    here = taken(shop, owner, at, tax=Tax.WITH, tax_bp=2000)

    look = ShopLook.objects.order_by("-pk")[0]
    assert (here.known_by, look.says_currency) == ("mpn", False)
    assert look.currencies == {"GBP": 2, "EUR": 1}
    assert look.unread_rows == [
        ["Dear", "It stands there twice with two prices: the lower one counts."]
    ]
    prices = {one.product: (one.amount_minor, one.currency, one.compare_milli)
              for one in Price.objects.all()}  # fmt: skip
    assert prices == {
        "MPN-7": (480, "GBP", 400_000), "No number": (200, "EUR", 166_667),
        "D": (800, "GBP", 666_667),
    }  # fmt: skip
    assert found(Price.objects.get(product="MPN-7")) == {"Ruth": 100}


def test_a_whole_shop_that_was_killed_in_between_goes_on(
    shop: Shop, owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of its prices written, the look runs again: each stands once, and is compared."""
    from regulars.prices.actions import taking_listed

    monkeypatch.setattr(taking_listed, "PIECE", 1)
    here = named(shop, owner, at)
    take_from_shop(here, by=owner.actor, at=at)
    made = Price.objects.bulk_create
    calls: list[int] = []

    def killed(rows: list[Price]) -> list[Price]:
        calls.append(len(rows))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return made(rows)

    monkeypatch.setattr(Price.objects, "bulk_create", killed)
    with pytest.raises(KeyboardInterrupt):
        look_at(here)
    assert Price.objects.count() == 1
    Job.objects.all().delete()
    run_now("prices.look_at_shop", at=at, look_id=ShopLook.objects.order_by("-pk")[0].pk)

    look = ShopLook.objects.order_by("-pk")[0]
    assert (look.state, look.new, len(held())) == (LookState.TAKEN, 2, 2)
    assert not Price.objects.filter(checked_at=None).exists()
    assert look.operation is not None
    undo_now(look.operation, by=owner.actor, at=at)
    assert held() == []


def test_as_many_questions_for_ten_products_as_for_two(
    shop: Shop, owner: Member, at: datetime
) -> None:
    here = taken(shop, owner, at)
    counts = []
    for day, count in ((1, 2), (2, 10)):
        shop.sells(*[(f"N{day}-{n}", "Loaf", "4.00 GBP") for n in range(count)])
        begin_look(here, by=SYSTEM, at=at + day * DAY)
        with CaptureQueriesContext(connection) as asked:
            look_at(here)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_woocommerce_shop_from_its_first_page(shop: Shop, owner: Member, at: datetime) -> None:
    shop.pages[woocommerce.PATH] = [written([woo("R1", "Rye", "390")])]

    here = taken(shop, owner, at, "")

    assert (here.kind, here.known_by) == ("woocommerce", "sku")
    assert held() == [("R1", 390, "2026-11-24", None)]


def test_nobody_asks_the_shop_of_the_sample(owner: Member, at: datetime) -> None:
    ShopList.objects.create(address="https://x.example", made_at=at, source="demo", is_on=True)

    run_now(FETCH_JOB, at=at)
    assert not ShopLook.objects.exists()
    look = look_again(ShopList.objects.get(), at, owner)

    assert (look.state, look.sentence) == (
        LookState.FAILED, "This shop belongs to the sample: nobody answers there.",
    )  # fmt: skip
