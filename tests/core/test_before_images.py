"""What an operation did is put back exactly, on both databases; what came after it stays."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, models, transaction

from regulars.core import audit
from regulars.core.actor import COMMAND, SYSTEM
from regulars.core.before_images import (
    changing,
    create_rows,
    remember_created,
    remember_deleted,
    stretches,
)
from regulars.core.bulk import rows_of
from regulars.core.models import AuditEntry, Image, Instance, Job, Operation
from regulars.core.operations import (
    TooLateToUndo,
    UndoneAlready,
    begin_operation,
    register_table,
    tables,
)
from regulars.core.undo import undo, undo_now
from regulars.customers.models import ContactPoint, Customer, Reference
from regulars.customers.queries.people import matching
from regulars.insight.models import CustomerFacts
from regulars.messaging.models import Message
from regulars.orders.models import Order, OrderLine
from regulars.team.models import Business, Member, OpeningHours
from tests.factories.conversations import make_touch
from tests.factories.customers import A_DAY, make_customer, make_point, make_reference
from tests.factories.messaging import make_message
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db
NASTY = [
    "", " ", "'\"`\\", "{}[]:,", "a\tb\nc\r\x01\x1f\x7f", "\U0001f469\u200d\U0001f33e\U0001f1ec",
    "e\u0301\u202eabc", "null", "NULL", "0042", "1e5", "-0", "9007199254740993", "x" * 5000,
    "%s %(a)s %%", "\u2028\ufeff\ue000", '"quoted"', "\\u0041", "=1+1", "true", "2026-11-24",
]  # fmt: skip


@pytest.fixture
def operation(at: datetime, business: object) -> Operation:
    return begin_operation("bulk", subject_id=7, by=COMMAND, at=at)


@pytest.fixture
def more_tables() -> Iterator[None]:
    """Tables that hold the kinds of columns that no customer has."""
    for model in (Instance, Job, OpeningHours):
        register_table(model)
    yield
    for model in (Instance, Job, OpeningHours):
        del tables._things[model._meta.label_lower]


def contents(model: type[models.Model]) -> list[tuple[Any, ...]]:
    """The rows as the database holds them, not as Django reads them."""
    kinds = ", ".join(
        f'"{field.column}", typeof("{field.column}")' if connection.vendor == "sqlite"
        else f'"{field.column}"::text'
        for field in model._meta.concrete_fields
    )  # fmt: skip
    return rows_of(f'SELECT {kinds} FROM "{model._meta.db_table}" ORDER BY 1')


@pytest.mark.parametrize("text", NASTY, ids=[f"text-{n}" for n in range(len(NASTY))])
def test_any_text_comes_back_as_it_was(operation: Operation, at: datetime, text: str) -> None:
    make_customer("Ruth", about=text)
    before = contents(Customer)
    with changing(operation, Customer, ["about"], ("1 = 1", [])):
        Customer.objects.update(about="something else", updated_at=at)

    undo_now(operation, by=COMMAND, at=at)

    assert contents(Customer) == before


def test_every_kind_of_column_comes_back_as_it_was(
    operation: Operation, at: datetime, more_tables: None
) -> None:
    make_rows_of_every_kind(at)
    kept = (Customer, ContactPoint, Order, OrderLine, Instance, Job, OpeningHours)
    before = [contents(model) for model in kept]
    for model in kept:
        columns = [
            field.name for field in model._meta.concrete_fields
            if not field.primary_key and not field.remote_field
        ]  # fmt: skip
        with changing(operation, model, columns, ("1 = 1", [])):
            change_everything(model)
    assert all(contents(model) != one for model, one in zip(kept, before, strict=True))

    undo_now(operation, by=COMMAND, at=at)

    assert [contents(model) for model in kept] == before
    assert operation.report["left"] == 0


def test_deleted_rows_of_every_kind_come_back_as_they_were(
    operation: Operation, at: datetime, more_tables: None
) -> None:
    make_rows_of_every_kind(at)
    gone = (OrderLine, Order, ContactPoint, Customer, Instance, Job, OpeningHours)
    before = [contents(model) for model in gone]
    for model in gone:
        remember_deleted(operation, model, ("1 = 1", []))
        model._default_manager.all().delete()
    assert [contents(model) for model in gone] == [[]] * len(gone)

    undo_now(operation, by=COMMAND, at=at)

    assert [contents(model) for model in gone] == before
    assert [one.pk for one in matching(Customer.objects.all(), "calloway")] != []


def make_rows_of_every_kind(at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@example.com", since_on=date(1969, 12, 31))
    order = make_order(ruth, A_DAY.date(), total_minor=2**62 + 1, shipping_minor=-(2**53) - 1)
    Order.objects.update(delivered_at=datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC))
    for line_no, text in enumerate(("0.001", "12345678901.234", "1.100", "-7", "0.1"), start=70):
        OrderLine.objects.create(
            order=order, line_no=line_no, quantity=Decimal(text), total_minor=line_no
        )
    Instance.objects.update_or_create(
        pk=1, defaults={"instance_id": UUID("00000000-0000-0000-0000-00000000000e")}
    )
    for result in ({"a": [1, 2.5, "é\n"], "b": None}, "null", 0, False, {}):
        Job.objects.create(name="x", result=result, due_at=at, created_at=at)
    OpeningHours.objects.create(
        business=Business.objects.get(), weekday=0, opens_at=time(8, 0, 0, 1), closes_at=time.max
    )


def change_everything(model: type[models.Model]) -> None:
    """Something else in every column that allows it."""
    other: dict[type[models.Field[Any, Any]], Any] = {
        models.TextField: "other", models.DateField: date(2001, 1, 1), models.BooleanField: False,
        models.DateTimeField: datetime(2001, 1, 1, 1, 1, 1, 1, tzinfo=UTC),
        models.DecimalField: Decimal("3.333"), models.JSONField: {"other": True},
        models.BigIntegerField: 3, models.UUIDField: UUID(int=5), models.TimeField: time(7, 7),
    }  # fmt: skip
    named = {
        field.name: other[type(field)]
        for field in model._meta.concrete_fields
        if type(field) in other and field.name != "closes_at"
    }
    model._default_manager.update(**named)


def test_rows_that_did_not_change_leave_nothing_behind(operation: Operation, at: datetime) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada", about="tea")

    with changing(operation, Customer, ["about", "name"], [ruth.pk, ada.pk]):
        Customer.objects.update(about="tea")

    image = Image.objects.get()
    assert (image.low_id, image.before, image.after) == (ruth.pk, {"about": ""}, {"about": "tea"})
    operation.refresh_from_db()
    assert operation.count == 1


def test_what_somebody_changed_since_stays_and_is_told(operation: Operation, at: datetime) -> None:
    ruth = make_customer("Ruth", about="tea")
    with changing(operation, Customer, ["about", "since_on"], [ruth.pk]):
        Customer.objects.update(about="coffee", since_on=date(2020, 1, 1))
    Customer.objects.update(about="cocoa")
    audit.record("described", ruth, by=SYSTEM, at=at)

    undo_now(operation, by=COMMAND, at=at)

    ruth.refresh_from_db()
    assert (ruth.about, ruth.since_on) == ("cocoa", None)
    assert operation.report == {
        "put_back": 1, "left": 1, "lost": 0,
        "examples": [{
            "table": "customers.customer", "row": ruth.pk, "field": "about", "ours": "coffee",
            "now": "cocoa", "who": "Regulars",
        }],
    }  # fmt: skip


def test_the_last_of_several_changes_goes_first(operation: Operation, at: datetime) -> None:
    ruth = make_customer("Ruth", about="one")
    for word in ("two", "three", "four"):
        with changing(operation, Customer, ["about"], [ruth.pk]):
            Customer.objects.update(about=word)

    undo_now(operation, by=COMMAND, at=at)

    assert Customer.objects.get().about == "one"


def test_rows_that_were_made_go_with_what_belongs_to_them(
    operation: Operation, at: datetime
) -> None:
    old = make_customer("Ada")
    made = [make_customer(f"Ruth {n}", email=f"ruth{n}@example.com") for n in range(3)]
    remember_created(operation, Customer, [one.pk for one in made])
    points = ContactPoint.objects.values_list("pk", flat=True)
    remember_created(operation, ContactPoint, list(points))

    undo_now(operation, by=COMMAND, at=at)

    assert list(Customer.objects.all()) == [old]
    assert not ContactPoint.objects.exists()
    assert list(matching(Customer.objects.all(), "ruth")) == []
    assert operation.report == {"taken_away": 6, "in_use": 0, "examples": []}


def test_a_row_that_is_in_use_stays_with_all_of_it(operation: Operation, at: datetime) -> None:
    made = [make_customer(f"Ruth {n}", email=f"r{n}@example.com") for n in range(4)]
    for model in (Customer, ContactPoint):
        keys = model._default_manager.values_list("pk", flat=True)
        remember_created(operation, model, list(keys))
    make_touch(made[0], at)
    Customer.objects.filter(pk=made[1].pk).update(updated_at=at + timedelta(hours=1))
    order = make_order(made[2], A_DAY.date())
    remember_created(operation, Order, [order.pk])

    undo_now(operation, by=COMMAND, at=at)

    assert list(Customer.objects.order_by("pk")) == made[:2]
    assert ContactPoint.objects.count() == 2
    assert not Order.objects.exists()
    assert (operation.report["taken_away"], operation.report["in_use"]) == (5, 4)


def test_an_order_in_use_keeps_its_customer(operation: Operation, at: datetime) -> None:
    ruth = make_customer("Ruth")
    order = make_order(ruth, A_DAY.date())
    remember_created(operation, Customer, [ruth.pk])
    remember_created(operation, Order, [order.pk])
    OrderLine.objects.create(order=order, line_no=99, total_minor=1)

    undo_now(operation, by=COMMAND, at=at)

    assert list(Order.objects.all()) == [order]
    assert list(Customer.objects.all()) == [ruth]


def test_what_may_stand_once_and_stands_elsewhere_now_is_left(
    operation: Operation, at: datetime
) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    one = make_reference(ruth, value="1001")
    two = make_reference(ruth, value="1002")
    with changing(operation, Reference, ["value"], [one.pk, two.pk]):
        Reference.objects.filter(pk=one.pk).update(value="2001")
        Reference.objects.filter(pk=two.pk).update(value="2002")
    make_reference(ada, value="1001")

    undo_now(operation, by=COMMAND, at=at)

    assert list(Reference.objects.order_by("pk").values_list("value", flat=True)) == [
        "2001", "1002", "1001",
    ]  # fmt: skip
    assert (operation.report["put_back"], operation.report["left"]) == (1, 1)


def test_a_row_whose_owner_is_gone_does_not_come_back(operation: Operation, at: datetime) -> None:
    ruth = make_customer("Ruth", email="ruth@example.com")
    point = ContactPoint.objects.get()
    remember_deleted(operation, ContactPoint, [point.pk])
    point.delete()
    ruth.delete()

    undo_now(operation, by=COMMAND, at=at)

    assert operation.report == {"brought_back": 0, "lost": 1, "examples": []}


def test_a_customer_comes_back_without_a_manager_who_has_gone(
    operation: Operation, at: datetime, manager: Member
) -> None:
    ruth = make_customer("Ruth", manager=manager)
    with changing(operation, Customer, ["manager"], [ruth.pk]):
        Customer.objects.update(manager=None)
    manager.delete()

    undo_now(operation, by=COMMAND, at=at)

    assert Customer.objects.get().manager_id is None
    assert operation.report["left"] == 1


def test_rows_with_keys_that_are_no_numbers_come_back_too(
    operation: Operation, at: datetime
) -> None:
    ruth, ada = make_customer("Ruth", email="r@example.com"), make_customer("Ada")
    message = make_message(ruth, at=at)
    before = contents(Message)
    with changing(operation, Message, ["customer"], [message.pk]):
        Message.objects.update(customer=ada)

    undo_now(operation, by=COMMAND, at=at)

    assert contents(Message) == before


def test_rows_made_by_one_statement_are_known(operation: Operation, at: datetime) -> None:
    ruth = make_customer("Ruth")
    old = make_reference(ruth, value="7")
    insert = (
        "INSERT INTO customers_reference (customer_id, source, value)"
        " SELECT %(customer)s, 'till', n.v FROM (SELECT '7' AS v UNION ALL SELECT '8' UNION ALL"
        " SELECT '9') n WHERE 1 = 1 ON CONFLICT (source, value) DO NOTHING"
    )

    assert create_rows(operation, Reference, insert, {"customer": ruth.pk}) == 2

    undo_now(operation, by=COMMAND, at=at)
    assert list(Reference.objects.all()) == [old]


def test_undoing_goes_on_where_it_was_killed(operation: Operation, at: datetime) -> None:
    ruth = make_customer("Ruth", about="one")
    for word in ("two", "three"):
        with changing(operation, Customer, ["about"], [ruth.pk]):
            Customer.objects.update(about=word)
    steps = undo(operation, by=COMMAND, at=at)
    for _step in range(3):
        next(steps)()
    assert Customer.objects.get().about == "two"

    again = Operation.objects.get()
    assert again.is_half_undone
    undo_now(again, by=COMMAND, at=at)

    assert Customer.objects.get().about == "one"
    assert again.report["put_back"] == 2


def test_nothing_is_undone_twice(operation: Operation, at: datetime) -> None:
    undo_now(operation, by=COMMAND, at=at)

    with pytest.raises(UndoneAlready, match="has been undone already"):
        undo(operation, by=COMMAND, at=at)

    assert AuditEntry.objects.get(verb="undid").thing_id == str(operation.pk)


def test_nothing_is_undone_after_thirty_days(operation: Operation, at: datetime) -> None:
    with pytest.raises(TooLateToUndo, match="30 days"):
        undo(operation, by=COMMAND, at=at + timedelta(days=30))


def test_numbers_that_follow_one_another_are_one_stretch() -> None:
    assert list(stretches([])) == []
    assert list(stretches([9, 1, 2, 3, 7])) == [(1, 3), (7, 7), (9, 9)]
    assert list(stretches(range(1, 4001))) == [(1, 2500), (2501, 4000)]


def test_a_table_that_could_not_be_put_back_exactly_is_refused() -> None:
    with pytest.raises(ValueError, match="usual_gap_days"):
        register_table(CustomerFacts)


def test_a_change_that_fails_leaves_no_image(operation: Operation, at: datetime) -> None:
    ruth = make_customer("Ruth")

    with (
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
        changing(operation, Customer, ["about"], [ruth.pk]),
    ):
        Customer.objects.update(about=str(1 // 0))

    assert not Image.objects.exists()
    assert json.loads(json.dumps(operation.report)) == {}


def test_a_phone_that_was_added_beside_comes_and_goes(operation: Operation, at: datetime) -> None:
    ruth = make_customer("Ruth")
    point = make_point(ruth, "phone", "020 7946 0000")
    remember_created(operation, ContactPoint, [point.pk])

    undo_now(operation, by=COMMAND, at=at)

    assert list(Customer.objects.all()) == [ruth]
    assert not ContactPoint.objects.exists()
