"""What mentions do when a file of them has come in."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.events import receives
from regulars.intake.events import ImportFinished
from regulars.mentions import tasks
from regulars.mentions.actions.hearing import reckon_waiting
from regulars.team.events import DaysClosedChanged


@receives(ImportFinished, name="mentions.read_after_import")
def read_after_import(fact: ImportFinished, at: datetime) -> None:
    """Whoever is unhappy in a file of mentions hears from us, unless it is history."""
    if fact.kind == "mentions" and (fact.created or fact.updated):
        jobs.enqueue(tasks.JOB, at=at, unique_key=f"{tasks.JOB}:import:{fact.import_id}")


@receives(DaysClosedChanged, name="mentions.reckon_clocks")
def reckon_clocks(fact: DaysClosedChanged, at: datetime) -> None:
    """Days on which we are closed do not count."""
    reckon_waiting()
