"""What every connection is told, before anything is asked on it."""

import pytest
from django.db import connection


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db
def test_postgresql_compiles_no_statement() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
