"""What the frame of every page shows: the rooms, the business, who has signed in."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.core import clock
from regulars.core.actor import HELPER, MANAGER, OWNER, VIEWER, Actor
from regulars.planning.choices import ItemState
from regulars.planning.models import PlanItem
from regulars.team.models import Business, Member
from regulars.team.queries import the_business

EVERYBODY = frozenset({OWNER, MANAGER, HELPER, VIEWER})


@dataclass(frozen=True, slots=True)
class Room:
    """A place in the shell: where it is, what belongs to it, who may enter, which key leads on."""

    label: Promise
    url_name: str
    icon: str
    key: str
    namespaces: frozenset[str]
    roles: frozenset[str] = EVERYBODY
    gap: bool = False


ROOMS = (
    Room(_("Today"), "desk:today", "sun", "1", frozenset()),
    Room(_("Customers"), "customers:list", "users", "2", frozenset({"customers", "conversations"})),
    Room(
        _("Insight"), "insight:home", "chart-line", "3", frozenset({"insight"}),
        roles=frozenset({OWNER, MANAGER, VIEWER}),
    ),
    Room(
        _("Import"), "intake:list", "file-input", "4", frozenset({"intake"}),
        roles=frozenset({OWNER, MANAGER}), gap=True,
    ),
    Room(_("Settings"), "team:settings", "settings", "5", frozenset({"team", "planning", "demo"})),
)  # fmt: skip


def shell(request: HttpRequest) -> dict[str, object]:
    """At most two queries: the business, and how many are still to be reached today."""
    user = getattr(request, "user", None)
    if not isinstance(user, Member):
        return {"business": the_business()}
    business = getattr(request, "business", None)
    count = _open_today(user, business) if business else 0
    return {
        "business": business,
        "actor": user.actor,
        "nav": nav_of(user.actor, request, today_count=count),
        "care_line": None,
        "is_sample": bool(business and business.is_sample),
        "palette_url": address_of("desk:search"),
    }


def rooms_of(actor: Actor) -> list[tuple[Room, str]]:
    """The rooms that exist and that this actor may enter, with their addresses."""
    addresses = [(room, address_of(room.url_name)) for room in ROOMS if actor.role in room.roles]
    return [(room, address) for room, address in addresses if address]


def nav_of(actor: Actor, request: HttpRequest, *, today_count: int) -> list[dict[str, object]]:
    match = getattr(request, "resolver_match", None)
    here = (match.namespace or match.view_name or "") if match else ""
    name = match.view_name if match else ""
    return [
        {
            "label": room.label,
            "url": address,
            "icon": room.icon,
            "key": room.key,
            "current": name == room.url_name or here in room.namespaces or _is_own(room, here),
            "count": today_count if room.url_name == "desk:today" else None,
            "gap": room.gap,
        }
        for room, address in rooms_of(actor)
    ]


def address_of(name: str) -> str:
    """The address of a page, or nothing where it does not exist yet."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _is_own(room: Room, here: str) -> bool:
    """One's own sign-in is allauth's pages, and belongs to Settings."""
    return room.url_name == "team:settings" and here.startswith(("account_", "mfa_"))


def _open_today(member: Member, business: Business) -> int:
    day = business.day_of(clock.now())
    items = PlanItem.objects.filter(plan__member=member, plan__day=day, state=ItemState.OPEN)
    return items.count()
