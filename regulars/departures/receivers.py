"""What departures does when it hears that customers were counted."""

from datetime import datetime

from regulars.core.events import receives
from regulars.departures.actions.leaving import note_who_came_back
from regulars.insight.events import FactsRefreshed


@receives(FactsRefreshed, name="departures.note_who_came_back")
def see_who_is_back(fact: FactsRefreshed, at: datetime) -> None:
    """Whoever had left and bought again has come back."""
    note_who_came_back(at=at)
