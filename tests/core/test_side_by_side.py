"""Two transactions at the same time: the second counts only when the first does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from regulars.core import undo
from regulars.core.actor import COMMAND
from regulars.core.bulk import run_sql
from regulars.core.models import Operation
from regulars.core.side_by_side import both, may_work_side_by_side, second_connection
from regulars.customers import taking_in
from regulars.customers.models import Customer, Duplicate, Household
from regulars.intake import actions
from tests.factories.digests import digests
from tests.factories.intake import bring

pytestmark = [pytest.mark.only_on("postgresql"), pytest.mark.django_db(transaction=True)]


def make(name: str) -> Callable[[], object]:
    return lambda: run_sql("INSERT INTO customers_household (name, source) VALUES (%s, '')", [name])


def fail() -> None:
    raise DatabaseError("no room on the disk")


def names() -> list[str]:
    return sorted(Household.objects.values_list("name", flat=True))


def test_both_are_kept_and_the_second_ends() -> None:
    with second_connection() as beside:
        both(beside, make("first"), make("second"), make("ending"))

    assert names() == ["ending", "first", "second"]


@pytest.mark.parametrize(
    ("parts", "kept"),
    [((fail, None, None), []), ((None, fail, None), ["x"]), ((None, None, fail), ["x"])],
    ids=["first fails", "second fails", "ending fails"],
)
def test_what_fails_takes_only_what_comes_after_it_along(
    parts: tuple[Callable[[], object] | None, ...], kept: list[str]
) -> None:
    work = [part or make("x") for part in parts]

    with second_connection() as beside:
        both(beside, *work)

    assert names() == kept


def test_the_first_waits_for_the_second_no_longer_than_a_second() -> None:
    make("one")()
    is_held = Event()

    def take(value: str) -> None:
        run_sql("UPDATE customers_household SET source = %s", [value])

    def second() -> None:
        take("second")
        is_held.set()

    def first() -> None:
        is_held.wait()
        take("first")

    with second_connection() as beside:
        both(beside, first, second, make("end"))

    assert names() == ["one"]
    assert list(Household.objects.values_list("source", flat=True)) == [""]


def test_an_import_is_undone_by_two_at_once_and_leaves_all_as_it_was(
    business: object, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_in, "TAKEN", 2)
    monkeypatch.setattr(undo, "WEIGHT", 12)
    started = []

    def counted(*parts: Any) -> None:
        started.append(parts)
        both(*parts)

    monkeypatch.setattr(undo, "both", counted)
    rows = "".join(f"{n},Ruth {n},ruth{n}@example.com\n" for n in range(9))
    held = digests()
    item = bring("customers", f"id,Name,Email\n{rows}", source="till", at=at)

    operation = actions.undo_now(item, by=COMMAND, at=at + timedelta(hours=1))

    assert digests() == held
    assert (operation.report["taken_away"], operation.report["in_use"]) == (27, 0)
    assert len(started) >= 2


def test_what_ties_two_stretches_together_is_undone_one_after_the_other(
    business: object, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_in, "TAKEN", 2)
    monkeypatch.setattr(undo, "WEIGHT", 12)
    rows = "".join(f"{n},Ruth {n},ruth{n}@example.com\n" for n in range(4))
    item = bring("customers", f"id,Name,Email\n{rows}", source="till", at=at)
    ids = list(Customer.objects.order_by("id").values_list("pk", flat=True))
    Duplicate.objects.create(low_id=ids[0], high_id=ids[3], score=1, found_at=at)

    operation = actions.undo_now(item, by=COMMAND, at=at + timedelta(hours=1))

    assert (Customer.objects.count(), Duplicate.objects.count()) == (0, 0)
    assert operation.report["taken_away"] == 12


def test_whoever_came_in_goes_with_what_is_theirs_in_one_piece(
    business: object, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the second connection would wait until the first had taken their addresses away."""
    monkeypatch.setattr(taking_in, "TAKEN", 2)
    rows = "".join(f"{n},Ruth {n},ruth{n}@example.com\n" for n in range(4))
    item = bring("customers", f"id,Name,Email\n{rows}", source="till", at=at)
    operation = Operation.objects.get(subject_id=item.pk)

    newest = undo._newest(operation, 2**60, 14)
    before = undo._newest(operation, newest[-1].pk, 14)

    for images in (newest, before):
        assert [image.model_label for image in images] == [
            "customers.contactpoint", "customers.reference", "customers.customer",
        ]  # fmt: skip


def test_nothing_is_done_beside_a_transaction_that_is_open(business: object) -> None:
    assert may_work_side_by_side()
    with transaction.atomic():
        assert not may_work_side_by_side()
