"""Erasing a customer: the row stays without a name, so that what was sold still adds up."""

# Statements are put together from names of models; every value is bound.
# ruff: noqa: S608

from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.core.bulk import rows_of, table_of
from regulars.core.erasers import (
    Erasing,
    blank_rows,
    erase_rows,
    let_stay,
    register_eraser,
)
from regulars.core.models import Operation
from regulars.customers.choices import PointKind
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    CustomValue,
    Duplicate,
    Household,
    Interest,
    ManagerChange,
    Merge,
    Reference,
    Relation,
    StagedCustomer,
)
from regulars.intake.models import RowProblem, UntakenRow

PAIRS: tuple[tuple[type[models.Model], tuple[str, str]], ...] = (
    (Relation, ("of", "to")),
    (Duplicate, ("low", "high")),
    (Merge, ("survivor", "merged")),
)
OWN = (ContactPoint, Reference, CustomerTag, CustomValue, Interest)


# Every row of a file that was not taken and has a cell with one of these, whatever its column.
UNTAKEN = {
    "sqlite": "json_each(u.cells) c",
    "postgresql": "jsonb_array_elements_text(u.cells) c(value)",
}


def erase(erasing: Erasing) -> None:
    """Everything that says who they were."""
    _forget_rows_of_files(erasing)
    _forget_words(erasing)
    for own in OWN:
        erase_rows(own, erasing)
    for pair, ends in PAIRS:
        for end in ends:
            erase_rows(pair, erasing, of=end)
    StagedCustomer.objects.filter(customer_id__in=erasing.customer_ids).delete()
    members = Customer.objects.filter(pk__in=erasing.customer_ids).exclude(household=None)
    households = list(members.values_list("household", flat=True))
    blank_rows(
        Customer, erasing, of="pk", name="", given_name="", family_name="", sort_name="",
        search_text="", about="", household=None, manager=None, since_on=None, deleted_by=None,
        erased_at=erasing.at, updated_at=erasing.at, merged_into=None,
    )  # fmt: skip
    Customer.objects.filter(pk__in=erasing.customer_ids, archived_at=None).update(
        archived_at=erasing.at
    )
    Household.objects.filter(pk__in=households, members=None).delete()


def _forget_rows_of_files(erasing: Erasing) -> None:
    """Rows of files that name them by address or number; a namesake's row can still be taken."""
    points = ContactPoint.objects.filter(
        customer__in=erasing.customer_ids, kind__in=[PointKind.EMAIL, PointKind.PHONE]
    )
    told = {one.lower() for pair in points.values_list("value", "normal") for one in pair if one}
    if not told:
        return
    among, given = ", ".join(["%s"] * len(told)), sorted(told)
    rows = rows_of(
        f"SELECT u.file_id, u.row_no FROM {table_of(UntakenRow)} u WHERE EXISTS (SELECT 1"
        f" FROM {UNTAKEN[connection.vendor]} WHERE lower(c.value) IN ({among}))"
        f" UNION SELECT p.file_id, p.row_no FROM {table_of(RowProblem)} p"
        f" WHERE lower(p.value) IN ({among})",
        [*given, *given],
    )
    for file_id, row_no in rows:
        for model in (UntakenRow, RowProblem):
            model._default_manager.filter(file=file_id, row_no=row_no).delete()


def _forget_words(erasing: Erasing) -> None:
    """What was said of an operation on them begins with their name, or says who became whom."""
    named = Customer.objects.filter(pk__in=erasing.customer_ids).exclude(name="")
    for name in named.values_list("name", flat=True):
        merged = Q(kind=Operation.Kind.MERGE, words__contains=name)
        told = Operation.objects.filter(merged | Q(words__startswith=f"{name} "))
        told.update(words=_("a customer who was erased"))


register_eraser(
    "customers", (*OWN, *(model for model, _ends in PAIRS), StagedCustomer, Customer), erase
)
let_stay(ManagerChange, "Who looked after a number before: it names nobody but our own people.")
