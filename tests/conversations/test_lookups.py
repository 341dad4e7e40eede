"""Words of touches: the newest that fit, and nobody else's touches are read for them."""

from datetime import timedelta

import pytest
from django.db import connection

from regulars.conversations import lookups
from regulars.conversations.lookups import with_words
from regulars.conversations.models import Touch
from regulars.conversations.queries import touches_saying
from regulars.core.actor import SYSTEM
from tests.factories.conversations import make_touch
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("lately", [0, 1, 3, 50_000])
def test_the_newest_that_fit_are_found(lately: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "LATELY", lately)
    customer = make_customer()
    made = [
        make_touch(customer, A_DAY + timedelta(hours=nth), body=body)
        for nth, body in enumerate(["A cake.", "Rye.", "Two cakes.", "Cakes again.", "No more."])
    ]

    found = [with_words(Touch.objects.all(), ["cake"], most=most) for most in (1, 2, 9)]

    assert [sorted(touch.pk for touch in one) for one in found] == [
        [made[3].pk], [made[2].pk, made[3].pk], [made[0].pk, made[2].pk, made[3].pk],
    ]  # fmt: skip


@pytest.mark.only_on("sqlite")
def test_sqlite_reads_no_list_of_customers_for_a_word() -> None:
    sql, values = touches_saying(SYSTEM, ["cake"]).query.sql_with_params()

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
        steps = [row[3] for row in cursor.fetchall()]

    assert [step for step in steps if step.startswith("SCAN") and "VIRTUAL" not in step] == []
