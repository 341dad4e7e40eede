"""What care does when it hears of something below it."""

from datetime import datetime

from regulars.care import tasks
from regulars.core import jobs
from regulars.core.events import receives
from regulars.intake.events import ImportFinished


@receives(ImportFinished, name="care.check_in_after_import")
def check_in_after_import(fact: ImportFinished, at: datetime) -> None:
    """What a file says has arrived is asked after: once for each import."""
    if fact.kind == "orders" and (fact.created or fact.updated):
        jobs.enqueue(tasks.JOB, at=at, unique_key=f"{tasks.JOB}:import:{fact.import_id}")


@receives(ImportFinished, name="care.listen_after_import")
def listen_after_import(fact: ImportFinished, at: datetime) -> None:
    """Whoever is unhappy in a file of answers hears from us, unless it is history."""
    if fact.kind == "answers" and fact.created:
        jobs.enqueue(tasks.LISTEN, at=at, unique_key=f"{tasks.LISTEN}:import:{fact.import_id}")
