"""Which disruptions stand, what they mean for messages, and what was before them."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import DateTimeField, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.consent.choices import Purpose
from regulars.core.actor import SYSTEM, Actor
from regulars.core.errors import NotFound
from regulars.core.prepared import Prepared
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.insight.choices import Tier
from regulars.insight.queries import of_tier
from regulars.lists.errors import FilterNotPossible
from regulars.lists.models import Segment
from regulars.lists.queries.filters import compile_filter
from regulars.messaging.choices import MailingState
from regulars.messaging.models import Mailing
from regulars.messaging.restarting import Stop, Waiting, waiting_for
from regulars.recovery.models import Disruption, DisruptionQuerySet, Restart
from regulars.recovery.rules import may_declare


@dataclass(frozen=True, slots=True)
class CareMode:
    """What the whole house must know while a disruption stands."""

    what: str
    since: datetime
    is_drill: bool
    is_everybody: bool
    disruption_ids: tuple[int, ...]


def disruptions_standing(at: datetime) -> DisruptionQuerySet:
    """Those that have begun and that nobody has ended, the first first."""
    return Disruption.objects.standing().filter(since__lte=at).order_by("since", "pk")


_STANDING = Prepared(disruptions_standing, DateTimeField())


def care_mode(at: datetime) -> CareMode | None:
    """Whether selling waits, or a drill is on; one in earnest goes before any drill."""
    standing = _STANDING.all(at)
    told = [one for one in standing if not one.is_drill] or standing
    if not told:
        return None
    return CareMode(
        what=told[0].what,
        since=told[0].since,
        is_drill=told[0].is_drill,
        is_everybody=any(one.is_everybody for one in told),
        disruption_ids=tuple(one.pk for one in told),
    )


def is_declarer(actor: Actor) -> bool:
    return may_declare(actor)


def disruption_for(disruption_id: int) -> Disruption:
    found = Disruption.objects.select_related("segment", "declared_by", "ended_by")
    disruption = found.filter(pk=disruption_id).first()
    if disruption is None:
        raise NotFound(_("There is no such disruption."))
    return disruption


def disruptions_before() -> "QuerySet[Disruption]":
    """What was, the last first."""
    return Disruption.objects.exclude(ended_at=None).select_related("segment")


def stop_of(disruption: Disruption) -> Stop:
    return Stop(disruption.name, disruption.is_everybody)


def restarting(disruption: Disruption, at: datetime) -> list[Waiting]:
    """What would go out again if it ended now; of a drill, what would wait and then go on."""
    stop = stop_of(disruption)
    if disruption.is_drill and not disruption.is_everybody:
        stop = replace(stop, would_hold=customers_hit(disruption.segment, at))
    return waiting_for(stop, at)


def decided(disruption: Disruption) -> "QuerySet[Restart]":
    """What somebody let go on at its end, and what not."""
    return disruption.restarts.all()


def others_holding(disruption: Disruption, at: datetime) -> list[Disruption]:
    """Others in earnest that hold everything back all the same."""
    others = disruptions_standing(at).in_earnest().filter(is_everybody=True)
    return list(others.exclude(pk=disruption.pk))


def overlapping(since: datetime, until: datetime | None, *, but: int | None) -> list[Disruption]:
    """Others in earnest that share a moment with these."""
    others = Disruption.objects.in_earnest().filter(Q(ended_at=None) | Q(ended_at__gt=since))
    if until is not None:
        others = others.filter(since__lt=until)
    if but is not None:
        others = others.exclude(pk=but)
    return list(others.order_by("since", "pk"))


def customers_hit(segment: Segment | None, at: datetime) -> CustomerQuerySet:
    """Everybody on the list, or whoever fits a segment at this moment."""
    if segment is None:
        return Customer.objects.on_the_list()
    try:
        return compile_filter(segment.tree, SYSTEM, at)
    except FilterNotPossible:
        # A field it asks for is gone: nobody knows whom it means, so nobody is let through.
        return Customer.objects.on_the_list()


@dataclass(frozen=True, slots=True)
class Reach:
    """What a disruption means at this moment, in numbers."""

    hit_count: int
    list_count: int
    core_count: int
    selling_mailings: int

    @property
    def is_nobody(self) -> bool:
        return not self.hit_count

    @property
    def is_whole_list(self) -> bool:
        return bool(self.list_count) and self.hit_count >= self.list_count


def reach_of(disruption: Disruption, at: datetime) -> Reach:
    """Whom it hits and what waits; counted when it is looked at."""
    listed = Customer.objects.on_the_list()
    selling = Mailing.objects.filter(state=MailingState.RUNNING, purpose=Purpose.SELL)
    count = listed.count()
    hit = count if disruption.is_everybody else customers_hit(disruption.segment, at).count()
    return Reach(
        hit_count=hit,
        list_count=count,
        core_count=of_tier(listed, Tier.CORE).count(),
        selling_mailings=selling.count(),
    )
