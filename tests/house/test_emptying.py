"""What one test wrote and committed, the next one never sees."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from regulars.orders.models import Order
from tests.emptying import STEADY, empty_tables
from tests.factories.insight import make_stranger
from tests.factories.orders import make_order
from tests.factories.team import A_DAY, make_business, make_member


@pytest.mark.django_db(transaction=True)
def test_every_table_is_empty_but_those_that_no_test_changes() -> None:
    make_business()
    make_member("owner")
    make_order(make_stranger(name="Ruth"), A_DAY.date())
    kinds = ContentType.objects.count()

    empty_tables(connection)

    tables = connection.introspection.django_table_names(only_existing=True)
    with connection.cursor() as cursor:
        for table in set(tables) - STEADY:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            assert (table, *cursor.fetchone()) == (table, 0)
    assert (Order.objects.count(), ContentType.objects.count()) == (0, kinds)
    connection.check_constraints()


@pytest.mark.django_db(transaction=True)
def test_references_are_held_to_again_afterwards() -> None:
    make_order(make_stranger(name="Ruth"), A_DAY.date())

    empty_tables(connection)

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone() == (1,)
        else:
            cursor.execute("SHOW session_replication_role")
            assert cursor.fetchone() == ("origin",)
