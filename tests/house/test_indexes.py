"""What the database looks things up by is what the models say."""

import pytest
from django.apps import apps
from django.db import connection, models

pytestmark = pytest.mark.django_db


def bare_references(model: type[models.Model]) -> list[str]:
    """Columns of references that are said to have no index of their own."""
    return [
        str(one.column)
        for one in model._meta.concrete_fields
        if one.many_to_one and not vars(one)["db_index"]
    ]


def test_a_reference_without_an_index_of_its_own_has_none() -> None:
    """Migrations drop these by name; a wrong name would leave them, and say nothing."""
    left = []
    for model in apps.get_models():
        bare = [[column] for column in bare_references(model)]
        declared = {index.name for index in model._meta.indexes}
        with connection.cursor() as cursor:
            table = model._meta.db_table
            found = connection.introspection.get_constraints(cursor, table) if bare else {}
        left += [
            name
            for name, one in found.items()
            if one["index"] and not one["unique"] and name not in declared
            and one["columns"] in bare
        ]  # fmt: skip

    assert left == []
