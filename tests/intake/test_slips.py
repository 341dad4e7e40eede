"""Rows with a cell too many: where they slipped, told by the rows that fit."""

from typing import Any

import pytest

from regulars.core.actor import COMMAND
from regulars.customers.models import ContactPoint, Customer
from regulars.intake import actions
from regulars.intake.models import Import
from regulars.intake.slips import Fit, fit_of, mended
from tests.factories.intake import A_DAY, bring, counts, make_file

GOOD = [
    ["7", "Ruth Calloway", "8 Weir Cottages", "Amble", "NE65 0AA"],
    ["8", "Ada Oduya", "12 Quay Street", "Amble", "NE65 0BB"],
    ["9", "Florian Achterberg", "3 Mill Lane", "Alnwick", "NE66 1AA"],
]
SLIPPED = ["10", "Samuel Birch", "Flat 2", " 9 Mill Lane", "Alnwick", "NE66 1BB"]


def fit() -> Fit:
    return fit_of(list(enumerate(GOOD * 4)), 5)


def test_the_place_is_found_where_the_other_columns_fit_again() -> None:
    assert fit().place_of(SLIPPED, ",") == 2
    assert mended(SLIPPED, 2, 5, ",") == [
        "10", "Samuel Birch", "Flat 2, 9 Mill Lane", "Alnwick", "NE66 1BB",
    ]  # fmt: skip


def test_two_cells_too_many_are_found_too() -> None:
    cells = ["10", "Samuel Birch", "Flat 2", " Tower", " 9 Mill Lane", "Alnwick", "NE66 1BB"]

    assert fit().place_of(cells, ",") == 2


@pytest.mark.parametrize(
    "cells",
    [
        ["a", "b", "c", "d", "e", "f"],
        ["10", "Samuel Birch", "Flat 2", "x", "y", "z", "u", "v", "w", "t"],
        GOOD[0],
    ],
    ids=["nothing fits", "far too many", "none too many"],
)
def test_nothing_is_guessed_where_it_is_not_clear(cells: list[str]) -> None:
    assert fit().place_of(cells, ",") is None


def test_nothing_is_known_without_a_row_that_fits() -> None:
    assert fit_of([(2, SLIPPED)], 5).place_of(SLIPPED, ",") is None


def text_of(rows: list[list[str]]) -> str:
    return "\n".join(",".join(row) for row in [["id", "Name", "Street", "City", "Zip"], *rows])


@pytest.mark.django_db
def test_slipped_rows_are_rejected_with_an_offer_to_mend_them(business: object) -> None:
    item = bring("customers", text_of([*GOOD, SLIPPED]), dry=True)

    assert counts(item) == (3, 0, 0, 1, 0)
    note = item.report["notes"][0]
    assert (note["rule"], note["count"]) == ("rows_to_mend", 1)
    assert "“Street” was parted in two (“Flat 2, 9 Mill Lane”)" in note["sentence"]


@pytest.mark.django_db
@pytest.mark.parametrize("mend", [True, ["Street"]], ids=["all", "by name"])
def test_slipped_rows_come_in_mended_when_somebody_says_so(business: object, mend: Any) -> None:
    item = bring("customers", text_of([*GOOD, SLIPPED]), mapping={"mend": mend})

    assert counts(item) == (4, 0, 0, 0, 0)
    assert item.report["notes"][0]["rule"] == "mended_rows"
    samuel = Customer.objects.get(name="Samuel Birch")
    place = ContactPoint.objects.get(customer=samuel, kind="address")
    assert (place.street, place.city) == ("Flat 2, 9 Mill Lane", "Alnwick")


@pytest.mark.django_db
def test_a_column_that_was_not_chosen_is_not_mended(business: object) -> None:
    item = bring("customers", text_of([*GOOD, SLIPPED]), mapping={"mend": ["Name"]}, dry=True)

    assert item.report["rejected"] == 1


@pytest.mark.django_db
def test_mending_is_chosen_with_the_columns(business: object) -> None:
    file = make_file(text_of([*GOOD, SLIPPED]))
    item = actions.begin_import("customers", [file], by=COMMAND, at=A_DAY)
    columns = item.files.get().mapping

    actions.choose_columns(item, {"columns": columns, "mend": ["Street"]}, by=COMMAND)
    actions.check_now(item, by=COMMAND, at=A_DAY)

    assert counts(Import.objects.get()) == (4, 0, 0, 0, 0)
