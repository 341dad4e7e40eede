"""Erasing a customer: the row stays without a name, so that what was sold still adds up."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.core.erasers import (
    Erasing,
    blank_rows,
    erase_rows,
    let_stay,
    look_through,
    register_eraser,
    seekers,
)
from regulars.core.models import Image, Job, Operation
from regulars.core.scrubbing import word_indexes
from regulars.customers.models import (
    BulkChange,
    Customer,
    Duplicate,
    Household,
    ManagerChange,
    Merge,
    Relation,
    StagedCustomer,
)
from regulars.customers.traces import NOBODY, OWN, Traces, traces_of, unsaid, without
from regulars.intake.forgetting import forget_stored
from regulars.intake.models import RowProblem, UntakenRow

PAIRS: tuple[tuple[type[models.Model], tuple[str, str]], ...] = (
    (Relation, ("of", "to")),
    (Duplicate, ("low", "high")),
    (Merge, ("survivor", "merged")),
)


TRACES = "customers"
A_STEP = 500


def erase(erasing: Erasing) -> None:
    """Everything that says who they were."""
    _forget_words(erasing)
    _forget_traces(erasing, erasing.found.get(TRACES) or traces_of(erasing.customer_ids))
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


def _forget_traces(erasing: Erasing, found: Traces) -> None:
    """What files, reports and images say of them; the keys were found beforehand."""
    for file_id, row_no in found.rows:
        for model in (UntakenRow, RowProblem):
            model._default_manager.filter(file=file_id, row_no=row_no).delete()
    for start in range(0, len(found.images), A_STEP):
        Image.objects.filter(pk__in=found.images[start : start + A_STEP]).delete()
    for reported, column, pk in found.reports:
        row = reported._default_manager.select_for_update().get(pk=pk)
        setattr(row, column, without(found.told, getattr(row, column)))
        row.save(update_fields=[column])
    _forget_sayings(found)
    for operation in Operation.objects.filter(pk__in=found.operations).exclude(report={}):
        examples = operation.report.get("examples", [])
        operation.report["examples"] = [
            one for one in examples if (one["table"], one["row"]) not in found.own
        ]
        operation.save(update_fields=["report"])
    forget_stored(found.imports, by=erasing.by, at=erasing.at, is_asked=erasing.is_asked)


def _forget_sayings(found: Traces) -> None:
    for saying, pk, columns in found.sayings:
        rows = saying.model._default_manager.filter(pk=pk).select_for_update()
        if saying.goes:
            rows.delete()
        elif (row := rows.first()) is not None:
            for column in columns:
                said = unsaid(found.told, getattr(row, column))
                # Names of views and segments stay apart by their number.
                setattr(row, column, _("Erased %(pk)s") % {"pk": pk} if said == NOBODY else said)
            row.save(update_fields=columns)


def _forget_words(erasing: Erasing) -> None:
    """What was said of an operation on them begins with their name, or says who became whom."""
    named = Customer.objects.filter(pk__in=erasing.customer_ids).exclude(name="")
    for name in named.values_list("name", flat=True):
        merged = Q(kind=Operation.Kind.MERGE, words__contains=name)
        told = Operation.objects.filter(merged | Q(words__startswith=f"{name} "))
        told.update(words=_("a customer who was erased"))


look_through(BulkChange, "selection", "words", "value")
look_through(Job, "arguments", "result", "sentence", "step")
look_through(Operation, "words")
word_indexes.register("customers", "customers_search")
seekers.register(TRACES, traces_of)
register_eraser(
    "customers", (*OWN, *(model for model, _ends in PAIRS), StagedCustomer, Customer), erase
)
let_stay(ManagerChange, "Who looked after a number before: it names nobody but our own people.")
