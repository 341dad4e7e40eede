"""Letting messages leave by themselves for whom no minutes are left, and calling them back."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel
from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.core.errors import NotAllowed
from regulars.messaging.actions.many_messages import write_to_each
from regulars.messaging.actions.messages import cancel_message
from regulars.messaging.actions.texts import use_text
from regulars.messaging.choices import WAITING
from regulars.messaging.errors import MessageNotOpen
from regulars.messaging.models import Message, Template
from regulars.planning.automatic import automatic_now, messages_of, occasion_of
from regulars.planning.choices import ItemState
from regulars.planning.choosing import day_ahead
from regulars.planning.errors import NothingToUndo, NotToday
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
    texts, ready = automatic_now().texts, defaultdict[int, list[PlanItem]](list)
    for item in _free(plan):
        if item.reason in texts:
            ready[texts[item.reason]].append(item)
    templates = Template.objects.in_bulk(list(ready))
    midnight = day_ahead(business, [], {}, plan.day).midnight(plan.day + timedelta(days=1))
    count = 0
    for key, items in ready.items():
        version = use_text(templates[key], by=by, at=at)
        sent = write_to_each(
            {item.customer_id: occasion_of(item, plan.day) for item in items}, version=version,
            by=by, at=at, not_before=at + UNDONE_WITHIN, expires_at=midnight,
        )  # fmt: skip
        count += _gone([item for item in items if item.customer_id in sent], at)
    audit.record("let go", plan, by=by, at=at, count=count)
    return count


def _free(plan: Plan) -> list[PlanItem]:
    items = list(plan.items.may_go())
    ahead = day_ahead(the_named_business(), [], {}, plan.day)
    free = still_free([one.customer_id for one in items], plan, ahead)
    return [one for one in items if one.customer_id in free]


def _gone(items: Collection[PlanItem], at: datetime) -> int:
    for item in items:
        item.values["goes"]["was"] = [item.channel, item.minutes]
        item.state, item.channel, item.minutes = ItemState.GOING, Channel.EMAIL, 0
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
        call_back(item.plan, by=SYSTEM, at=at, customer_id=customer_id)
        for item in items.select_related("plan")
        if messages_of([item], today).filter(state__in=WAITING).exists()
    )


def let_all_go(day: date, *, at: datetime) -> Mapping[int, int]:
    """Where the owner wants it so, let go what can, from every list of the day, without asking."""
    if not automatic_now().is_unasked:
        return {}
    plans = Plan.objects.filter(day=day, minutes__gt=0).select_related("member")
    return {plan.member_id: let_go(plan, by=SYSTEM, at=at) for plan in plans}
