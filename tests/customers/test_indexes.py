"""Questions that are asked of a million customers find an index that answers them."""

from typing import Any

import pytest
from django.db import connection

from regulars.core.actor import COMMAND
from regulars.customers import matching, newcomers
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint
from regulars.customers.naming import seal_of
from regulars.customers.queries.people import customers_for

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]


def plan_of(sql: str, values: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        return " / ".join(row[3] for row in cursor.fetchall())


@pytest.mark.parametrize("kind", ["email", "phone"])
def test_staged_customers_are_told_by_the_seals_of_their_points(kind: str) -> None:
    values = {"import": 1, "low": 1, "high": 9, "source": "till"}

    plans = [
        plan_of(sql.replace("{range}", newcomers.RANGE), values) for sql in matching.MATCHING[kind]
    ]

    assert all("USING INDEX customers_point_by_seal (seal=?)" in plan for plan in plans)


@pytest.mark.parametrize(
    ("manager", "index"),
    [(None, "customers_by_name"), (1, "customers_by_manager")],
    ids=["nobody's", "somebody's"],
)
def test_a_page_by_name_is_walked_whoever_looks_after_them(manager: int | None, index: str) -> None:
    rows = customers_for(COMMAND).on_the_list().filter(manager=manager)

    plan = rows.order_by("sort_name", "pk")[:25].explain()

    assert (index in plan, "TEMP B-TREE" in plan) == (True, False)


def test_an_address_is_found_by_its_seal() -> None:
    points = ContactPoint.objects.filter(seal=seal_of(PointKind.EMAIL, "ruth@example.com"))

    assert "customers_point_by_seal (seal=?)" in points.explain()
