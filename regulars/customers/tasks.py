"""Looking for duplicates in the background."""

from datetime import datetime
from typing import Any

from regulars.core.actor import SYSTEM
from regulars.core.jobs import RunningJob, job
from regulars.customers.actions.finding import find_duplicates


@job("customers.find_duplicates")
def look_for_duplicates(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Look through the whole list; what speaks for itself is merged only where that was asked."""

    def step(words: str, done: int, total: int) -> None:
        running.progress(done, total, step=words)

    found = find_duplicates(
        by=SYSTEM, at=at, merges=bool(running.arguments.get("merges")), step=step
    )
    return {
        "customers": found.customers,
        "open": found.open,
        "automatic": found.automatic,
        "merged": found.merged,
    }
