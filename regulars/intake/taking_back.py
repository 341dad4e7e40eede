"""Taking an import back: what it brought goes, what it changed is put back."""

from datetime import datetime

from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.core.jobs import RunningJob
from regulars.core.models import Operation
from regulars.core.operations import operation_of, refuse_to_undo
from regulars.core.undo import undo
from regulars.intake.errors import ImportNotOpen
from regulars.intake.events import ImportUndone
from regulars.intake.models import Import
from regulars.intake.rules import require_import


def undoable(item: Import, *, by: Actor, at: datetime) -> Operation:
    """The operation of an import that can be taken back; a refusal says why not."""
    require_import(by)
    operation = operation_of(Operation.Kind.IMPORT, item.pk)
    if item.state != Import.State.FINISHED or operation is None:
        raise ImportNotOpen(
            _("This import has brought nothing in that could be undone."),
            _("Look at the list of what was brought in."),
        )
    refuse_to_undo(operation, at=at)
    return operation


def take_back(item: Import, running: RunningJob, *, by: Actor, at: datetime) -> Operation | None:
    """Undo step by step; a run that was interrupted goes on where it was."""
    operation = operation_of(Operation.Kind.IMPORT, item.pk)
    if operation is None or operation.undone_at is not None:
        return operation

    def ending() -> None:
        counts = {name: operation.report.get(name, 0) for name in ("taken_away", "put_back")}
        announce(ImportUndone(item.pk, item.kind, **counts), at=at)

    total, done = operation.images.count(), 0
    for nth, step in enumerate(undo(operation, by=by, at=at, ending=ending), start=1):
        done += step()
        if nth % 10 == 0:
            running.progress(min(done, total), total, step=_("Putting back"))
    running.progress(total, total, step=_("Done"))
    return operation
