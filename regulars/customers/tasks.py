"""In the background: duplicates, the Trash, and the ledger of whom we forgot."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from regulars.core import ledgers
from regulars.core.actor import SYSTEM
from regulars.core.jobs import RunningJob, job
from regulars.customers.actions.finding import find_duplicates
from regulars.customers.actions.leaving import ERASURES, empty_trash, erase_again
from regulars.customers.models import Customer
from regulars.team.models import Member


@job("customers.find_duplicates")
def look_for_duplicates(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Look through the whole list; what speaks for itself is merged only where that was asked."""

    def step(words: str, done: int, total: int) -> None:
        running.progress(done, total, step=words)

    member = Member.objects.filter(pk=running.arguments.get("member_id") or 0).first()
    found = find_duplicates(
        by=member.actor if member is not None else SYSTEM, at=at,
        merges=bool(running.arguments.get("merges")), step=step,
    )  # fmt: skip
    return {
        "customers": found.customers,
        "open": found.open,
        "automatic": found.automatic,
        "merged": found.merged,
    }


@job("customers.empty_trash")
def empty(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Whoever has been in the Trash for 30 days is erased."""
    return {"customers": empty_trash(at=at)}


def replay_erasures(lines: Iterator[ledgers.Line], at: datetime) -> int:
    """Erase again whoever was erased after a copy was made."""
    return sum(erase_again(line, at=at) for line in lines)


def missing_erasures(lines: Iterator[ledgers.Line]) -> Iterator[ledgers.Line]:
    """Whom the database knows to be erased, and these lines do not name."""
    said = {(line["customer"], line["added"]) for line in lines}
    erased = Customer.objects.exclude(erased_at=None).order_by("pk")
    for pk, added, at in erased.values_list("pk", "created_at", "erased_at").iterator():
        if (pk, added.isoformat()) not in said and at is not None:
            yield {
                "customer": pk, "added": added.isoformat(), "at": at.isoformat(), "asked": False,
            }  # fmt: skip


ledgers.register(ERASURES, replay_erasures, missing_erasures)
