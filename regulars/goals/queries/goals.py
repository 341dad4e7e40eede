"""Goals, for reading: whose, for whom, how far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigAutoField, CharField, DateField, Exists, F, OuterRef, Q

from regulars.core.actor import Actor
from regulars.core.bulk import rows_of
from regulars.core.prepared import Prepared
from regulars.customers.models import ContactPoint, Customer, CustomerQuerySet
from regulars.goals.choices import Answer, Place, Whom
from regulars.goals.errors import GoalNotFound
from regulars.goals.models import Goal, GoalQuerySet
from regulars.goals.queries.breaking_even import the_trade
from regulars.goals.rules import (
    may_accept,
    may_answer,
    may_have_goals,
    may_see_business,
    visible_to,
)
from regulars.insight.models import TierChange
from regulars.insight.queries import of_tier
from regulars.lists.models import SegmentMember
from regulars.orders.models import Order
from regulars.orders.queries import regions_of_sellers
from regulars.team.models import Member
from regulars.team.queries import members_who_look_after

# A list of places longer than this is typed, not chosen.
MOST_PLACES = 400
# So many places of addresses are counted while somebody waits.
LOOKED_AT_ONCE = 20_000
BESIDE = ("segment", "goods", "manager", "said_by", "progress")


@dataclass(frozen=True, slots=True)
class Group:
    """Whom a goal is about."""

    whom: str
    tier: str = ""
    segment_id: int | None = None
    goods_id: int | None = None
    place_kind: str = ""
    place: str = ""


def group_of(goal: Goal) -> Group:
    return Group(
        goal.whom, goal.tier, goal.segment_id, goal.goods_id, goal.place_kind, goal.place
    )  # fmt: skip


def goals_for(actor: Actor) -> GoalQuerySet:
    """The standing goals that this person may see, with what their lines say."""
    shown = visible_to(Goal.objects.standing(), actor)
    return shown.select_related(*BESIDE)


def goal_for(actor: Actor, goal_id: int, *, is_removed: bool = False) -> Goal:
    """One goal; one that was taken away only where that is asked for."""
    rows = visible_to(Goal.objects.filter(removed_at__isnull=not is_removed), actor)
    shown = rows.select_related(*BESIDE)
    found = shown.filter(pk=goal_id).first()
    if found is None:
        raise GoalNotFound
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of somebody's goals: how many were offered and not answered, how many end below."""

    unanswered: int
    behind: int


def _waiting(member: Any, day: Any, currency: Any) -> GoalQuerySet:
    """Offered and not answered, or taken on and ending below with the whole band."""
    # What is in already is never above the band.
    below = Q(progress__high_minor__lt=F("amount_minor"))
    is_behind = below & Q(answer=Answer.ACCEPTED, from_on__lte=day)
    theirs = Goal.objects.standing().filter(
        Q(answer=Answer.OFFERED) | is_behind, manager=member, until_on__gte=day, currency=currency
    )
    return theirs.order_by().only("answer")


_WAITING = Prepared(_waiting, BigAutoField(), DateField(), CharField())


def goals_waiting_for(actor: Actor, day: date, currency: str) -> Waiting:
    """What of their goals somebody has to know today, in one question.

    A goal is behind only where the whole band of its forecast lies below it.
    """
    found = [goal.answer for goal in _WAITING.all(actor.member_id or 0, day, currency)]
    unanswered = found.count(Answer.OFFERED)
    return Waiting(unanswered, len(found) - unanswered)


def customers_in(group: Group, day: date) -> CustomerQuerySet:
    """Who is in a group as a goal that begins on a day sees it; with goods anybody may be."""
    here = Customer.objects.on_the_list()
    if group.whom == Whom.TIER:
        return _in_tier(here, group.tier, day)
    if group.whom == Whom.SEGMENT:
        stays = SegmentMember.objects.filter(segment=group.segment_id)
        stays = stays.filter(Q(left_at=None) | Q(left_at__date__gte=day))
        return here.filter(pk__in=stays.values("customer"))
    if group.place_kind == Place.AREA:
        sold = Order.objects.filter(customer=OuterRef("pk"), seller__region=group.place)
        return here.filter(Exists(sold))
    if group.whom == Whom.REGION:
        points = ContactPoint.objects.filter(customer=OuterRef("pk"), kind="address")
        return here.filter(Exists(points.filter(**{group.place_kind: group.place})))
    return here


def _in_tier(here: CustomerQuerySet, tier: str, day: date) -> CustomerQuerySet:
    held = tier_on(day)
    if not TierChange.objects.exists():
        return of_tier(here, tier)
    if tier == "new":
        others = held.exclude(to_tier="new")
        return here.exclude(pk__in=others.values("customer"))
    return here.filter(pk__in=held.filter(to_tier=tier).values("customer"))


def tier_on(day: date) -> Any:
    """The row of each customer that says in which tier they were on a day."""
    begun = Q(changed_on__lte=day) | Q(why="first")
    return TierChange.objects.filter(begun, Q(until_on=None) | Q(until_on__gt=day))


PLACES = """
SELECT {kind}, COUNT(*) FROM customers_contactpoint
WHERE kind = 'address' AND {kind} <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %s
"""


def known_places() -> list[tuple[str, str, int]]:
    """Countries, regions and towns of the addresses, and the regions of those who sell, the
    fullest of each first: kind, name, how many.

    Of very many addresses as last counted: nobody waits until all of them were looked at.
    """
    trade = the_trade()
    rows = (trade.places or []) if trade else []
    kept = [(str(kind), str(name), int(count)) for kind, name, count in rows]
    is_long = sum(count for _kind, _name, count in kept) > LOOKED_AT_ONCE
    of_customers = kept if is_long else places_of_customers()
    return of_customers + [(Place.AREA.value, *one) for one in regions_of_sellers()]


def places_of_customers() -> list[tuple[str, str, int]]:
    """Countries, regions and towns of all addresses, the fullest first."""
    return [
        (kind.value, str(name), int(count))
        for kind in (Place.COUNTRY, Place.REGION, Place.CITY)
        # A name of a column, out of three.
        for name, count in rows_of(PLACES.replace("{kind}", kind.value), [MOST_PLACES])
    ]


def givable_to() -> list[Member]:
    """Who can have a goal: whoever can look after customers."""
    return members_who_look_after()


def is_orphaned(goal: Goal, able: Iterable[int]) -> bool:
    """Whether whoever has it can no longer see to it."""
    return goal.manager_id is not None and goal.manager_id not in set(able)


def is_accepter(actor: Actor, goal: Goal) -> bool:
    return may_accept(actor, goal)


def is_answerer(actor: Actor, goal: Goal) -> bool:
    return may_answer(actor, goal)


def is_holder(actor: Actor) -> bool:
    return may_have_goals(actor)


def is_seer_of_business(actor: Actor) -> bool:
    return may_see_business(actor)
