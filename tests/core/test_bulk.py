"""Many rows at once: added, merged, numbered, and written with room."""

import pytest

from regulars.core.bulk import merge_rows, number_rows, rows_of
from regulars.customers.models import Customer, StagedDetail
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
COLUMNS = (
    "import_id", "key", "row_no", "kind", "label", "value", "normal", "seal", "state", "street",
    "postcode", "city", "region", "country",
)  # fmt: skip


def line(row: int, value: str, key: str = "k") -> tuple[object, ...]:
    return (1, key, row, "tag", "", value, value[:1], "", "", "", "", "", "", "")


def kept() -> list[tuple[int, str]]:
    return list(StagedDetail.objects.order_by("id").values_list("row_no", "value"))


def test_rows_that_are_there_already_are_left_or_changed() -> None:
    key = ("import_id", "key", "kind", "normal")
    nasty = "b'\\\t\n\"%s"

    merge_rows(
        StagedDetail, COLUMNS, [line(1, "a"), line(2, nasty)], key=key, on_conflict="NOTHING"
    )
    merge_rows(StagedDetail, COLUMNS, [line(3, "a"), line(4, "c")], key=key, on_conflict="NOTHING")
    assert kept() == [(1, "a"), (2, nasty), (4, "c")]

    update = "UPDATE SET value = excluded.value"
    merge_rows(StagedDetail, COLUMNS, [line(5, "a2"), line(6, "d")], key=key, on_conflict=update)
    assert kept() == [(1, "a2"), (2, nasty), (4, "c"), (6, "d")]


def test_rows_are_given_keys_that_nobody_has_or_will_get() -> None:
    gone = make_customer("Ruth")
    last = gone.pk
    gone.delete()
    key = ("import_id", "key", "kind", "normal")
    rows = [line(n, "v", f"k{n}") for n in (3, 1, 2)]
    merge_rows(StagedDetail, COLUMNS, rows, key=key, on_conflict="NOTHING")

    which = "s.import_id = %(import)s AND s.key <> 'k1'"
    numbers = number_rows(Customer, StagedDetail._meta.db_table, "row_no", which, {"import": 1})

    given = rows_of("SELECT key, row_no FROM customers_stageddetail ORDER BY id")
    ((low, high),) = numbers
    assert (low > last, given) == (True, [("k3", low), ("k1", 1), ("k2", high)])
    assert high == low + 1
    assert number_rows(Customer, "customers_stageddetail", "row_no", "FALSE", {}) == []


def test_what_is_the_same_in_all_rows_is_told_once(db: None) -> None:
    key, names = ("import_id", "key", "kind", "normal"), [*COLUMNS]
    at = names.index("label")
    rows = [[value for n, value in enumerate(line(3, text)) if n != at] for text in ("a", "b", "a")]
    names.pop(at)

    merge_rows(
        StagedDetail, names, rows, key=key, on_conflict="NOTHING", same={"label": "'work'"}
    )  # fmt: skip

    found = StagedDetail.objects.order_by("normal").values_list("normal", "label")
    assert list(found) == [("a", "work"), ("b", "work")]
