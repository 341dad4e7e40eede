"""When each of some customers hears from us next, for a whole page of them at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from regulars.customers.models import Customer
from regulars.planning.choices import ItemState
from regulars.planning.models import FirstTouch, Pause, PlanItem
from regulars.planning.queries import cadence_days
from regulars.team.models import Business


@dataclass(frozen=True, slots=True)
class NextTouch:
    """The day of the next touch; with `item` where it stands on today's list already."""

    on: date
    item: PlanItem | None = None
    is_put_off: bool = False

    def is_overdue(self, today: date) -> bool:
        return self.on < today


def next_touches_of(
    customers: Collection[Customer], tiers: Mapping[int, str], today: date, business: Business
) -> dict[int, NextTouch]:
    """By customer; who has neither a cadence running nor a first touch set is left out.

    Four queries, however many customers: today's plan, what was put off, first touches, cadences.
    """
    ids = [customer.pk for customer in customers]
    planned = _planned(ids, today)
    pauses = dict(
        Pause.objects.filter(customer_id__in=ids, until__gt=today).values_list("customer", "until")
    )
    first = dict(FirstTouch.objects.filter(customer_id__in=ids).values_list("customer", "due_on"))
    every = cadence_days()
    live_at = datetime.combine(business.live_since, time(), ZoneInfo(business.time_zone))
    found: dict[int, NextTouch] = {}
    for customer in customers:
        if item := planned.get(customer.pk):
            found[customer.pk] = NextTouch(today, item)
            continue
        clock = getattr(customer, "clock", None)
        by_clock = None
        # History is not an instruction: only touches since going live start a cadence.
        if clock is not None and clock.last_touch_at >= live_at:
            length = timedelta(days=every[tiers[customer.pk]])
            by_clock = business.day_of(clock.last_touch_at) + length
        due = by_clock or first.get(customer.pk)
        until = pauses.get(customer.pk)
        if until and (due is None or until > due):
            found[customer.pk] = NextTouch(until, is_put_off=True)
        elif due is not None:
            found[customer.pk] = NextTouch(due)
    return found


def _planned(ids: Collection[int], today: date) -> dict[int, PlanItem]:
    items = PlanItem.objects.filter(
        customer_id__in=ids, plan__day=today, state=ItemState.OPEN
    ).select_related("plan__member")
    return {item.customer_id: item for item in items}
