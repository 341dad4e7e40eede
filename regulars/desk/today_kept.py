"""What of a day's list a device keeps for when there is no connection."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from regulars.consent.choices import Channel
from regulars.conversations.models import Touch
from regulars.core.templatetags.look import day_words
from regulars.customers.choices import PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.desk.seeing import Sight, is_point_hidden
from regulars.desk.today_card import main_action, may_say, outcomes_of, why_words
from regulars.desk.today_ways import decisions_of, way_values, ways_of
from regulars.insight.queries import open_days, sentence_of
from regulars.planning.day_list import DayList, Shown

# More than anybody reaches in a day; the rest waits on the server.
MOST_ITEMS = 120
LAST_TOUCHES = 3
OFFERED = (Channel.VISIT, Channel.CALL, Channel.NOTE, Channel.EMAIL, Channel.TEXT)


def items_kept(found: DayList, sight: Sight) -> list[dict[str, Any]]:
    """The cards of a day, as a device shows them; the same number of queries for any list."""
    shown = [*found.open, *found.may_go, *found.waiting][:MOST_ITEMS]
    ids = [one.item.customer_id for one in shown]
    points, decisions = _points(ids, sight), decisions_of(ids)
    touches = _touches(ids) if sight.notes else {}
    rhythm = _rhythms(found.day) if sight.rhythm else _unsaid
    return [
        _card(one, points.get(one.item.customer_id, []), sight)
        | {
            "ways": way_values(
                ways_of(
                    one.item.customer,
                    points.get(one.item.customer_id, []),
                    decisions.get(one.item.customer_id, {}),
                )
            ),
            "is_waiting": not one.is_open,
            "rhythm": rhythm(one.item.customer),
            "touches": touches.get(one.item.customer_id, []),
        }
        for one in shown
    ]


def _card(one: Shown, points: list[ContactPoint], sight: Sight) -> dict[str, Any]:
    item = one.item
    main = main_action(item.channel, item.customer, points)
    return {
        "id": item.pk,
        "customer": item.customer_id,
        "name": item.customer.name,
        "tier": one.tier if sight.tier else "",
        "why": why_words(one, sight),
        # The rhythm says the same, and how sure that is.
        "is_late": item.reason == "rhythm_late",
        "channel": item.channel,
        "minutes": item.minutes,
        "main": {"words": main.words, "short": main.short_words},
        # Writing needs a connection: the touch alone is noted.
        "href": main.href if item.channel != Channel.EMAIL else "",
        "where": main.where,
        "lines": _lines(one, sight),
    }


def _lines(one: Shown, sight: Sight) -> list[dict[str, str]]:
    if not may_say(one, sight):
        return []
    return [{"text": str(line.text), "hint": str(line.hint or "")} for line in one.item.lines]


def _rhythms(day: date) -> Callable[[Customer], str]:
    closed = open_days()

    def rhythm(customer: Customer) -> str:
        facts = getattr(customer, "facts", None)
        return sentence_of(facts, day, closed) if facts and facts.last_on else ""

    return rhythm


def _unsaid(_customer: Customer) -> str:
    return ""


def _points(ids: Collection[int], sight: Sight) -> dict[int, list[ContactPoint]]:
    found: dict[int, list[ContactPoint]] = defaultdict(list)
    usable = ContactPoint.objects.filter(customer__in=ids, state=PointState.USABLE)
    for point in usable.order_by("-is_primary", "id"):
        if not is_point_hidden(point, sight.hidden):
            found[point.customer_id].append(point)
    return found


def _touches(ids: Collection[int]) -> dict[int, list[dict[str, str]]]:
    """The last few touches of each, newest first, in one query."""
    newest = Window(
        RowNumber(), partition_by=F("customer"), order_by=[F("happened_at").desc(), F("id").desc()]
    )
    standing = Touch.objects.standing().filter(customer__in=ids).annotate(place=newest)
    found: dict[int, list[dict[str, str]]] = defaultdict(list)
    last = standing.filter(place__lte=LAST_TOUCHES).select_related("member")
    for touch in last.order_by("customer", "place"):
        words = {"day": day_words(touch.happened_at), "what": touch.headline, "said": touch.said}
        found[touch.customer_id].append(words)
    return found


def outcome_words() -> dict[str, list[tuple[str, str]]]:
    """What can have come of a touch by each channel that a card offers."""
    return {channel.value: outcomes_of(channel) for channel in OFFERED}
