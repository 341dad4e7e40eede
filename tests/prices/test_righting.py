"""Making it right: credit, code or word, for all of them, once each; and taking it back."""

from datetime import datetime, timedelta

import pytest

from regulars.core.actor import SYSTEM
from regulars.core.erasers import Erasing, erase_all
from regulars.core.errors import NotAllowed
from regulars.core.jobs import run_now
from regulars.messaging.actions.mailings import approve_mailing
from regulars.messaging.audiences import audiences
from regulars.messaging.choices import MailingState
from regulars.messaging.models import Mailing
from regulars.offers.models import Chosen, Code
from regulars.offers.queries.codes import codes_said
from regulars.orders.actions import grant_to_many, spend_credit
from regulars.orders.models import CreditEntry
from regulars.orders.queries import credit_of
from regulars.prices.actions.checking import check_prices
from regulars.prices.actions.publishing import publish_price
from regulars.prices.actions.righting import hand_out, make_right, take_back_righting
from regulars.prices.choices import PriceKind, Remedy
from regulars.prices.errors import NothingToRight, PriceChangedSince
from regulars.prices.fields import _differences
from regulars.prices.models import Concern, Price, Righting
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.offers import make_offer
from tests.factories.prices import bought, found, make_price

pytestmark = pytest.mark.django_db

DAY, LATER = timedelta(days=1), timedelta(minutes=1)


def test_each_gets_the_difference_once_and_hears_of_it_once_somebody_approved(
    at: datetime, owner: Member
) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    bought(ruth, at.date() - DAY, 500)
    bought(ada, at.date() - DAY, 430)
    price = make_price(at, 400)

    righting = make_right(price, Remedy.CREDIT, seen_count=2, seen_minor=130, by=owner.actor, at=at)
    run_now("prices.right", at=at, righting_id=righting.pk)
    hand_out(righting, by=SYSTEM, at=at)
    Righting.objects.update(done_at=None)
    hand_out(righting, by=SYSTEM, at=at)

    assert [credit_of(one, "GBP").minor for one in (ruth, ada)] == [100, 30]
    assert CreditEntry.objects.count() == 2
    assert found(price) == {}
    mailing = Mailing.objects.get()
    assert (mailing.state, mailing.purpose) == (MailingState.DRAFT, "recover")
    meant = audiences[mailing.audience].customers(mailing.definition)
    assert set(meant) == {ruth, ada}
    assert "{{ price_difference }}" in mailing.version.body
    assert _differences([ruth.pk, ada.pk], at) == {ruth.pk: "£1.00", ada.pk: "£0.30"}
    with pytest.raises(NothingToRight):
        make_right(price, Remedy.CREDIT, seen_count=0, seen_minor=0, by=owner.actor, at=at)


def test_what_was_made_right_counts_as_paid_at_that_price(at: datetime, owner: Member) -> None:
    ruth = make_customer("Ruth")
    bought(ruth, at.date() - DAY, 500)
    price = make_price(at, 400)
    make_right(price, Remedy.CREDIT, seen_count=1, seen_minor=100, by=owner.actor, at=at)

    lower = make_price(at + LATER, 350, opens_on=at.date())
    assert found(lower) == {"Ruth": 50}

    # What she buys for more afterwards was not made right.
    bought(ruth, at.date() + DAY, 500)
    check_prices([price.pk, lower.pk], at=at + DAY)
    assert (found(price), found(lower)) == ({"Ruth": 100}, {"Ruth": 200})


def test_to_be_told_gives_nothing_back(at: datetime, owner: Member) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, 500)
    price = make_price(at, 400)
    make_right(price, Remedy.NOTE, seen_count=1, seen_minor=100, by=owner.actor, at=at)
    run_now("prices.right", at=at, righting_id=Righting.objects.get().pk)

    lower = make_price(at + LATER, 350, opens_on=at.date())
    check_prices([price.pk], at=at + LATER)

    # Of this price she has heard; the next one is compared with all that she paid.
    assert (found(price), found(lower)) == ({}, {"Ruth": 150})
    assert not CreditEntry.objects.exists()


def test_each_gets_a_code_of_an_offer_that_is_open(at: datetime, owner: Member) -> None:
    ruth = make_customer("Ruth")
    bought(ruth, at.date() - DAY, 500)
    offer, price = make_offer(at), make_price(at, 400)

    righting = make_right(
        price, Remedy.CODE, seen_count=1, seen_minor=100, offer=offer, by=owner.actor, at=at
    )
    run_now("prices.right", at=at, righting_id=righting.pk)

    assert Chosen.objects.get(customer=ruth).wave.name == "core"
    assert Code.objects.filter(customer=ruth).count() == 1
    assert set(codes_said(offer.pk, [ruth.pk], at)) == {ruth.pk}
    mailing = Mailing.objects.get()
    assert f"{{{{ offer_{offer.pk}_code }}}}" in mailing.version.body
    # Who may not be sold to is not written to, and has the code on their page.
    assert mailing.purpose == "sell"


def test_a_way_that_does_not_fit_is_refused(at: datetime, owner: Member, helper: Member) -> None:
    ruth = make_customer("Ruth")
    bought(ruth, at.date() - DAY, 500)
    price, drafted = make_price(at, 400), make_offer(at - 60 * DAY)
    seen = {"seen_count": 1, "seen_minor": 100, "at": at}

    with pytest.raises(NotAllowed):
        make_right(price, Remedy.CREDIT, by=helper.actor, **seen)  # type: ignore[arg-type]
    with pytest.raises(NothingToRight):
        make_right(price, "gold", by=owner.actor, **seen)  # type: ignore[arg-type]
    with pytest.raises(NothingToRight):
        make_right(price, Remedy.CODE, by=owner.actor, **seen)  # type: ignore[arg-type]
    abroad = make_offer(at, currency="EUR")
    with pytest.raises(NothingToRight, match=r"is in EUR, and this price is in GBP\."):
        make_right(price, Remedy.CODE, offer=abroad, by=owner.actor, **seen)  # type: ignore[arg-type]
    with pytest.raises(Exception, match="No code of"):
        make_right(price, Remedy.CODE, offer=drafted, by=owner.actor, **seen)  # type: ignore[arg-type]
    with pytest.raises(PriceChangedSince, match=r"£1\.00 for 1"):
        make_right(price, Remedy.CREDIT, seen_count=1, seen_minor=90, by=owner.actor, at=at)
    assert (Righting.objects.count(), Mailing.objects.count()) == (0, 0)


def test_who_was_told_a_higher_price_is_told_this_one(at: datetime, owner: Member) -> None:
    ruth = make_customer("Ruth")
    quote = make_price(at, 450, kind=PriceKind.QUOTE, customer=ruth, opens_on=at.date())
    publish_price(quote, by=owner.actor, at=at)
    price = make_price(at + LATER, 400)
    seen = {"seen_count": 1, "seen_minor": 0, "at": at + LATER}

    with pytest.raises(NothingToRight):
        make_right(price, Remedy.CREDIT, by=owner.actor, **seen)  # type: ignore[arg-type]
    righting = make_right(price, Remedy.NOTE, by=owner.actor, **seen)  # type: ignore[arg-type]

    told = Price.objects.published().filter(customer=ruth).order_by("amount_minor")
    assert list(told.values_list("amount_minor", "opens_on")) == [
        (400, price.opens_on), (450, at.date()),
    ]  # fmt: skip
    check_prices([price.pk], at=at + 2 * LATER)
    assert found(price) == {}
    take_back_righting(righting, by=owner.actor, at=at + 2 * LATER)
    check_prices([price.pk], at=at + 3 * LATER)
    assert found(price) == {"Ruth": 0}


def test_taken_back_before_anybody_was_told_and_who_spent_it_keeps_it(
    at: datetime, owner: Member
) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    for one in (ruth, ada):
        bought(one, at.date() - DAY, 500)
    price = make_price(at, 400)
    righting = make_right(price, Remedy.CREDIT, seen_count=2, seen_minor=200, by=owner.actor, at=at)
    hand_out(righting, by=SYSTEM, at=at)
    spend_credit(ruth, credit_of(ruth, "GBP"), source="till:1", by=owner.actor, at=at)

    assert take_back_righting(righting, by=owner.actor, at=at + LATER) == 1

    assert [credit_of(one, "GBP").minor for one in (ruth, ada)] == [0, 0]
    assert Mailing.objects.get().state == MailingState.CANCELLED
    check_prices([price.pk], at=at + LATER)
    assert found(price) == {"Ada": 100}
    with pytest.raises(PriceChangedSince):
        take_back_righting(righting, by=owner.actor, at=at + LATER)
    # Given anew it is given: the occasion is another.
    again = make_right(price, Remedy.CREDIT, seen_count=1, seen_minor=100, by=owner.actor, at=at)
    hand_out(again, by=SYSTEM, at=at)
    assert credit_of(ada, "GBP").minor == 100


def test_what_they_were_told_stays(at: datetime, owner: Member) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, 500)
    price = make_price(at, 400)
    righting = make_right(price, Remedy.CREDIT, seen_count=1, seen_minor=100, by=owner.actor, at=at)
    approve_mailing(Mailing.objects.get(), seen_count=1, by=owner.actor, at=at)

    with pytest.raises(PriceChangedSince):
        take_back_righting(Righting.objects.get(pk=righting.pk), by=owner.actor, at=at)


def test_a_killed_run_goes_on_and_gives_nobody_twice(at: datetime, owner: Member) -> None:
    people = [make_customer(f"C{n}") for n in range(5)]
    for one in people:
        bought(one, at.date() - DAY, 500)
    price = make_price(at, 400)
    righting = make_right(price, Remedy.CREDIT, seen_count=5, seen_minor=500, by=owner.actor, at=at)
    given = Concern.objects.filter(righting=righting).order_by("pk")[:2]
    grant_to_many([(one.customer_id, 100, f"price:{one.pk}") for one in given],
                  currency="GBP", by=SYSTEM, at=at)  # fmt: skip

    hand_out(righting, by=SYSTEM, at=at)

    assert [credit_of(one, "GBP").minor for one in people] == [100] * 5


def test_an_erased_customer_leaves_no_trace_here(at: datetime, owner: Member) -> None:
    ruth = make_customer("Ruth")
    bought(ruth, at.date() - DAY, 500)
    make_price(at, 450, kind=PriceKind.QUOTE, customer=ruth)
    price = make_price(at, 400)
    righting = make_right(price, Remedy.CREDIT, seen_count=1, seen_minor=100, by=owner.actor, at=at)

    erase_all(Erasing([ruth.pk], owner.actor, at, is_asked=True))
    hand_out(righting, by=SYSTEM, at=at)

    assert (Concern.objects.count(), Price.objects.count()) == (0, 1)
    assert not CreditEntry.objects.exists()
