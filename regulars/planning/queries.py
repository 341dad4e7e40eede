"""The day's lists and the next touch of a customer, for reading."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.conversations.choices import Outcome
from regulars.conversations.models import Touch
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.models import Job
from regulars.planning.choices import ItemState
from regulars.planning.models import Cadence, Plan, PlanItem
from regulars.planning.priors import CADENCE_DAYS
from regulars.planning.rules import may_see_list, may_settle
from regulars.planning.words import channel_words, day_words
from regulars.team.models import Business, Member
from regulars.team.queries import the_named_business


def cadence_days() -> dict[str, int]:
    """How often each tier should hear from us at least: as set, else as we believe."""
    chosen = dict(Cadence.objects.values_list("tier", "at_least_every_days"))
    return {tier.value: chosen.get(tier.value, days) for tier, days in CADENCE_DAYS.items()}


@dataclass(frozen=True, slots=True)
class Shown:
    """One item as it stands now: `state` heeds every touch, however it was logged."""

    item: PlanItem
    state: ItemState
    touch: Touch | None

    @property
    def is_open(self) -> bool:
        return self.state in (ItemState.OPEN, ItemState.SNOOZED)

    @property
    def tier(self) -> str:
        override = getattr(self.item.customer, "tier_override", None)
        facts = getattr(self.item.customer, "facts", None)
        return (override or facts).tier if override or facts else "new"

    @property
    def override_reason(self) -> str:
        override = getattr(self.item.customer, "tier_override", None)
        return override.reason if override else ""


@dataclass(slots=True)
class DayList:
    """One member's day: what is still to do, what is done, what was put off, what can wait."""

    member: Member
    day: date
    plan: Plan | None
    may_settle: bool = False
    open: list[Shown] = field(default_factory=list)
    done: list[Shown] = field(default_factory=list)
    put_off: list[Shown] = field(default_factory=list)
    waiting: list[Shown] = field(default_factory=list)

    @property
    def minutes(self) -> int:
        return self.plan.minutes if self.plan else 0

    @property
    def done_minutes(self) -> int:
        return sum(one.item.minutes for one in self.done)

    @property
    def open_minutes(self) -> int:
        return sum(one.item.minutes for one in self.open)

    @property
    def used_minutes(self) -> int:
        return self.done_minutes + self.open_minutes

    @property
    def planned_count(self) -> int:
        return len(self.open) + len(self.done)

    @property
    def still_due_count(self) -> int:
        """Those who can wait, beyond the ones that are listed by name."""
        due = self.plan.due_count - self.plan.unreachable_count if self.plan else 0
        return max(len(self.waiting), due - self.planned_count - len(self.put_off))

    @property
    def all(self) -> list[Shown]:
        return [*self.open, *self.done, *self.put_off, *self.waiting]

    def find(self, item_id: int | None) -> Shown | None:
        return next((one for one in self.all if one.item.pk == item_id), None)


def list_of(actor: Actor, member: Member, day: date) -> DayList:
    """A member's list for a day, as far as the one who asks may see it."""
    if not may_see_list(actor, member.pk):
        raise NotAllowed(_("Only %(name)s and the owner see this list.") % {"name": member.name})
    business = the_named_business()
    plan = Plan.objects.filter(member=member, day=day).first()
    found = DayList(member, day, plan)
    if plan is None:
        return found
    items = list(_items(plan, business))
    touches = Touch.objects.in_bulk({i.touched_id for i in items if i.touched_id})  # type: ignore[attr-defined]
    for item in items:
        item.plan = plan
        found.may_settle = may_settle(actor, item)
        _sort_in(found, _shown(item, touches.get(item.touched_id)))  # type: ignore[attr-defined]
    # "This afternoon" stays today, after everything else.
    found.open.sort(key=lambda one: one.state == ItemState.SNOOZED)
    found.done.sort(key=lambda one: _done_at(one), reverse=True)
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
    return items.exclude(pk__in=items.untouched().values("pk")).exists()


def members_with_lists(actor: Actor) -> Sequence[Member]:
    """Whose lists this person may look at, by name."""
    members = Member.objects.filter(is_active=True).exclude(role="viewer")
    return [one for one in members if may_see_list(actor, one.pk)]


# Why not today, and why this channel


def why_waiting(item: PlanItem) -> str:
    """Why an item did not fit into the day."""
    over, needs = item.values.get("over"), item.values.get("needs", item.minutes)
    if over is None:
        return _("Can wait until tomorrow.")
    return ngettext(
        "Can wait: %(over)d minute was left, and this takes %(needs)d.",
        "Can wait: %(over)d minutes were left, and this takes %(needs)d.",
        over,
    ) % {"over": over, "needs": needs}


def why_put_off(one: Shown) -> str:
    """What became of an item that is not today's any more."""
    item = one.item
    if item.state == ItemState.HANDED_OVER:
        name = item.handed_to.name if item.handed_to else _("a colleague")
        return _("Handed over to %(name)s.") % {"name": name}
    if item.until is None:
        return ""
    places = {"day": day_words(item.until), "remark": item.remark}
    if item.remark:
        return _("Asked again on %(day)s. %(remark)s") % places
    return _("Asked again on %(day)s.") % places


def how_done(one: Shown) -> str:
    """What came of a touch, in a line."""
    touch = one.touch
    if touch is None:
        return ""
    line = touch.said or touch.body
    places = {
        "outcome": Outcome(touch.outcome).label,
        "channel": channel_words(touch.channel),
        "line": line,
    }
    if line:
        return _("%(outcome)s, by %(channel)s. %(line)s") % places
    return _("%(outcome)s, by %(channel)s.") % places
