"""The database notes who is to be counted again, whoever changes the books."""

from datetime import timedelta

import pytest
from django.db import connection

from regulars.customers.choices import Kind, RelationKind
from regulars.customers.models import Customer, Relation
from regulars.insight.models import Recount
from regulars.insight.watch import is_watched, noted, put_up_watch, strike_off
from regulars.orders.models import Order
from tests.factories.insight import A_MORNING, TODAY, add_orders, make_buyer, make_stranger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _watched() -> None:
    put_up_watch()
    # Emptying the tables after another test was noted, too.
    Recount.objects.all().delete()


def said() -> set[int]:
    """Who has been noted since it was asked last."""
    found = set(Recount.objects.values_list("customer_id", flat=True))
    Recount.objects.all().delete()
    return found


def test_orders_added_changed_handed_over_and_deleted_are_noted() -> None:
    one, two = make_buyer(5).pk, make_stranger().pk
    assert said() == {one, two}
    theirs = Order.objects.filter(customer=one)

    theirs.update(total_minor=7)
    assert said() == {one}
    theirs.update(customer=two)
    assert said() == {one, two}
    add_orders(Customer.objects.get(pk=one), TODAY - timedelta(days=900))
    assert said() == {one}
    Order.objects.filter(customer=two).delete()
    assert said() == {two}


def test_what_facts_do_not_rest_on_is_not_noted() -> None:
    one = make_buyer(5)
    add_orders(one, TODAY)
    said()

    Order.objects.update(status="shipped")
    Order.objects.update(total_minor=1000)  # as it was
    Customer.objects.update(about="Likes rye")
    Order.objects.create(
        source="till", external_id="counter", placed_at=A_MORNING, placed_on=TODAY, total_minor=1,
        currency="GBP",
    )  # fmt: skip

    assert said() == set()


def test_customers_and_whom_a_department_serves_are_noted() -> None:
    one, kitchen = make_stranger(), make_stranger(Kind.DEPARTMENT)
    assert said() == {one.pk, kitchen.pk}

    Customer.objects.filter(pk=one.pk).update(archived_at=A_MORNING)
    assert said() == {one.pk}
    Customer.objects.filter(pk=one.pk).update(kind=Kind.ORGANISATION)
    assert said() == {one.pk}
    for kind in (RelationKind.SERVES, RelationKind.WORKS_AT):
        Relation.objects.create(kind=kind, of=kitchen, to=one, created_at=A_MORNING)
    assert said() == {kitchen.pk}
    Relation.objects.update(until_on=TODAY)
    assert said() == {kitchen.pk}
    Relation.objects.all().delete()
    assert said() == {kitchen.pk}


def test_what_is_noted_while_counting_stays() -> None:
    make_stranger()
    notes = noted()
    late = make_stranger()

    strike_off(notes)

    assert [one.customer_id for one in Recount.objects.all()] == [late.pk]


def test_a_watch_that_is_down_is_missed_and_can_be_put_up_again() -> None:
    with connection.cursor() as cursor:
        on = " ON orders_order" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER insight_again_orders_order_gone{on}")
    assert not is_watched()

    put_up_watch()

    assert is_watched()
