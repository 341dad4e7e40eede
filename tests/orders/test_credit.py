"""Store credit: granted, spent, taken back, and never below nought."""

from datetime import datetime

import pytest

from regulars.core.actor import SYSTEM
from regulars.core.money import Money
from regulars.orders.actions import grant_credit, spend_credit, take_back_credit
from regulars.orders.errors import CreditOfNothing, CreditTooSmall
from regulars.orders.models import CreditEntry
from regulars.orders.queries import credit_entries, credit_of
from tests.factories.customers import make_customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def test_credit_is_the_sum_of_what_happened_to_it(at: datetime) -> None:
    ruth, may = make_customer(), make_customer("May Hart")

    grant_credit(ruth, Money(500, "GBP"), source="makegood:1", by=SYSTEM, at=at)
    again = grant_credit(ruth, Money(500, "GBP"), source="makegood:1", by=SYSTEM, at=at)
    spend_credit(ruth, Money(200, "GBP"), source="till:1", by=SYSTEM, at=at)

    assert credit_of(ruth, "GBP") == Money(300, "GBP")
    assert credit_of(ruth, "EUR") == Money(0, "EUR")
    assert credit_of(may, "GBP") == Money(0, "GBP")
    assert [one.minor for one in credit_entries(ruth)] == [-200, 500]
    assert again == CreditEntry.objects.get(source="makegood:1")


def test_nobody_spends_more_than_there_is(at: datetime) -> None:
    ruth = make_customer()
    granted = grant_credit(ruth, Money(500, "GBP"), source="makegood:1", by=SYSTEM, at=at)

    with pytest.raises(CreditTooSmall):
        spend_credit(ruth, Money(501, "GBP"), source="till:1", by=SYSTEM, at=at)
    spend_credit(ruth, Money(1, "GBP"), source="till:2", by=SYSTEM, at=at)
    with pytest.raises(CreditTooSmall):
        take_back_credit(granted, by=SYSTEM, at=at)
    with pytest.raises(CreditOfNothing):
        grant_credit(ruth, Money(0, "GBP"), source="makegood:2", by=SYSTEM, at=at)

    assert credit_of(ruth, "GBP") == Money(499, "GBP")


def test_what_was_granted_is_taken_back_once(at: datetime) -> None:
    ruth = make_customer()
    granted = grant_credit(ruth, Money(500, "GBP"), source="makegood:1", by=SYSTEM, at=at)

    take_back_credit(granted, by=SYSTEM, at=at)
    take_back_credit(granted, by=SYSTEM, at=at)

    assert credit_of(ruth, "GBP") == Money(0, "GBP")
    assert CreditEntry.objects.count() == 2
