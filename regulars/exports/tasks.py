"""Background work: making the files that were asked for, and forgetting them a day later."""

from datetime import datetime
from typing import Any

from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.core.jobs import RunningJob, job
from regulars.exports.actions import finish_taking_back, forget_export, make_export, write_posted
from regulars.exports.choices import What
from regulars.exports.chosen import chosen_customers
from regulars.exports.models import Export
from regulars.exports.queries import exports_to_forget


@job("exports.make")
def make(running: RunningJob, at: datetime) -> dict[str, Any]:
    export = Export.objects.select_related("asked_by").get(pk=running.arguments["export_id"])
    if export.is_ready or not export.asked_by.is_active:
        return {}
    by = export.asked_by.actor
    total = None
    if export.what == What.CUSTOMERS:
        total = chosen_customers(export.selection, by).order_by().count()
    running.progress(0, total)
    made = make_export(export, by=by, at=clock.now(), seen=running.progress)
    return {"export_id": made.pk, "rows": made.row_count}


@job("exports.post")
def post(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Write a touch of each whom letters reach that are in the post."""
    export = Export.objects.select_related("asked_by").get(pk=running.arguments["export_id"])
    count = write_posted(export, by=export.asked_by.actor, seen=running.progress)
    return {"customers": count}


@job("exports.take_back")
def take_back(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Whatever is left of letters that were not posted after all."""
    export = Export.objects.select_related("asked_by").get(pk=running.arguments["export_id"])
    return {"touches": finish_taking_back(export, by=export.asked_by.actor, at=at)}


@job("exports.forget")
def forget(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Files are kept for one day."""
    count = 0
    for export in exports_to_forget(at=at):
        forget_export(export, by=SYSTEM, at=at)
        count += 1
        running.progress(count)
    return {"count": count}
