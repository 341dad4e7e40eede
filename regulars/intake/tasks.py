"""Background work: checking an import, and bringing it in."""

from datetime import datetime
from typing import Any

from regulars.core.actor import COMMAND, Actor
from regulars.core.errors import Refusal
from regulars.core.jobs import RunningJob, job
from regulars.core.room_to_write import room_to_write
from regulars.intake.actions import refuse_import
from regulars.intake.bringing_in import bring_in, check
from regulars.intake.coming_in import BETWEEN_LOOKS, LOOK_JOB, leave_looking, look_at_inlet
from regulars.intake.forgetting import forget_old_files
from regulars.intake.models import Import, Inlet
from regulars.intake.taking_back import take_back
from regulars.team.models import Member


def _actor_of(item: Import) -> Actor:
    return item.brought_by.actor if item.brought_by else COMMAND


@job("intake.check")
def check_files(running: RunningJob, at: datetime) -> dict[str, Any]:
    item = Import.objects.select_related("brought_by").get(pk=running.arguments["import_id"])
    if item.state != Import.State.CHECKING:
        return {}
    try:
        with room_to_write():
            check(item, running, by=_actor_of(item))
    except Refusal as no:
        if running.arguments.get("at_once") and running.epoch == 1:
            # Whoever waits for the answer hears it, and keeps nothing; a worker that took over
            # from a command that was killed has nobody who waits.
            raise
        refuse_import(item, no, by=_actor_of(item), at=at)
        raise
    return {"import_id": item.pk}


@job(LOOK_JOB)
def look_at_inlets(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Look at every folder and address from which files come by themselves, and look again soon."""
    inlets = list(Inlet.objects.select_related("made_by").order_by("id"))
    if inlets:
        leave_looking(at=at + BETWEEN_LOOKS)
    for inlet in inlets:
        look_at_inlet(inlet, at=at)
    return {"inlets": len(inlets)}


@job("intake.bring_in")
def bring_in_files(running: RunningJob, at: datetime) -> dict[str, Any]:
    item = Import.objects.select_related("brought_by").get(pk=running.arguments["import_id"])
    if item.state == Import.State.APPLYING:
        with room_to_write(carried_beside=True):
            bring_in(item, running, by=_actor_of(item))
    return {"import_id": item.pk}


@job("intake.forget_files")
def forget_files_of_imports(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Files are kept for 30 days, as what an import found is."""
    return {"imports": forget_old_files(at=at)}


@job("intake.undo")
def undo_import(running: RunningJob, at: datetime) -> dict[str, Any]:
    item = Import.objects.get(pk=running.arguments["import_id"])
    member = Member.objects.filter(pk=running.arguments["member_id"] or 0).first()
    with room_to_write(carried_beside=True):
        take_back(item, running, by=member.actor if member else COMMAND, at=at)
    return {"import_id": item.pk}
