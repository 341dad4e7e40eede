"""Choosing the day: from those who are due to each member's items, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from regulars.planning.candidates import DayAhead, Due, due_customers
from regulars.planning.choices import ItemState
from regulars.planning.details import known_of
from regulars.planning.knapsack import Option, best_day, best_use, options_of
from regulars.planning.known import TOLD_OF_LESS, Known, due_on_of, purpose_of
from regulars.planning.models import PlanItem
from regulars.planning.priors import WAITING_KEPT
from regulars.planning.refusing import leave_out_refused
from regulars.planning.spreading import last_open_day, working_days
from regulars.planning.terms import OwnTerms, standing_on
from regulars.team.choices import Role
from regulars.team.models import Business, Member


@dataclass(frozen=True, slots=True)
class ChosenList:
    """One member's day: who is due, and the items to write, in their order."""

    due: Due
    items: Sequence[PlanItem] = ()


def day_ahead(
    business: Business, members: Sequence[Member], left: Mapping[int, int], day: date
) -> DayAhead:
    return DayAhead(
        day=day,
        zone=ZoneInfo(business.time_zone),
        live_since=business.live_since,
        minutes=left,
        staff_ids=[member.pk for member in members],
        owner_ids=sorted(member.pk for member in members if member.role == Role.OWNER),
        standing=standing_on(day),
        open_day=last_open_day(day, working_days(business)),
    )


def minutes_left(minutes: Mapping[int, int], day: date) -> dict[int, int]:
    """A member's minutes less what was done already and what others handed to them."""
    chosen_by_plan = PlanItem.objects.of_day(day).untouched().values("pk")
    kept = (
        PlanItem.objects.of_day(day)
        .exclude(pk__in=chosen_by_plan)
        .filter(Q(state__in=[ItemState.OPEN, ItemState.DONE]) | Q(until=day))
    )
    left = dict(minutes)
    for member_id, spent in kept.values_list("plan__member_id", "minutes"):
        if member_id in left:
            left[member_id] = max(0, left[member_id] - spent)
    return left


def chosen_lists(ahead: DayAhead, minutes: Mapping[int, int]) -> dict[int, ChosenList]:
    """Everybody's best day; who has no minutes today at all gets no list."""
    dues = due_customers(ahead)
    leave_out_refused(dues, ahead)
    return {
        member_id: _chosen(due, ahead, member_id) if minutes[member_id] else ChosenList(due)
        for member_id, due in dues.items()
    }


def _chosen(due: Due, ahead: DayAhead, member_id: int) -> ChosenList:
    chosen = best_day(due.candidates, ahead.minutes[member_id])
    options = {one.key: one.option for one in chosen}
    over = ahead.minutes[member_id] - sum(option.minutes for option in options.values())
    others = sorted(due.candidates, key=lambda one: (-one.worth, one.key))
    waiting = [one for one in others if one.key not in options][:WAITING_KEPT]
    taken = [one for one in due.candidates if one.key in options]
    known = known_of([*taken, *waiting], ahead)
    items = [_item(known[one.key], one.option, ItemState.OPEN, ahead.day) for one in chosen]
    items += [
        _item(known[one.key], best_use(one.channels), ItemState.WAITING, ahead.day, over=over)
        for one in waiting
    ]
    return ChosenList(due, items)


def _item(
    known: Known, option: Option, state: ItemState, day: date, *, over: int | None = None
) -> PlanItem:
    return PlanItem(
        customer_id=known.customer_id,
        channel=option.channel,
        purpose=purpose_of(known.reason),
        minutes=option.minutes,
        reason=known.reason,
        values=_values(known, day, over),
        stake_minor=known.stake_minor,
        due_on=min(due_on_of(known), day),
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
        "may_email": known.may_email,
    }
    if known.less is not None and known.reason == "buys_less":
        values["less"] = {name: getattr(known.less, name) for name in TOLD_OF_LESS}
    if known.terms is not None:
        values |= _of_terms(known, known.terms, day)
    if known.subject:
        values["subject"] = known.subject
    if known.is_without_manager:
        values["without_manager"] = True
    if over is not None:
        values["over"] = over
        values["needs"] = min(option.minutes for option in options_of(known.channels))
    return values


def _of_terms(known: Known, terms: OwnTerms, day: date) -> dict[str, Any]:
    """Whose cadence it is, where it is not the tier's; and the personal one, where that speaks."""
    values: dict[str, Any] = {}
    if terms.any_of != "tier":
        values["cadence_of"] = terms.any_of
    if known.segment:
        values["segment"] = known.segment
    if known.reason == "personal_due":
        since = known.last_personal_on
        values["personal"], values["personal_of"] = terms.personal_days, terms.personal_of
        values["personal_days"] = (day - since).days if since else None
    return values


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
