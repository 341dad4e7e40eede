"""Two customers made one, and taken apart again."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision
from regulars.consent.models import ConsentState, Wish
from regulars.conversations.models import Clock, Touch
from regulars.core.actor import COMMAND
from regulars.core.models import AuditEntry
from regulars.core.operations import tables
from regulars.customers.actions.finding import find_duplicates, tell_apart
from regulars.customers.actions.merging import Choice, merge_customers, unmerge_customers
from regulars.customers.actions.people import Named, rename_customer
from regulars.customers.choices import Kind, Made, PointKind
from regulars.customers.errors import CannotMerge, CannotUnmerge
from regulars.customers.models import ContactPoint, Customer, Duplicate, Merge
from regulars.customers.queries.duplicates import survivor_of
from regulars.orders.models import Order
from regulars.planning.models import Pause
from tests.factories.consent import make_decision
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_point, make_reference, make_relation
from tests.factories.messaging import make_message
from tests.factories.orders import make_order

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)

pytestmark = pytest.mark.django_db


def merged(survivor: Customer, other: Customer, **over: Any) -> Merge:
    return merge_customers(survivor, other, by=COMMAND, at=AT, choice=Choice(**over))


def everything() -> str:
    """All rows of the tables that operations may touch."""
    rows = {
        table.model._meta.label: list(table.model._default_manager.order_by("pk").values())
        for table in tables
    }
    return json.dumps(rows, cls=DjangoJSONEncoder, indent=1)


def two_of_one() -> tuple[Customer, Customer]:
    """Ruth, written down twice, each with a life of its own."""
    one = make_customer("Ruth Hale", email="ruth@hale.example", phone="020 7946 0018")
    other = make_customer("Ruth Halle", email="ruth@hale.example", about="Likes rye")
    make_point(other, PointKind.EMAIL, "ruth@work.example", is_primary=False)
    make_reference(other, "till", "1001")
    for customer in (one, other):
        make_order(customer, date(2026, 11, 1))
        touch = make_touch(customer, AT - timedelta(days=customer.pk % 5))
        Clock.objects.update_or_create(
            customer=customer,
            defaults={"last_touch_at": touch.happened_at, "last_channel": touch.channel},
        )
    Pause.objects.create(customer=other, until=date(2026, 12, 1), put_off_at=AT)
    Wish.objects.create(customer=other, every_days=30, changed_at=AT)
    return one, other


def test_everything_goes_over_to_the_one_who_stays() -> None:
    one, other = two_of_one()

    merge = merged(one, other)

    one.refresh_from_db()
    other.refresh_from_db()
    assert (other.merged_into, other.archived_at) == (one, AT)
    assert (one.name, one.about) == ("Ruth Hale", "Likes rye")
    assert Order.objects.filter(customer=one).count() == 2
    assert Touch.objects.filter(customer=one).count() == 2
    assert [
        (point.value, point.is_primary)
        for point in one.contact_points.filter(kind="email").order_by("id")
    ] == [("ruth@hale.example", True), ("ruth@work.example", False)]
    assert Pause.objects.get(customer=one).until == date(2026, 12, 1)
    assert "1001" in one.search_text
    # The address that both had stays on the card that goes.
    assert merge.stayed == {"customers.contactpoint.customer_id": 1}


def test_taken_apart_again_all_is_as_it_was() -> None:
    one, other = two_of_one()
    before = everything()

    merge = merged(one, other)
    assert everything() != before
    unmerge_customers(merge, by=COMMAND, at=LATER)

    assert everything() == before


def test_what_was_edited_since_stays_and_is_told() -> None:
    one, other = two_of_one()
    merge = merged(one, other, fields={"name": "merged"})
    rename_customer(one, Named(Kind.PERSON, "Ruth Hale-Byrne"), by=COMMAND, at=LATER)
    new = make_order(one, date(2026, 11, 22))

    merge = unmerge_customers(merge, by=COMMAND, at=LATER)

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.name, other.name) == ("Ruth Hale-Byrne", "Ruth Halle")
    assert merge.report["left"] > 0
    assert merge.report["since"] == {"orders.order.customer_id": 1}
    assert Order.objects.get(pk=new.pk).customer == one
    assert Order.objects.filter(customer=other).count() == 1


def test_a_wish_made_since_stays_with_the_one_who_made_it() -> None:
    one, other = two_of_one()
    merge = merged(one, other)
    Wish.objects.filter(customer=one).update(every_days=90, changed_at=LATER)

    merge = unmerge_customers(merge, by=COMMAND, at=LATER)

    assert merge.report["left"] == 1
    assert dict(Wish.objects.values_list("customer_id", "every_days")) == {one.pk: 90, other.pk: 30}


def test_a_wish_and_a_pause_that_came_since_are_told() -> None:
    one, other = make_customer("Ruth Hale"), make_customer("Ruth Halle")
    merge = merged(one, other)
    Wish.objects.create(customer=one, every_days=90, changed_at=LATER)
    Pause.objects.create(customer=one, until=LATER.date(), put_off_at=LATER)

    merge = unmerge_customers(merge, by=COMMAND, at=LATER)

    assert merge.report["since"] == {
        "planning.pause.customer_id": 1, "consent.wish.customer_id": 1,
    }  # fmt: skip
    assert Wish.objects.get().customer == one


def test_a_no_of_either_is_a_no_of_both_and_stays() -> None:
    one, other = two_of_one()
    make_decision(one, decision=Decision.GRANTED)
    make_decision(other, decision=Decision.WITHDRAWN)

    merge = merged(one, other)
    unmerge_customers(merge, by=COMMAND, at=LATER)

    assert set(ConsentState.objects.values_list("customer_id", "decision")) == {
        (one.pk, Decision.WITHDRAWN), (other.pk, Decision.WITHDRAWN),
    }  # fmt: skip


def test_a_no_said_while_they_were_one_is_a_no_of_both_when_they_are_two_again() -> None:
    one, other = two_of_one()
    for customer in (one, other):
        make_decision(customer, decision=Decision.GRANTED)
    merge = merged(one, other)
    record_decision([one.pk], "email", Decision.WITHDRAWN, source="link", by=COMMAND, at=LATER)

    unmerge_customers(merge, by=COMMAND, at=LATER + timedelta(hours=1))

    assert set(ConsentState.objects.values_list("customer_id", "decision")) == {
        (one.pk, Decision.WITHDRAWN), (other.pk, Decision.WITHDRAWN),
    }  # fmt: skip


def test_a_yes_of_the_one_who_goes_raises_nothing() -> None:
    one, other = two_of_one()
    make_decision(other, decision=Decision.GRANTED)

    merge = merged(one, other)

    assert not ConsentState.objects.filter(customer=one).exists()
    assert merge.stayed["consent.consentstate.customer_id"] == 1


def test_messages_of_one_occasion_stay_two() -> None:
    one, other = two_of_one()
    for customer in (one, other):
        make_message(customer, at=AT, occasion="mailing:1", seal="")
    make_message(other, at=AT, occasion="mailing:2", seal="")

    merged(one, other)

    assert one.messages.count() == 2
    assert other.messages.count() == 1


def test_three_in_a_chain_come_apart_from_the_last() -> None:
    a, b, c = (make_customer(f"Ruth {name}") for name in ("Hale", "Halle", "Hail"))
    make_order(a, date(2026, 11, 1))
    before = everything()
    first, second = merged(b, a), merged(c, b)
    assert survivor_of(a.pk) == c.pk
    assert Order.objects.get().customer == c

    with pytest.raises(CannotUnmerge):
        unmerge_customers(first, by=COMMAND, at=LATER)
    unmerge_customers(second, by=COMMAND, at=LATER)
    unmerge_customers(first, by=COMMAND, at=LATER)

    assert everything() == before


def test_what_joined_the_two_stays_behind() -> None:
    one, other = two_of_one()
    third = make_customer("Tom Hale")
    make_relation(one, "married_to", third)
    make_relation(other, "related_to", one)
    before = everything()

    merge = merged(one, other)

    assert merge.stayed["customers.relation.of_id"] == 1
    unmerge_customers(merge, by=COMMAND, at=LATER)
    assert everything() == before


def test_merge_refuses_oneself_the_merged_and_another_kind() -> None:
    one, other = two_of_one()
    firm = make_customer("Hale & Co", kind=Kind.ORGANISATION)
    third = make_customer("Ruth Hail")
    for survivor, gone in ((one, one), (one, firm)):
        with pytest.raises(CannotMerge):
            merged(survivor, gone)
    merged(one, other)
    with pytest.raises(CannotMerge):
        merged(third, other)
    Customer.objects.filter(pk=third.pk).update(deleted_at=AT, archived_at=AT)
    with pytest.raises(CannotMerge):
        merged(one, third)

    assert merged(one, firm, across_kinds=True).merged == firm


def test_unmerge_refuses_twice() -> None:
    one, other = two_of_one()
    merge = merged(one, other)
    unmerge_customers(merge, by=COMMAND, at=LATER)

    with pytest.raises(CannotUnmerge):
        unmerge_customers(merge, by=COMMAND, at=LATER)


def test_finding_writes_pairs_down_and_merges_who_speaks_for_it() -> None:
    one, other = two_of_one()
    ada, again = (make_customer("Ada Byron", email="ada@byron.example") for _card in range(2))

    found = find_duplicates(by=COMMAND, at=AT, merges=True)

    assert (found.customers, found.automatic, found.merged) == (4, 1, 1)
    assert Customer.objects.get(pk=again.pk).merged_into_id == ada.pk
    waiting = Duplicate.objects.waiting().values_list("low_id", "high_id")
    assert list(waiting) == [(one.pk, other.pk)]
    assert AuditEntry.objects.filter(verb="looked for duplicates").count() == 1


def test_not_the_same_is_remembered_also_of_who_was_merged() -> None:
    one, other = two_of_one()
    third = make_customer("Ruth Hale", phone="020 7946 0018")
    find_duplicates(by=COMMAND, at=AT)
    pair = Duplicate.objects.get(low=other, high=third)
    tell_apart(pair, by=COMMAND, at=AT)
    merged(one, other)

    found = find_duplicates(by=COMMAND, at=LATER)

    assert found.open == 0
    assert set(Duplicate.objects.values_list("state", flat=True)) == {Made.APART, Made.MERGED}


def test_taken_apart_they_are_not_merged_by_themselves_again() -> None:
    one, other = two_of_one()
    unmerge_customers(merged(one, other), by=COMMAND, at=LATER)

    assert Duplicate.objects.get().state == Made.APART


def test_an_address_of_both_is_kept_where_it_was() -> None:
    one, other = two_of_one()
    merged(one, other)

    assert ContactPoint.objects.filter(customer=other).count() == 1
