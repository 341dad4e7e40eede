"""Tables with one row for each customer lie in the order of customers."""

import pytest
from django.apps import apps
from django.db import connection, models

from regulars.core.key_fields import OneRowEach


def keyed_by_another() -> list[type[models.Model]]:
    ours = [m for m in apps.get_models() if m.__module__.startswith("regulars.")]
    return [m for m in ours if isinstance(m._meta.pk, models.OneToOneField)]


def test_a_key_that_is_somebody_elses_is_declared_as_one() -> None:
    named = [m._meta.label for m in keyed_by_another() if not isinstance(m._meta.pk, OneRowEach)]
    assert not named
    assert len(keyed_by_another()) > 10


@pytest.mark.django_db
@pytest.mark.only_on("sqlite")
def test_sqlite_looks_such_a_key_up_once() -> None:
    with connection.cursor() as cursor:
        for model in keyed_by_another():
            cursor.execute(f"PRAGMA index_list({model._meta.db_table})")
            assert all(origin != "pk" for _n, _name, _unique, origin, *_ in cursor.fetchall())
