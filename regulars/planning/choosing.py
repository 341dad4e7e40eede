"""Choosing the day: from those who are due to each member's items, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from regulars.consent.choices import Channel
from regulars.planning.automatic import Automatic, automatic_now, who_gets_what
from regulars.planning.candidates import Candidate, DayAhead, Due, due_customers
from regulars.planning.choices import ItemState
from regulars.planning.cutting import lost_at_most
from regulars.planning.details import known_of
from regulars.planning.knapsack import Option, best_day, best_of, best_use, can_ever_fit
from regulars.planning.known import TOLD_OF_LESS, Known, due_on_of, purpose_of
from regulars.planning.means import weigh_means
from regulars.planning.models import PlanItem
from regulars.planning.priors import MINUTES, WAITING_KEPT
from regulars.planning.refusing import leave_out_refused
from regulars.planning.sharing import Homes, homes_on
from regulars.planning.spreading import last_open_day, working_days
from regulars.planning.terms import OwnTerms, standing_on
from regulars.team.models import Business, Member


@dataclass(frozen=True, slots=True)
class ChosenList:
    """One member's day: who is due, and the items to write, in their order."""

    due: Due
    items: Sequence[PlanItem] = ()
    # Whom the list may be filled from again while the day lasts.
    shortlist: Sequence[Candidate] = ()
    # The share of what it gains that a choice among everybody would gain more, at most.
    lost: float = 0.0


def day_ahead(
    business: Business, members: Sequence[Member], left: Mapping[int, int], day: date
) -> DayAhead:
    return DayAhead(
        day=day,
        zone=ZoneInfo(business.time_zone),
        live_since=business.live_since,
        minutes=left,
        homes=homes_on(day, members) if members else Homes(),
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
    chances = weigh_means(dues, ahead)
    leave_out_refused(dues, ahead)
    automatic = automatic_now()
    for due in dues.values():
        due.candidates.sort(key=lambda one: (-one.worth, one.key))
    written = {
        member_id: _lot(due.candidates, ahead.minutes[member_id], minutes[member_id], automatic)
        for member_id, due in dues.items()
        if minutes[member_id]
    }
    # All lists in one go: questions are asked by the hundred, not by the member.
    told_of = [one for lot in written.values() for one in lot.everybody]
    known = known_of(told_of, ahead)
    lists = {member_id: ChosenList(due) for member_id, due in dues.items()}
    for member_id, lot in written.items():
        due, left = dues[member_id], ahead.minutes[member_id]
        lost = _lost(due, lot, left, chances)
        lists[member_id] = ChosenList(due, _items(lot, known, ahead), lot.shortlist, lost)
    return lists


@dataclass(frozen=True, slots=True)
class Lot:
    """Who is to be reached, by what, and who of the others is told of."""

    taken: Sequence[tuple[Candidate, Option]]
    waiting: Sequence[Candidate]
    shortlist: Sequence[Candidate]
    left_over: int
    # Who of those who wait can be written to by itself, by which channel.
    goes: Mapping[int, str] = field(default_factory=dict)

    @property
    def everybody(self) -> list[Candidate]:
        return [*(one for one, _option in self.taken), *self.waiting]


def _lot(candidates: Sequence[Candidate], left: int, minutes: int, automatic: Automatic) -> Lot:
    """The best of so many minutes that are left; `candidates` come with the most worthy first."""
    fitting = can_ever_fit(candidates, minutes)
    able = {one.key for one in fitting}
    chosen = best_of(fitting, left) if left == minutes else best_day(fitting, left)
    best = {one.key: one.option for one in chosen}
    taken = [(one, best[one.key]) for one in candidates if one.key in best]
    taken.sort(key=lambda pair: (-pair[0].worth * pair[1].matters, pair[0].key))
    others = [one for one in candidates if one.key not in best]
    waiting = list(islice(others, WAITING_KEPT))
    goes = who_gets_what(others, automatic)
    waiting += [one for one in others[WAITING_KEPT:] if one.key in goes]
    able |= {one.key for one in waiting}
    shortlist = [one for one in candidates if one.key in able]
    over = left - sum(option.minutes for _one, option in taken)
    return Lot(taken, waiting, shortlist, over, goes)


def _lost(due: Due, lot: Lot, left: int, chances: Mapping[Channel, float]) -> float:
    gained = sum(one.worth * option.matters for one, option in lot.taken)
    return lost_at_most(due.candidates, left, gained, cut=due.cut, chances=chances)


def _items(lot: Lot, known: Mapping[int, Known], ahead: DayAhead) -> list[PlanItem]:
    items = [
        item_of(one, known[one.key], option, ItemState.OPEN, ahead.day) for one, option in lot.taken
    ]
    for one in lot.waiting:
        use, state = best_use(one.options), ItemState.WAITING
        item = item_of(one, known[one.key], use, state, ahead.day, over=lot.left_over)
        if one.key in lot.goes:
            item.values["goes"] = {"by": lot.goes[one.key]}
        items.append(item)
    return items


def item_of(
    one: Candidate,
    known: Known,
    option: Option,
    state: ItemState,
    day: date,
    *,
    over: int | None = None,
) -> PlanItem:
    """One line of a list, before it is written."""
    return PlanItem(
        customer_id=known.customer_id,
        channel=option.channel,
        purpose=purpose_of(known.reason),
        minutes=option.minutes,
        reason=known.reason,
        values=_values(known, day) | _of_means(one, option, over),
        stake_minor=known.stake_minor,
        due_on=min(due_on_of(known), day),
        last_touch_on=known.last_touch_on,
        state=state,
    )


def _of_means(one: Candidate, option: Option, over: int | None) -> dict[str, Any]:
    """Why this channel and no other, as far as it is this customer's own."""
    found: dict[str, Any] = {}
    takes = {o.channel: o.minutes for o in one.opened if o.minutes != MINUTES[o.channel]}
    # By themselves: the chosen one may be worth less beside waiting for a better one.
    matters = {o.channel: o.matters for o in one.opened}
    weaker = [channel for channel, most in matters.items() if most < matters[option.channel]]
    if takes:
        found["takes"] = takes
    if weaker:
        found["weaker"] = weaker
    if over is not None:
        found["over"] = over
        found["needs"] = min(o.minutes for o in one.opened)
    return found


def _values(known: Known, day: date) -> dict[str, Any]:
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
