"""Publishing: only once it is known whom it undercuts; anyway by right and in writing; once."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.models import AuditEntry, Event
from regulars.prices.actions.checking import check_prices
from regulars.prices.actions.planning import change_price, plan_price, put_back, set_aside
from regulars.prices.actions.publishing import (
    publish_price,
    publish_what_fits,
    unpublish_price,
    unpublish_what_fitted,
)
from regulars.prices.actions.righting import make_right
from regulars.prices.choices import PriceKind, Remedy, Standing
from regulars.prices.errors import (
    PriceChangedSince,
    PriceFixed,
    PriceKnown,
    PriceUnchecked,
    PriceUnclear,
    PriceUndercuts,
)
from regulars.prices.models import Price, Righting
from regulars.team.models import Member
from regulars.team.queries import is_currency_settled
from tests.factories.customers import make_customer
from tests.factories.prices import a_price, bought, make_price

pytestmark = pytest.mark.django_db

DAY, WHY = timedelta(days=1), "We sell off what is left of the flour."


def test_a_price_that_undercuts_nobody_is_published_and_that_is_undone(
    at: datetime, owner: Member
) -> None:
    assert not is_currency_settled()
    price = make_price(at, 400)

    done = publish_price(price, by=owner.actor, at=at)

    # Prices have amounts: the business's currency stays.
    assert is_currency_settled()
    assert done.standing_on(at.date()) == Standing.COMING
    assert done.standing_on(done.opens_on) == Standing.OPEN
    assert Event.objects.filter(kind="prices.PricesPublished").count() == 1
    with pytest.raises(PriceChangedSince):
        publish_price(price, by=owner.actor, at=at)
    with pytest.raises(PriceFixed):
        change_price(price, a_price(at, 300), by=owner.actor, at=at)
    again = unpublish_price(done, published_at=at, by=owner.actor, at=at)
    assert again.standing_on(at.date()) == Standing.PLANNED
    with pytest.raises(PriceChangedSince):
        unpublish_price(done, published_at=at, by=owner.actor, at=at)


def test_what_undercuts_is_refused_and_published_anyway_by_an_owner_in_writing(
    at: datetime, owner: Member, manager: Member
) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, 500)
    price = make_price(at, 400)

    with pytest.raises(PriceUndercuts, match=r"1 old customer pays or paid more: £1\.00 in all"):
        publish_price(price, by=owner.actor, at=at)
    with pytest.raises(NotAllowed):
        publish_price(price, by=manager.actor, at=at, anyway=WHY)
    with pytest.raises(PriceUndercuts):
        publish_price(price, by=owner.actor, at=at, anyway="so be it")
    done = publish_price(price, by=owner.actor, at=at, anyway=f" {WHY} ")

    assert (done.anyway_why, done.anyway_count) == (WHY, 1)
    entry = AuditEntry.objects.get(verb="published price")
    assert (entry.detail["anyway"], entry.detail["count"]) == (WHY, 1)


@pytest.mark.parametrize("how", ["never", "long ago", "sold since", "quoted since"])
def test_what_is_not_known_is_looked_at_before_it_is_published(
    at: datetime, owner: Member, how: str
) -> None:
    ruth, now = make_customer("Ruth"), at
    price = make_price(at, 400, is_checked=how != "never")
    if how == "long ago":
        now = at + timedelta(hours=25)
    elif how == "sold since":
        bought(ruth, at.date(), 500)
    elif how == "quoted since":
        quote = make_price(at, 450, kind=PriceKind.QUOTE, customer=ruth)
        publish_price(quote, by=owner.actor, at=at + timedelta(seconds=1))

    with pytest.raises(PriceUnchecked):
        publish_price(price, by=owner.actor, at=now)

    # What others buy is another matter, once it was looked at.
    check_prices([price.pk], at=now + timedelta(seconds=2))
    bought(ruth, at.date(), 500, sku="R2")
    if how in ("never", "long ago"):
        assert publish_price(price, by=owner.actor, at=now + DAY / 48).is_published


def test_made_right_it_is_published(at: datetime, owner: Member, manager: Member) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, 500)
    price = make_price(at, 400)
    make_right(price, Remedy.CREDIT, seen_count=1, seen_minor=100, by=manager.actor, at=at)

    done = publish_price(price, by=manager.actor, at=at)

    assert (done.is_published, done.anyway_why) == (True, "")


@pytest.mark.parametrize(
    "over",
    [
        {"product": "  "}, {"amount_minor": 0}, {"amount_minor": 10**12},
        {"kind": PriceKind.QUOTE}, {"tax": "with"}, {"days": -8}, {"from_quantity": -1},
    ],
    ids=str,
)  # fmt: skip
def test_what_says_nothing_is_refused(at: datetime, over: dict[str, object]) -> None:
    if "days" in over:
        over = {"closes_on": at.date() + over["days"] * DAY}  # type: ignore[operator]

    with pytest.raises(PriceUnclear):
        plan_price(a_price(at, **over), by=SYSTEM, at=at)  # type: ignore[arg-type]


def test_the_same_price_is_planned_once_and_may_come_again_once_it_was_set_aside(
    at: datetime, owner: Member, helper: Member
) -> None:
    price = make_price(at, 400)
    with pytest.raises(PriceKnown):
        plan_price(a_price(at, 300), by=owner.actor, at=at)
    with pytest.raises(NotAllowed):
        plan_price(a_price(at, 300), by=helper.actor, at=at)

    aside = set_aside(price, by=owner.actor, at=at)
    make_price(at, 300)

    with pytest.raises(PriceKnown):
        put_back(aside, withdrawn_at=at, by=owner.actor, at=at)
    assert Price.objects.planned().get().amount_minor == 300


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["publish", "right"])
def test_two_at_the_same_moment_do_it_once(at: datetime, owner: Member, what: str) -> None:
    """Two connections: the second one waits for the first, and is refused."""
    if what == "right":
        bought(make_customer("Ruth"), at.date() - DAY, 500)
    price, gate = make_price(at, 400), Barrier(2)
    refused: list[Refusal] = []

    def press() -> None:
        try:
            gate.wait(timeout=20)
            if what == "publish":
                publish_price(price, by=owner.actor, at=at)
            else:
                make_right(price, Remedy.NOTE, seen_count=1, seen_minor=100, by=owner.actor, at=at)
        except Refusal as no:
            refused.append(no)
        finally:
            connection.close()

    pressed = [Thread(target=press) for _turn in range(2)]
    for one in pressed:
        one.start()
    for one in pressed:
        one.join()

    assert len(refused) == 1
    done = AuditEntry.objects.filter(verb__in=["published price", "made price right"])
    assert (done.count(), Righting.objects.count()) == (1, int(what == "right"))


def test_a_file_of_prices_is_published_at_once_but_for_those_that_undercut(
    at: datetime, owner: Member, helper: Member
) -> None:
    ruth = make_customer("Ruth")
    bought(ruth, at.date() - DAY, 500)
    dear = make_price(at, 400)
    for n in range(3):
        make_price(at, 400, product=f"P{n}")
    make_price(at, 400, product="P3", is_checked=False)
    bought(ruth, at.date(), 500, sku="P0")
    bought(ruth, at.date(), 500, sku="", words="P1")

    with pytest.raises(NotAllowed):
        publish_what_fits(by=helper.actor, at=at)
    assert publish_what_fits(by=owner.actor, at=at) == 1
    assert publish_what_fits(by=owner.actor, at=at) == 0

    assert Price.objects.published().get().product == "P2"
    assert unpublish_what_fitted(published_at=at, by=owner.actor, at=at) == 1
    with pytest.raises(PriceChangedSince):
        unpublish_what_fitted(published_at=at, by=owner.actor, at=at)
    assert Price.objects.planned().filter(pk=dear.pk).exists()
