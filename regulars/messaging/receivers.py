"""What messaging hears from below."""

from datetime import datetime

from regulars.consent.events import OptInAsked, WishesChanged
from regulars.core import instance
from regulars.core.actor import SYSTEM
from regulars.core.events import receives
from regulars.customers.actions.points import note_bounces
from regulars.messaging.actions.confirming import ask_to_confirm
from regulars.messaging.actions.switch import take_over
from regulars.messaging.actions.texts import bring_starters
from regulars.messaging.actions.waiting import leave_waking, wake_customer
from regulars.messaging.events import AddressBounced, HoldLifted
from regulars.messaging.models import Template
from regulars.messaging.queries import waiting_to_leave
from regulars.team.events import MemberJoined


@receives(OptInAsked, name="messaging.ask_to_confirm")
def ask(fact: OptInAsked, at: datetime) -> None:
    ask_to_confirm(fact.request_id, at=at)


@receives(MemberJoined, name="messaging.bring_first_texts")
def bring_first_texts(_fact: MemberJoined, at: datetime) -> None:
    """A business that begins finds something to write with."""
    if not Template.objects.exists():
        bring_starters(by=SYSTEM, at=at)


@receives(HoldLifted, name="messaging.let_go")
def let_go(fact: HoldLifted, at: datetime) -> None:
    """What a hold kept back does not wait for the day on which it would have ended."""
    if fact.customer_id is not None:
        wake_customer(fact.customer_id, at=at)
    else:
        leave_waking(["held"], at=at)


@receives(WishesChanged, name="messaging.follow_wishes")
def follow_wishes(fact: WishesChanged, at: datetime) -> None:
    """Whoever wants to hear from us sooner than they did, does."""
    wake_customer(fact.customer_id, at=at)


@receives(AddressBounced, name="messaging.mark_bounced")
def mark_bounced(fact: AddressBounced, at: datetime) -> None:
    """Whoever has that address no longer counts as being reached by it.

    Not where the sender writes its outcomes: customers are locked there in another order.
    """
    note_bounces([fact.seal], by=SYSTEM, at=at)


instance.on_release.register("messaging", take_over)
instance.waiting.register("messaging", waiting_to_leave)
