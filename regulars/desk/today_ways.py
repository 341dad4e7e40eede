"""The ways to reach a customer from their card at one tap: call, text, find on a map, write."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Decision
from regulars.consent.models import ConsentState
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint, Customer

# Any browser shows it; a telephone asks its own map instead (`scripts/ways.js`).
MAP = "https://www.openstreetmap.org/search?query="
PHONED = (Channel.CALL, Channel.TEXT)


@dataclass(frozen=True, slots=True)
class Way:
    """One tap: what it opens, and by which channel a touch that follows has happened."""

    channel: str
    words: str
    icon: str
    href: str
    # What a telephone's own map is asked for.
    place: str = ""


def decisions_of(customer_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """What many customers decided about each channel, in one query."""
    found: dict[int, dict[str, str]] = {}
    states = ConsentState.objects.filter(customer__in=customer_ids, purpose="")
    for customer_id, channel, decision in states.values_list("customer", "channel", "decision"):
        found.setdefault(customer_id, {})[channel] = decision
    return found


def ways_of(
    customer: Customer, points: Iterable[ContactPoint], decisions: Mapping[str, str]
) -> list[Way]:
    """What is open to this customer and works at one tap; whatever they said no to is left out."""
    first: dict[str, ContactPoint] = {}
    for point in points:
        first.setdefault(point.kind, point)
    ways: list[Way] = []
    if phone := first.get(PointKind.PHONE):
        ways += [_phoned(channel, phone) for channel in PHONED if _may(decisions, channel)]
    if (address := first.get(PointKind.ADDRESS)) and (place := place_of(address)):
        ways.append(Way(Channel.VISIT, _("Map"), "map-pin", MAP + quote(place), place))
    if first.get(PointKind.EMAIL) and _may(decisions, Channel.EMAIL):
        # By us, so that the gate is asked and the timeline knows.
        write = reverse("messaging:write", args=[customer.pk])
        ways.append(Way(Channel.EMAIL, _("E-mail"), "mail", write))
    return ways


def way_values(ways: Iterable[Way]) -> list[dict[str, Any]]:
    """The same for a device without a connection: what needs one is left out."""
    return [asdict(way) for way in ways if way.channel != Channel.EMAIL]


def place_of(point: ContactPoint) -> str:
    """An address in one line."""
    parts = [point.street, " ".join(filter(None, [point.postcode, point.city]))]
    return ", ".join(part for part in parts if part)


def _phoned(channel: Channel, phone: ContactPoint) -> Way:
    if channel == Channel.CALL:
        return Way(channel, _("Call"), "phone", f"tel:{phone.normal}")
    return Way(channel, _("Text"), "message-square-text", f"sms:{phone.normal}")


def _may(decisions: Mapping[str, str], channel: Channel) -> bool:
    """As the plan has it: what is written needs a yes, a call only no no."""
    decision = decisions.get(channel)
    if channel == Channel.CALL:
        return decision != Decision.WITHDRAWN
    return decision == Decision.GRANTED
