"""The nightly backup, and emptying what was kept for undoing, in the background."""

from datetime import datetime
from typing import Any

from regulars.core.backup import make_backup
from regulars.core.jobs import RunningJob, job
from regulars.core.models import Image, Operation
from regulars.core.scrubbing import scrub

EMPTIED = 2000


@job("core.backup")
def back_up(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Back everything up, and restore it once to see that it is whole."""
    kept = make_backup(at=at)
    return {"file": kept.file.name, "rows": kept.rows, "seconds": round(kept.seconds, 1)}


@job("core.empty_images")
def empty_images(running: RunningJob, at: datetime) -> dict[str, Any]:
    """What operations found is kept for 30 days; afterwards nothing of it is left."""
    over = Operation.objects.filter(keep_until__lte=at, emptied_at=None).order_by("id")
    count = 0
    for operation in over:
        while some := list(operation.images.values_list("pk", flat=True)[:EMPTIED]):
            count += Image.objects.filter(pk__in=some).delete()[0]
            running.progress(count)
        Operation.objects.filter(pk=operation.pk).update(emptied_at=at)
    return {"images": count}


@job("core.scrub")
def scrub_file(running: RunningJob, at: datetime) -> dict[str, Any]:
    """After somebody was erased, nothing of them is left in the file of the database either."""
    steps = 0
    for steps in scrub():
        running.progress(steps)
    return {"steps": steps}
