"""Each run of `./dev test` is on the database that it says it is on."""

import os

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_the_one_asked_for() -> None:
    asked = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"

    with connection.cursor() as cursor:
        cursor.execute("select version()" if asked == "postgresql" else "select sqlite_version()")
        (answer,) = cursor.fetchone()

    assert connection.vendor == asked
    assert answer
