"""Background work that the desk leaves: changing many customers, and taking that back."""

from datetime import datetime
from typing import Any

from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.core.jobs import RunningJob, job
from regulars.core.models import Operation
from regulars.core.undo import undo
from regulars.customers.actions.bulk import bulk_step
from regulars.customers.models import BulkChange
from regulars.desk.list_health import COUNT_HEALTH, counted_by_role
from regulars.desk.selections import selected
from regulars.team.models import Member


@job("desk.bulk_change")
def change_in_bulk(running: RunningJob, at: datetime) -> dict[str, Any]:
    bulk = BulkChange.objects.select_related("asked_by").get(pk=running.arguments["bulk_id"])
    by = bulk.asked_by.actor if bulk.asked_by else SYSTEM
    rows = selected(bulk.selection["audience"], bulk.selection["definition"], by)
    while bulk_step(bulk, rows, at=clock.now()):
        bulk.refresh_from_db(fields=["seen_count"])
        running.progress(bulk.seen_count, bulk.total_count)
    return {"bulk_id": bulk.pk}


@job(COUNT_HEALTH)
def count_health(running: RunningJob, at: datetime) -> dict[str, Any]:
    """How many customers lack what, for the page that offers to mend it."""
    return {"at": at.isoformat(), "counts": dict(counted_by_role(at))}


@job("desk.undo")
def take_back(running: RunningJob, at: datetime) -> dict[str, Any]:
    operation = Operation.objects.get(pk=running.arguments["operation_id"])
    if operation.undone_at is not None:
        return {}
    member = Member.objects.filter(pk=running.arguments["member_id"]).first()
    done = 0
    for step in undo(operation, by=member.actor if member else SYSTEM, at=clock.now()):
        done += step()
        running.progress(done)
    return {"operation_id": operation.pk}
