"""Two customers who are one: what both paid and were told stays with the one who stays."""

from datetime import datetime, timedelta

import pytest

from regulars.core.actor import SYSTEM
from regulars.customers.actions.merging import merge_customers, unmerge_customers
from regulars.prices.actions.checking import check_prices
from regulars.prices.actions.righting import make_right
from regulars.prices.choices import PriceKind, Remedy
from regulars.prices.models import Concern, Price
from regulars.prices.queries.concerned import unsettled_of
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.prices import bought, found, make_price

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

DAY = timedelta(days=1)


def told(customer_name: str) -> list[int]:
    """What a customer was told that one costs."""
    quotes = Price.objects.filter(kind=PriceKind.QUOTE, customer__name=customer_name)
    return sorted(quotes.values_list("amount_minor", flat=True))


def test_what_both_paid_is_owed_to_the_one_who_stays_and_goes_back_when_they_part(
    at: datetime,
) -> None:
    ruth, twin = make_customer("Ruth"), make_customer("R. Calloway")
    bought(ruth, at.date() - DAY, 450)
    bought(twin, at.date() - 2 * DAY, 430)
    make_price(at, 440, kind=PriceKind.QUOTE, customer=ruth)
    make_price(at, 420, kind=PriceKind.QUOTE, customer=twin, opens_on=at.date())
    price = make_price(at, 400)
    assert found(price) == {"Ruth": 50, "R. Calloway": 30}

    merge = merge_customers(ruth, twin, by=SYSTEM, at=at)
    # Before anybody looks again nothing is owed to a card that is gone.
    assert (found(price), unsettled_of(price)) == ({"Ruth": 50}, (1, 50))
    assert told("Ruth") == [420, 440]
    check_prices([price.pk], at=at + DAY)
    assert found(price) == {"Ruth": 80}

    unmerge_customers(merge, by=SYSTEM, at=at)
    check_prices([price.pk], at=at + 2 * DAY)
    assert found(price) == {"Ruth": 50, "R. Calloway": 30}
    assert (told("Ruth"), told("R. Calloway")) == ([440], [420])


def test_what_was_made_right_for_one_of_them_is_not_owed_again(at: datetime, owner: Member) -> None:
    ruth, twin = make_customer("Ruth"), make_customer("R. Calloway")
    bought(twin, at.date() - DAY, 450)
    price = make_price(at, 400)
    make_right(price, Remedy.CREDIT, seen_count=1, seen_minor=50, by=owner.actor, at=at)

    merge_customers(ruth, twin, by=SYSTEM, at=at)
    check_prices([price.pk], at=at)

    assert found(price) == {}
    assert Concern.objects.get(price=price).customer == ruth
