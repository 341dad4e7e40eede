"""How long files are kept that were brought in, and what goes with them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.core.errors import Refusal
from regulars.intake.actions import leave_it
from regulars.intake.models import Import, ImportFile, RowProblem, UntakenRow
from regulars.intake.storing import forget_files

# As long as what was there before is kept for undoing.
FILES_KEPT_FOR = timedelta(days=30)


def forget_old_files(*, at: datetime) -> int:
    """Remove the files of imports that were over 30 days ago; what was said of them stays.

    Files that somebody looked at and left lying for as long go with their import.
    """
    before = at - FILES_KEPT_FOR
    open_still = Import.objects.filter(state__in=LEFT_LYING, started_at__lte=before)
    for item in open_still:
        leave_it(item, by=SYSTEM, at=at)
    over = Import.objects.filter(finished_at__lte=before).exclude(files__stored_as="")
    ids = list(over.filter(files__isnull=False).distinct().values_list("pk", flat=True))
    for pk in ids:
        _remove_files(pk)
    return len(ids)


LEFT_LYING = [Import.State.MAPPING, Import.State.CHECKED]


def _remove_files(import_id: int) -> None:
    forget_files(import_id)
    _forget_samples(import_id)


def _forget_samples(import_id: int) -> None:
    """The rows and cells that were kept of a file to be shown go with it."""
    for file in ImportFile.objects.filter(of=import_id):
        slips = [slip | {"example": ""} for slip in file.reading.get("slips", [])]
        file.reading |= {"shown": [], "slips": slips}
        file.stored_as = ""
        file.save(update_fields=["reading", "stored_as"])


@transaction.atomic
def forget_stored(import_ids: Sequence[int], *, by: Actor, at: datetime, is_asked: bool) -> None:
    """Remove the files of imports that hold somebody who is erased; of reports the counts stay."""
    held = Import.objects.filter(pk__in=import_ids)
    open_still = held.filter(finished_at=None)
    if is_asked and (first := open_still.first()) is not None:
        raise Refusal(
            _("Import %(number)s, which is not finished, holds a file that names them.")
            % {"number": first.pk},
            _("Bring it in or leave it first, then erase."),
        )
    for item in held.exclude(finished_at=None):
        _forget_samples(item.pk)
        _forget_cells_taken(item)
        transaction.on_commit(partial(forget_files, item.pk))
        audit.record("removed files", item, by=by, at=at)


def _forget_cells_taken(item: Import) -> None:
    """Whose row a cell stood in that was not taken is known no more once the file is gone."""
    untaken = UntakenRow.objects.filter(file=OuterRef("file"), row_no=OuterRef("row_no"))
    RowProblem.objects.filter(~Exists(untaken), file__of=item).delete()
    item.report |= {"changes": []}
    item.save(update_fields=["report"])
