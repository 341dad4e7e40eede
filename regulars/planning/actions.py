"""Making the day's lists, and the cadences that they follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.insight.choices import Tier
from regulars.planning.candidates import DayAhead, Due, due_customers, known_of
from regulars.planning.choices import ItemState
from regulars.planning.errors import CadenceOutOfRange
from regulars.planning.knapsack import Option, best_day, options_of
from regulars.planning.models import Cadence, Plan, PlanItem
from regulars.planning.priors import WAITING_KEPT
from regulars.planning.queries import cadence_days
from regulars.planning.reasons import REASONS, Known
from regulars.planning.spreading import spread_first_touches, working_days
from regulars.team.choices import Role
from regulars.team.models import Business, Member
from regulars.team.queries import members_who_look_after, minutes_of, the_named_business

SHORTEST_CADENCE, LONGEST_CADENCE = 1, 3650


@dataclass(frozen=True, slots=True)
class Made:
    """What one planning came to."""

    day: date
    plan_count: int
    item_count: int
    first_touch_count: int


def make_plans(
    *, day: date, by: Actor, at: datetime, member_ids: Sequence[int] | None = None
) -> Made:
    """Choose whom each member should reach on a day, by which means, within their minutes.

    What has been settled already stays as it is; the rest is chosen anew.
    """
    business = the_named_business()
    members = members_who_look_after()
    planned = [m for m in members if member_ids is None or m.pk in member_ids]
    minutes = minutes_of([member.pk for member in planned], day)
    left = _minutes_left(minutes, day)
    ahead = _day_ahead(business, members, left, day)
    spread = spread_first_touches(ahead, working_days(business))
    # Read and chosen before anything is locked: writers wait for nobody's thinking.
    lists = {
        member_id: _list_for(due, left[member_id], ahead) if minutes[member_id] else _List(due)
        for member_id, due in due_customers(ahead).items()
    }
    with transaction.atomic():
        item_count = sum(
            _write_plan(member_id, made, minutes[member_id], ahead=ahead, at=at)
            for member_id, made in lists.items()
        )
        audit.record(
            "planned", "planning.plan", by=by, at=at, day=day.isoformat(), plans=len(lists)
        )
    return Made(day, len(lists), item_count, spread)


@transaction.atomic
def set_cadences(days: Mapping[str, int], *, by: Actor, at: datetime) -> None:
    """Say how often customers of each tier should hear from us at least."""
    for tier, every in days.items():
        if tier not in Tier.values or not SHORTEST_CADENCE <= every <= LONGEST_CADENCE:
            raise CadenceOutOfRange(
                _("Every %(days)s days cannot be kept.") % {"days": every},
                _("Choose from 1 day to 10 years (3,650 days)."),
            )
        Cadence.objects.update_or_create(tier=tier, defaults={"at_least_every_days": every})
    audit.record("set cadences", "planning.cadence", by=by, at=at, **days)


@dataclass(frozen=True, slots=True)
class _List:
    """One member's choice: chosen and waiting, before it is written down."""

    due: Due
    chosen: Sequence[tuple[Known, Option]] = ()
    waiting: Sequence[tuple[Known, Option]] = ()
    minutes_over: int = 0


def _day_ahead(
    business: Business, members: Sequence[Member], left: Mapping[int, int], day: date
) -> DayAhead:
    return DayAhead(
        day=day,
        zone=ZoneInfo(business.time_zone),
        live_since=business.live_since,
        minutes=left,
        staff_ids=[member.pk for member in members],
        owner_ids=sorted(member.pk for member in members if member.role == Role.OWNER),
        cadence_days=cadence_days(),
    )


def _minutes_left(minutes: Mapping[int, int], day: date) -> dict[int, int]:
    """A member's minutes less what was done already and what others handed to them."""
    kept = (
        PlanItem.objects.of_day(day)
        .exclude(pk__in=PlanItem.objects.of_day(day).untouched().values("pk"))
        .filter(Q(state__in=[ItemState.OPEN, ItemState.DONE]) | Q(until=day))
    )
    left = dict(minutes)
    for member_id, spent in kept.values_list("plan__member_id", "minutes"):
        if member_id in left:
            left[member_id] = max(0, left[member_id] - spent)
    return left


def _list_for(due: Due, minutes: int, ahead: DayAhead) -> _List:
    chosen = best_day(due.candidates, minutes)
    taken = {one.key: one for one in chosen}
    over = minutes - sum(one.option.minutes for one in chosen)
    others = sorted(due.candidates, key=lambda one: (-one.worth, one.key))
    waiting = [one for one in others if one.key not in taken][:WAITING_KEPT]
    known = known_of([*waiting, *(one for one in due.candidates if one.key in taken)], ahead)
    return _List(
        due,
        [(known[one.key], one.option) for one in chosen],
        [(known[one.key], _best_use(one.channels)) for one in waiting],
        over,
    )


def _best_use(channels: int) -> Option:
    return max(options_of(channels), key=lambda option: option.matters / option.minutes)


def _write_plan(
    member_id: int, made: _List, minutes: int, *, ahead: DayAhead, at: datetime
) -> int:
    plan, _created = Plan.objects.update_or_create(
        member_id=member_id,
        day=ahead.day,
        defaults={
            "minutes": minutes,
            "due_count": made.due.count,
            "unreachable_count": made.due.unreachable_count,
            "made_at": at,
        },
    )
    touched_today = Q(customer__clock__last_touch_at__gte=ahead.midnight(ahead.day))
    anew = plan.items.untouched().exclude(touched_today & Q(state=ItemState.OPEN))
    PlanItem.objects.filter(pk__in=list(anew.values_list("pk", flat=True))).delete()
    # Someone may have acted while we were choosing: what they did stands.
    kept = set(PlanItem.objects.of_day(ahead.day).values_list("customer_id", flat=True))
    items = [
        _item(plan, known, option, ItemState.OPEN, ahead=ahead)
        for known, option in made.chosen
        if known.customer_id not in kept
    ]
    items += [
        _item(plan, known, option, ItemState.WAITING, ahead=ahead, over=made.minutes_over)
        for known, option in made.waiting
        if known.customer_id not in kept
    ]
    for position, item in enumerate(items, start=1):
        item.position = position
    PlanItem.objects.bulk_create(items, batch_size=500)
    return len(items)


def _item(
    plan: Plan,
    known: Known,
    option: Option,
    state: ItemState,
    *,
    ahead: DayAhead,
    over: int | None = None,
) -> PlanItem:
    reason = REASONS[known.reason]
    return PlanItem(
        plan=plan,
        customer_id=known.customer_id,
        channel=option.channel,
        purpose=reason.purpose,
        minutes=option.minutes,
        reason=reason.name,
        values=_values(known, ahead.day, over),
        stake_minor=known.stake_minor,
        due_on=min(reason.due_of(known), ahead.day),
        last_touch_on=known.last_touch_on,
        state=state,
    )


def _values(known: Known, day: date, over: int | None) -> dict[str, Any]:
    """The facts that the item's sentences are written from."""
    values: dict[str, Any] = {
        "tier": known.tier,
        "kind": known.kind,
        "open": known.channels,
        "days": (day - known.last_touch_on).days if known.last_touch_on else None,
        "cadence": known.cadence_days,
        "last_channel": known.last_channel,
        "last_touch_on": _iso(known.last_touch_on),
        "purchases": known.purchase_count,
        "first_on": _iso(known.first_on),
        "last_on": _iso(known.last_on),
        "rhythm_due": _iso(known.rhythm_due_on),
        "usual": round(known.usual_gap_days) if known.usual_gap_days else None,
        "may_email": bool(known.channels & 1),
    }
    if known.is_without_manager:
        values["without_manager"] = True
    if over is not None:
        values["over"] = over
        values["needs"] = min(option.minutes for option in options_of(known.channels))
    return values


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
