"""Making the file of an export, whatever its format."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from regulars.core.actor import Actor
from regulars.exports.books import write_columns, write_csv, write_folder, write_workbook
from regulars.exports.cards import write_cards
from regulars.exports.choices import Format, What
from regulars.exports.chosen import chosen_customers, people_in_chunks, seen_by
from regulars.exports.sheets import Column, Sheet, customer_sheet, letter_sheet, order_sheet
from regulars.exports.tables import columns_of, kept_tables, rows_of_table

Seen = Callable[[int], None]


def ending_of(what: str, form: str) -> str:
    if form == Format.VCARD:
        return "vcf"
    if what == What.EVERYTHING and form != Format.XLSX:
        return "zip"
    return form


def write_file(
    path: Path, what: str, form: str, selection: dict[str, Any], *, by: Actor, currency: str,
    seen: Seen,
) -> int:  # fmt: skip
    """Write one file; returns how many cells had to be cut."""
    if form == Format.VCARD:
        people = people_in_chunks(chosen_customers(selection, by))
        write_cards(path, (seen_by(by, some) for some in people), seen)
        return 0
    sheets = sheets_of(what, selection, by=by, currency=currency)
    if form == Format.XLSX:
        return write_workbook(path, sheets, seen)
    write_one = write_csv if form == Format.CSV else write_columns
    if what == What.EVERYTHING:
        write_folder(path, sheets, write_one, form, seen)
    else:
        write_one(path, next(iter(sheets)), seen)
    return 0


def sheets_of(what: str, selection: dict[str, Any], *, by: Actor, currency: str) -> Iterable[Sheet]:
    if what == What.CUSTOMERS:
        return [customer_sheet(selection, by, currency)]
    if what == What.LETTERS:
        return [letter_sheet(selection, by)]
    if what == What.ORDERS:
        return [order_sheet(selection, by)]
    return (
        Sheet(
            model._meta.label_lower.replace(".", "_"),
            [Column(name, kind) for name, kind in columns_of(model)],
            rows_of_table(model),
        )
        for model in kept_tables()
    )
