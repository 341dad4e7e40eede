"""Off the list, into the Trash and back: some of a bulk change at once, with the way back kept."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from regulars.core.before_images import changing
from regulars.core.models import Operation
from regulars.customers.models import Customer

_GONE = ["deleted_at", "deleted_by", "archived_at"]


def archive_some(operation: Operation, ids: Sequence[int], value: str, at: datetime) -> int:
    """Take them off the list; everything about them is kept."""
    with changing(operation, Customer, ["archived_at"], ids):
        there = Customer.objects.filter(pk__in=ids, archived_at=None)
        return there.update(archived_at=at, updated_at=at)


def put_back_some(operation: Operation, ids: Sequence[int], value: str, at: datetime) -> int:
    """Put archived ones back on the list."""
    with changing(operation, Customer, ["archived_at"], ids):
        archived = Customer.objects.still_there().filter(pk__in=ids, archived_at__isnull=False)
        return archived.update(archived_at=None, updated_at=at)


def delete_some(operation: Operation, ids: Sequence[int], value: str, at: datetime) -> int:
    """Put them into the Trash for 30 days."""
    with changing(operation, Customer, _GONE, ids):
        there = Customer.objects.still_there().filter(pk__in=ids)
        there.filter(archived_at=None).update(archived_at=at)
        return there.update(deleted_at=at, deleted_by=operation.made_by_id, updated_at=at)


def restore_some(operation: Operation, ids: Sequence[int], value: str, at: datetime) -> int:
    """Take them out of the Trash; whoever was archived before is archived again."""
    with changing(operation, Customer, _GONE, ids):
        waiting = Customer.objects.in_the_trash().filter(pk__in=ids)
        waiting.filter(archived_at=F("deleted_at")).update(archived_at=None)
        return waiting.update(deleted_at=None, deleted_by=None, updated_at=at)
