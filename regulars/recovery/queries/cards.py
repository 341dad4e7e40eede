"""What stands on the continuity card, and where it is kept."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel
from regulars.conversations.models import Touch
from regulars.core.actor import Actor
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.insight.choices import Tier
from regulars.insight.queries import of_tier
from regulars.messaging.choices import HoldKind
from regulars.messaging.models import Hold
from regulars.planning.models import PlanItem
from regulars.promises.models import Promise
from regulars.recovery.models import Card
from regulars.recovery.queries.disruptions import disruptions_standing
from regulars.recovery.rules import may_keep_card

# More than anybody could call; of more, those with most at stake.
MOST = 2000
BATCH = 500
SAID_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Line:
    """One customer of the core, as somebody needs them who can look nowhere else."""

    name: str
    phones: str
    manager: str
    last_talk: str
    waits_for: str
    to_say: str


def the_card() -> Card | None:
    return Card.objects.filter(pk=1).first()


def is_card_keeper(actor: Actor) -> bool:
    return may_keep_card(actor)


def core_count() -> int:
    return of_tier(Customer.objects.on_the_list(), Tier.CORE).count()


def card_lines(at: datetime) -> list[Line]:
    """The core, those with most at stake first."""
    core = of_tier(Customer.objects.on_the_list(), Tier.CORE).select_related("manager", "facts")
    found = list(core.order_by("-facts__stake_minor", "sort_name", "pk")[:MOST])
    news = _news(at)
    lines: list[Line] = []
    for start in range(0, len(found), BATCH):
        lines += _lines(found[start : start + BATCH], news, at)
    return lines


def _lines(some: Sequence[Customer], news: str, at: datetime) -> list[Line]:
    ids = [one.pk for one in some]
    phones, talks, waits, says = _phones(ids), _talks(ids), _waits(ids, at), _says(ids, at)
    return [
        Line(
            name=one.name,
            phones=", ".join(phones[one.pk]),
            manager=one.manager.name if one.manager else "",
            last_talk=talks.get(one.pk, ""),
            waits_for=" ".join(waits[one.pk]),
            to_say=" ".join(part for part in (news, says.get(one.pk, "")) if part),
        )
        for one in some
    ]


def _phones(ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    points = ContactPoint.objects.filter(
        customer__in=ids, kind=PointKind.PHONE, state=PointState.USABLE
    )
    for customer_id, value in points.order_by("-is_primary", "pk").values_list(
        "customer_id", "value"
    ):
        found[customer_id].append(value)
    return found


def _talks(ids: Sequence[int]) -> dict[int, str]:
    """The last time somebody of us and they talked, and what they said."""
    touches = Touch.objects.filter(customer__in=ids, taken_back_at=None)
    touches = touches.filter(channel__in=(Channel.CALL, Channel.VISIT)).order_by("happened_at")
    return {
        one.customer_id: _talk(one) for one in touches.only(
            "customer_id", "channel", "happened_at", "said", "body"
        )
    }  # fmt: skip


def _talk(touch: Touch) -> str:
    places = {"day": _day(touch.happened_at), "how": touch.get_channel_display()}
    said = (touch.said or touch.body).strip()
    told = _("%(day)s, %(how)s.") % places
    return f"{told} {_short(said)}" if said else told


def _waits(ids: Sequence[int], at: datetime) -> dict[int, list[str]]:
    """What we promised them, and what of theirs waits for our answer."""
    waits: dict[int, list[str]] = defaultdict(list)
    for promise in Promise.objects.open().filter(customer__in=ids).order_by("due_at"):
        said = (
            _("%(what)s, by %(day)s.") if promise.due_at >= at else _("%(what)s, was due %(day)s.")
        )
        assert promise.customer_id is not None
        waits[promise.customer_id].append(
            said % {"what": _short(promise.what), "day": _day(promise.due_at)}
        )
    holds = Hold.objects.standing_at(at).filter(customer__in=ids, kind=HoldKind.CASE)
    for hold in holds.order_by("since"):
        assert hold.customer_id is not None
        said = _("Waits for our answer since %(day)s.") % {"day": _day(hold.since)}
        waits[hold.customer_id].append(f"{said} {_short(hold.why)}".strip())
    return waits


def _says(ids: Sequence[int], at: datetime) -> dict[int, str]:
    """The words of their newest place on a day's list."""
    lately = timezone.localdate(at) - SAID_WITHIN
    items = PlanItem.objects.filter(customer__in=ids, plan__day__gte=lately)
    items = items.order_by("plan__day", "pk")
    newest = {one.customer_id: one for one in items}
    return {pk: " ".join(line.text for line in one.lines) for pk, one in newest.items()}


def _news(at: datetime) -> str:
    """What to say first while a disruption stands."""
    standing = disruptions_standing(at).in_earnest().first()
    if standing is None:
        return ""
    told = _("What has happened: %(what)s.") % {"what": standing.what.rstrip(".")}
    works = standing.works_still.strip()
    return f"{told} {_('What still works: %(works)s') % {'works': works}}" if works else told


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j M Y")


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 160 else plain[:159].rstrip() + "…"
