"""One page on a customer before one calls or visits: who they are, what was said, what is owed.

Read for many at once; what is hidden from the role of whoever reads it is left out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.care.models import Expectation
from regulars.care.queries.expectations import is_seer as sees_expectations
from regulars.care.queries.expectations import matter_words
from regulars.conversations.models import Touch
from regulars.core.actor import Actor
from regulars.core.reasons import Line, source_named
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.queries.interests import interests_of
from regulars.insight.choices import Tier
from regulars.insight.queries import open_days, sentence_of, with_tier
from regulars.lists.queries.fields import fields_hidden_from
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.planning.hours import ADDRESS
from regulars.planning.models import PlanItem
from regulars.planning.words import channel_words, day_words, long_day_words
from regulars.promises.models import Promise
from regulars.promises.queries import is_seer as sees_promises

TOUCHES, PROMISES, TOPICS = 4, 4, 6
# One of these tells the others, as on every page of a customer.
RHYTHM: Final = (
    "order", "insight.first_on", "insight.last_on", "insight.due_on", "insight.slipping_on",
    "insight.lapsed_on", "insight.doubtful_on", "insight.purchase_count", "insight.usual_gap",
    "insight.less_since", "insight.less_worth",
)  # fmt: skip
TOUCHED: Final = (
    "touch", "conversation.notes", "conversation.last_touch", "conversation.last_channel"
)  # fmt: skip
POINTS: Final[Mapping[PointKind, tuple[str, ...]]] = {
    PointKind.PHONE: ("customer.phone",),
    PointKind.EMAIL: ("customer.email",),
    PointKind.ADDRESS: ADDRESS,
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One touch in a line: when and how, and what was said."""

    when: str
    said: str
    is_theirs: bool


@dataclass(slots=True)
class Brief:
    """All that one reads before a talk."""

    customer: Customer
    item: PlanItem | None = None
    tier: str = ""
    since: str = ""
    manager: str = ""
    reach: list[str] = field(default_factory=list)
    why: str = ""
    lines: Sequence[Line] = ()
    rhythm: str = ""
    last_purchase: str = ""
    touches: list[Happened] = field(default_factory=list)
    expects: str = ""
    promises: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    about: str = ""


def may_say(item: PlanItem, hidden: frozenset[str]) -> bool:
    """Whether the reason of an item, and what to say, tell nothing that is hidden."""
    source = source_named(item.reason)
    if source is not None:
        return hidden.isdisjoint(source.listed)
    return hidden.isdisjoint((*RHYTHM, *TOUCHED, "insight.tier", "insight.year_spend"))


def briefs_of(
    customers: Sequence[Customer], actor: Actor, today: date, items: Mapping[int, PlanItem]
) -> list[Brief]:
    """A brief of each, in their order; as many queries for twenty as for one."""
    ids, hidden = [one.pk for one in customers], fields_hidden_from(actor)
    found = {one.pk: _begun(one, hidden, items.get(one.pk)) for one in customers}
    _who(found, ids, hidden, today)
    _reach(found, ids, hidden)
    _bought(found, ids, hidden)
    _touched(found, ids, hidden)
    _owed(found, ids, actor)
    return [found[pk] for pk in ids]


def _begun(customer: Customer, hidden: frozenset[str], item: PlanItem | None) -> Brief:
    brief = Brief(customer, item, manager=customer.manager.name if customer.manager else "")
    if item is not None and may_say(item, hidden):
        brief.why, brief.lines = item.sentence, item.lines
    if customer.since_on and hidden.isdisjoint(("customer.since_on",)):
        brief.since = long_day_words(customer.since_on)
    if hidden.isdisjoint(("customer.about",)):
        brief.about = customer.about
    return brief


def _who(found: dict[int, Brief], ids: Sequence[int], hidden: frozenset[str], today: date) -> None:
    days = open_days()
    for one in with_tier(Customer.objects.filter(pk__in=ids)).select_related("facts"):
        facts, brief = getattr(one, "facts", None), found[one.pk]
        if hidden.isdisjoint(("insight.tier",)):
            brief.tier = str(Tier(one.shown_tier).label)  # type: ignore[attr-defined]
        if facts and facts.last_on and hidden.isdisjoint(RHYTHM):
            brief.rhythm = sentence_of(facts, today, days)
    if hidden.isdisjoint(("customer.interests", "customer.needs")):
        for pk, topics in interests_of(ids).items():
            found[pk].topics = [one.topic for one in topics[:TOPICS]]


def _reach(found: dict[int, Brief], ids: Sequence[int], hidden: frozenset[str]) -> None:
    points = ContactPoint.objects.filter(customer__in=ids, state=PointState.USABLE)
    for point in points.order_by("-is_primary", "pk"):
        names = POINTS.get(PointKind(point.kind))
        if names is not None and hidden.isdisjoint(names):
            found[point.customer_id].reach.append(", ".join(point.value.splitlines()))


def _bought(found: dict[int, Brief], ids: Sequence[int], hidden: frozenset[str]) -> None:
    if not hidden.isdisjoint(RHYTHM):
        return
    place = Window(
        RowNumber(), partition_by="customer_id", order_by=[F("placed_on").desc(), F("pk").desc()]
    )
    sales = Order.objects.filter(customer__in=ids, kind=OrderKind.SALE).annotate(place=place)
    for order in sales.filter(place=1).prefetch_related("lines"):
        goods = [line.description for line in order.lines.all() if line.description][:3]
        told = [long_day_words(order.placed_on), ", ".join(goods)]
        found[order.customer_id or 0].last_purchase = ": ".join(part for part in told if part)


def _touched(found: dict[int, Brief], ids: Sequence[int], hidden: frozenset[str]) -> None:
    if not hidden.isdisjoint(TOUCHED):
        return
    place = Window(
        RowNumber(), partition_by="customer_id",
        order_by=[F("happened_at").desc(), F("id").desc()],
    )  # fmt: skip
    rows = Touch.objects.standing().filter(customer__in=ids).annotate(place=place)
    latest = rows.filter(place__lte=TOUCHES).select_related("member")
    for touch in latest.order_by("customer_id", "place"):
        day = day_words(timezone.localtime(touch.happened_at).date())
        places = {"day": day, "channel": channel_words(touch.channel)}
        when = _("%(day)s, %(channel)s") % places
        who = f"{when} ({touch.member.name})" if touch.member else when
        said = touch.said or touch.body
        found[touch.customer_id].touches.append(Happened(who, said[:300], bool(touch.said)))


def _owed(found: dict[int, Brief], ids: Sequence[int], actor: Actor) -> None:
    if sees_promises(actor):
        promised: dict[int, list[str]] = defaultdict(list)
        rows = Promise.objects.open().filter(customer__in=ids).order_by("due_at", "pk")
        for one in rows:
            told = _("%(what)s (by %(day)s)") % {
                "what": one.what, "day": day_words(timezone.localtime(one.due_at).date())
            }  # fmt: skip
            promised[one.customer_id or 0].append(told)
        for pk, some in promised.items():
            found[pk].promises = some[:PROMISES]
    if sees_expectations(actor):
        told_of: dict[int, list[str]] = defaultdict(list)
        for said in Expectation.objects.filter(customer__in=ids, is_current=True).order_by("key"):
            told_of[said.customer_id].append(matter_words(said))
        for pk, words in told_of.items():
            found[pk].expects = "; ".join(words[:PROMISES])
