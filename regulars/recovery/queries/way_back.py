"""The way back after a disruption, for reading: as it was last counted, beside the baseline."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from regulars.bulletins.models import Question
from regulars.care.models import Expectation
from regulars.care.queries.expectations import is_seer
from regulars.consent.choices import Channel, Decision
from regulars.consent.models import ConsentState
from regulars.conversations.models import Touch
from regulars.core.actor import Actor
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.queries.people import customers_for
from regulars.insight.baseline import Stretch
from regulars.insight.models import KeptFigure
from regulars.insight.queries import kept_figures
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.models import Hold
from regulars.planning.choices import ItemState
from regulars.planning.models import Pause, PlanItem
from regulars.planning.queries import members_with_lists
from regulars.promises.models import Promise
from regulars.promises.queries import open_promises
from regulars.recovery.choices import ReturnState
from regulars.recovery.models import Disruption, Return, WayBack
from regulars.team.models import Closure
from regulars.team.queries import the_business, the_named_business

# Longer ago, the time before says little, and nobody counts the days any more.
FOLLOWED_DAYS = 365
# Each is looked at again after every count.
MOST_FOLLOWED = 5
MOST_CALLS = 10
MOST_PROMISES = 6
MOST_SAID = 10


def all_followed(at: datetime) -> list[Disruption]:
    """The disruptions whose way back is shown: those in earnest of a year, the last first."""
    earnest = Disruption.objects.in_earnest().filter(
        since__lte=at, since__gte=at - timedelta(days=FOLLOWED_DAYS)
    )
    found = earnest.select_related("segment", "way_back").order_by("-since", "-pk")
    return list(found[:MOST_FOLLOWED])


def stretches() -> list[Stretch]:
    """Days that were not like others, for insight's baseline: disruptions in earnest."""
    business = the_business()
    if business is None:
        return []
    found = Disruption.objects.in_earnest().values_list("since", "ended_at")
    return [
        Stretch(business.day_of(since), business.day_of(ended) if ended else None)
        for since, ended in found
    ]


def way_back_of(disruption: Disruption) -> WayBack | None:
    """What was last counted; none until the first count after it was declared."""
    return WayBack.objects.filter(disruption=disruption).first()


def weeks_beside() -> KeptFigure | None:
    """Insight's weeks with the baseline, as they were last counted."""
    return kept_figures(["baseline"]).get("baseline")


def reopened_on(disruption: Disruption, since_on: date, today: date) -> date | None:
    """The first day open again; none while still closed. The day itself where it never closed."""
    last = since_on - timedelta(days=1)
    closures = Closure.objects.filter(ends_on__gte=since_on).order_by("starts_on")
    for starts, ends in closures.values_list("starts_on", "ends_on"):
        if starts <= last + timedelta(days=1):
            last = max(last, ends)
    return None if last >= today else last + timedelta(days=1)


def weeks_since(kept: KeptFigure | None, since_on: date) -> list[dict[str, Any]]:
    """Insight's weeks, with days as days; none where they are not told since this disruption."""
    rows = [_dated(row) for row in (kept.rows if kept else [])]
    first = next((row for row in rows if row["state"] == "since"), None)
    # Counted before it was declared: the next count knows better.
    if first is None or not first["from_on"] <= since_on <= first["to_on"]:
        return []
    return rows


def weeks_since_of(disruption: Disruption) -> list[dict[str, Any]]:
    """The weeks since it began beside the baseline; none where they are told since another."""
    business = the_business()
    if business is None:
        return []
    rows = weeks_since(weeks_beside(), business.day_of(disruption.since))
    return [row for row in rows if row["state"] == "since"]


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row, "from_on": date.fromisoformat(str(row["from_on"])),
        "to_on": date.fromisoformat(str(row["to_on"])),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody to call, or who waits: with their number, and why today where a list says it."""

    customer: Customer
    phone: str
    dialled: str
    why: str = ""


def not_to_call(key: str, at: datetime) -> Q:
    """Whom nobody calls now: who waits altogether, was put off, or said no to calls."""
    today = the_named_business().day_of(at)
    held = Hold.objects.standing_at(at).filter(
        Q(stops=Holds.ALL) | Q(kind=HoldKind.BEREAVEMENT), customer__isnull=False
    )
    refused = ConsentState.objects.filter(
        channel=Channel.CALL, purpose="", decision=Decision.WITHDRAWN
    )
    paused = Pause.objects.filter(until__gt=today)
    left_out = (one.values("customer_id") for one in (held, refused, paused))
    first, second, third = (Q(**{f"{key}__in": ids}) for ids in left_out)
    return first | second | third


def calls_to_make(
    actor: Actor, disruption: Disruption, ids: list[int], at: datetime
) -> list[Caller]:
    """The next ten calls: those on today's lists, then those of `ids`, with a number to call."""
    planned = _planned_calls(actor, disruption, at)
    why = {one.customer_id: one.sentence for one in planned}
    wanted = [*why, *(pk for pk in ids if pk not in why)]
    found = callers(actor, wanted, not_to_call("pk", at))
    return [replace(one, why=why.get(one.customer.pk, "")) for one in found if one.phone][
        :MOST_CALLS
    ]


def _planned_calls(actor: Actor, disruption: Disruption, at: datetime) -> list[PlanItem]:
    """Calls to those who are not back that today's lists still have open, worth most first."""
    business = the_named_business()
    today = business.day_of(at)
    midnight = datetime.combine(today, time(), ZoneInfo(business.time_zone))
    away = Return.objects.filter(disruption=disruption, customer=OuterRef("customer"))
    items = PlanItem.objects.of_day(today).filter(
        Exists(away.exclude(state=ReturnState.BACK)), channel=Channel.CALL, state=ItemState.OPEN,
        plan__member__in=members_with_lists(actor),
    ).exclude(customer__clock__last_touch_at__gte=midnight)  # fmt: skip
    return items.order_by("-stake_minor", "pk").told(MOST_CALLS)


def callers(actor: Actor, ids: list[int], but: Q | None = None) -> list[Caller]:
    """Those of a list whom this person may see, in its order, with a usable number."""
    rows = customers_for(actor).on_the_list().filter(pk__in=ids)
    rows = rows if but is None else rows.exclude(but)
    found = {one.pk: one for one in rows.select_related("facts", "manager")}
    points = ContactPoint.objects.filter(
        customer_id__in=list(found), kind=PointKind.PHONE, state=PointState.USABLE
    ).order_by("is_primary", "-pk")
    phones = {
        pk: (value, normal)
        for pk, value, normal in points.values_list("customer_id", "value", "normal")
    }
    return [Caller(found[pk], *phones.get(pk, ("", ""))) for pk in ids if pk in found]


@dataclass(frozen=True, slots=True)
class Said:
    """What one customer said, asked or expects, and when."""

    customer: Customer
    moment: datetime
    words: str
    about: str = ""


def words_said(actor: Actor, figures: dict[str, Any]) -> list[Said]:
    """What those of a list said in talks, asked of a bulletin or expect of us, the last first."""
    seen = customers_for(actor).on_the_list()
    kept = {name: figures.get(name, []) for name in ("said", "asked", "expected")}
    touches = Touch.objects.standing().filter(pk__in=kept["said"], customer__in=seen)
    asked = Question.objects.filter(pk__in=kept["asked"], customer__in=seen)
    expected = Expectation.objects.current().filter(pk__in=kept["expected"], customer__in=seen)
    if not is_seer(actor):
        expected = expected.none()
    found = [
        *(Said(one.customer, one.happened_at, one.said)
          for one in touches.select_related("customer")),
        *(_question(one) for one in asked.select_related("customer", "bulletin")),
        *(_expectation(one) for one in expected.select_related("customer")),
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.moment, one.customer.pk), reverse=True)[:MOST_SAID]


def _question(one: Question) -> Said:
    assert one.customer is not None
    about = _("Asked about “%(title)s”.") % {"title": one.bulletin.title}
    return Said(one.customer, one.asked_at, one.words, about)


def _expectation(one: Expectation) -> Said:
    about = _("Matters most to them: %(what)s.") % {"what": one.get_what_display()}
    return Said(one.customer, one.said_at, one.words, about)


def promises_to_keep(actor: Actor) -> list[Promise]:
    """The next promises due, late ones first; one more than are shown, to tell that there are."""
    return list(open_promises(actor).select_related("customer")[: MOST_PROMISES + 1])
