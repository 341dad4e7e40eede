"""Deleting, restoring and erasing: three things that are never mixed."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision, Stopped
from regulars.consent.models import ConsentEvent, Suppression
from regulars.core import jobs, ledgers
from regulars.core.actor import COMMAND
from regulars.core.bulk import rows_of
from regulars.core.erasers import erasers, staying
from regulars.core.models import Image, Operation
from regulars.core.undo import undo_now
from regulars.customers.actions.confirming import Answer, confirm_details
from regulars.customers.actions.leaving import (
    delete_customers,
    empty_trash,
    erase_customer,
    restore_deleted,
)
from regulars.customers.actions.people import archive_customer, restore_customer
from regulars.customers.errors import NotTheirs
from regulars.customers.models import ContactPoint, Customer, Household
from regulars.customers.queries.people import customers_for, customers_in_the_trash, matching
from regulars.customers.tasks import missing_erasures, replay_erasures
from regulars.intake.models import RowProblem, UntakenRow
from regulars.orders.models import Order
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_household, make_reference
from tests.factories.digests import digests
from tests.factories.intake import bring
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Iterator[None]:
    with django_capture_on_commit_callbacks(execute=True):
        yield


def only(customer: Customer) -> Any:
    return Customer.objects.filter(pk=customer.pk)


def test_whoever_is_deleted_is_in_the_trash_and_nowhere_else(
    business: object, manager: Member, at: datetime
) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")

    operation = delete_customers(only(ruth), by=manager.actor, at=at)

    assert list(customers_for(COMMAND)) == [ada]
    assert list(customers_in_the_trash(COMMAND)) == [ruth]
    ruth.refresh_from_db()
    assert (ruth.archived_at, ruth.deleted_at, ruth.deleted_by) == (at, at, manager)
    operation.refresh_from_db()
    assert operation.count == 1


def test_deleting_and_restoring_leaves_everything_as_it_was_but_the_moment(
    business: object, at: datetime
) -> None:
    ruth = make_customer("Ruth", email="ruth@example.com")
    ada = make_customer("Ada", archived_at=at - timedelta(days=5))
    delete_customers(Customer.objects.all(), by=COMMAND, at=at)

    for customer in (ruth, ada):
        restore_deleted(customer, by=COMMAND, at=at)

    assert list(customers_for(COMMAND).on_the_list()) == [ruth]
    assert list(customers_for(COMMAND).order_by("pk")) == [ruth, ada]


def test_an_undone_deletion_leaves_the_same_database(business: object, at: datetime) -> None:
    make_customer("Ruth", email="ruth@example.com")
    make_customer("Ada", archived_at=at - timedelta(days=5))
    held = digests()
    operation = delete_customers(Customer.objects.all(), by=COMMAND, at=at)

    undo_now(operation, by=COMMAND, at=at)

    assert digests() == held


def test_a_helper_deletes_nobody_and_a_manager_erases_nobody(
    business: object, helper: Member, manager: Member, at: datetime
) -> None:
    ruth = make_customer("Ruth", manager=helper)

    with pytest.raises(NotTheirs):
        delete_customers(only(ruth), by=helper.actor, at=at)
    with pytest.raises(NotTheirs):
        restore_deleted(ruth, by=helper.actor, at=at)
    with pytest.raises(NotTheirs):
        erase_customer(ruth, by=manager.actor, at=at)

    assert list(customers_for(COMMAND)) == [ruth]


def test_putting_back_on_the_list_restores_nobody_from_the_trash(
    business: object, at: datetime
) -> None:
    ruth = make_customer("Ruth")
    archive_customer(ruth, by=COMMAND, at=at)
    delete_customers(only(ruth), by=COMMAND, at=at)

    restore_customer(ruth, by=COMMAND, at=at)

    assert not customers_for(COMMAND).exists()


def test_bringing_in_again_restores_nobody(business: object, at: datetime) -> None:
    """RELIABILITY D8: re-creating never restores."""
    ruth = make_customer("Ruth", email="ruth@example.com")
    delete_customers(only(ruth), by=COMMAND, at=at)

    bring("customers", "Name,Email\nRuth,ruth@example.com\n", at=at)

    ruth.refresh_from_db()
    assert ruth.deleted_at == at
    assert customers_for(COMMAND).get().pk != ruth.pk


def test_erasing_leaves_no_word_of_a_customer(
    business: object, at: datetime, committed: None
) -> None:
    ruth = make_full_customer(at)
    merged = make_customer("Rut Caloway", archived_at=at, merged_into=ruth, about="tea")
    assert places_of("caloway") != []

    erase_customer(ruth, by=COMMAND, at=at)

    assert places_of("caloway") == []
    assert places_of("oatmilk") == []
    assert places_of("example.com") == []
    assert places_of("7946") == []
    assert list(matching(Customer.objects.all(), "ruth")) == []
    assert Order.objects.get().customer_id == ruth.pk
    ruth.refresh_from_db()
    merged.refresh_from_db()
    assert (ruth.name, ruth.erased_at, merged.erased_at) == ("", at, at)
    assert {one.why for one in Suppression.objects.all()} == {Stopped.ERASED}
    assert not ContactPoint.objects.exists()
    assert not Household.objects.exists()


def test_erasing_finds_what_is_kept_for_undoing_by_its_operation(
    business: object, at: datetime
) -> None:
    """Looking through everything that is kept would hold whoever writes up for minutes."""
    ruth = make_full_customer(at)

    with CaptureQueriesContext(connection) as seen:
        erase_customer(ruth, by=COMMAND, at=at)

    asked = [q["sql"] for q in seen.captured_queries if 'FROM "core_image"' in q["sql"]]
    assert len(asked) > 10
    assert [sql for sql in asked if '"operation_id" IN' not in sql] == []


def test_erasing_empties_rows_that_were_not_taken_and_leaves_those_of_others(
    business: object, at: datetime
) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@example.com")
    item = bring("orders", UNTAKEN, at=at)
    assert (UntakenRow.objects.count(), RowProblem.objects.count()) == (2, 2)

    erase_customer(ruth, by=COMMAND, at=at)

    left = UntakenRow.objects.get()
    assert (left.row_no, left.cells[-1]) == (3, "ada@example.com")
    assert RowProblem.objects.get().row_no == 3
    assert RowProblem.objects.get().file.of == item


def test_what_was_said_of_an_operation_on_them_is_erased(business: object, at: datetime) -> None:
    ruth, ada = make_customer("Ruth Calloway"), make_customer("Ada")
    for one in (ruth, ada):
        confirm_details(one, Answer(one.name), by=COMMAND, at=at)

    erase_customer(ruth, by=COMMAND, at=at)

    words = list(Operation.objects.order_by("pk").values_list("words", flat=True))
    assert words == ["a customer who was erased", "Ada looked through their details"]


# A date that no calendar has.
UNTAKEN = """Receipt,Date,Product,Quantity,Amount,Email
1,31/02/2026,Rye,1,4.50,Ruth@Example.com
2,31/02/2026,Rye,1,4.50,ada@example.com
3,28/02/2026,Rye,1,4.50,ada@example.com
"""


def make_full_customer(at: datetime) -> Customer:
    """Somebody of whom every room holds something."""
    ruth = make_customer(
        "Ruth Caloway", email="ruth@example.com", phone="020 7946 0011", about="oatmilk",
        since_on=date(2020, 1, 1),
    )  # fmt: skip
    make_household(ruth, name="8 Caloway Cottages")
    make_reference(ruth, value="caloway-7")
    make_order(ruth, date(2026, 11, 2))
    make_touch(ruth, at, body="asked about oatmilk", said="oatmilk please")
    record_decision(
        [ruth.pk], "email", Decision.GRANTED, source="form", by=COMMAND, at=at,
        wording="Yes, Ruth Caloway", proof="form 1",
    )  # fmt: skip
    item = bring("customers", "Name,Email,Note\nRuth Caloway,ruth@example.com,oatmilk!\n", at=at)
    assert item.report["updated"] == 1
    assert Image.objects.filter(deed="changed").exists()
    return ruth


def places_of(word: str) -> list[str]:
    """Every table and column in which this word stands."""
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith("regulars.") or model._meta.label in UNSEARCHED:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField):
                column = f'CAST("{field.column}" AS text)'
                sql = f'SELECT count(*) FROM "{model._meta.db_table}" WHERE lower({column}) LIKE %s'
                if rows_of(sql, [f"%{word}%"])[0][0]:
                    found.append(f"{model._meta.label}.{field.column}")
    return found


# The files themselves and what was read from them, which the page names; our own people.
UNSEARCHED = {"intake.Import", "intake.ImportFile", "intake.RowProblem", "team.Member"}


def test_every_table_that_names_a_customer_is_erased_or_stays_for_a_reason() -> None:
    naming = {
        model._meta.label_lower
        for model in apps.get_models()
        if model.__module__.startswith("regulars.")
        for field in model._meta.concrete_fields
        if field.related_model is Customer or field.column == "customer_id"
    }
    covered = {model._meta.label_lower for eraser in erasers for model in eraser.models}

    assert naming - covered - set(staying.names()) == set()
    assert covered & set(staying.names()) == set()
    assert all(len(why) > 20 for why in staying)


def test_the_trash_empties_itself_after_thirty_days(
    business: object, at: datetime, committed: None
) -> None:
    ruth, ada = make_customer("Ruth", email="ruth@example.com"), make_customer("Ada")
    delete_customers(only(ruth), by=COMMAND, at=at)
    delete_customers(only(ada), by=COMMAND, at=at + timedelta(days=1))

    done = jobs.run_now("customers.empty_trash", at=at + timedelta(days=30))

    assert done.result == {"customers": 1}
    assert list(customers_in_the_trash(COMMAND)) == [ada]
    assert not Suppression.objects.exists()
    assert empty_trash(at=at + timedelta(days=30)) == 0


def test_a_restored_database_erases_again(business: object, at: datetime) -> None:
    """RELIABILITY D4."""
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    line = {"customer": ruth.pk, "added": ruth.created_at.isoformat(), "at": at.isoformat(),
            "asked": True}  # fmt: skip
    other = {**line, "customer": ada.pk, "added": (ada.created_at + timedelta(1)).isoformat()}

    assert replay_erasures(iter([line, other]), at) == 1
    assert replay_erasures(iter([line]), at) == 0

    ruth.refresh_from_db()
    ada.refresh_from_db()
    assert (ruth.name, ada.name) == ("", "Ada")
    assert list(missing_erasures(iter([line]))) == []
    assert [one["customer"] for one in missing_erasures(iter([]))] == [ruth.pk]


def test_an_erasure_stands_in_the_ledger_without_a_name(
    business: object, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    ruth = make_customer("Ruth")

    with django_capture_on_commit_callbacks(execute=True):
        erase_customer(ruth, by=COMMAND, at=at)

    lines = list(ledgers.lines_of("erasures"))
    assert [line["customer"] for line in lines] == [ruth.pk]
    assert "Ruth" not in json.dumps(lines)


def test_what_operations_keep_is_emptied_after_thirty_days(business: object, at: datetime) -> None:
    bring("customers", "Name\nRuth\n", at=at)

    jobs.run_now("core.empty_images", at=at + timedelta(days=29))
    kept = Image.objects.count()
    jobs.run_now("core.empty_images", at=at + timedelta(days=30))

    assert (kept, Image.objects.count()) == (1, 0)


def test_events_of_permission_go_with_the_customer(business: object, at: datetime) -> None:
    ruth = make_customer("Ruth")
    record_decision([ruth.pk], "email", Decision.WITHDRAWN, source="desk", by=COMMAND, at=at)

    erase_customer(ruth, by=COMMAND, at=at)

    assert not ConsentEvent.objects.exists()
