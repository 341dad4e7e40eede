"""Prices straight from the shop: looked at, taken, compared at once, held back, taken back."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from regulars.core.errors import NotAllowed, Refusal
from regulars.core.jobs import run_now
from regulars.core.models import AuditEntry, Event, Job
from regulars.core.undo import undo_now
from regulars.prices.actions.asking_shops import FETCH_JOB
from regulars.prices.actions.shops import (
    begin_look,
    give_up_shop,
    keep_shop,
    switch_shop,
    take_from_shop,
    use_shop,
)
from regulars.prices.choices import LookState, Tax
from regulars.prices.models import ListedPrice, Price, ShopList, ShopLook
from regulars.prices.queries.shops import shop_to_fetch, undercutting_count
from regulars.prices.sources import recognising
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.prices import bought, found
from tests.factories.shops import (
    FEED,
    Shop,
    look_again,
    look_at,
    named,
    open_shop,
    taken,
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


def test_it_is_looked_at_first_and_nothing_is_taken(
    shop: Shop, owner: Member, at: datetime
) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, 500)

    found = named(shop, owner, at)

    look = ShopLook.objects.get()
    assert (found.kind, found.found_at, found.known_by) == ("feed", shop.address + FEED, "id")
    assert (look.state, look.products, look.bought, look.currencies) == (
        LookState.SEEN, 2, 1, {"GBP": 2},
    )  # fmt: skip
    assert ListedPrice.objects.count() == 2
    assert (Price.objects.count(), shop_to_fetch()) == (0, None)
    assert all("Regulars" in agent for agent in shop.agents)


def test_what_is_taken_is_published_compared_at_once_and_changes_are_followed(
    shop: Shop, owner: Member, at: datetime
) -> None:
    ruth = make_customer("Ruth")
    bought(ruth, at.date() - DAY, 500)

    here = taken(shop, owner, at)

    price = Price.objects.get(product="R1")
    assert held() == [("R1", 400, "2026-11-24", None), ("T1", 800, "2026-11-24", None)]
    assert (price.published_at, price.published_by, price.shop) == (at, None, here)
    assert found(price) == {"Ruth": 100}
    assert undercutting_count(here, at.date()) == 1
    assert Event.objects.filter(kind="prices.PricesPublished").count() == 1

    # The next morning one costs less, another vanished, a third is new.
    shop.sells(("R1", "Seeded rye", "3.50 GBP"), ("B1", "Bun", "2.00 GBP"))
    run_now(FETCH_JOB, at=at + DAY)
    look = look_at(here)

    assert (look.state, look.products, look.new, look.changed, look.gone) == (
        LookState.TAKEN, 2, 1, 1, 1,
    )  # fmt: skip
    assert held() == [
        ("R1", 400, "2026-11-24", "2026-11-24"), ("T1", 800, "2026-11-24", None),
        ("B1", 200, "2026-11-25", None), ("R1", 350, "2026-11-25", None),
    ]  # fmt: skip
    assert ListedPrice.objects.get(product="T1").gone_since == (at + DAY).date()
    assert found(Price.objects.get(amount_minor=350)) == {"Ruth": 150}
    assert undercutting_count(here, (at + DAY).date()) == 1
    assert AuditEntry.objects.filter(verb="looked at shop").count() == 3

    # What comes back is on the list again, and costs what it did.
    shop.sells(("R1", "Rye", "3.50 GBP"), ("B1", "Bun", "2.00 GBP"), ("T1", "Tart", "8.00 GBP"))
    again = look_again(here, at + 2 * DAY, owner)
    assert (again.new, again.changed, again.gone) == (0, 0, 0)
    assert not ListedPrice.objects.filter(gone_since__isnull=False).exists()


def test_nothing_that_stayed_the_same_is_written_and_an_unchanged_list_is_not_sent(
    shop: Shop, owner: Member, at: datetime
) -> None:
    shop.etag = '"1"'
    here = taken(shop, owner, at)
    before = list(Price.objects.order_by("pk").values())

    look = look_again(here, at + DAY, owner)

    assert (look.products, look.new, look.changed, look.operation) == (2, 0, 0, None)
    assert (here.etag, shop.same) == ('"1"', 2)
    assert list(Price.objects.order_by("pk").values()) == before


def test_a_sale_price_counts_until_the_sale_ends(shop: Shop, owner: Member, at: datetime) -> None:
    """Begun and ended by the days that the list says, though the shop sends nothing new."""
    shop.etag = '"1"'
    shop.sells(
        ("R1", "Rye", "4.00 GBP"), sale_price="3.00 GBP",
        sale_price_effective_date="2026-11-25T00:00+0000/2026-11-26T23:59+0000",
    )  # fmt: skip
    here = taken(shop, owner, at)

    for days in (1, 2, 3, 4):
        look_again(here, at + days * DAY, owner)

    assert held() == [
        ("R1", 400, "2026-11-24", "2026-11-24"), ("R1", 300, "2026-11-25", "2026-11-26"),
        ("R1", 400, "2026-11-27", None),
    ]  # fmt: skip


def test_a_sale_that_lasts_longer_ends_later(shop: Shop, owner: Member, at: datetime) -> None:
    ends = {"sale_price": "3.00 GBP"}
    shop.sells(("R1", "Rye", "4.00 GBP"), **ends, sale_price_effective_date="/2026-11-26")
    here = taken(shop, owner, at)
    shop.sells(("R1", "Rye", "4.00 GBP"), **ends, sale_price_effective_date="/2026-11-28")

    look = look_again(here, at + DAY, owner)

    assert (look.new, look.changed) == (0, 0)
    assert held() == [("R1", 300, "2026-11-24", "2026-11-28")]


def test_twice_on_one_day_the_last_holds(shop: Shop, owner: Member, at: datetime) -> None:
    here = taken(shop, owner, at)
    shop.sells(("R1", "Seeded rye", "3.00 GBP"), ("T1", "Tart", "8.00 GBP"))

    look = look_again(here, at + timedelta(hours=2), owner)

    assert look.changed == 1
    assert held() == [("R1", 300, "2026-11-24", None), ("T1", 800, "2026-11-24", None)]
    assert Price.objects.filter(product="R1").count() == 2


@pytest.mark.parametrize("left", [0, 1])
def test_a_list_that_is_suddenly_empty_or_a_tenth_changes_nothing_unless_told(
    shop: Shop, owner: Member, at: datetime, left: int
) -> None:
    many = [(f"N{n}", "Loaf", "4.00 GBP") for n in range(10)]
    shop.sells(*many)
    here = taken(shop, owner, at)
    shop.sells(*[(number, words, "1.00 GBP") for number, words, _price in many[:left]])

    look = look_again(here, at + DAY, owner)

    assert (look.state, look.products, look.before) == (LookState.HELD, left, 10)
    assert {minor for _product, minor, _opens, _closes in held()} == {400}
    assert not ListedPrice.objects.filter(gone_since__isnull=False).exists()

    anyway = look_again(here, at + DAY, owner, is_anyway=True)
    assert (anyway.state, anyway.changed, anyway.gone) == (LookState.TAKEN, left, 10 - left)
    assert ShopList.objects.get().product_count == left


def test_what_cannot_be_reached_changes_nothing_and_is_asked_again_twice(
    shop: Shop, owner: Member, at: datetime
) -> None:
    here = taken(shop, owner, at)
    shop.pages.clear()

    for nth in (1, 2, 3):
        run_now(FETCH_JOB, at=at + DAY, tries=nth)
        look = look_at(here)
        assert (look.state, look.sentence) == (LookState.FAILED, "The address answered 404.")

    again = Job.objects.filter(name=FETCH_JOB, state=Job.State.WAITING)
    assert [job.arguments["tries"] for job in again.order_by("pk")] == [2, 3]
    assert len(held()) == 2


def test_where_the_shop_leads_on_it_is_said_and_not_followed(
    shop: Shop, owner: Member, at: datetime
) -> None:
    shop.leads["/old.xml"] = "https://elsewhere.example/feed.xml"

    named(shop, owner, at, "/old.xml")

    look = ShopLook.objects.get()
    assert look.sentence == "The address leads on to https://elsewhere.example/feed.xml."


def test_taken_back_whole_and_not_asked_again_until_switched_on(
    shop: Shop, owner: Member, at: datetime
) -> None:
    here = taken(shop, owner, at)
    first = held()
    shop.sells(("R1", "Seeded rye", "3.00 GBP"), ("B1", "Bun", "2.00 GBP"))
    look = look_again(here, at + DAY, owner)
    assert look.operation is not None
    assert look.operation.words == "2 prices taken from the shop"

    undo_now(look.operation, by=owner.actor, at=at + DAY)

    assert held() == first
    assert shop_to_fetch() is None
    switch_shop(here, is_on=True, by=owner.actor, at=at + 2 * DAY)
    assert shop_to_fetch() == here


def test_switched_off_given_up_and_kept_again(shop: Shop, owner: Member, at: datetime) -> None:
    here = taken(shop, owner, at)

    switch_shop(here, is_on=False, by=owner.actor, at=at)
    run_now(FETCH_JOB, at=at + DAY)
    assert ShopLook.objects.count() == 2
    give_up_shop(here, by=owner.actor, at=at)
    with pytest.raises(Refusal, match="not looked at any more"):
        begin_look(here, by=owner.actor, at=at)
    other = use_shop("https://other.example", by=owner.actor, at=at)
    with pytest.raises(Refusal, match="Another shop"):
        keep_shop(here, by=owner.actor, at=at)
    give_up_shop(other, by=owner.actor, at=at)
    keep_shop(here, by=owner.actor, at=at)

    assert (ShopList.objects.get(is_used=True), len(held())) == (here, 2)


def test_one_shop_and_one_look_at_a_time(shop: Shop, owner: Member, at: datetime) -> None:
    here = taken(shop, owner, at)
    begin_look(here, by=owner.actor, at=at)

    with pytest.raises(Refusal, match="being asked already"):
        begin_look(here, by=owner.actor, at=at)
    with pytest.raises(Refusal, match="looked at already"):
        use_shop("shop.example", by=owner.actor, at=at)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("", "Give the address"), ("two words", "Give the address"), ("x" * 501, "Give the address"),
     ("http://shop.example", "begins with https"), ("https://a:b@shop.example", "begins with"),
     ("file:///etc/passwd", "begins with https"), ("https://[::1", "Give the address")],
)  # fmt: skip
def test_addresses_that_cannot_be_are_refused(
    owner: Member, at: datetime, address: str, sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence):
        use_shop(address, by=owner.actor, at=at)
    with pytest.raises(Refusal, match="its rate is needed"):
        use_shop("shop.example", tax=Tax.WITH, by=owner.actor, at=at)
    assert not ShopList.objects.exists()


def test_only_an_owner_names_it_and_only_leaders_have_it_asked(
    shop: Shop, owner: Member, manager: Member, helper: Member, at: datetime
) -> None:
    here = named(shop, owner, at)

    with pytest.raises(NotAllowed):
        take_from_shop(here, by=manager.actor, at=at)
    with pytest.raises(NotAllowed):
        use_shop("shop.example", by=manager.actor, at=at)
    with pytest.raises(NotAllowed):
        begin_look(here, by=helper.actor, at=at)
    assert begin_look(here, by=manager.actor, at=at).by == manager


def test_nothing_is_taken_before_somebody_looked(owner: Member, at: datetime) -> None:
    here = use_shop("shop.example", by=owner.actor, at=at)

    with pytest.raises(Refusal, match="Nobody has seen yet"):
        take_from_shop(here, by=owner.actor, at=at)
    with pytest.raises(Refusal, match="Nothing was taken"):
        switch_shop(here, is_on=True, by=owner.actor, at=at)
