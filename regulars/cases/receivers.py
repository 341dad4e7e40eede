"""What cases do when a customer is in touch: a reply to what was put right opens it again."""

from datetime import datetime, timedelta

from regulars.cases.actions import reopen_case
from regulars.cases.choices import CaseState
from regulars.cases.models import Case
from regulars.cases.reckoning import reckon_waiting
from regulars.conversations.choices import Direction
from regulars.conversations.events import TouchLogged
from regulars.conversations.models import Touch
from regulars.core.actor import SYSTEM
from regulars.core.events import receives
from regulars.team.events import DaysClosedChanged

# Whoever answers within two weeks of being told means what they were told. Our own prior.
ANSWERS_WITHIN = timedelta(days=14)


@receives(TouchLogged, name="cases.reopen_on_reply")
def reopen_on_reply(fact: TouchLogged, at: datetime) -> None:
    """They were told that it is right, and get in touch: somebody reads what they say."""
    touch = Touch.objects.standing().filter(pk=fact.touch_id, direction=Direction.IN).first()
    if touch is None:
        return
    told = Case.objects.filter(
        customer=touch.customer_id, state=CaseState.RESOLVED,
        told_at__lt=touch.happened_at, told_at__gte=touch.happened_at - ANSWERS_WITHIN,
    )  # fmt: skip
    case = told.order_by("-told_at").first()
    if case is not None:
        reopen_case(case, words=touch.body or touch.said, by=SYSTEM, at=at)


@receives(DaysClosedChanged, name="cases.reckon_clocks")
def reckon_clocks(fact: DaysClosedChanged, at: datetime) -> None:
    """Days on which we are closed do not count: whoever waits hears from us by another moment."""
    reckon_waiting()
