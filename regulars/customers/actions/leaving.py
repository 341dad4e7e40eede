"""Leaving the list for the Trash or for good. Archiving, which keeps everything, is in `people`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from regulars.core import audit, ledgers
from regulars.core.actor import SYSTEM, Actor
from regulars.core.before_images import changing
from regulars.core.erasers import Erasing, erase_all, seek_all
from regulars.core.events import announce
from regulars.core.models import Operation
from regulars.core.operations import begin_operation
from regulars.core.scrubbing import ask_to_scrub
from regulars.customers.errors import NotTheirs
from regulars.customers.events import CustomerErased, CustomerRestored, CustomersDeleted
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.customers.rules import may_delete, may_erase

IN_THE_TRASH = timedelta(days=30)
ERASURES = "erasures"
CHUNK = 50


@transaction.atomic
def delete_customers(
    customers: CustomerQuerySet, *, by: Actor, at: datetime, operation: Operation | None = None
) -> Operation:
    """Put customers into the Trash, from where they can be restored for 30 days."""
    if not may_delete(by):
        raise NotTheirs(
            _("Only an owner or a manager deletes customers."), _("Ask one of them to do it.")
        )
    done = operation or begin_operation(Operation.Kind.DELETE, subject_id=None, by=by, at=at)
    chosen = customers.still_there().order_by("pk").select_for_update()
    ids = list(chosen.values_list("pk", flat=True))
    columns = ["deleted_at", "deleted_by", "archived_at"]
    with changing(done, Customer, columns, ids):
        rows = Customer.objects.filter(pk__in=ids)
        rows.filter(archived_at=None).update(archived_at=at)
        rows.update(deleted_at=at, deleted_by=by.member_id, updated_at=at)
    audit.record("deleted", done, by=by, at=at, count=len(ids), customers=ids[:CHUNK])
    announce(CustomersDeleted(done.pk, len(ids)), at=at)
    return done


@transaction.atomic
def restore_deleted(customer: Customer, *, by: Actor, at: datetime) -> None:
    """Take a customer out of the Trash; whoever was archived before is archived again."""
    if not may_delete(by):
        raise NotTheirs(
            _("Only an owner or a manager restores customers."), _("Ask one of them to do it.")
        )
    waiting = Customer.objects.in_the_trash().filter(pk=customer.pk)
    waiting.filter(archived_at=F("deleted_at")).update(archived_at=None)
    if waiting.update(deleted_at=None, deleted_by=None, updated_at=at):
        audit.record("restored", customer, by=by, at=at)
        announce(CustomerRestored(customer.pk), at=at)


def erase_customer(customer: Customer, *, by: Actor, at: datetime) -> None:
    """Forget a customer for good, with every record that was merged into theirs.

    What is left: a number without a name, what was sold, and the seals of their addresses, so that
    nobody writes to them again. It cannot be undone.
    """
    if not may_erase(by):
        raise NotTheirs(_("Only an owner erases customers."), _("Ask one of the owners to do it."))
    # Files are read and reports looked through before anybody else is held up.
    found = seek_all(_with_merged([customer.pk]))
    with transaction.atomic():
        _erase([customer.pk], by=by, at=at, is_asked=True, found=found)


def empty_trash(*, at: datetime) -> int:
    """Erase whoever has been in the Trash for 30 days; returns how many."""
    over = Customer.objects.in_the_trash().filter(deleted_at__lte=at - IN_THE_TRASH)
    count = 0
    while ids := list(over.order_by("deleted_at", "pk").values_list("pk", flat=True)[:CHUNK]):
        found = seek_all(_with_merged(ids))
        with transaction.atomic():
            count += _erase(ids, by=SYSTEM, at=at, is_asked=False, found=found)
    return count


def _erase(
    ids: Sequence[int], *, by: Actor, at: datetime, is_asked: bool, found: Mapping[str, Any]
) -> int:
    whole = _with_merged(ids)
    there = Customer.objects.filter(pk__in=whole, erased_at=None).select_for_update()
    rows = list(there.order_by("pk").values_list("pk", "created_at"))
    if not rows:
        return 0
    erase_all(Erasing([pk for pk, _added in rows], by, at, is_asked, found))
    lines = [
        {"customer": pk, "added": added.isoformat(), "at": at.isoformat(), "asked": is_asked}
        for pk, added in rows
    ]
    transaction.on_commit(partial(ledgers.append_all, ERASURES, lines))
    for pk, _added in rows:
        audit.record("erased", Customer(pk=pk), by=by, at=at)
        announce(CustomerErased(pk), at=at)
    ask_to_scrub(at=at)
    return len(rows)


def _with_merged(ids: Sequence[int]) -> list[int]:
    """These and all who were merged into them: they are the same people."""
    found, fresh = list(ids), list(ids)
    while fresh:
        merged = Customer.objects.filter(merged_into__in=fresh).exclude(pk__in=found)
        fresh = list(merged.values_list("pk", flat=True))
        found += fresh
    return found


def erase_again(line: ledgers.Line, *, at: datetime) -> int:
    """Erase once more whom a restored database has brought back (RELIABILITY D4)."""
    same = Q(pk=line["customer"], created_at=datetime.fromisoformat(line["added"]))
    if not Customer.objects.filter(same, erased_at=None).exists():
        return 0
    found = seek_all(_with_merged([line["customer"]]))
    with transaction.atomic():
        return _erase(
            [line["customer"]], by=SYSTEM, at=at, is_asked=bool(line["asked"]), found=found
        )
