"""Two copies of SQLite in one process do not see each other's locks: the clerk is its own process."""

import sqlite3
import threading
import time

import pytest
from django.db import connection, transaction

from regulars.engines.opening import open_engine
from tests.engines.test_opening import kept, stored
from tests.factories.insight import make_stranger

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_clerk_waits_for_a_writer_of_ours() -> None:
    """A writer that the clerk did not wait for would lose what one of the two had committed."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows in its server")
    one = make_stranger().pk
    name = str(connection.settings_dict["NAME"])
    writing, order = threading.Event(), []

    def hold_the_pen() -> None:
        own = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        own.execute("BEGIN IMMEDIATE")
        own.execute("UPDATE customers_customer SET about = 'ours'")
        writing.set()
        time.sleep(0.7)
        order.append("we committed")
        own.execute("COMMIT")
        own.close()

    with open_engine() as counter:
        writer = threading.Thread(target=hold_the_pen)
        writer.start()
        writing.wait()
        stored(counter, (one, None, None, "lost"))
        order.append("the clerk committed")
        writer.join()

    assert order == ["we committed", "the clerk committed"]
    assert kept() == [(one, None, None, "lost")]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT about FROM customers_customer")
        assert cursor.fetchall() == [("ours",)]
