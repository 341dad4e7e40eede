"""What becomes of a list after each tick: freed minutes are spent on those who come next."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef

from regulars.consent.choices import Channel
from regulars.conversations.choices import Direction
from regulars.conversations.models import Clock, Touch
from regulars.planning.candidates import Candidate, DayAhead
from regulars.planning.choices import ItemState
from regulars.planning.choosing import day_ahead, item_of
from regulars.planning.details import known_of
from regulars.planning.knapsack import Chosen, Option, best_day
from regulars.planning.models import Plan, PlanItem, PlanItemQuerySet, Shortlist
from regulars.planning.priors import MINUTES
from regulars.planning.shortlists import read, still_free
from regulars.team.queries import the_named_business


def locked_plan(plan_id: int) -> Plan:
    """The list, while nobody else changes it; a colleague may still hand somebody over to it."""
    return Plan.objects.select_for_update(no_key=True).get(pk=plan_id)


def refill_list(plan: Plan) -> None:
    """Fill the minutes that were freed; what was filled in before goes back where none are left.

    Nothing else moves: what somebody sees on their list stays there. The list is locked.
    """
    shortlist = Shortlist.objects.filter(plan=plan).first()
    if shortlist is None:
        return
    ahead = day_ahead(the_named_business(), [], {}, plan.day)
    left = _minutes_free(plan, ahead)
    if left < 0:
        _give_back(plan, -left)
    elif left >= min(MINUTES.values()):
        _fill(plan, read(shortlist.candidates), left, ahead)


def _minutes_free(plan: Plan, ahead: DayAhead) -> int:
    """The member's minutes less those of all they did today, and of what is still to do."""
    midnight, next_day = ahead.midnight(plan.day), ahead.midnight(plan.day + timedelta(days=1))
    did = Touch.objects.standing().filter(
        member_id=plan.member_id,
        direction=Direction.OUT,
        happened_at__gte=midnight,
        happened_at__lt=next_day,
    )
    spent: int = sum(
        MINUTES.get(Channel(channel), 0) if minutes is None else minutes
        for channel, minutes in did.values_list("channel", "minutes")
    )
    to_do = _still_to_do(plan, midnight).values_list("minutes", flat=True)
    return plan.minutes - spent - sum(to_do)


def _still_to_do(plan: Plan, midnight: datetime) -> PlanItemQuerySet:
    reached = Clock.objects.filter(customer=OuterRef("customer"), last_touch_at__gte=midnight)
    later_today = plan.items.filter(state=ItemState.SNOOZED, until=plan.day)
    standing = plan.items.filter(state=ItemState.OPEN) | later_today
    return standing.exclude(Exists(reached))


def _fill(plan: Plan, shortlist: Sequence[Candidate], left: int, ahead: DayAhead) -> None:
    free = still_free([one.key for one in shortlist], plan, ahead)
    by_key = {one.key: one for one in shortlist if one.key in free}
    chosen = best_day(list(by_key.values()), left)
    if not chosen:
        return
    waiting = {
        item.customer_id: item
        for item in plan.items.filter(
            state=ItemState.WAITING, customer__in=[one.key for one in chosen]
        )
    }
    known = known_of([by_key[one.key] for one in chosen if one.key not in waiting], ahead)
    last = plan.items.exclude(state=ItemState.WAITING).aggregate(last=Max("position"))["last"] or 0
    for position, one in enumerate(chosen, start=last + 1):
        item = waiting.get(one.key)
        if item is None:
            if one.key not in known:
                continue
            found = by_key[one.key]
            item = item_of(found, known[one.key], one.option, ItemState.OPEN, plan.day)
        _put_on(plan, item, one, position)


def _put_on(plan: Plan, item: PlanItem, chosen: Chosen, position: int) -> None:
    option: Option = chosen.option
    item.plan, item.position, item.state = plan, position, ItemState.OPEN
    item.channel, item.minutes = option.channel, option.minutes
    # As it stood before, so that it can go back there.
    item.values["filled"] = "waiting" if item.pk else "new"
    item.save()


def _give_back(plan: Plan, minutes: int) -> None:
    filled = plan.items.untouched().filter(state=ItemState.OPEN).order_by("-position")
    for item in filled:
        if minutes <= 0:
            return
        before = item.values.pop("filled", None)
        if before == "new":
            item.delete()
        elif before:
            item.state = ItemState.WAITING
            item.save()
        minutes -= item.minutes if before else 0
