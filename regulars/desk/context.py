"""What the frame of every page shows: the rooms, the business, who has signed in."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.core import clock
from regulars.core.actor import HELPER, MANAGER, OWNER, VIEWER, Actor
from regulars.core.instance import WHY_HELD, why_held_now
from regulars.core.templatetags.look import ago
from regulars.customers.queries.duplicates import is_merger, waiting_count
from regulars.messaging.models import Switch
from regulars.messaging.queries import is_resumer, is_stopper, the_switch
from regulars.planning.choices import ItemState
from regulars.planning.models import PlanItem
from regulars.recovery.queries.disruptions import CareMode, care_mode
from regulars.recovery.words import care_line_of, standing_of
from regulars.team.models import Business, Member
from regulars.team.queries import the_business

EVERYBODY = frozenset({OWNER, MANAGER, HELPER, VIEWER})


@dataclass(frozen=True, slots=True)
class Notice:
    """A line over every page: what everybody must know, and the one action that ends it."""

    says: str
    detail: str = ""
    # Where the action is asked for (by POST), and its words; nothing where this person may not.
    action: str = ""
    label: str = ""
    # Instead of an action: the page on which it is decided.
    page: str = ""
    # Nothing is amiss: it is only tried.
    is_drill: bool = False


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
    Room(
        _("Today"), "desk:today", "sun", "1",
        frozenset({"cases", "helping", "mentions", "promises", "notes", "today"}),
    ),
    Room(
        _("Customers"), "customers:list", "users", "2",
        frozenset({"customers", "conversations", "exports", "care", "departures", "learning"}),
    ),
    Room(_("Messages"), "messaging:home", "mail", "3", frozenset({"messaging", "outreach"})),
    Room(_("Bulletins"), "bulletins:home", "megaphone", "4", frozenset({"bulletins"})),
    Room(_("Offers"), "offers:home", "ticket-percent", "", frozenset({"offers", "till", "prices"})),
    Room(_("Library"), "library:home", "book-open", "9", frozenset({"library"})),
    Room(
        _("Insight"), "insight:home", "chart-line", "5", frozenset({"insight", "verdicts"}),
        roles=frozenset({OWNER, MANAGER, VIEWER}),
    ),
    Room(_("Goals"), "goals:home", "target", "0", frozenset({"goals"})),
    Room(_("Recovery"), "recovery:home", "life-buoy", "6", frozenset({"recovery"})),
    Room(
        _("Import"), "intake:list", "file-input", "7", frozenset({"intake"}),
        roles=frozenset({OWNER, MANAGER}), gap=True,
    ),
    Room(_("Settings"), "team:settings", "settings", "8", frozenset({"team", "planning", "demo"})),
)  # fmt: skip


# Pages of other rooms that stand among the settings.
AMONG_SETTINGS = frozenset(
    {
        "messaging:server",
        "messaging:rules",
        "consent:grounds",
        "lists:hidden",
        "customers:settings",
        "recovery:card",
    }
)


# Pages of the plan that belong to the day, and not to its settings.
OF_THE_DAY = frozenset(
    {
        "planning:route", "planning:calendar", "planning:brief", "planning:call", "planning:week",
        "planning:team",
    }
)  # fmt: skip


def shell(request: HttpRequest) -> dict[str, object]:
    """At most five queries: the business, today's list, the switch, disruptions, this instance.

    For whoever merges a sixth, where the rooms are shown: how many pairs may be one.
    """
    user = getattr(request, "user", None)
    if not isinstance(user, Member):
        return {"business": the_business()}
    business = getattr(request, "business", None)
    count = _open_today(user, business) if business else 0
    stopped, care = the_switch(), care_mode(clock.now())
    return {
        "business": business,
        "actor": user.actor,
        "nav": nav_of(user.actor, request, today_count=count, pair_count=_pairs(user.actor)),
        "notices": notices_for(user.actor, stopped, care),
        "may_stop": stopped is None and is_stopper(user.actor),
        "care_line": care_line_of(care) if care else None,
        "is_sample": bool(business and business.is_sample),
        "palette_url": address_of("desk:search"),
    }


def notices_for(actor: Actor, stopped: Switch | None, care: CareMode | None = None) -> list[Notice]:
    """What stands over every page, the gravest first."""
    stop = [_of_the_stop(actor, stopped)] if stopped else []
    return [*_held(actor), *stop, *([_of_care(care)] if care else [])]


def _of_care(care: CareMode) -> Notice:
    says, detail = standing_of(care)
    several = len(care.disruption_ids) > 1
    there = (
        reverse("recovery:home")
        if several
        else reverse("recovery:disruption", args=[care.disruption_ids[0]])
    )
    label = gettext("See what it means")
    return Notice(says, detail, label=label, page=there, is_drill=care.is_drill)


def _held(actor: Actor) -> list[Notice]:
    why = why_held_now()
    if not why:
        return []
    label = gettext("See what waits, and release it") if actor.role == OWNER else gettext("See why")
    says = gettext("Nothing leaves this instance until it is released.")
    return [Notice(says, str(WHY_HELD[why]), label=label, page=reverse("team:safety"))]


def _of_the_stop(actor: Actor, switch: Switch) -> Notice:
    says = gettext("Nothing leaves: %(who)s stopped all sending %(when)s.") % {
        "who": switch.stopped_by, "when": ago(switch.stopped_at),
    }  # fmt: skip
    if not is_resumer(actor):
        return Notice(says, switch.why)
    label = gettext("Let messages leave again")
    return Notice(says, switch.why, reverse("messaging:resume"), label)


def rooms_of(actor: Actor) -> list[tuple[Room, str]]:
    """The rooms that exist and that this actor may enter, with their addresses."""
    addresses = [(room, address_of(room.url_name)) for room in ROOMS if actor.role in room.roles]
    return [(room, address) for room, address in addresses if address]


def nav_of(
    actor: Actor, request: HttpRequest, *, today_count: int, pair_count: object = 0
) -> list[dict[str, object]]:
    counts = {"desk:today": today_count}
    match = getattr(request, "resolver_match", None)
    here = (match.namespace or match.view_name or "") if match else ""
    name = match.view_name if match else ""
    if name in AMONG_SETTINGS:
        here = "team"
    if name in OF_THE_DAY:
        here = "today"
    return [
        {
            "label": room.label,
            "url": address,
            "icon": room.icon,
            "key": room.key,
            "current": name == room.url_name or here in room.namespaces or _is_own(room, here),
            "count": counts.get(room.url_name),
            "twice": pair_count if room.url_name == "customers:list" else 0,
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


def _pairs(actor: Actor) -> object:
    """How many pairs wait for whoever merges; asked where the rooms are shown, and counted once."""
    return SimpleLazyObject(lambda: waiting_count(actor)) if is_merger(actor) else 0


def _is_own(room: Room, here: str) -> bool:
    """One's own sign-in is allauth's pages, and belongs to Settings."""
    return room.url_name == "team:settings" and here.startswith(("account_", "mfa_"))


def _open_today(member: Member, business: Business) -> int:
    day = business.day_of(clock.now())
    items = PlanItem.objects.filter(plan__member=member, plan__day=day, state=ItemState.OPEN)
    return items.count()
