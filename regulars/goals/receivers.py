"""What goals do when customers were counted: the books are added up again."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.events import receives
from regulars.core.models import Job
from regulars.goals.tasks import COUNT_JOB
from regulars.insight.events import FactsRefreshed


@receives(FactsRefreshed, name="goals.count_after_facts", only_last=True)
def count_after_facts(_fact: FactsRefreshed, at: datetime) -> None:
    """Once for all that still waits."""
    if not Job.objects.filter(name=COUNT_JOB, state=Job.State.WAITING).exists():
        jobs.enqueue(COUNT_JOB, at=at)
