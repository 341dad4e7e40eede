"""New customers come in stretch by stretch, and are found by every word that is known of them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import COMMAND
from regulars.core.models import Image, Operation
from regulars.customers import newcomers, taking_in
from regulars.customers.models import ContactPoint, Customer, Reference, StagedCustomer
from regulars.customers.naming import search_text_of
from regulars.intake import bringing_in, staging, survey
from tests.factories.intake import bring

pytestmark = pytest.mark.django_db
NAMES = ("Ruth Calloway", "Ciarán O'Neill", "Anne-Marie 42", "  Ada ", "山田 太郎", "X" * 90)


def listed(count: int) -> str:
    rows = (f"k{n},{NAMES[n % 6]},a{n}@example.com,020 7946 0{n:03d}\n" for n in range(count))
    return "Customer ID,Name,Email,Phone\n" + "".join(rows)


def whole(customer: Customer) -> str:
    """What search would look in, had somebody typed all of it."""
    points = customer.contact_points.order_by("id")
    names = [customer.name, customer.given_name, customer.family_name]
    return search_text_of(
        [*names, *customer.references.values_list("value", flat=True)],
        points.filter(kind="email").values_list("normal", flat=True),
        points.filter(kind="phone").values_list("normal", flat=True),
    )


def test_newcomers_are_found_by_every_word_of_theirs(business: object) -> None:
    bring("customers", listed(12))

    known = Customer.objects.order_by("id")
    assert [one.search_text for one in known] == [whole(one) for one in known]
    assert len(known) == 12


def test_rows_put_together_are_found_by_the_words_of_all(
    business: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one chunk of the file, and in two."""
    for module in (staging, survey):
        monkeypatch.setattr(module, "CHUNK", 2)
    head = "Customer ID,Name,Email,Phone\n"
    ruth = "7,Ruth Calloway,,\n7,,ruth@example.com,\n7,,,020 7946 0018\n"

    bring("customers", f"{head}{ruth}8,,only@example.com,\n9,,,\n")

    known = Customer.objects.order_by("id")
    assert [one.search_text for one in known] == [whole(one) for one in known]
    assert [one.name for one in known] == ["Ruth Calloway", "only@example.com", "Customer 9"]
    assert [one.sort_name for one in known][1:] == ["only@example.com", "customer 9"]


@pytest.mark.parametrize("named", [True, False], ids=["named", "unnamed"])
def test_a_stretch_costs_as_many_statements_however_long_it_is(
    business: object, named: bool
) -> None:
    asked = []
    for count in (3, 30):
        text = listed(count) if named else "Customer ID\n" + "".join(f"{n}\n" for n in range(count))
        item = bring("customers", text, dry=True)
        low, high = taking_in._stretches(bringing_in.terms_of(item, by=COMMAND), "TRUE", 100)[0]
        done = Operation.objects.create(
            kind="import", subject_id=item.pk, made_at=item.started_at, keep_until=item.started_at
        )
        values = taking_in._values(bringing_in.terms_of(item, by=COMMAND), low, high)
        [step] = newcomers.steps([values], done)
        with CaptureQueriesContext(connection) as queries:
            step()
        asked.append(len(queries))
        assert Customer.objects.count() == count
        Customer.objects.all().delete()

    assert asked[0] == asked[1] < 30


def test_what_a_stretch_made_is_kept_as_stretches(
    business: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_in, "TAKEN", 4)
    bring("customers", listed(10))

    made: dict[str, list[Any]] = {}
    for label, low, high in Image.objects.order_by("id").values_list(
        "model_label", "low_id", "high_id"
    ):
        made.setdefault(label, []).append((low, high))
    for model in (Customer, Reference, ContactPoint):
        kept = [pk for low, high in made[model._meta.label_lower] for pk in range(low, high + 1)]
        assert sorted(kept) == list(model.objects.order_by("pk").values_list("pk", flat=True))
    assert [high - low + 1 for low, high in made["customers.customer"]] == [4, 4, 2]


@pytest.mark.parametrize("done_before", [0, 1], ids=["at once", "going on"])
def test_stretches_of_a_long_file_come_in_together_from_where_a_killed_run_stopped(
    business: object, monkeypatch: pytest.MonkeyPatch, done_before: int
) -> None:
    monkeypatch.setattr(taking_in, "TAKEN", 2)
    monkeypatch.setattr(newcomers, "TOGETHER", 8)
    item = bring("customers", listed(40), dry=True)
    terms = bringing_in.terms_of(item, by=COMMAND)
    steps = [list(taking_in.apply(terms)) for _run in range(2)]
    for step in steps[0][:done_before]:
        step()
    there = Customer.objects.count()

    for step in steps[1]:
        step()

    references = Reference.objects.order_by("customer_id").values_list("value", flat=True)
    assert (there, list(references)) == (16 * done_before, [f"k{n}" for n in range(40)])
    made = Image.objects.filter(model_label="customers.customer").values_list("low_id", "high_id")
    assert sum(high - low + 1 for low, high in made if low and high) == 40


@pytest.mark.only_on("sqlite")
def test_a_stretch_of_staged_rows_is_found_by_its_keys(db: None) -> None:
    """By the key of the import, each stretch would go through the whole of it."""
    values = {"import": 1, "low": 1, "high": 9}
    table = StagedCustomer._meta.db_table

    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} s WHERE {newcomers.RANGE}", values
        )
        plan = cursor.fetchall()

    assert [row[3] for row in plan] == ["SEARCH s USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]
