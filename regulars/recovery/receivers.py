"""What recovery does when customers come or change: somebody else may be hit by a disruption."""

from datetime import datetime

from regulars.core.events import receives
from regulars.customers.events import (
    CustomerAdded,
    CustomerChanged,
    CustomerRestored,
    CustomersChangedTogether,
    CustomersTagged,
)
from regulars.insight.events import FactsRefreshed
from regulars.intake.events import ImportFinished
from regulars.recovery import tasks  # noqa: F401
from regulars.recovery.actions.hitting import leave_looking


@receives(CustomerAdded, name="recovery.look_at_added")
@receives(CustomerChanged, name="recovery.look_at_changed")
@receives(CustomerRestored, name="recovery.look_at_restored")
@receives(CustomersChangedTogether, name="recovery.look_at_changed_together")
@receives(CustomersTagged, name="recovery.look_at_tagged")
@receives(ImportFinished, name="recovery.look_at_imported")
@receives(FactsRefreshed, name="recovery.look_at_counted")
def look_again(_fact: object, at: datetime) -> None:
    """Whoever is hit by now is held too."""
    leave_looking(at=at)
