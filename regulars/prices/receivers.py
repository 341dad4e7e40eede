"""What prices do when orders came in, and whom a mailing of theirs is meant for."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.events import receives
from regulars.intake.events import ImportFinished
from regulars.messaging.audiences import audiences
from regulars.prices import tasks  # noqa: F401
from regulars.prices.actions.checking import CHECK_JOB
from regulars.prices.queries.audience import RIGHTED, Righted
from regulars.prices.queries.prices import keeps_prices
from regulars.team.queries import amounts_kept


@receives(ImportFinished, name="prices.look_again")
def look_again(fact: ImportFinished, at: datetime) -> None:
    """More was sold, or prices came in: everything that can undercut somebody is compared."""
    if fact.kind in ("orders", "prices"):
        jobs.enqueue(CHECK_JOB, at=at, unique_key=f"{CHECK_JOB}:{fact.import_id}")


audiences.register(RIGHTED, Righted())
amounts_kept.register("prices", keeps_prices)
