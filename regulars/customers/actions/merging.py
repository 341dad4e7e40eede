"""Making two customers one, and taking them apart again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.db import models, transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.before_images import changing
from regulars.core.bulk import rows_of, table_of
from regulars.core.events import announce
from regulars.core.models import Operation
from regulars.core.movers import OneEach, Parting, Reparent, movers, name_of
from regulars.core.operations import begin_operation
from regulars.core.undo import undo_now
from regulars.customers.actions.remembering import remember_words
from regulars.customers.choices import Made
from regulars.customers.errors import CannotMerge, CannotUnmerge
from regulars.customers.events import CustomerChanged, CustomersMerged, CustomersUnmerged
from regulars.customers.models import Customer, Duplicate, Merge

Whose = Literal["survivor", "merged", "both"]
# What somebody may choose field by field; each may take several columns with it.
CHOICES: dict[str, tuple[str, ...]] = {
    "name": ("kind", "name", "given_name", "family_name", "sort_name"),
    "since": ("since_on",),
    "about": ("about",),
    "manager": ("manager_id",),
    "household": ("household_id",),
}
TAKEN = [
    *(column for columns in CHOICES.values() for column in columns),
    "search_text", "archived_at", "merged_into_id",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose fields survive; what is not named survives where it is filled, the one who stays
    first. `across_kinds` says that a person may become an organisation.
    """

    fields: Mapping[str, Whose] = field(default_factory=dict)
    across_kinds: bool = False
    is_automatic: bool = False


@transaction.atomic
def merge_customers(
    survivor: Customer, merged: Customer, *, by: Actor, at: datetime, choice: Choice | None = None
) -> Merge:
    """Make two customers one: everything goes over to the one who stays, and can be taken back."""
    choice = choice or Choice()
    survivor, merged = _both(survivor, merged)
    _refuse(survivor, merged, choice)
    operation = begin_operation(
        Operation.Kind.MERGE, subject_id=merged.pk, by=by, at=at,
        words=_("%(one)s merged into %(other)s") % {"one": merged.name, "other": survivor.name},
    )  # fmt: skip
    marks = _marks()
    with changing(operation, Customer, TAKEN, [survivor.pk, merged.pk]):
        stayed = _move(operation, merged.pk, survivor.pk, at)
        _take(survivor, merged, choice)
        merged.merged_into, merged.archived_at, merged.updated_at = survivor, at, at
        merged.save(update_fields=["merged_into", "archived_at", "updated_at"])
        survivor.save(update_fields=[column.removesuffix("_id") for column in _chosen_columns()])
        remember_words(survivor, at=at)
    merge = Merge.objects.create(
        operation=operation, survivor=survivor, merged=merged, made_at=at, made_by_id=by.member_id,
        is_automatic=choice.is_automatic, stayed=stayed, marks=marks,
    )  # fmt: skip
    _settle_pair(survivor.pk, merged.pk, Made.MERGED, by=by, at=at)
    audit.record("merged", survivor, by=by, at=at, merged=merged.pk, operation=operation.pk)
    announce(CustomersMerged(merge.pk, survivor.pk, merged.pk), at=at)
    announce(CustomerChanged(survivor.pk), at=at)
    return merge


@transaction.atomic
def unmerge_customers(merge: Merge, *, by: Actor, at: datetime) -> Merge:
    """Take two customers apart again: both cards as they were, and each gets back what was theirs.

    What somebody changed since stays as it is, and what came since stays with the one who stayed:
    both are told in the report. A no to messages stays on both cards.
    """
    merge = Merge.objects.select_for_update().select_related("operation").get(pk=merge.pk)
    survivor, merged = _locked(merge.survivor_id, merge.merged_id)
    _refuse_to_part(merge, survivor, merged)
    since, kept = _came_since(merge), _kept_copies(merge)
    operation = undo_now(merge.operation, by=by, at=at)
    for mover in movers:
        if isinstance(mover, Parting):
            mover.part(operation, merged.pk, survivor.pk, at)
    operation.refresh_from_db()
    told = dict(operation.report)
    if kept:
        told["left"] = told.get("left", 0) + kept
    if told.get("left"):
        # The words of the search were written for both: write them for each.
        for customer in _locked(survivor.pk, merged.pk):
            remember_words(customer, at=at)
    merge.undone_at, merge.report = at, told | {"since": since}
    merge.save(update_fields=["undone_at", "report"])
    _settle_pair(survivor.pk, merged.pk, Made.APART, by=by, at=at)
    audit.record("unmerged", survivor, by=by, at=at, merged=merged.pk, operation=operation.pk)
    announce(CustomersUnmerged(merge.pk, survivor.pk, merged.pk), at=at)
    for customer in (survivor, merged):
        announce(CustomerChanged(customer.pk), at=at)
    return merge


# Before


def _both(survivor: Customer, merged: Customer) -> tuple[Customer, Customer]:
    if survivor.pk == merged.pk:
        raise CannotMerge(
            _("%(name)s cannot be merged with themselves.") % {"name": survivor.name},
            _("Choose two cards that are of one customer."),
        )
    return _locked(survivor.pk, merged.pk)


def _locked(one: int, other: int) -> tuple[Customer, Customer]:
    rows = Customer.objects.select_for_update().filter(pk__in=[one, other]).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[one], found[other]


def _refuse(survivor: Customer, merged: Customer, choice: Choice) -> None:
    for customer in (survivor, merged):
        if customer.merged_into_id is not None:
            raise CannotMerge(
                _("%(name)s has been merged already.") % {"name": customer.name},
                _("Merge the customer they were merged into."),
            )
        if customer.deleted_at is not None or customer.erased_at is not None:
            raise CannotMerge(
                _("%(name)s is not there any more.") % {"name": customer.name},
                _("Take them out of the Trash first, if they are in it."),
            )
    if survivor.kind != merged.kind and not choice.across_kinds:
        raise CannotMerge(
            _("%(one)s and %(other)s are not of one kind.")
            % {"one": survivor.name, "other": merged.name},
            _("Say that you mean it, if one of them was put down as the wrong kind."),
        )


# What goes over


def _move(operation: Operation, from_id: int, to_id: int, at: datetime) -> dict[str, int]:
    stayed: dict[str, int] = {}
    for mover in movers:
        left = mover.move(operation, from_id, to_id, at)
        if left:
            label = name_of(mover.model, mover.column)
            stayed[label] = left
    return stayed


def _chosen_columns() -> list[str]:
    return [column for columns in CHOICES.values() for column in columns]


def _take(survivor: Customer, merged: Customer, choice: Choice) -> None:
    for name, columns in CHOICES.items():
        whose = choice.fields.get(name) or _unless_filled(name, survivor, merged)
        if whose == "both" and name == "about":
            survivor.about = "\n\n".join(filter(None, (survivor.about, merged.about)))
        elif whose == "merged":
            for column in columns:
                setattr(survivor, column, getattr(merged, column))


def _unless_filled(name: str, survivor: Customer, merged: Customer) -> Whose:
    column = CHOICES[name][-1]
    ours, theirs = getattr(survivor, column), getattr(merged, column)
    if name == "about" and ours and theirs and ours.strip() != theirs.strip():
        return "both"
    if name == "since" and ours and theirs:
        return "survivor" if ours <= theirs else "merged"
    return "merged" if theirs and not ours else "survivor"


def _settle_pair(one: int, other: int, state: Made, *, by: Actor, at: datetime) -> None:
    low, high = sorted((one, other))
    Duplicate.objects.update_or_create(
        low_id=low, high_id=high,
        defaults={"state": state, "decided_at": at, "decided_by_id": by.member_id},
        create_defaults={
            "state": state, "decided_at": at, "decided_by_id": by.member_id, "score": 0.0,
            "found_at": at,
        },
    )  # fmt: skip


# Apart again


def _refuse_to_part(merge: Merge, survivor: Customer, merged: Customer) -> None:
    if merge.undone_at is not None:
        raise CannotUnmerge(_("These two have been taken apart already."))
    if survivor.merged_into_id is not None:
        raise CannotUnmerge(
            _("%(name)s was merged into somebody else since.") % {"name": survivor.name},
            _("Take that apart first."),
        )
    if merged.erased_at is not None or survivor.erased_at is not None:
        raise CannotUnmerge(_("One of them asked to be forgotten, and was."))


def _kept_copies(merge: Merge) -> int:
    return sum(
        one.keep_if_changed(merge.operation, merge.merged_id, merge.survivor_id)
        for one in movers
        if isinstance(one, OneEach)
    )


def _numbered(model: type[models.Model]) -> bool:
    return isinstance(model._meta.pk, models.AutoField)


def _counted() -> list[Reparent]:
    """Tables in which a higher number came later."""
    return [one for one in movers if isinstance(one, Reparent) and _numbered(one.model)]


def _marks() -> dict[str, int]:
    return {
        name_of(one.model, one.column): int(
            rows_of(f"SELECT coalesce(max(id), 0) FROM {table_of(one.model)}")[0][0]  # noqa: S608
        )
        for one in _counted()
    }


def _came_since(merge: Merge) -> dict[str, int]:
    """How many rows of each table came to the one who stayed after the merge."""
    found = {}
    for one in _counted():
        name = name_of(one.model, one.column)
        count = rows_of(
            f"SELECT count(*) FROM {table_of(one.model)} t"  # noqa: S608
            f" WHERE t.{one.column} = %s AND t.id > %s",
            [merge.survivor_id, merge.marks.get(name, 0)],
        )[0][0]
        if count:
            found[name] = int(count)
    for each in movers:
        if isinstance(each, OneEach) and each.moment:
            written = {each.column: merge.survivor_id, f"{each.moment}__gt": merge.made_at}
            if each.model._default_manager.filter(**written).exists():
                found[name_of(each.model, each.column)] = 1
    return found
