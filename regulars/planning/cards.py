"""The card of one customer in the hand: why, what to say, how to reach them, why this channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.conversations.choices import Channel, Direction, Outcome
from regulars.conversations.models import Touch
from regulars.core.strip import rhythm_strip
from regulars.customers.choices import Kind, PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.insight.models import CustomerFacts
from regulars.insight.queries import open_days, sentence_of
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.planning.knapsack import BITS
from regulars.planning.priors import MINUTES
from regulars.planning.queries import Shown
from regulars.planning.reasons import REASONS, sentence_of_item
from regulars.planning.words import Line, channel_words, long_day_words
from regulars.team.models import Business

_ICONS = {
    Channel.VISIT: "door-open",
    Channel.CALL: "phone",
    Channel.NOTE: "pen-line",
    Channel.EMAIL: "mail",
}
_POINT_OF = {
    Channel.VISIT: PointKind.ADDRESS,
    Channel.CALL: PointKind.PHONE,
    Channel.NOTE: PointKind.ADDRESS,
    Channel.EMAIL: PointKind.EMAIL,
}


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
    lines: list[Line]
    said: Touch | None
    why_channel: str
    last_touch: str
    outcomes: list[tuple[str, str]]


def card_of(shown: Shown, today: date, business: Business) -> Card:
    """The card of one item; the same number of queries for everybody."""
    item = shown.item
    customer = item.customer
    reason = REASONS[item.reason] if item.reason in REASONS else None
    points = list(
        customer.contact_points.filter(state=PointState.USABLE).order_by("-is_primary", "id")
    )
    facts = getattr(customer, "facts", None)
    wide, narrow = _strips(customer, facts, today, business)
    why = sentence_of_item(item)
    rhythm = sentence_of(facts, today, open_days()) if facts and facts.last_on else ""
    if item.reason == "rhythm_late" and rhythm:
        # Both speak of the same lateness; this one also says how sure that is.
        why, rhythm = rhythm, ""
    return Card(
        shown=shown,
        why=why,
        rhythm=rhythm,
        strip_wide=wide,
        strip_narrow=narrow,
        main=_main_action(item.channel, customer, points),
        lines=reason.to_say(item.values) if reason else [],
        said=_last_said(customer),
        why_channel=_why_channel(shown, points),
        last_touch=_last_touch(item.values),
        outcomes=outcomes_of(item.channel),
    )


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


def _main_action(channel: str, customer: Customer, points: list[ContactPoint]) -> MainAction:
    place = next((p for p in points if p.kind == _POINT_OF[Channel(channel)]), None)
    words = {
        Channel.VISIT: _("Visit %(name)s"),
        Channel.CALL: _("Call %(name)s"),
        Channel.NOTE: _("Write to %(name)s"),
        Channel.EMAIL: _("Write to %(name)s"),
    }[Channel(channel)]
    name = customer.short_name
    # Under a thumb there is room for one word of a long name.
    short = name if len(name) <= 10 else name.split()[0][:12]
    href = ""
    if place and channel == Channel.CALL:
        href = f"tel:{place.normal}"
    elif place and channel == Channel.EMAIL:
        href = f"mailto:{place.normal}"
    return MainAction(words % {"name": name}, words % {"name": short}, _ICONS[Channel(channel)], href, _where(place))


def _where(place: ContactPoint | None) -> str:
    if place is None:
        return ""
    parts = [place.street, " ".join(filter(None, [place.postcode, place.city]))]
    written = ", ".join(part for part in parts if part)
    return written if place.kind == PointKind.ADDRESS and written else place.value


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
        "day": long_day_words(facts.last_on),
    }

    def strip(weeks: int, height: int) -> SafeString:
        return rhythm_strip(
            purchases=days,
            today=today,
            weeks=weeks,
            due_on=facts.due_on if facts else None,
            closures=closures,
            label=label,
            height=height,
        )

    return strip(26, 70), strip(14, 66)


def _last_said(customer: Customer) -> Touch | None:
    said = Touch.objects.standing().filter(customer=customer).exclude(said="")
    return said.select_related("member").order_by("-happened_at", "-id").first()


def _last_touch(values: Mapping[str, object]) -> str:
    if not values.get("last_touch_on"):
        return _("No touch on record yet.")
    return _("Last in touch on %(day)s, by %(channel)s.") % {
        "day": long_day_words(date.fromisoformat(str(values["last_touch_on"]))),
        "channel": channel_words(str(values["last_channel"])),
    }


# Why this channel


def _why_channel(shown: Shown, points: list[ContactPoint]) -> str:
    """Why this channel and no worthier one, in whole sentences."""
    channel = Channel(shown.item.channel)
    sentences = [
        _why_not(worthier, shown, points)
        for worthier in BITS
        if list(BITS).index(worthier) < list(BITS).index(channel)
    ]
    sentences.append(_answered(shown.item.customer, channel))
    found = [sentence for sentence in sentences if sentence]
    return " ".join(found) or _("It counts for more than any other way, and it fits into the day.")


def _why_not(worthier: Channel, shown: Shown, points: list[ContactPoint]) -> str:
    item = shown.item
    if int(item.values.get("open", 0)) & BITS[worthier]:
        return _("%(channel)s would count for more, but takes %(minutes)d minutes.") % {
            "channel": _capital(channel_words(worthier)),
            "minutes": MINUTES[worthier],
        }
    has_point = any(point.kind == _POINT_OF[worthier] for point in points)
    if worthier == Channel.VISIT and has_point and item.customer.kind == Kind.PERSON:
        return ""
    if has_point:
        return _("%(channel)s is not wanted.") % {"channel": _capital(channel_words(worthier))}
    return {
        Channel.VISIT: _("For a visit no address is known."),
        Channel.CALL: _("For a call no usable number is known."),
        Channel.NOTE: _("For a note no address is known."),
    }[worthier]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _answered(customer: Customer, channel: Channel) -> str:
    if channel != Channel.CALL:
        return ""
    calls = Touch.objects.standing().filter(
        customer=customer, channel=Channel.CALL, direction=Direction.OUT
    )
    count = calls.aggregate(all=Count("pk"), answered=Count("pk", Q(outcome=Outcome.REACHED)))
    if count["all"] < 2:
        return ""
    return _("%(answered)d of our %(all)d calls were answered.") % count
