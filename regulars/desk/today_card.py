"""The card of one customer in the hand: why, what to say, how to reach them, why this channel."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.consent.choices import POINT_OF, Channel
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.models import Touch
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.reasons import Line, Told, source_named
from regulars.core.strip import rhythm_strip
from regulars.core.templatetags.look import day_words
from regulars.customers.choices import Kind, PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.desk.seeing import Sight, is_point_hidden
from regulars.desk.today_ways import Way, decisions_of, place_of, ways_of
from regulars.insight.models import CustomerFacts
from regulars.insight.queries import open_days, sentence_of
from regulars.library.queries.statements import said_today
from regulars.library.sentences import line_to_say
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.planning.day_list import Shown
from regulars.planning.models import PlanItem
from regulars.promises.models import Promise
from regulars.promises.queries import promises_behind
from regulars.team.models import Business

_ICONS = {
    Channel.VISIT: "door-open",
    Channel.CALL: "phone",
    Channel.NOTE: "pen-line",
    Channel.EMAIL: "mail",
    Channel.TEXT: "message-square-text",
}
# Enough to know that something is late behind them; the rest is on their page.
MOST_BEHIND = 3
# What opens the telephone itself.
_PHONED = {Channel.CALL: "tel:", Channel.TEXT: "sms:"}


@dataclass(frozen=True, slots=True)
class MainAction:
    """The one thing to do: named by its verb and person; `href` opens the telephone or the mail."""

    words: str
    short_words: str
    icon: str
    href: str
    where: str


@dataclass(frozen=True, slots=True)
class Card:
    """Everything the card shows of one item."""

    shown: Shown
    why: str
    rhythm: str
    strip_wide: SafeString
    strip_narrow: SafeString
    main: MainAction
    lines: list[Any]
    # Where another room gave the reason: the page on which the matter itself stands.
    given: Told | None
    said: Touch | None
    why_channel: str
    last_touch: str
    # Besides the main action.
    ways: list[Way]
    # What departments that serve this customer wait for from us.
    behind: list[Promise]


def card_of(shown: Shown, today: date, business: Business, sight: Sight, actor: Actor) -> Card:
    """The card of one item; the same number of queries for everybody."""
    item = shown.item
    customer = item.customer
    usable = customer.contact_points.filter(state=PointState.USABLE).order_by("-is_primary", "id")
    points = [point for point in usable if not is_point_hidden(point, sight.hidden)]
    facts = getattr(customer, "facts", None) if sight.rhythm else None
    wide, narrow = _strips(customer, facts, today, business)
    why = why_words(shown, sight)
    rhythm = sentence_of(facts, today, open_days()) if facts and facts.last_on else ""
    if item.reason == "rhythm_late" and rhythm:
        # Both speak of the same lateness; this one also says how sure that is.
        why, rhythm = rhythm, ""
    main = main_action(item.channel, customer, points)
    ways = ways_of(customer, points, decisions_of([customer.pk]).get(customer.pk, {}))
    return Card(
        shown=shown,
        why=why,
        rhythm=rhythm,
        strip_wide=wide,
        strip_narrow=narrow,
        main=main,
        lines=_lines(item, today) if may_say(shown, sight) else [],
        given=item.given if source_named(item.reason) and may_say(shown, sight) else None,
        said=_last_said(customer) if sight.notes else None,
        why_channel=_why_channel(shown, points),
        last_touch=_last_touch(item) if sight.last_touch else "",
        ways=[way for way in ways if way.href != main.href],
        behind=list(promises_behind(actor, customer, today)[:MOST_BEHIND]),
    )


def _lines(item: PlanItem, today: date) -> list[Line]:
    """What to say; to whoever buys from us also why us, once something proves it."""
    lines = list(item.lines)
    if item.customer.kind != Kind.DEPARTMENT and (said := said_today(clock.now(), today)):
        lines.append(line_to_say(said))
    return lines


def why_words(shown: Shown, sight: Sight) -> str:
    """Why somebody is on the list, unless that tells what is hidden from whoever reads it."""
    source = source_named(shown.item.reason)
    # Another room's matter says nothing of tier and rhythm.
    is_told = may_say(shown, sight) and (source is not None or sight.last_touch)
    if shown.item.reason == "buys_less":
        is_told = is_told and sight.year_spend
    return shown.item.sentence if is_told else _("It is time to be in touch.")


def may_say(shown: Shown, sight: Sight) -> bool:
    source = source_named(shown.item.reason)
    return sight.sees(*source.listed) if source else sight.rhythm and sight.tier


def outcomes_of(channel: str) -> list[tuple[str, str]]:
    """What can have come of a touch, most usual first."""
    if channel == Channel.CALL:
        chosen = [Outcome.REACHED, Outcome.MESSAGE, Outcome.NO_ANSWER]
    elif channel == Channel.VISIT:
        chosen = [Outcome.REACHED, Outcome.NO_ANSWER]
    else:
        chosen = [Outcome.SENT]
    words = {
        Outcome.REACHED: _("Spoke"),
        Outcome.MESSAGE: _("Left a message"),
        Outcome.SENT: _("Sent"),
        Outcome.NO_ANSWER: _("Nobody there") if channel == Channel.VISIT else _("No answer"),
    }
    return [(outcome.value, words[outcome]) for outcome in chosen]


def main_action(channel: str, customer: Customer, points: list[ContactPoint]) -> MainAction:
    place = next((p for p in points if p.kind == POINT_OF[Channel(channel)]), None)
    words = {
        Channel.VISIT: _("Visit %(name)s"),
        Channel.CALL: _("Call %(name)s"),
        Channel.NOTE: _("Write to %(name)s"),
        Channel.EMAIL: _("Write to %(name)s"),
        Channel.TEXT: _("Text %(name)s"),
    }[Channel(channel)]
    name = customer.short_name
    # Under a thumb there is room for one word of a long name.
    short = name if len(name) <= 10 else name.split()[0][:12]
    href = ""
    if place and channel in _PHONED:
        href = f"{_PHONED[Channel(channel)]}{place.normal}"
    elif place and channel == Channel.EMAIL:
        # By us, so that the gate is asked and the timeline knows.
        href = reverse("messaging:write", args=[customer.pk])
    elif channel == Channel.NOTE:
        href = f"{reverse('notes:to', args=[customer.pk])}?source=today"
    return MainAction(
        words % {"name": name},
        words % {"name": short},
        _ICONS[Channel(channel)],
        href,
        _where(place)
        or (
            _("No number that can be called is written down yet.")
            if channel == Channel.CALL
            else ""
        ),
    )


def _where(place: ContactPoint | None) -> str:
    if place is None:
        return ""
    return (place.kind == PointKind.ADDRESS and place_of(place)) or place.value


def _strips(
    customer: Customer, facts: CustomerFacts | None, today: date, business: Business
) -> tuple[SafeString, SafeString]:
    if facts is None or not facts.last_on:
        return SafeString(""), SafeString("")
    sales = Order.objects.filter(customer=customer, kind=OrderKind.SALE)
    days = sorted(set(sales.filter(placed_on__lte=today).values_list("placed_on", flat=True)))
    closures = list(business.closures.values_list("starts_on", "ends_on"))
    label = _("Purchases of %(name)s, one stroke each; the last one on %(day)s.") % {
        "name": customer.name,
        "day": day_words(facts.last_on),
    }

    def strip(weeks: int, height: int) -> SafeString:
        return rhythm_strip(
            purchases=days,
            today=today,
            weeks=weeks,
            due_on=facts.due_on,
            closures=closures,
            label=label,
            height=height,
        )

    return strip(26, 70), strip(14, 66)


def _last_said(customer: Customer) -> Touch | None:
    said = Touch.objects.standing().filter(customer=customer).exclude(said="")
    return said.select_related("member").order_by("-happened_at", "-id").first()


def _why_channel(shown: Shown, points: list[ContactPoint]) -> str:
    """Why this channel and no worthier one, in whole sentences."""
    sentences = shown.item.why_channel({point.kind for point in points})
    if answered := _answered(shown.item):
        sentences.append(answered)
    return " ".join(sentences) or _(
        "It counts for more than any other way that is open, and it fits into the day."
    )


def _answered(item: PlanItem) -> str:
    if item.channel != Channel.CALL:
        return ""
    calls = Touch.objects.standing().filter(
        customer=item.customer, channel=Channel.CALL, direction=Direction.OUT
    )
    count = calls.aggregate(all=Count("pk"), answered=Count("pk", Q(outcome=Outcome.REACHED)))
    if count["all"] < 2:
        return ""
    return _("%(answered)d of our %(all)d calls were answered.") % count


def _last_touch(item: PlanItem) -> str:
    if item.last_touch_on is None:
        return _("No touch on record yet.")
    return _("Last in touch on %(day)s.") % {"day": day_words(item.last_touch_on)}
