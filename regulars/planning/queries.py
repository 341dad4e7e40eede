"""The day's lists and the next touch of a customer, for reading."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from regulars.consent.queries import standing_of
from regulars.conversations.choices import Outcome
from regulars.conversations.models import Touch
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.models import Job
from regulars.customers.choices import PointState
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.planning.automatic import sent_by_themselves
from regulars.planning.choices import ItemState, Worth
from regulars.planning.coming import due_days
from regulars.planning.day_list import DayList, Shown
from regulars.planning.given import tell
from regulars.planning.knapsack import best_use, channels_open, options_of
from regulars.planning.models import (
    EVERY_MONTH,
    Cadence,
    CadenceQuerySet,
    Pause,
    Plan,
    PlanItem,
    RaisedCadence,
)
from regulars.planning.priors import CADENCE_DAYS
from regulars.planning.rules import may_let_go, may_see_list, may_settle
from regulars.planning.terms import standing_on
from regulars.team.absences import away_on, covers_on
from regulars.team.models import Business, Member
from regulars.team.queries import members_who_look_after, the_named_business


def cadences_set() -> dict[str, int]:
    """How often each tier should hear from us at least: as set, else as we believe."""
    every = Cadence.objects.exclude(tier="").filter(worth=Worth.ANY, months=EVERY_MONTH)
    chosen = dict(every.values_list("tier", "at_least_every_days"))
    return {tier.value: chosen.get(tier.value) or days for tier, days in CADENCE_DAYS.items()}


def cadence_days() -> dict[str, int]:
    """The same as it holds today: by season, and more often where a disruption asks for it."""
    return standing_on(the_named_business().day_of(clock.now())).cadence_days


def raised_cadences() -> list[RaisedCadence]:
    """Which tiers hear from us more often than was set, and why."""
    return list(RaisedCadence.objects.filter(ended_at=None).order_by("since", "pk"))


def rarest_of(tier: str) -> int | None:
    """How often at most a tier hears from us all the year, where that was set."""
    plain = Cadence.objects.filter(tier=tier, worth=Worth.ANY, months=EVERY_MONTH)
    return plain.values_list("at_most_every_days", flat=True).first()


def other_cadences() -> CadenceQuerySet:
    """Those of many beside the one number of days that each tier has."""
    plain = Q(worth=Worth.ANY, months=EVERY_MONTH, at_most_every_days=None) & ~Q(tier="")
    others = Cadence.objects.filter(customer=None).exclude(plain).select_related("segment")
    return others.order_by("segment__name", "tier", "worth", "months")


def own_cadences() -> CadenceQuerySet:
    """Those of single customers, by name."""
    own = Cadence.objects.filter(customer__isnull=False).select_related("customer")
    return own.order_by("customer__sort_name", "customer", "worth", "months")


def own_count() -> int:
    """How many customers have a cadence of their own."""
    own = Cadence.objects.filter(customer__isnull=False)
    return own.order_by().values("customer").distinct().count()


def tier_of(customer: Customer) -> str:
    """The tier that people see."""
    told = getattr(customer, "tier_override", None) or getattr(customer, "facts", None)
    return str(told.tier) if told else Tier.NEW.value


def list_of(actor: Actor, member: Member, day: date) -> DayList:
    """A member's list for a day, as far as the one who asks may see it."""
    if not may_see_list(actor, member.pk):
        raise NotAllowed(_("Only %(name)s and the owner see this list.") % {"name": member.name})
    business = the_named_business()
    plan = Plan.objects.filter(member=member, day=day).first()
    away = away_on(day)
    found = DayList(member, day, plan)
    if member.pk in away:
        found.away, found.cover = away[member.pk], covers_on(away)[member.pk]
    if plan is None:
        return found
    items = list(_items(plan, business))
    tell(items)
    found.may_let_go = may_let_go(actor, member.pk)
    texts, sent = sent_by_themselves(items, day)
    touches = Touch.objects.in_bulk({i.touched_id for i in items if i.touched_id})  # type: ignore[attr-defined]
    for item in items:
        item.plan = plan
        found.may_settle = may_settle(actor, item)
        shown = _shown(item, touches.get(item.touched_id))  # type: ignore[attr-defined]
        whose = item.customer.manager_id if item.customer.manager_id != member.pk else None
        shown = replace(shown, away=away.get(whose or 0), day=day)
        text, message = texts.get(item.customer_id, ""), sent.get(item.customer_id)
        _sort_in(found, replace(shown, text=text, message=message))
    # "This afternoon" stays today, after everything else.
    found.open.sort(key=lambda one: one.state == ItemState.SNOOZED)
    found.done.sort(key=_done_at, reverse=True)
    return found


def _items(plan: Plan, business: Business) -> QuerySet[PlanItem]:
    zone = ZoneInfo(business.time_zone)
    midnight = datetime.combine(plan.day, time(), zone)
    next_midnight = datetime.combine(plan.day + timedelta(days=1), time(), zone)
    today = (
        Touch.objects.standing()
        .filter(
            customer=OuterRef("customer"),
            happened_at__gte=midnight,
            happened_at__lt=next_midnight,
        )
        .exclude(outcome=Outcome.NO_ANSWER)
        .order_by("-happened_at", "-id")
    )
    return plan.items.annotate(touched_id=Subquery(today.values("pk")[:1])).select_related(
        "touch", "handed_to", "handed_by", "customer__facts", "customer__tier_override"
    )


def _shown(item: PlanItem, touch_today: Touch | None) -> Shown:
    if item.state == ItemState.GOING:
        return Shown(item, ItemState.GOING, touch_today)
    own = item.touch if item.touch and item.touch.taken_back_at is None else None
    if own or touch_today:
        return Shown(item, ItemState.DONE, own or touch_today)
    if item.state == ItemState.DONE:
        # Its touch was taken back somewhere else: there is something to do again.
        return Shown(item, ItemState.OPEN, None)
    return Shown(item, ItemState(item.state), None)


def _sort_in(found: DayList, shown: Shown) -> None:
    is_later_today = shown.state == ItemState.SNOOZED and shown.item.until == found.day
    if shown.state == ItemState.OPEN or is_later_today:
        found.open.append(shown)
    elif shown.state == ItemState.DONE:
        found.done.append(shown)
    elif shown.state == ItemState.GOING:
        found.going.append(shown)
    elif shown.state == ItemState.WAITING and "goes" in shown.item.values and shown.text:
        found.may_go.append(shown)
    elif shown.state == ItemState.WAITING:
        found.waiting.append(shown)
    else:
        found.put_off.append(shown)


def _done_at(one: Shown) -> datetime:
    return one.touch.happened_at if one.touch else one.item.plan.made_at


def item_for(actor: Actor, item_id: int) -> PlanItem | None:
    """One item that this person may see."""
    items = PlanItem.objects.select_related("plan__member", "customer", "touch")
    item = items.filter(pk=item_id).first()
    return item if item and may_see_list(actor, item.plan.member_id) else None


def planning_under_way() -> Job | None:
    """A planning that is waiting or running, if there is one."""
    unfinished = (Job.State.WAITING, Job.State.RUNNING)
    jobs = Job.objects.filter(name="planning.make_plans", state__in=unfinished)
    return jobs.order_by("-id").first()


def is_begun(day: date) -> bool:
    """Whether anybody has acted on a list of this day."""
    items = PlanItem.objects.of_day(day)
    touched = items.exclude(pk__in=items.untouched().values("pk"))
    # What went by itself was begun by nobody.
    return touched.exclude(state=ItemState.GOING).exists()


def members_with_lists(actor: Actor) -> Sequence[Member]:
    """Whose lists this person may look at, by name."""
    return [one for one in members_who_look_after() if may_see_list(actor, one.pk)]


def members_without_plan(day: date) -> list[int]:
    """Who looks after customers and has no list for a day yet."""
    planned = set(Plan.objects.filter(day=day).values_list("member_id", flat=True))
    return [one.pk for one in members_who_look_after() if one.pk not in planned]


def member_called(name: str) -> Member:
    """The member of this e-mail address or name, or a Refusal that says who there is."""
    members = members_who_look_after()
    wanted = name.strip().casefold()
    found = [
        one
        for one in members
        if wanted in (one.email.casefold(), one.name.casefold(), one.get_short_name().casefold())
    ]
    if len(found) == 1:
        return found[0]
    raise Refusal(
        _("No single member is called %(name)s.") % {"name": name},
        _("Choose one of: %(members)s.")
        % {"members": ", ".join(f"{one.name} <{one.email}>" for one in members)},
    )


# The next touch


@dataclass(frozen=True, slots=True)
class NextTouch:
    """The day of the next touch; with `item` where it stands on today's list already."""

    on: date
    item: PlanItem | None = None
    is_put_off: bool = False


def next_touches_of(
    customers: Collection[Customer], today: date, business: Business
) -> dict[int, NextTouch]:
    """By customer; everybody on the list has one.

    The same few queries, however many customers: today's plan, what was put off, by when each
    should hear from us.
    """
    ids = [customer.pk for customer in customers]
    planned = _planned(ids, today)
    pauses = dict(
        Pause.objects.filter(customer_id__in=ids, until__gt=today).values_list("customer", "until")
    )
    found: dict[int, NextTouch] = {}
    for pk, due in due_days(ids, business, today).items():
        if item := planned.get(pk):
            found[pk] = NextTouch(today, item)
        else:
            found[pk] = NextTouch(due, is_put_off=pk in pauses and pauses[pk] >= due)
    return found


def best_channel_of(customer: Customer, tier: str) -> str:
    """The channel that matters most for its minutes among those open; empty where none is."""
    points = customer.contact_points.filter(state=PointState.USABLE)
    decisions = {channel: state.decision for channel, state in standing_of(customer).items()}
    kinds = set(points.values_list("kind", flat=True))
    channels = channels_open(customer.kind, tier, kinds, decisions)
    return best_use(options_of(channels)).channel.value if channels else ""


def _planned(ids: Collection[int], today: date) -> dict[int, PlanItem]:
    items = PlanItem.objects.of_day(today).filter(customer_id__in=ids, state=ItemState.OPEN)
    return {item.customer_id: item for item in items.select_related("plan__member")}
