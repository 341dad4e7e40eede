"""What messaging hears from below."""

from datetime import datetime

from regulars.consent.events import OptInAsked
from regulars.core.events import receives
from regulars.messaging.actions.confirming import ask_to_confirm


@receives(OptInAsked, name="messaging.ask_to_confirm")
def ask(fact: OptInAsked, at: datetime) -> None:
    ask_to_confirm(fact.request_id, at=at)
