"""Rows that an operation made go by the stretch; those in use stay with what is theirs."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import COMMAND
from regulars.core.before_images import remember_created
from regulars.core.operations import begin_operation
from regulars.core.undo import undo_now
from regulars.customers.models import ContactPoint, Customer
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_point

pytestmark = pytest.mark.django_db


def test_taking_away_costs_as_many_statements_however_many_rows(at: datetime) -> None:
    asked = []
    for count in (3, 30):
        operation = begin_operation("import", subject_id=count, by=COMMAND, at=at)
        made = [make_customer(f"Ruth {n}").pk for n in range(count)]
        remember_created(operation, Customer, made)
        with CaptureQueriesContext(connection) as queries:
            undo_now(operation, by=COMMAND, at=at)
        asked.append(len(queries))

    assert asked[0] == asked[1]
    assert Customer.objects.count() == 0


@pytest.mark.parametrize("used", [0, 2, 4], ids=["first", "middle", "last"])
def test_of_rows_made_at_once_those_in_use_stay_with_what_is_theirs(
    at: datetime, used: int
) -> None:
    operation = begin_operation("import", subject_id=1, by=COMMAND, at=at)
    made = [make_customer(f"Ruth {n}") for n in range(5)]
    points = [make_point(one, "email", f"a{one.pk}@example.com") for one in made]
    remember_created(operation, Customer, [one.pk for one in made])
    remember_created(operation, ContactPoint, [point.pk for point in points])
    make_touch(made[used], happened_at=at)

    undo_now(operation, by=COMMAND, at=at)

    assert list(Customer.objects.values_list("pk", flat=True)) == [made[used].pk]
    assert list(ContactPoint.objects.values_list("pk", flat=True)) == [points[used].pk]
    assert operation.report["taken_away"] == 8
