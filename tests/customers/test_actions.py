from datetime import timedelta

import pytest
from django.db import connection

from regulars.core.actor import SYSTEM
from regulars.core.models import AuditEntry, Event
from regulars.customers.actions.assigning import assign_customers, undo_assignment
from regulars.customers.actions.people import (
    Named,
    add_customer,
    archive_customer,
    describe_customer,
    rename_customer,
    restore_customer,
)
from regulars.customers.actions.points import (
    add_contact_point,
    change_contact_point,
    remove_contact_point,
)
from regulars.customers.choices import Kind, PointKind, PointState
from regulars.customers.errors import (
    AssignmentUndone,
    CannotLookAfter,
    NobodyNamed,
    PointTaken,
    PointUnreadable,
)
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.queries.people import matching
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer, make_point
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db


def said() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("id").values_list("verb", "thing"))


def announced() -> list[tuple[str, object]]:
    return list(Event.objects.order_by("id").values_list("kind", "payload"))


def test_add_customer_writes_name_reach_and_manager(owner: Member) -> None:
    customer = add_customer(
        Named(Kind.PERSON, "  Ruth  Calloway "),
        reach=(PointKind.PHONE, "020 7946 0018"),
        manager=owner,
        by=owner.actor,
        at=A_DAY,
    )

    point = customer.contact_points.get()
    assert (customer.name, customer.given_name, customer.family_name, customer.sort_name) == (
        "Ruth Calloway", "Ruth", "Calloway", "calloway ruth",
    )  # fmt: skip
    assert (point.normal, point.is_primary, point.state) == ("+442079460018", True, "usable")
    assert list(matching(Customer.objects.all(), "020 79 cal")) == [customer]
    assert said() == [("added", "customers.customer")]
    assert announced() == [("customers.CustomerAdded", {"customer_id": customer.pk})]


def test_add_customer_refuses_a_blank_name_and_a_viewer_as_manager(viewer: Member) -> None:
    with pytest.raises(NobodyNamed):
        add_customer(Named(Kind.PERSON, " \n "), by=SYSTEM, at=A_DAY)
    with pytest.raises(CannotLookAfter):
        add_customer(Named(Kind.PERSON, "Ruth"), manager=viewer, by=SYSTEM, at=A_DAY)

    assert Customer.objects.count() == 0


def test_add_customer_leaves_nothing_when_the_number_is_none(business: object) -> None:
    with pytest.raises(PointUnreadable):
        add_customer(
            Named(Kind.PERSON, "Ruth"), reach=(PointKind.PHONE, "soon"), by=SYSTEM, at=A_DAY
        )

    assert (Customer.objects.count(), said(), announced()) == (0, [], [])


def test_rename_and_describe_change_one_thing_each() -> None:
    customer = make_customer("Ruth Calloway")

    rename_customer(customer, Named(Kind.ORGANISATION, "Calloway & Co"), by=SYSTEM, at=A_DAY)
    describe_customer(customer, " No nuts. ", by=SYSTEM, at=A_DAY)

    customer.refresh_from_db()
    assert (customer.name, customer.kind, customer.sort_name, customer.about) == (
        "Calloway & Co", "organisation", "calloway & co", "No nuts.",
    )  # fmt: skip
    assert [verb for verb, _thing in said()] == ["renamed", "described"]


def test_a_second_point_of_a_kind_is_not_the_first_choice(business: object) -> None:
    customer = make_customer(email="ruth@calloway.example")

    second = add_contact_point(customer, PointKind.EMAIL, "Ruth@Work.Example", by=SYSTEM, at=A_DAY)

    assert (second.normal, second.is_primary) == ("ruth@work.example", False)
    assert matching(Customer.objects.all(), "work").count() == 1
    with pytest.raises(PointTaken):
        add_contact_point(customer, PointKind.EMAIL, "RUTH@work.example", by=SYSTEM, at=A_DAY)


def test_a_corrected_address_is_judged_and_found_anew(business: object) -> None:
    customer = make_customer(email="ruth@calloway")
    point = customer.contact_points.get()
    assert point.state == PointState.DOUBTFUL

    change_contact_point(point, "ruth@calloway.example", by=SYSTEM, at=A_DAY)

    assert customer.contact_points.get().state == PointState.USABLE
    assert matching(Customer.objects.all(), "example").count() == 1


def test_removing_the_first_choice_makes_the_next_one_it(business: object) -> None:
    customer = make_customer(phone="+442079460018")
    other = make_point(customer, PointKind.PHONE, "+442079460019", is_primary=False)

    remove_contact_point(customer.contact_points.get(is_primary=True), by=SYSTEM, at=A_DAY)

    assert list(ContactPoint.objects.values_list("pk", "is_primary")) == [(other.pk, True)]


def test_archive_and_restore_once_each() -> None:
    customer = make_customer()

    archive_customer(customer, by=SYSTEM, at=A_DAY)
    archive_customer(customer, by=SYSTEM, at=A_DAY + timedelta(days=1))
    assert Customer.objects.get().archived_at == A_DAY
    restore_customer(customer, by=SYSTEM, at=A_DAY)

    assert Customer.objects.get().archived_at is None
    assert [verb for verb, _thing in said()] == ["archived", "restored"]


def test_assign_customers_moves_a_selection_and_undo_gives_each_back(
    owner: Member, manager: Member, helper: Member
) -> None:
    ruth = make_customer("Ruth Calloway", manager=owner)
    oscar = make_customer("Oscar Winslow")
    already = make_customer("Thea Abernathy", manager=helper)
    outside = make_customer("Hugo Arkwright", manager=manager)
    chosen = Customer.objects.exclude(pk=outside.pk)

    made = assign_customers(chosen, helper, by=owner.actor, at=A_DAY)

    holders = Customer.objects.order_by("pk").values_list("manager_id", flat=True)
    assert list(holders) == [helper.pk, helper.pk, helper.pk, manager.pk]
    assert made.count == 2

    Customer.objects.filter(pk=oscar.pk).update(manager=manager)
    count = undo_assignment(made, by=owner.actor, at=A_DAY)

    assert list(holders.all()) == [owner.pk, manager.pk, helper.pk, manager.pk]
    assert count == 1
    assert (already.manager_id, ruth.pk) == (helper.pk, ruth.pk)
    assert [verb for verb, _thing in said()] == ["assigned", "undid assignment"]
    with pytest.raises(AssignmentUndone):
        undo_assignment(made, by=owner.actor, at=A_DAY)


def test_assign_customers_to_nobody_and_by_a_search(owner: Member) -> None:
    ruth = make_customer("Ruth Calloway", manager=owner)
    other = make_customer("Oscar Winslow", manager=owner)

    assign_customers(matching(Customer.objects.all(), "ru"), None, by=owner.actor, at=A_DAY)

    ruth.refresh_from_db()
    other.refresh_from_db()
    assert (ruth.manager_id, other.manager_id) == (None, owner.pk)


def test_assign_customers_refuses_who_left(owner: Member) -> None:
    customer = make_customer(manager=owner)
    gone = make_member("manager", is_active=False)

    with pytest.raises(CannotLookAfter):
        assign_customers(Customer.objects.all(), gone, by=owner.actor, at=A_DAY)

    customer.refresh_from_db()
    assert customer.manager_id == owner.pk


@pytest.mark.parametrize("rows", [1, 3])
def test_assign_customers_asks_the_database_as_often_for_one_as_for_three(
    owner: Member, helper: Member, rows: int, django_assert_num_queries: object
) -> None:
    for number in range(rows):
        make_customer(f"Customer {number}", manager=owner)

    # On PostgreSQL an event also locks the place where it will stand.
    expected = 8 if connection.vendor == "sqlite" else 9
    with django_assert_num_queries(expected):  # type: ignore[operator]
        assign_customers(Customer.objects.all(), helper, by=owner.actor, at=A_DAY)
