"""What planning does when something happened elsewhere."""

from datetime import datetime

from regulars.cases.events import CaseOpened
from regulars.conversations.events import TouchesLogged, TouchLogged, TouchTakenBack
from regulars.core.events import receives
from regulars.core.jobs import enqueue
from regulars.insight.events import FactsRefreshed
from regulars.messaging.events import MessagesAccepted
from regulars.messaging.models import Message
from regulars.planning.agreeing import keep_all_next_contacts, keep_next_contacts
from regulars.planning.letting_go import call_back_for, call_back_reached
from regulars.planning.models import Plan
from regulars.planning.queries import is_begun
from regulars.team.events import AbsenceChanged
from regulars.team.queries import the_business


@receives(FactsRefreshed, name="planning.plan_on_new_facts", only_last=True)
def plan_on_new_facts(_fact: FactsRefreshed, at: datetime) -> None:
    """New facts may change whom to reach; a list that someone has begun is left as it is."""
    business = the_business()
    if business is None:
        return
    today = business.day_of(at)
    if not is_begun(today):
        enqueue("planning.make_plans", at=at, day=today.isoformat())
    keep_all_next_contacts(at=at)


@receives(AbsenceChanged, name="planning.plan_on_absence")
def plan_on_absence(fact: AbsenceChanged, at: datetime) -> None:
    """Somebody is ill this morning, or back early: today's lists are made anew.

    What was settled already stays; what is about days to come needs nothing.
    """
    business = the_business()
    today = business.day_of(at).isoformat() if business else ""
    if fact.starts_on <= today <= fact.ends_on and Plan.objects.filter(day=today).exists():
        enqueue("planning.make_plans", at=at, day=today)


@receives(TouchLogged, name="planning.next_after_touch")
def next_after_touch(fact: TouchLogged, at: datetime) -> None:
    """A touch starts the clock anew: the next one is due on another day."""
    keep_next_contacts([fact.customer_id], at=at)


@receives(TouchLogged, name="planning.call_back_after_touch")
def call_back_after_touch(fact: TouchLogged, at: datetime) -> None:
    """Somebody reached them first: nothing goes to them by itself today."""
    if the_business() is not None:
        call_back_for(fact.customer_id, at=at)


@receives(TouchesLogged, name="planning.next_after_many", only_last=True)
def next_after_many(_fact: TouchesLogged, at: datetime) -> None:
    """The same of everybody to whom something was posted, in the background."""
    keep_all_next_contacts(at=at)


@receives(TouchesLogged, name="planning.call_back_after_many", only_last=True)
def call_back_after_many(_fact: TouchesLogged, at: datetime) -> None:
    """Whoever has a letter from us in the post today gets nothing by itself."""
    if the_business() is not None:
        call_back_reached(at=at)


@receives(MessagesAccepted, name="planning.call_back_after_messages", only_last=True)
def call_back_after_messages(_fact: MessagesAccepted, at: datetime) -> None:
    """Nor does whoever was written to today, by one of us or in a mailing."""
    if the_business() is not None:
        call_back_reached(at=at)


@receives(MessagesAccepted, name="planning.next_after_message")
def next_after_message(fact: MessagesAccepted, at: datetime) -> None:
    """A message is a touch: the next one is due on another day.

    Of a mailing to many the next count of everybody says so.
    """
    alone = Message.objects.filter(pk__in=fact.message_ids, mailing=None, customer__isnull=False)
    if ids := sorted(set(alone.values_list("customer_id", flat=True))):
        keep_next_contacts(ids, at=at)


@receives(TouchTakenBack, name="planning.next_without_touch")
def next_without_touch(fact: TouchTakenBack, at: datetime) -> None:
    """As if it had not been."""
    keep_next_contacts([fact.customer_id], at=at)


@receives(CaseOpened, name="planning.put_first")
def put_first_on_case(fact: CaseOpened, at: datetime) -> None:
    """Somebody waits and knows it: they stand first on today's list at once."""
    enqueue("planning.put_first", at=at, customer_id=fact.customer_id)
