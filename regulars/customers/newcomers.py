"""New customers of a file into the list: a stretch of rows by five statements, however many."""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from regulars.core.before_images import create_rows, remember_stretches
from regulars.core.bulk import number_rows, rows_of, run_sql
from regulars.core.column_sets import Step
from regulars.core.models import Operation
from regulars.core.pace import Pace
from regulars.customers import comparing
from regulars.customers.models import ContactPoint, Customer, Reference
from regulars.customers.naming import search_text_of, sort_name_of

STAGED = comparing.STAGED
# Stretches of a long file that make one, which `Pace` cuts again.
TOGETHER = 40
# And of these, how many go into one transaction there.
ON_POSTGRESQL = 4
# The plus keeps SQLite from going through the whole import, by its key, for each stretch of ids.
RANGE = "+s.import_id = %(import)s AND s.id BETWEEN %(low)s AND %(high)s"
WAITING = "s.is_new AND s.customer_id IS NULL"
# Those of the stretch that got their number a moment ago; a run before this one left none there.
JUST_NOW = "s.is_new AND s.customer_id BETWEEN %(first)s AND %(last)s"
ADDED: tuple[tuple[type[models.Model], str, str, str], ...] = (
    (Reference, comparing.ADD_REFERENCE, "", ""),
    (ContactPoint, comparing.ADD_EMAIL, "email", "email"),
    (ContactPoint, comparing.ADD_PHONE, "phone", "phone"),
    (ContactPoint, comparing.ADD_ADDRESS, "address", "street"),
)
NEW_COLUMNS = (
    "id", "kind", "name", "given_name", "family_name", "sort_name", "search_text", "about",
    "since_on", "source", "created_at", "updated_at",
)  # fmt: skip
# Whole rows by one statement: by one a row, SQLite's search would write a page for each of them.
ADD_NAMED = (
    f"INSERT INTO customers_customer ({', '.join(NEW_COLUMNS)}) SELECT s.customer_id, s.kind,"
    " s.name, s.given_name, s.family_name, s.sort_name, s.search_text, s.about, s.since_on,"
    f" %(source)s, %(at)s, %(at)s FROM {STAGED} s WHERE {RANGE} AND {JUST_NOW}"
    " AND s.search_text <> '' ORDER BY s.id"
)
UNNAMED = (
    "SELECT s.id, s.kind, s.name, s.given_name, s.family_name, s.email, s.phone,"
    f" s.email_normal, s.phone_normal, s.reference FROM {STAGED} s WHERE {RANGE} AND {WAITING}"
    " AND s.search_text = '' ORDER BY s.id"
)


def steps(stretches: Sequence[dict[str, Any]], done: Operation) -> Iterator[Step]:
    """Add the new of some stretches, as many at once as others can wait for."""
    first = stretches[0]["high"] - stretches[0]["low"] + 1 if stretches else 0
    at_once = TOGETHER if len(stretches) > 2 * TOGETHER else 1
    # Nobody waits for the only writer of PostgreSQL, and each statement has its price.
    is_one_of_many = connection.vendor == "postgresql" and at_once > 1
    pace = Pace(first * ON_POSTGRESQL if is_one_of_many else first)
    for nth in range(0, len(stretches), at_once):
        block = stretches[nth : nth + at_once]
        yield partial(_add, pace, block[0] | {"high": block[-1]["high"]}, done)


def _add(pace: Pace, values: dict[str, Any], done: Operation) -> int:
    for low, high in pace.pieces(values["low"], values["high"]):
        with transaction.atomic():
            _add_new(values | {"low": low, "high": high}, done)
    return int(values["high"]) - int(values["low"]) + 1


def _add_new(values: dict[str, Any], done: Operation) -> None:
    """Add those of a stretch who are new, with what the file says of them, in one transaction.

    Killed in between, nobody would know them by their number again.
    """
    _name_unnamed(values)
    numbers = number_rows(Customer, STAGED, "customer_id", f"{RANGE} AND {WAITING}", values)
    if not numbers:
        return
    values = values | {"first": numbers[0][0], "last": numbers[-1][1]}
    run_sql(ADD_NAMED, values)
    remember_stretches(done, Customer, numbers)
    for model, sql in (
        (Reference, comparing.ADD_REFERENCE),
        (ContactPoint, comparing.ADD_ALL_POINTS),
    ):
        wanted = sql.replace("{range}", RANGE).replace("{which}", JUST_NOW)
        create_rows(done, model, wanted, values)


def _name_unnamed(values: dict[str, Any]) -> None:
    """Whoever has no name is called by their address, their number, or their number elsewhere."""
    named = [_named(row) for row in rows_of(UNNAMED, values)]
    if named:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {STAGED} SET name = %s, sort_name = %s, search_text = %s WHERE id = %s",
                named,
            )


def _named(row: Sequence[Any]) -> tuple[str, str, str, int]:
    pk, kind, name, given, family, email, phone, email_normal, phone_normal, reference = row
    shown = name or email or phone or _("Customer %(number)s") % {"number": reference}
    search = search_text_of([shown, given, family, reference], [email_normal], [phone_normal])
    return shown, sort_name_of(kind, shown, given, family), search, pk
