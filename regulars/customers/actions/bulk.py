"""Changing many customers at once, in short steps that can be stopped and taken back."""

# Statements are put together from names of models; every value is bound or a number.
# ruff: noqa: S608

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.before_images import changing, create_rows, remember_created, remember_deleted
from regulars.core.bulk import table_of
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.events import announce
from regulars.core.keyset import is_whole
from regulars.core.list_fields import is_hidden
from regulars.core.models import Operation
from regulars.core.money import Money
from regulars.core.operations import begin_operation
from regulars.customers.actions.assigning import check_manager
from regulars.customers.actions.leaving_together import (
    archive_some,
    delete_some,
    put_back_some,
    restore_some,
)
from regulars.customers.actions.places import write_place
from regulars.customers.choices import Kind
from regulars.customers.custom_values import value_read
from regulars.customers.events import CustomersChangedTogether
from regulars.customers.models import (
    BulkChange,
    Customer,
    CustomerQuerySet,
    CustomerTag,
    CustomField,
    CustomValue,
    Tag,
)
from regulars.customers.naming import sort_name_of
from regulars.customers.queries.custom import column_of
from regulars.customers.rules import may_assign
from regulars.team.models import Member
from regulars.team.queries import the_named_business

# RELIABILITY, amendments: a transaction of bulk work lasts at most 100 ms.
STEP = 500
LONGEST_TOWN = 200

Apply = Callable[[Operation, Sequence[int], str, datetime], int]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that can be changed of many: what it is called, whether a value fits, the doing."""

    label: Promise | str
    check: Callable[[str], None]
    apply: Apply
    # The words of one change, such as “tagged trade”.
    says: Callable[[str], str]


# Who looks after them


def _member(value: str) -> Member | None:
    return Member.objects.filter(pk=int(value)).first() if is_whole(value) else None


def _check_member(value: str) -> None:
    if value != "none" and _member(value) is None:
        raise Refusal(_("Choose somebody of the team who may look after customers."))
    check_manager(_member(value))


def _assign(operation: Operation, ids: Sequence[int], value: str, at: datetime) -> int:
    to = _member(value)
    others = [
        pk for pk, manager in Customer.objects.filter(pk__in=ids).values_list("pk", "manager_id")
        if manager != (to.pk if to else None)
    ]  # fmt: skip
    with changing(operation, Customer, ["manager_id"], others):
        return Customer.objects.filter(pk__in=others).update(manager=to, updated_at=at)


def _says_assigned(value: str) -> str:
    to = _member(value)
    return _("looked after by %(name)s") % {"name": to.name if to else _("nobody")}


# Tags


def _tag(value: str) -> Tag:
    tag = Tag.objects.filter(pk=int(value)).first() if is_whole(value) else None
    if tag is None:
        raise Refusal(_("There is no such tag any more."), _("Choose another one."))
    return tag


def _check_tag(value: str) -> None:
    _tag(value)


def _put_tag(operation: Operation, ids: Sequence[int], value: str, at: datetime) -> int:
    among = ", ".join(str(int(pk)) for pk in ids) or "NULL"
    customers, tags = table_of(Customer), table_of(CustomerTag)
    return create_rows(
        operation, CustomerTag,
        f"INSERT INTO {tags} (customer_id, tag_id, source, tagged_at)"
        f" SELECT c.id, %(tag)s, 'desk', %(at)s FROM {customers} c WHERE c.id IN ({among})"
        f" AND NOT EXISTS (SELECT 1 FROM {tags} t WHERE t.customer_id = c.id"
        " AND t.tag_id = %(tag)s)",
        {"tag": _tag(value).pk, "at": connection.ops.adapt_datetimefield_value(at)},
    )  # fmt: skip


def _take_tag(operation: Operation, ids: Sequence[int], value: str, at: datetime) -> int:
    rows = CustomerTag.objects.filter(customer__in=ids, tag=_tag(value))
    keys = list(rows.values_list("pk", flat=True))
    remember_deleted(operation, CustomerTag, keys)
    CustomerTag.objects.filter(pk__in=keys).delete()
    return len(keys)


# Fields of the business's own: the value is "id of the field:what was written"


def _own(value: str) -> tuple[CustomField, str]:
    pk, _gap, written = value.partition(":")
    found = CustomField.objects.filter(archived_at=None)
    field = found.filter(pk=int(pk)).first() if is_whole(pk) else None
    if field is None:
        raise Refusal(_("There is no such field any more."), _("Choose another one."))
    return field, written


def _check_own(value: str) -> None:
    field, written = _own(value)
    value_read(field, written, the_named_business().currency)


def _set_own(operation: Operation, ids: Sequence[int], value: str, at: datetime) -> int:
    field, written = _own(value)
    held = value_read(field, written, the_named_business().currency)
    before = CustomValue.objects.filter(customer__in=ids, field=field)
    remember_deleted(operation, CustomValue, list(before.values_list("pk", flat=True)))
    before.delete()
    several = held if isinstance(held, tuple) else (held,)
    made = CustomValue.objects.bulk_create(
        CustomValue(customer_id=pk, field=field, **{column_of(field.kind): _stored(one)})
        for pk in ids for one in several if one is not None and one != ""
    )  # fmt: skip
    remember_created(operation, CustomValue, [one.pk for one in made])
    return len(ids)


def _stored(value: Any) -> Any:
    return value.minor if isinstance(value, Money) else value


def _says_own(value: str) -> str:
    field, written = _own(value)
    return _("%(field)s: %(value)s") % {"field": field.label, "value": written or _("nothing")}


# What they are, and where they live


def _check_kind(value: str) -> None:
    if value not in Kind.values:
        raise Refusal(_("Choose what they are."))


def _set_kind(operation: Operation, ids: Sequence[int], value: str, at: datetime) -> int:
    rows = list(Customer.objects.filter(pk__in=ids).exclude(kind=value))
    with changing(operation, Customer, ["kind", "sort_name"], [one.pk for one in rows]):
        for one in rows:
            one.kind, one.updated_at = value, at
            one.sort_name = sort_name_of(value, one.name, one.given_name, one.family_name)
        Customer.objects.bulk_update(rows, ["kind", "sort_name", "updated_at"])
    return len(rows)


def _check_town(value: str) -> None:
    if not value.strip() or len(value.strip()) > LONGEST_TOWN:
        raise Refusal(
            _("A town is one to %(most)s signs long.") % {"most": LONGEST_TOWN},
            _("Write it as it stands on a letter."),
        )


def _set_town(operation: Operation, ids: Sequence[int], value: str, at: datetime) -> int:
    return write_place(ids, "city", value.strip(), at=at, operation=operation)


def _fits_always(value: str) -> None:
    return


CHANGES: dict[str, Change] = {
    "manager": Change(gettext_lazy("Who looks after them"), _check_member, _assign, _says_assigned),
    "tag": Change(
        gettext_lazy("Stick a tag on them"), _check_tag, _put_tag,
        lambda value: _("tagged “%(tag)s”") % {"tag": _tag(value).name},
    ),
    "untag": Change(
        gettext_lazy("Take a tag off them"), _check_tag, _take_tag,
        lambda value: _("no longer tagged “%(tag)s”") % {"tag": _tag(value).name},
    ),
    "own": Change(gettext_lazy("A field of our own"), _check_own, _set_own, _says_own),
    "kind": Change(
        gettext_lazy("What they are"), _check_kind, _set_kind,
        lambda value: _("now of the kind “%(kind)s”") % {"kind": Kind(value).label},
    ),
    "town": Change(
        gettext_lazy("The town they live in"), _check_town, _set_town,
        lambda value: _("now in %(town)s") % {"town": value.strip()},
    ),
    "archive": Change(
        gettext_lazy("Take them off the list"), _fits_always, archive_some,
        lambda _value: _("taken off the list"),
    ),
    "put_back": Change(
        gettext_lazy("Put them back on the list"), _fits_always, put_back_some,
        lambda _value: _("back on the list"),
    ),
    "delete": Change(
        gettext_lazy("Put them into the Trash"), _fits_always, delete_some,
        lambda _value: _("put into the Trash"),
    ),
    "restore": Change(
        gettext_lazy("Restore them from the Trash"), _fits_always, restore_some,
        lambda _value: _("restored from the Trash"),
    ),
}  # fmt: skip


def fields_of_change(what: str, value: str) -> tuple[str, ...]:
    """The fields of the list that a change writes: what is hidden there is not written over."""
    if what in ("tag", "untag"):
        return ("customer.tags",)
    if what == "town":
        return ("customer.city",)
    if what == "own":
        return (f"own.{_own(value)[0].key}",)
    return ()


@transaction.atomic
def begin_bulk_change(
    what: str, value: str, *, selection: dict[str, Any], total: int, by: Actor, at: datetime
) -> BulkChange:
    """Ask for a change of many customers; nothing is changed before its first step."""
    if not may_assign(by):
        raise NotAllowed(_("Only an owner or a manager changes many customers at once."))
    if what not in CHANGES:
        raise Refusal(_("Choose what is to change."))
    change = CHANGES[what]
    change.check(value)
    if is_hidden(by, *fields_of_change(what, value)):
        raise NotAllowed(_("This is hidden from your role."), _("An owner can show it."))
    words = change.says(value)
    operation = begin_operation(Operation.Kind.BULK, subject_id=None, by=by, at=at, words=words)
    bulk = BulkChange.objects.create(
        what=what, value=value, selection=selection, words=words, operation=operation,
        asked_at=at, asked_by_id=by.member_id, total_count=total,
    )  # fmt: skip
    Operation.objects.filter(pk=operation.pk).update(subject_id=bulk.pk)
    audit.record("began to change", bulk, by=by, at=at, what=what, count=total)
    return bulk


def bulk_step(bulk: BulkChange, rows: CustomerQuerySet, *, at: datetime) -> bool:
    """Change the next of those who are meant; says whether there may be more.

    Done again after a kill it goes on where it was: how far it is stands in the same transaction.
    Who is next is found before it begins: a filter may take its time, and holds nobody up.
    """
    after = BulkChange.objects.values_list("after_id", flat=True).get(pk=bulk.pk)
    further = rows.order_by("pk").filter(pk__gt=after)
    return _change_some(bulk, list(further.values_list("pk", flat=True)[:STEP]), after, at)


@transaction.atomic
def _change_some(bulk: BulkChange, ids: list[int], after: int, at: datetime) -> bool:
    bulk = BulkChange.objects.select_for_update().select_related("operation").get(pk=bulk.pk)
    if bulk.finished_at is not None:
        return False
    if bulk.after_id != after:
        # Somebody else has taken this step.
        return True
    if bulk.stop_asked_at is not None or not ids:
        return _finish(bulk, at)
    done = CHANGES[bulk.what].apply(bulk.operation, ids, bulk.value, at)
    bulk.after_id, bulk.seen_count = ids[-1], bulk.seen_count + len(ids)
    bulk.changed_count += done
    bulk.save(update_fields=["after_id", "seen_count", "changed_count"])
    return True if len(ids) == STEP else _finish(bulk, at)


def _finish(bulk: BulkChange, at: datetime) -> bool:
    bulk.finished_at = at
    bulk.save(update_fields=["finished_at"])
    by = bulk.asked_by.actor if bulk.asked_by else None
    if by is not None:
        audit.record("changed", bulk, by=by, at=at, what=bulk.what, count=bulk.changed_count)
    announce(CustomersChangedTogether(bulk.pk, bulk.what, bulk.changed_count), at=at)
    return False


@transaction.atomic
def stop_bulk_change(bulk: BulkChange, *, by: Actor, at: datetime) -> None:
    """Let the step in hand end and begin no other; what is changed by then stays."""
    if not may_assign(by):
        raise NotAllowed(_("Only an owner or a manager changes many customers at once."))
    waiting = BulkChange.objects.filter(pk=bulk.pk, finished_at=None, stop_asked_at=None)
    if waiting.update(stop_asked_at=at):
        audit.record("stopped", bulk, by=by, at=at)
