"""The nightly backup, in the background."""

from datetime import datetime
from typing import Any

from regulars.core.backup import make_backup
from regulars.core.jobs import RunningJob, job


@job("core.backup")
def back_up(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Back everything up, and restore it once to see that it is whole."""
    kept = make_backup(at=at)
    return {"file": kept.file.name, "rows": kept.rows, "seconds": round(kept.seconds, 1)}
