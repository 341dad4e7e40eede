"""Foreign keys to customers are asked once for each customer who goes, on PostgreSQL."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from regulars.core.bulk import rows_of, run_sql
from regulars.customers.models import Customer
from regulars.customers.pointing import LOOSE, tighten_keys
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("postgresql")]

KEYS = (
    "SELECT confdeltype, condeferrable, condeferred, convalidated, count(*) FROM pg_constraint"
    " WHERE contype = 'f' AND confrelid = 'customers_customer'::regclass GROUP BY 1, 2, 3, 4"
)


def test_every_key_is_asked_once_and_what_is_added_when_the_transaction_ends() -> None:
    [(*told, count)] = rows_of(KEYS)

    assert told == ["r", True, True, True]
    assert count == len([
        one for one in Customer._meta.get_fields(include_hidden=True)
        if one.auto_created and one.is_relation and one.related_model
        and getattr(one.remote_field, "db_constraint", False)
    ])  # fmt: skip


def test_a_key_that_a_later_version_brings_is_made_as_the_others() -> None:
    run_sql(
        "CREATE TABLE of_tomorrow (customer_id bigint REFERENCES customers_customer (id)"
        " DEFERRABLE INITIALLY DEFERRED)"
    )
    assert len(rows_of(LOOSE, ["customers_customer"])) == 1

    tighten_keys()

    assert rows_of(LOOSE, ["customers_customer"]) == []


def test_whoever_is_pointed_to_cannot_go(owner: Member, at: datetime) -> None:
    customer = make_customer("Ruth", email="ruth@example.com")

    with pytest.raises(IntegrityError), transaction.atomic():
        run_sql("DELETE FROM customers_customer WHERE id = %s", [customer.pk])

    Customer.objects.filter(pk=customer.pk).delete()
    assert not Customer.objects.exists()
