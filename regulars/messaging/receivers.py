"""What messaging hears from below."""

from datetime import datetime

from regulars.consent.events import OptInAsked
from regulars.core import instance
from regulars.core.events import receives
from regulars.messaging.actions.confirming import ask_to_confirm
from regulars.messaging.actions.switch import take_over
from regulars.messaging.queries import waiting_to_leave


@receives(OptInAsked, name="messaging.ask_to_confirm")
def ask(fact: OptInAsked, at: datetime) -> None:
    ask_to_confirm(fact.request_id, at=at)


instance.on_release.register("messaging", take_over)
instance.waiting.register("messaging", waiting_to_leave)
