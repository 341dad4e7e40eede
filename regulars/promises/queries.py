"""Promises, for reading: always as far as the one who asks may see."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q

from regulars.core.actor import OWNER, Actor
from regulars.core.public_files import ROUTE
from regulars.customers.choices import RelationKind
from regulars.customers.models import Customer, Relation
from regulars.promises.choices import DONE, PromiseState
from regulars.promises.errors import PromiseNotFound
from regulars.promises.models import Pledge, Promise, PromiseQuerySet, Showing
from regulars.promises.rules import (
    may_promise,
    may_publish_pledge,
    may_see_promises,
    may_settle,
    may_write_pledge,
    visible_to,
)
from regulars.team.absences import covered_by
from regulars.team.queries import the_business


def promises_for(actor: Actor) -> PromiseQuerySet:
    """Every promise that this person may see."""
    return visible_to(actor)


def promise_for(actor: Actor, promise_id: int) -> Promise:
    """One promise, or the same answer for one that is not there and one that is not theirs."""
    found = visible_to(actor).select_related("customer", "keeper").filter(pk=promise_id).first()
    if found is None:
        raise PromiseNotFound
    return found


def open_promises(actor: Actor) -> PromiseQuerySet:
    """What is still to be kept, the first due first."""
    return visible_to(actor).open().order_by("due_at", "pk")


def late_promises(actor: Actor, at: datetime) -> PromiseQuerySet:
    """What is past its date and still open, the longest first."""
    return visible_to(actor).late_at(at).order_by("due_at", "pk")


def promise_of(source: str) -> Promise | None:
    """The promise of an occasion: the open one, else the last."""
    found = Promise.objects.filter(source=source)
    return found.open().first() or found.order_by("-pk").first()


def promises_of(customer: Customer) -> PromiseQuerySet:
    """All that was promised to one customer: what is open first, then the newest."""
    return (
        Promise.objects.filter(customer=customer)
        .select_related("keeper", "settled_by")
        .prefetch_related("postponements")
        .order_by(F("settled_at").desc(nulls_first=True), "due_at", "pk")
    )


def promises_behind(actor: Actor, customer: Customer, day: date) -> PromiseQuerySet:
    """What the departments that serve a customer wait for from us, the first due first.

    Being late with a department shows on those whom it serves.
    """
    serving = Relation.objects.filter(kind=RelationKind.SERVES, to=customer).holding_on(day)
    waiting = visible_to(actor).open().filter(customer__in=serving.values("of"))
    return waiting.select_related("customer", "keeper").order_by("due_at", "pk")


@dataclass(frozen=True, slots=True)
class KeptRate:
    """What came of promises: kept in time, late (kept late, or still not), broken.

    Judged by the date that was said first. What was withdrawn before it was due counts nowhere.
    """

    kept: int
    late: int
    broken: int
    total: int

    @property
    def share(self) -> float | None:
        """Kept in time, of all; nothing where nothing was due."""
        return self.kept / self.total if self.total else None


def kept_rate(since: datetime | None, at: datetime, of: PromiseQuerySet | None = None) -> KeptRate:
    """How many of the promises that were due since a moment, or ever, were kept."""
    rows = Promise.objects.all() if of is None else of
    if since is not None:
        rows = rows.filter(first_due_at__gte=since)
    counted = rows.order_by().aggregate(**_counts(at))
    return KeptRate(**counted, total=sum(counted.values()))


def is_promised(customer: Customer, what: str) -> bool:
    """Whether an open promise to a customer says just this."""
    return Promise.objects.open().filter(customer=customer, what=what).exists()


@dataclass(frozen=True, slots=True)
class Keeping:
    """How one of us keeps what was promised."""

    name: str
    rate: KeptRate


def kept_by_each(since: datetime, at: datetime, of: PromiseQuerySet) -> list[Keeping]:
    """The kept rate of each who had to keep something that was due since a moment, by name."""
    rows = of.filter(first_due_at__gte=since, keeper__isnull=False).order_by()
    counted: Any = (
        rows.values("keeper", "keeper__name").annotate(**_counts(at)).order_by("keeper__name")
    )
    found = []
    for row in counted:
        numbers = {name: row[name] for name in ("kept", "late", "broken")}
        if total := sum(numbers.values()):
            found.append(Keeping(row["keeper__name"], KeptRate(**numbers, total=total)))
    return found


def _counts(at: datetime) -> dict[str, Count]:
    still_open = Q(state=PromiseState.OPEN, first_due_at__lt=at)
    return {
        "kept": Count("pk", Q(state=PromiseState.KEPT)),
        "late": Count("pk", Q(state=PromiseState.KEPT_LATE) | still_open),
        "broken": Count("pk", Q(state=PromiseState.BROKEN)),
    }


def end_of_day(day: date, zone: str) -> datetime:
    """The first moment after a day, where the business is."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


@dataclass(frozen=True, slots=True)
class DueNow:
    """How many promises somebody has to keep today, and how many are late."""

    late: int
    today: int


def due_now(actor: Actor, at: datetime, until: datetime) -> DueNow:
    """What this person has to keep by a moment, and what is late; an owner keeps nobody's too."""
    if not may_see_promises(actor):
        return DueNow(0, 0)
    mine = _to_be_kept_by(actor, at)
    if actor.role == OWNER:
        mine |= Q(keeper=None) | Q(keeper__is_active=False)
    rows = visible_to(actor).due_within(until).filter(mine)
    return DueNow(
        **rows.aggregate(late=Count("pk", Q(due_at__lt=at)), today=Count("pk", Q(due_at__gte=at)))
    )


def _to_be_kept_by(actor: Actor, at: datetime) -> Q:
    """One's own, and those of whom one covers; where nobody in particular covers, the owner's."""
    mine, business = Q(keeper=actor.member_id), the_business()
    if business is None or actor.member_id is None:
        return mine
    today = business.day_of(at)
    others = covered_by(actor.member_id, today, and_by_nobody=actor.role == OWNER)
    return mine | Q(keeper__in=others) if others else mine


def is_seer(actor: Actor) -> bool:
    return may_see_promises(actor)


def shows_customers() -> bool:
    """Whether customers see on their own page what we promised them: an owner says so."""
    return Showing.objects.filter(pk=1, to_customers=True).exists()


def shown_to_them(customer: Customer, since: datetime) -> PromiseQuerySet:
    """What a customer sees: what is open, and what came of the rest since a moment."""
    rows = Promise.objects.filter(customer=customer).exclude(state=PromiseState.WITHDRAWN)
    lately = Q(state=PromiseState.OPEN) | Q(settled_at__gte=since)
    return rows.filter(lately).order_by(F("settled_at").desc(nulls_first=True), "due_at", "pk")


def is_promiser(actor: Actor) -> bool:
    return may_promise(actor)


def is_settler(actor: Actor, promise: Promise) -> bool:
    return may_settle(actor, promise)


def listed(actor: Actor, show: str, at: datetime, *, is_own: bool) -> PromiseQuerySet:
    """The page of promises: what is open, late, done or all; one's own or everybody's."""
    rows = visible_to(actor).select_related("customer", "keeper", "settled_by")
    if is_own:
        mine = _to_be_kept_by(actor, at)
        rows = rows.filter(mine | Q(keeper=None, made_by=actor.member_id))
    if show == "late":
        rows = rows.late_at(at)
    elif show == "done":
        return rows.filter(state__in=DONE).order_by("-settled_at", "-pk")
    elif show == "open":
        rows = rows.open()
    else:
        return rows.order_by(F("due_at").desc(), "-pk")
    return rows.order_by("due_at", "pk")


# Where everybody reads the pledge, below our own address.
PLEDGE = f"{ROUTE}/pledge.html"


def year_before(at: datetime) -> datetime:
    """Since when promises count in a rate."""
    return at - timedelta(days=365)


def the_pledge() -> Pledge | None:
    """How we treat customers, once somebody has written it."""
    return Pledge.objects.filter(pk=1).first()


def public_pledge() -> Pledge | None:
    """The pledge, if everybody may read it."""
    return Pledge.objects.filter(pk=1, published_at__isnull=False).first()


def is_pledge_writer(actor: Actor) -> bool:
    return may_write_pledge(actor)


def is_pledge_publisher(actor: Actor) -> bool:
    return may_publish_pledge(actor)
