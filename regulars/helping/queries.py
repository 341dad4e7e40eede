"""Help requests, for reading: always as far as the one who asks may see."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from regulars.core.actor import OWNER, Actor
from regulars.customers.models import Customer
from regulars.helping.choices import HelpState
from regulars.helping.errors import HelpNotFound
from regulars.helping.models import HelpRequest, HelpRequestQuerySet
from regulars.helping.rules import may_note, may_see, visible_to

OVER = (HelpState.DONE, HelpState.WITHDRAWN)


def requests_for(actor: Actor) -> HelpRequestQuerySet:
    """Every help request that this person may see."""
    return visible_to(actor)


def request_for(actor: Actor, request_id: int) -> HelpRequest:
    """One help request, or the same answer for one that is not there and one that is not theirs."""
    rows = visible_to(actor).select_related("customer", "owner", "told_by")
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise HelpNotFound
    return found


def requests_of(customer: Customer) -> HelpRequestQuerySet:
    """All that one customer answered: what waits for us first, then the newest."""
    rows = HelpRequest.objects.filter(customer=customer).select_related("owner", "told_by")
    return rows.order_by(F("told_at").desc(nulls_first=True), "-said_at", "-pk")


def listed(actor: Actor, show: str, at: datetime, *, is_own: bool) -> HelpRequestQuerySet:
    """The page of help requests: what is open, late, over, nothing now, or all."""
    rows = visible_to(actor).select_related("customer", "owner")
    if is_own:
        rows = rows.filter(owner=actor.member_id)
    if show == "late":
        return rows.late_at(at).order_by("due_at", "pk")
    if show == "open":
        return rows.open().order_by("due_at", "pk")
    if show == "over":
        return rows.filter(state__in=OVER).order_by("-told_at", "-pk")
    if show == "nothing":
        return rows.filter(state=HelpState.NOTHING).order_by("-said_at", "-pk")
    return rows.order_by("-said_at", "-pk")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait for somebody's answer today, and how many longer than we meant."""

    open: int
    late: int


def waiting_for(actor: Actor, at: datetime, until: datetime) -> Waiting:
    """What waits for this person by a moment; what nobody owns waits for the owners."""
    if not may_see(actor):
        return Waiting(0, 0)
    mine = Q(owner=actor.member_id)
    if actor.role == OWNER:
        mine |= Q(owner=None) | Q(owner__is_active=False)
    rows = visible_to(actor).open().filter(mine, due_at__lt=until)
    return Waiting(**rows.aggregate(open=Count("pk"), late=Count("pk", Q(due_at__lt=at))))


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of asking since a day: by state, and what was needed most."""

    open: int
    done: int
    nothing: int
    # Each topic, how often it was named, and how many wait because of it.
    topics: list[tuple[str, int, int]]

    @property
    def total(self) -> int:
        return self.open + self.done + self.nothing


# As many as one reads at a glance.
MOST_TOPICS = 8


def answered_since(actor: Actor, since: datetime) -> Answered:
    """What customers answered since a moment, and the topics most often named."""
    rows = visible_to(actor).filter(said_at__gte=since).order_by()
    counts = rows.aggregate(
        open=Count("pk", Q(state=HelpState.OPEN)),
        done=Count("pk", Q(state=HelpState.DONE)),
        nothing=Count("pk", Q(state=HelpState.NOTHING)),
    )
    named = (
        rows.exclude(topic="")
        .values("topic")
        .annotate(count=Count("pk"), waiting=Count("pk", Q(state=HelpState.OPEN)))
    )
    most = named.order_by("-count", "topic").values_list("topic", "count", "waiting")[:MOST_TOPICS]
    return Answered(**counts, topics=list(most))


def is_seer(actor: Actor) -> bool:
    return may_see(actor)


def is_noter(actor: Actor) -> bool:
    return may_note(actor)
