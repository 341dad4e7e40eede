"""Another customer's address does not leave; one that we wrote ourselves does."""

from datetime import datetime

import pytest

from regulars.messaging.models import Message
from regulars.messaging.outbox import Claimed, claim
from regulars.messaging.rendering import Letter, Unfit, render_window
from regulars.team.models import Business
from tests.factories.customers import make_customer
from tests.factories.messaging import make_message, make_version

pytestmark = pytest.mark.django_db


def window_of(body: str, at: datetime) -> tuple[list[Letter], list[Unfit]]:
    """The owner is on the list, with the address at which customers write to the shop."""
    version = make_version(body=body)
    for name, email in (("Nora", "Hello@shop.example"), ("Tom", "tom@x.example")):
        make_message(make_customer(name, email=email), at=at, version=version)
    window: list[Claimed] = claim("sender", None, 5, at=at)
    assert len(window) == Message.objects.count() == 2
    return render_window(window, at=at)


@pytest.mark.usefixtures("business")
def test_an_address_that_the_text_itself_says_leaves(at: datetime) -> None:
    letters, unfit = window_of("Write to hello@shop.example.", at)

    assert (len(letters), unfit) == (2, [])


def test_an_address_that_the_house_signs_with_leaves(business: Business, at: datetime) -> None:
    Business.objects.update(name="Juniper, hello@shop.example")

    letters, unfit = window_of("Yours, {{ business_name }}", at)

    assert (len(letters), unfit) == (2, [])


@pytest.mark.usefixtures("business")
def test_an_address_that_came_with_a_customers_values_does_not(at: datetime) -> None:
    version = make_version(body="{{ full_name | default: 'you' }}: tom@shop.example knows.")
    odd = make_customer("Lena hello@shop.example", email="lena@x.example")
    nora = make_customer("Nora", email="hello@shop.example")
    for customer in (odd, nora):
        make_message(customer, at=at, version=version)

    letters, unfit = render_window(claim("sender", None, 5, at=at), at=at)

    assert [one.claimed.customer_id for one in letters] == [nora.pk]
    assert [(one.claimed.customer_id, one.why) for one in unfit] == [(odd.pk, "foreign_address")]
