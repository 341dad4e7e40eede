"""Letting messages leave by themselves for whom no minutes are left, and calling them back."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel
from regulars.conversations.models import Clock
from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.core.errors import NotAllowed
from regulars.messaging.actions.many_messages import write_to_each
from regulars.messaging.actions.messages import cancel_message
from regulars.messaging.actions.texts import use_short_words, use_text
from regulars.messaging.choices import REACHED, WAITING
from regulars.messaging.errors import MessageNotOpen
from regulars.messaging.models import Message, Template, TemplateVersion
from regulars.planning.automatic import (
    Automatic,
    automatic_now,
    messages_of,
    occasion_of,
    way_of,
)
from regulars.planning.choices import ItemState
from regulars.planning.choosing import day_ahead
from regulars.planning.errors import NothingToUndo, NotToday
from regulars.planning.known import purpose_of
from regulars.planning.models import Plan, PlanItem
from regulars.planning.refilling import locked_plan
from regulars.planning.rules import may_let_go
from regulars.planning.shortlists import still_free
from regulars.team.queries import the_named_business

# As long as a message to one customer can be taken back before it leaves.
UNDONE_WITHIN = timedelta(seconds=10)


@transaction.atomic
def let_go(plan: Plan, *, by: Actor, at: datetime) -> int:
    """Let the texts of a list leave by themselves, to each whom nobody has reached; how many.

    Once a day to each: whoever was in touch since the list was made, was put off or is held gets
    none. The gate is asked once more when each leaves, and what has not left by midnight stays.
    """
    business = the_named_business()
    if not may_let_go(by, plan.member_id):
        raise NotAllowed(
            _("Only owners and managers let messages go, each from their own list."),
            _("Ask the owner."),
        )
    if plan.day != business.day_of(at):
        raise NotToday(_("This is the list of another day."), _("Load Today again."))
    plan = locked_plan(plan.pk)
    automatic, ready = automatic_now(), defaultdict[tuple[str, str], list[PlanItem]](list)
    for item in _free(plan):
        if way_of(item) in automatic.ways_for(item.reason):
            ready[way_of(item), item.reason].append(item)
    midnight = day_ahead(business, [], {}, plan.day).midnight(plan.day + timedelta(days=1))
    count = 0
    for (channel, reason), items in ready.items():
        sent = write_to_each(
            {item.customer_id: occasion_of(item, plan.day) for item in items},
            version=_version_of(automatic, channel, reason, by=by, at=at), channel=Channel(channel),
            by=by, at=at, not_before=at + UNDONE_WITHIN, expires_at=midnight,
        )  # fmt: skip
        count += _gone([item for item in items if item.customer_id in sent], at)
        _stay([item for item in items if item.customer_id not in sent])
    audit.record("let go", plan, by=by, at=at, count=count)
    return count


def _version_of(
    automatic: Automatic, channel: str, reason: str, *, by: Actor, at: datetime
) -> TemplateVersion:
    if channel == Channel.TEXT:
        words = automatic.words[reason]
        return use_short_words(words, purpose=purpose_of(reason), by=by, at=at)
    return use_text(Template.objects.get(pk=automatic.texts[reason]), by=by, at=at)


def _stay(items: Collection[PlanItem]) -> None:
    """There is no address, or no number that takes texts: they wait like the others."""
    for item in items:
        del item.values["goes"]
    PlanItem.objects.bulk_update(items, ["values"])


def _free(plan: Plan) -> list[PlanItem]:
    items = list(plan.items.may_go())
    ahead = day_ahead(the_named_business(), [], {}, plan.day)
    free = still_free([one.customer_id for one in items], plan, ahead)
    return [one for one in items if one.customer_id in free]


def _gone(items: Collection[PlanItem], at: datetime) -> int:
    for item in items:
        item.values["goes"]["was"] = [item.channel, item.minutes]
        item.state, item.channel, item.minutes = ItemState.GOING, way_of(item), 0
        item.settled_at = at
    changed = ["state", "channel", "minutes", "values", "settled_at"]
    return PlanItem.objects.bulk_update(items, changed)


@transaction.atomic
def call_back(plan: Plan, *, by: Actor, at: datetime, customer_id: int | None = None) -> int:
    """Call back what has not left yet, of a whole list or to one customer; returns how many."""
    if not may_let_go(by, plan.member_id):
        raise NotAllowed(_("Only owners and managers call messages back."), _("Ask the owner."))
    plan = locked_plan(plan.pk)
    going = plan.items.filter(state=ItemState.GOING)
    going = going.filter(customer=customer_id) if customer_id is not None else going
    waiting = messages_of(going, plan.day).filter(state__in=WAITING)
    stays = {message.customer_id for message in waiting if _is_called_back(message, at)}
    back = [item for item in going if item.customer_id in stays]
    for item in back:
        goes = item.values["goes"]
        goes["again"] = goes.get("again", 0) + 1
        item.channel, item.minutes = goes.pop("was")
        item.state, item.settled_at = ItemState.WAITING, None
    PlanItem.objects.bulk_update(back, ["state", "channel", "minutes", "values", "settled_at"])
    audit.record("called back", plan, by=by, at=at, count=len(back))
    if not back and going:
        raise NothingToUndo(
            _("They have left already, so nothing can be called back."),
            _("Each one’s page says what became of the message."),
        )
    return len(back)


def _is_called_back(message: Message, at: datetime) -> bool:
    try:
        # Who may call back was asked for the list; whoever looks after each customer was not.
        cancel_message(message, by=SYSTEM, at=at)
    except MessageNotOpen:
        return False
    return True


def call_back_for(customer_id: int, *, at: datetime) -> int:
    """Somebody was in touch with them first: what was to go by itself today stays."""
    today = the_named_business().day_of(at)
    items = PlanItem.objects.of_day(today).filter(customer=customer_id, state=ItemState.GOING)
    return sum(
        _stays_here(item, at)
        for item in items.select_related("plan")
        if messages_of([item], today).filter(state__in=WAITING).exists()
    )


def call_back_reached(*, at: datetime) -> int:
    """The same after something went to many: whoever of them was reached first gets nothing more.

    What is still waiting here set no clock itself, so a clock of today was set by something else.
    """
    business = the_named_business()
    today = business.day_of(at)
    going = PlanItem.objects.of_day(today).filter(state=ItemState.GOING).select_related("plan")
    waiting = messages_of(going, today).filter(state__in=WAITING) if going else ()
    ids = {message.customer_id for message in waiting}
    if not ids:
        return 0
    midnight = day_ahead(business, [], {}, today).midnight(today)
    reached = Clock.objects.filter(customer__in=ids, last_touch_at__gte=midnight)
    mailed = Message.objects.filter(customer__in=ids, state__in=REACHED, state_at__gte=midnight)
    found = set(reached.values_list("customer_id", flat=True))
    found |= set(mailed.values_list("customer_id", flat=True))
    return sum(_stays_here(item, at) for item in going if item.customer_id in found)


def _stays_here(item: PlanItem, at: datetime) -> int:
    try:
        return call_back(item.plan, by=SYSTEM, at=at, customer_id=item.customer_id)
    except NothingToUndo:
        # A sender took it meanwhile: it is leaving.
        return 0


def let_all_go(day: date, *, at: datetime) -> Mapping[int, int]:
    """Where the owner wants it so, let go what can, from every list of the day, without asking."""
    if not automatic_now().is_unasked:
        return {}
    plans = Plan.objects.filter(day=day, minutes__gt=0).select_related("member")
    return {plan.member_id: let_go(plan, by=SYSTEM, at=at) for plan in plans}
