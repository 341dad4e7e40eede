"""What recovery does when customers come or change: somebody else may be hit by a disruption."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.actor import SYSTEM
from regulars.core.events import receives
from regulars.core.models import Job
from regulars.customers.events import (
    CustomerAdded,
    CustomerChanged,
    CustomerRestored,
    CustomersChangedTogether,
    CustomersTagged,
)
from regulars.insight.actions import ask_for_count
from regulars.insight.events import FactsRefreshed
from regulars.intake.events import ImportFinished
from regulars.recovery import tasks  # noqa: F401
from regulars.recovery.actions.hitting import leave_looking
from regulars.recovery.events import DisruptionDeclared, DisruptionEnded


@receives(CustomerAdded, name="recovery.look_at_added")
@receives(CustomerChanged, name="recovery.look_at_changed")
@receives(CustomerRestored, name="recovery.look_at_restored")
@receives(CustomersChangedTogether, name="recovery.look_at_changed_together")
@receives(CustomersTagged, name="recovery.look_at_tagged")
@receives(ImportFinished, name="recovery.look_at_imported")
@receives(FactsRefreshed, name="recovery.look_at_counted", only_last=True)
def look_again(_fact: object, at: datetime) -> None:
    """Whoever is hit by now is held too."""
    leave_looking(at=at)


@receives(FactsRefreshed, name="recovery.count_returns", only_last=True)
def count_returns(_fact: FactsRefreshed, at: datetime) -> None:
    """The way back follows each count, once for all that still waits."""
    if not Job.objects.filter(name="recovery.count", state=Job.State.WAITING).exists():
        jobs.enqueue("recovery.count", at=at)


@receives(DisruptionDeclared, name="recovery.count_since_declared")
@receives(DisruptionEnded, name="recovery.count_since_ended")
def count_anew(fact: DisruptionDeclared | DisruptionEnded, at: datetime) -> None:
    """Weeks are told since the last disruption: they are counted again when there is another."""
    if not fact.is_drill:
        ask_for_count(by=SYSTEM, at=at)
