"""Making the day's lists, acting on them, and the cadences that they follow."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Purpose
from regulars.consent.queries import permitted
from regulars.conversations.actions import log_touch, take_back_touch
from regulars.conversations.choices import Direction, Outcome
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.sweeping import without_sweeping
from regulars.customers.actions.assigning import assign_customers
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.planning.candidates import DayAhead, Due
from regulars.planning.choices import ItemState, Snooze, Worth
from regulars.planning.choosing import ChosenList, chosen_lists, day_ahead, minutes_left
from regulars.planning.details import in_batches
from regulars.planning.errors import (
    AlreadySettled,
    CadenceOutOfRange,
    NothingToUndo,
)
from regulars.planning.handing import (
    check_hand_over,
    free_lists_of,
    give_back,
    put_on_list_of,
    take_from_list,
)
from regulars.planning.letting_go import call_back
from regulars.planning.models import (
    EVERY_MONTH,
    Cadence,
    Pause,
    Plan,
    PlanItem,
    RaisedCadence,
)
from regulars.planning.priors import NOT_NOW_DAYS, RETRY_DAYS
from regulars.planning.refilling import locked_plan, refill_list
from regulars.planning.rules import may_set_cadences, may_settle
from regulars.planning.shortlists import write_lines, written
from regulars.planning.spreading import spread_first_touches, working_days
from regulars.team.models import Member
from regulars.team.queries import (
    members_who_look_after,
    minutes_of,
    the_named_business,
)

SHORTEST_CADENCE, LONGEST_CADENCE = 1, 3650
# Written in one transaction: nobody else has to wait for long.
LISTS_AT_ONCE = 5
# What may still be acted on; done, put off and handed over were.
_STANDING = (ItemState.OPEN, ItemState.WAITING, ItemState.SNOOZED)


@dataclass(frozen=True, slots=True)
class Made:
    """What one planning came to."""

    day: date
    plan_count: int
    item_count: int
    first_touch_count: int
    # How often the gate stood in the way, by its verdict.
    refused: Mapping[str, int]
    # The share that a choice among everybody would gain more, at most, of the list that may have
    # lost most (`cutting.py`).
    lost: float = 0.0


@without_sweeping()
def make_plans(
    *, day: date, by: Actor, at: datetime, member_ids: Sequence[int] | None = None
) -> Made:
    """Choose whom each member should reach on a day, by which means, within their minutes.

    What has been settled already stays as it is; the rest is chosen anew.
    """
    business = the_named_business()
    members = members_who_look_after()
    planned = [m.pk for m in members if member_ids is None or m.pk in member_ids]
    minutes = minutes_of(planned, day)
    ahead = day_ahead(business, members, minutes_left(minutes, day), day)
    free_lists_of(ahead.homes.back_in, day)
    spread = spread_first_touches(ahead, working_days(business))
    # Read and chosen before anything is locked: writers wait for nobody's thinking.
    lists = chosen_lists(ahead, minutes)
    counts = _permission()
    items = 0
    for some in in_batches(list(lists), LISTS_AT_ONCE):
        with transaction.atomic():
            plans = [
                _plan(pk, day, lists[pk].due, minutes=minutes[pk], made_at=at, **counts)
                for pk in some
            ]
            items += len(_write_items(plans, lists, ahead))
    audit.record("planned", "planning.plan", by=by, at=at, day=day.isoformat(), plans=len(lists))
    refused = sum((chosen.due.refused for chosen in lists.values()), Counter[str]())
    lost = max((chosen.lost for chosen in lists.values()), default=0.0)
    return Made(day, len(lists), items, spread, dict(sorted(refused.items())), lost)


def _permission() -> dict[str, int]:
    """How many are on the list, and how many of them may be written to by e-mail."""
    may_write = permitted(Channel.EMAIL).filter(customer__archived_at=None)
    return {
        "listed_count": Customer.objects.on_the_list().count(),
        "permitted_count": may_write.count(),
    }


def _plan(member_id: int, day: date, due: Due, **values: Any) -> Plan:
    values |= {"due_count": due.count, "unreachable_count": due.unreachable_count}
    values["refused"] = dict(sorted(due.refused.items()))
    return Plan.objects.update_or_create(member_id=member_id, day=day, defaults=values)[0]


def _write_items(
    plans: Sequence[Plan], lists: Mapping[int, ChosenList], ahead: DayAhead
) -> list[PlanItem]:
    touched_today = Q(customer__clock__last_touch_at__gte=ahead.midnight(ahead.day))
    of_day = PlanItem.objects.of_day(ahead.day)
    anew = of_day.filter(plan__member__in=list(lists)).untouched()
    anew = anew.exclude(touched_today & Q(state=ItemState.OPEN))
    of_these = anew.filter(plan__in=plans).values_list("pk", flat=True)
    PlanItem.objects.filter(pk__in=list(of_these)).delete()
    asked = {one.customer_id for plan in plans for one in lists[plan.member_id].items}
    # Someone may have acted while we were choosing: what they did stands.
    kept = set(
        of_day.filter(customer__in=asked)
        .exclude(pk__in=anew.filter(customer__in=asked).values("pk"))
        .values_list("customer_id", flat=True)
    )
    items = []
    # Whom an import brought may be gone again with its undoing.
    there = set(Customer.objects.filter(pk__in=asked).values_list("pk", flat=True))
    for plan in plans:
        free = [one for one in lists[plan.member_id].items if one.customer_id in there - kept]
        for position, item in enumerate(free, start=1):
            item.plan, item.position = plan, position
        items += free
    write_lines(items, {plan.pk: written(lists[plan.member_id].shortlist) for plan in plans})
    return items


@transaction.atomic
def set_cadences(days: Mapping[str, int], *, by: Actor, at: datetime) -> None:
    """Say how often customers of each tier should hear from us at least."""
    if not may_set_cadences(by):
        raise NotAllowed(_("Only the owner sets how often customers hear from us."))
    for tier, every in days.items():
        if tier not in Tier.values or not SHORTEST_CADENCE <= every <= LONGEST_CADENCE:
            raise CadenceOutOfRange(
                _("Every %(days)s days cannot be kept.") % {"days": every},
                _("Choose from 1 day to 10 years (3,650 days)."),
            )
        Cadence.objects.update_or_create(
            tier=tier, worth=Worth.ANY, months=EVERY_MONTH, defaults={"at_least_every_days": every}
        )
    audit.record("set cadences", "planning.cadence", by=by, at=at, **days)


@transaction.atomic
def raise_cadence(tier: str, every: int | None, *, source: str, by: Actor, at: datetime) -> None:
    """Let a tier hear from us more often while something lasts; without days, as before again."""
    raised = RaisedCadence.objects.filter(tier=tier, source=source, ended_at=None)
    if every is None:
        raised.update(ended_at=at)
    elif not raised.update(at_least_every_days=every):
        RaisedCadence.objects.create(tier=tier, at_least_every_days=every, source=source, since=at)
    audit.record("raised cadence", "planning.cadence", by=by, at=at, tier=tier, days=every)


@transaction.atomic
def finish_item(
    item: PlanItem,
    *,
    outcome: str,
    by: Actor,
    at: datetime,
    line: str = "",
    channel: str | None = None,
    happened_at: datetime | None = None,
) -> PlanItem:
    """Say that a customer was reached, and what came of it; their clock starts again.

    `line` is what they said (visit, call) or what was written to them (note, e-mail). When nobody
    answered, they come back to the list in a few days.
    """
    item = _standing_item(item, by)
    channel = channel or item.channel
    has_spoken = channel in (Channel.VISIT, Channel.CALL)
    touch = log_touch(
        item.customer,
        channel=Channel(channel),
        direction=Direction.OUT,
        purpose=Purpose(item.purpose),
        outcome=Outcome(outcome),
        happened_at=happened_at or at,
        said=line if has_spoken else "",
        body="" if has_spoken else line,
        minutes=item.minutes,
        by=by,
        at=at,
    )
    _remember(item)
    item.touch = touch
    if outcome == Outcome.NO_ANSWER:
        _pause(item, item.plan.day + timedelta(days=RETRY_DAYS), by=by, at=at)
    return _settle(item, ItemState.DONE, "finished", by=by, at=at, channel=channel)


@transaction.atomic
def snooze_item(item: PlanItem, *, until: str, by: Actor, at: datetime) -> PlanItem:
    """Do it later: at the end of today's list, or on a later day (a `Snooze`)."""
    item = _standing_item(item, by)
    day = Snooze(until).day_from(item.plan.day)
    _remember(item)
    if day > item.plan.day:
        _pause(item, day, by=by, at=at)
    item.until = day
    return _settle(item, ItemState.SNOOZED, "snoozed", by=by, at=at, until=day.isoformat())


@transaction.atomic
def put_off_item(item: PlanItem, *, by: Actor, at: datetime, remark: str = "") -> PlanItem:
    """Not now: leave the customer alone for a month, with the reason if there is one."""
    item = _standing_item(item, by)
    day = item.plan.day + timedelta(days=NOT_NOW_DAYS)
    _remember(item)
    _pause(item, day, by=by, at=at)
    item.until, item.remark = day, remark
    return _settle(item, ItemState.NOT_NOW, "put off", by=by, at=at, until=day.isoformat())


@transaction.atomic
def take_up_item(item: PlanItem, *, by: Actor, at: datetime) -> PlanItem:
    """Do today what the plan let wait."""
    item = _standing_item(item, by)
    _remember(item)
    last = item.plan.items.exclude(state=ItemState.WAITING).aggregate(last=Max("position"))["last"]
    item.position, item.handed_by_id = (last or 0) + 1, by.member_id
    return _settle(item, ItemState.OPEN, "took up", by=by, at=at)


@transaction.atomic
def hand_over_item(
    item: PlanItem, *, to: Member, for_good: bool, by: Actor, at: datetime
) -> PlanItem:
    """Give a customer to a colleague: for today, or from now on."""
    item = _standing_item(item, by)
    check_hand_over(item, to, for_good=for_good, by=by)
    _remember(item)
    if for_good:
        assign_customers(Customer.objects.filter(pk=item.customer_id), to, by=by, at=at)
    item.before["handed_item"] = put_on_list_of(to, item, by=by, at=at)
    item.handed_to = to
    return _settle(
        item, ItemState.HANDED_OVER, "handed over", by=by, at=at, to=to.pk, for_good=for_good
    )


@transaction.atomic
def undo_item(item: PlanItem, *, by: Actor, at: datetime) -> PlanItem:
    """Take the last action back: the touch, the pause, the hand-over; the item is as it was."""
    item = _locked(item, by)
    if item.state == ItemState.GOING:
        call_back(item.plan, by=by, at=at, customer_id=item.customer_id)
        item.refresh_from_db()
        return item
    before = item.before
    if not before:
        raise NothingToUndo(
            _("There is nothing to take back here."),
            _("A touch that was logged elsewhere is taken back on the customer's page."),
        )
    if item.touch is not None and item.touch.taken_back_at is None:
        take_back_touch(item.touch, by=by, at=at)
    _restore_pause(item, before.get("pause"))
    take_from_list(before.get("handed_item"))
    if "manager" in before and item.state == ItemState.HANDED_OVER:
        give_back(item, before["manager"], by=by, at=at)
    item.state, item.position = before["state"], before["position"]
    item.until = date.fromisoformat(before["until"]) if before["until"] else None
    item.handed_by_id, item.handed_to, item.touch = before["handed_by"], None, None
    item.remark, item.settled_at, item.before = "", None, {}
    item.save()
    audit.record("undid", item, by=by, at=at, customer=item.customer_id)
    refill_list(item.plan)
    return item


def _locked(item: PlanItem, by: Actor) -> PlanItem:
    # Two people may finish the same card in the same second: lock first, judge second. The list
    # before its lines, as whoever makes it anew.
    locked_plan(item.plan_id)
    locked = PlanItem.objects.select_for_update(of=("self",)).select_related(
        "plan__member", "customer", "touch"
    )
    item = locked.get(pk=item.pk)
    if not may_settle(by, item):
        raise NotAllowed(
            _("Only %(name)s and the owner act on this list.") % {"name": item.plan.member.name}
        )
    return item


def _standing_item(item: PlanItem, by: Actor) -> PlanItem:
    item = _locked(item, by)
    is_done_again = item.touch is not None and item.touch.taken_back_at is not None
    if item.state not in _STANDING and not is_done_again:
        raise AlreadySettled(
            _("Someone has settled this one already."),
            _("Load the list again to see what came of it."),
        )
    return item


def _remember(item: PlanItem) -> None:
    pause = Pause.objects.filter(customer_id=item.customer_id).first()
    item.before = {
        "state": ItemState.OPEN if item.state == ItemState.DONE else item.state,
        "position": item.position,
        "until": item.until.isoformat() if item.until else None,
        "handed_by": item.handed_by_id,
        "manager": item.customer.manager_id,
        "pause": pause
        and {
            "until": pause.until.isoformat(),
            "put_off_by": pause.put_off_by_id,
            "put_off_at": pause.put_off_at.isoformat(),
        },
    }


def _pause(item: PlanItem, until: date, *, by: Actor, at: datetime) -> None:
    Pause.objects.update_or_create(
        customer_id=item.customer_id,
        defaults={"until": until, "put_off_by_id": by.member_id, "put_off_at": at},
    )


def _restore_pause(item: PlanItem, before: Mapping[str, Any] | None) -> None:
    if before is None:
        Pause.objects.filter(customer_id=item.customer_id).delete()
        return
    values = {
        "until": date.fromisoformat(before["until"]),
        "put_off_by_id": before["put_off_by"],
        "put_off_at": datetime.fromisoformat(before["put_off_at"]),
    }
    Pause.objects.update_or_create(customer_id=item.customer_id, defaults=values)


def _settle(
    item: PlanItem, state: ItemState, verb: str, *, by: Actor, at: datetime, **detail: Any
) -> PlanItem:
    item.state, item.settled_at = state, at
    item.save()
    audit.record(verb, item, by=by, at=at, customer=item.customer_id, **detail)
    refill_list(item.plan)
    return item
