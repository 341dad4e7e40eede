"""The palette: people first, then what can be done, then places."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from regulars.conversations.queries import is_logger
from regulars.core.actor import HELPER, MANAGER, OWNER, VIEWER, Actor
from regulars.customers.models import Customer
from regulars.customers.queries.duplicates import MOST_COUNTED, waiting_count
from regulars.desk.context import EVERYBODY, address_of, rooms_of
from regulars.lists.queries.search import Hit as Found
from regulars.lists.queries.search import search as find
from regulars.messaging.queries import is_writer_to
from regulars.team.queries import signed_in_member

PEOPLE_SHOWN = 8
LONGEST = 200
NOT_VIEWERS = frozenset({OWNER, MANAGER, HELPER})
NOT_HELPERS = frozenset({OWNER, MANAGER, VIEWER})
LEADERS = frozenset({OWNER, MANAGER})
OWNERS = frozenset({OWNER})


@dataclass(frozen=True, slots=True)
class Deed:
    """What can be done from anywhere, or a page: its words, where, who may, other words for it."""

    label: Promise
    url_name: str
    anchor: str = ""
    roles: frozenset[str] = EVERYBODY
    also: Promise | str = ""
    # How many wait there for somebody to decide.
    waiting: Callable[[Actor], int] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of what was found."""

    label: str
    url: str
    more: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    label: str
    hits: list[Hit]


DEEDS = (
    Deed(_("Add a customer"), "customers:new", roles=NOT_VIEWERS, also=_("new person")),
    Deed(_("Bring in customers or orders"), "intake:new", roles=LEADERS, also=_("import upload")),
    Deed(_("Take a list out into a file"), "exports:list", roles=LEADERS, also=_("export CSV")),
    Deed(_("Write to everybody who fits"), "customers:list", roles=LEADERS, also=_("mailing mail")),
    Deed(
        _("Begin a bulletin"),
        "bulletins:new",
        roles=LEADERS,
        also=_("crisis fire closed tell everybody"),
    ),
    Deed(_("Declare a disruption"), "recovery:declare", roles=LEADERS, also=_("crisis fire")),
    Deed(_("Try a disruption as a drill"), "recovery:drill", roles=LEADERS, also=_("exercise")),
    Deed(_("Write down a disruption that is over"), "recovery:past", roles=LEADERS),
    Deed(
        _("Ask who would thank us for a text or a link"),
        "library:ask",
        roles=LEADERS,
        also=_("article share library"),
    ),
    Deed(
        _("Write down what was said in public"),
        "mentions:new",
        roles=NOT_VIEWERS,
        also=_("paste review post mention"),
    ),
    Deed(_("Put an article on the shelf"), "library:new_article", roles=LEADERS, also=_("library")),
    Deed(
        _("Do something about a cause or a theme"),
        "learning:new_improvement",
        roles=LEADERS,
        also=_("improvement board"),
    ),
    Deed(_("Add a theme of your own"), "learning:new_theme", roles=OWNERS, also=_("words")),
    Deed(_("Set a goal"), "goals:new", roles=OWNERS, also=_("target sales")),
    Deed(_("Write to a segment"), "outreach:new_message", roles=LEADERS, also=_("campaign")),
    Deed(_("Write an offer"), "offers:new", roles=LEADERS, also=_("discount waves")),
    Deed(_("Plan a price"), "prices:new", roles=LEADERS, also=_("coupon quote list price")),
    Deed(_("Take a code at the till"), "till:home", roles=NOT_VIEWERS, also=_("redeem voucher")),
    Deed(_("Write a text"), "messaging:new_template", roles=LEADERS, also=_("template")),
    Deed(_("Invite somebody to the team"), "team:people", "#invite", roles=OWNERS),
    Deed(_("Note days closed"), "team:settings", "#closed", roles=OWNERS, also=_("holiday")),
    Deed(_("Set opening hours"), "team:settings", "#hours", roles=OWNERS),
    Deed(_("Load or remove the sample business"), "demo:home", roles=OWNERS, also=_("demo")),
    Deed(_("Change working minutes"), "team:people"),
    Deed(_("Note that somebody is away"), "team:away", "#note"),
    Deed(_("Change how you sign in"), "mfa_index", also=_("password passkey")),
)
# Pages below the rooms of the shell.
PLACES = (
    Deed(_("Customers by tier"), "customers:tiers", also=_("kanban board")),
    Deed(
        _("What customers expect now"),
        "care:expectations",
        also=_("what matters expectations"),
    ),
    Deed(_("Prices"), "prices:home", also=_("list price coupon quote undercut")),
    Deed(_("Prices from the shop"), "prices:shop", also=_("woocommerce shopify product feed")),
    Deed(_("How it went"), "care:answers", also=_("answers marks reviews ratings feedback")),
    Deed(_("What customers speak of"), "learning:home", also=_("themes words feedback topics")),
    Deed(_("How content they are"), "learning:satisfaction", also=_("csat nps effort ces")),
    Deed(_("Why it goes wrong"), "learning:causes", also=_("causes pareto cost complaints")),
    Deed(_("What we do about it"), "learning:improvements", also=_("improvement board")),
    Deed(_("Words of each theme"), "learning:words", also=_("taxonomy topics")),
    Deed(_("What makes an answer a case"), "care:answer_rules", also=_("bad marks review link")),
    Deed(_("How it went, after deliveries"), "care:check_ins", also=_("check-ins asked silent")),
    Deed(_("How long deliveries take"), "care:delays", also=_("delay check-ins")),
    Deed(_("What we ask after a delivery"), "care:questions", also=_("questions product")),
    Deed(_("Our pledge"), "promises:pledge", also=_("how we treat customers public")),
    Deed(_("How we can help"), "helping:home", also=_("help requests needs asked")),
    Deed(_("Who left and why"), "departures:home", also=_("departures lost lapsed gone reasons")),
    Deed(_("Campaigns"), "outreach:home", roles=NOT_HELPERS, also=_("outreach segment calls")),
    Deed(_("Ways to help us"), "outreach:ways", also=_("vouchers referrals")),
    Deed(_("What winning back costs"), "departures:costs", roles=NOT_HELPERS, also=_("acquire")),
    Deed(_("What people say in public"), "mentions:home", also=_("mentions reviews posts social")),
    Deed(_("Cases"), "cases:home", also=_("complaints faults waiting break")),
    Deed(_("Our promise to old customers"), "cases:treated", also=_("special treatment perks")),
    Deed(_("How long they wait at most"), "cases:terms", also=_("service levels budget make good")),
    Deed(_("Promises"), "promises:home", also=_("due late kept broken")),
    Deed(_("Note desk"), "notes:home", also=_("handwritten cards letters labels print")),
    Deed(_("Share break-even out"), "goals:split", roles=OWNERS, also=_("goals split")),
    Deed(_("Offers by sort"), "offers:sorts", also=_("redeemed used share campaign")),
    Deed(_("Who sells"), "orders:sellers", roles=LEADERS, also=_("sold by employee cashier")),
    Deed(_("Break-even"), "goals:break_even", roles=NOT_HELPERS, also=_("costs margin runway")),
    Deed(_("Segments"), "customers:segments", roles=NOT_HELPERS, also=_("who came in and left")),
    Deed(_("The health of the list"), "customers:health", roles=LEADERS, also=_("hygiene")),
    Deed(
        _("Who may be on the list twice"),
        "customers:duplicates",
        roles=LEADERS,
        also=_("duplicates merge"),
        waiting=waiting_count,
    ),
    Deed(_("Who is off the list"), "customers:archived", also=_("archived put back")),
    Deed(_("The Trash"), "customers:trash", roles=LEADERS, also=_("deleted restore")),
    Deed(_("Tags and fields of our own"), "customers:settings", also=_("custom")),
    Deed(_("Files that come by themselves"), "intake:inlets", roles=LEADERS, also=_("import")),
    Deed(_("Remembered files"), "intake:shapes", roles=LEADERS, also=_("import columns")),
    Deed(_("The filter of the list"), "customers:filter"),
    Deed(_("Columns of the list"), "customers:columns"),
    Deed(_("What was done to many"), "customers:operations", roles=LEADERS, also=_("undo bulk")),
    Deed(_("What waits to leave"), "messaging:waiting", also=_("outbox queue")),
    Deed(_("What is held"), "messaging:holds", also=_("holds")),
    Deed(_("What needs a look before it leaves"), "messaging:needs_a_look"),
    Deed(_("Texts"), "messaging:templates", also=_("templates")),
    Deed(_("When and how often we write"), "messaging:rules", also=_("quiet hours limits")),
    Deed(_("Mail server"), "messaging:server", roles=OWNERS, also=_("SMTP")),
    Deed(_("What helped"), "verdicts:home", roles=NOT_HELPERS, also=_("verdicts control groups")),
    Deed(_("How counting works"), "insight:counting", roles=NOT_HELPERS),
    Deed(_("Who buys for less"), "insight:buying_less", roles=NOT_HELPERS, also=_("basket spend")),
    Deed(_("Foretold, and come"), "insight:hindsight", roles=NOT_HELPERS, also=_("forecast trust")),
    Deed(_("How often we are in touch"), "planning:cadences", also=_("cadences")),
    Deed(_("Why we get in touch"), "planning:reasons", also=_("reasons switch off morning mail")),
    Deed(_("The week ahead"), "planning:week", also=_("plan load move")),
    Deed(_("How the team's time is spent"), "planning:team", roles=OWNERS, also=_("coverage core")),
    Deed(_("The way from visit to visit"), "planning:route", also=_("route map round")),
    Deed(_("Today as a calendar"), "planning:calendar", also=_("ics feed appointments")),
    Deed(_("Why we are different"), "library:statements", also=_("value statements proof")),
    Deed(_("On which ground we write"), "consent:grounds", also=_("permission consent")),
    Deed(_("What each role does not see"), "lists:hidden", roles=OWNERS, also=_("hidden fields")),
    Deed(_("The team"), "team:people", also=_("members")),
    Deed(_("The continuity card"), "recovery:card", roles=OWNERS, also=_("emergency offline")),
    Deed(_("Keeping it safe"), "team:safety", also=_("backup release")),
    Deed(_("The sample business"), "demo:home", also=_("demo")),
)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer the palette with the inside of its list, and a browser without scripts with a page."""
    actor = signed_in_member(request).actor
    sought = request.GET.get("q", "").strip()[:LONGEST]
    groups = [group for group in _groups(actor, sought) if group.hits]
    count = sum(len(group.hits) for group in groups)
    is_part = bool(request.headers.get("HX-Request"))
    found = {
        "sought": sought, "groups": groups, "is_part": is_part,
        "says": ngettext("%(n)s found", "%(n)s found", count) % {"n": count},
    }  # fmt: skip
    return render(request, "desk/search.html#found" if is_part else "desk/search.html", found)


def _groups(actor: Actor, sought: str) -> list[Group]:
    people = _people(actor, sought) if sought else []
    meant = [hit.customer for hit in people if not hit.is_guess]
    deeds = [*_deeds_with(actor, meant), *_those(actor, DEEDS, sought)]
    places = [*_rooms(actor, sought), *_those(actor, PLACES, sought)]
    # Whoever types what they want to do has not mistyped a name.
    shown = [hit for hit in people if not (hit.is_guess and (deeds or places))]
    return [
        Group("people", gettext("People"), [_person(hit) for hit in shown]),
        Group("deeds", gettext("Actions"), deeds),
        Group("places", gettext("Places"), places),
    ]


def _people(actor: Actor, sought: str) -> list[Found]:
    """Whoever was found, once each: by name or number, by an order, by a note."""
    hits: dict[int, Found] = {}
    for hit in find(actor, sought, PEOPLE_SHOWN):
        hits.setdefault(hit.customer.pk, hit)
    return list(hits.values())


def _person(hit: Found) -> Hit:
    one, more = hit.customer, hit.words
    if hit.is_guess:
        more = gettext("spelled nearly so")
    elif not more and one.manager:
        more = gettext("looked after by %(name)s") % {"name": one.manager.name}
    return Hit(one.name, reverse("customers:detail", args=[one.pk]), more)


def _deeds_with(actor: Actor, people: list[Customer]) -> list[Hit]:
    """What can be done with whoever was found, where it is clear who is meant."""
    if len(people) != 1:
        return []
    one = people[0]
    deeds = []
    if is_logger(actor):
        composer = reverse("customers:detail", args=[one.pk]) + "#composer"
        deeds.append(
            Hit(gettext("Write down a touch with %(name)s") % {"name": one.name}, composer)
        )
    if is_writer_to(actor, one):
        letter = reverse("messaging:write", args=[one.pk])
        deeds.append(Hit(gettext("Write to %(name)s") % {"name": one.name}, letter))
    return deeds


def _those(actor: Actor, deeds: Iterable[Deed], sought: str) -> list[Hit]:
    may = [deed for deed in deeds if actor.role in deed.roles]
    fit = [deed for deed in may if fits(f"{deed.label} {deed.also}", sought)]
    rows = [(deed, address_of(deed.url_name)) for deed in fit]
    return [
        Hit(str(deed.label), url + deed.anchor, _waiting(actor, deed)) for deed, url in rows if url
    ]


def _waiting(actor: Actor, deed: Deed) -> str:
    count = deed.waiting(actor) if deed.waiting else 0
    if not count:
        return ""
    says = ngettext("%(n)s waits", "%(n)s wait", count)
    if count >= MOST_COUNTED:
        says = gettext("%(n)s or more wait")
    return says % {"n": f"{count:,}"}


def _rooms(actor: Actor, sought: str) -> list[Hit]:
    return [
        Hit(str(room.label), url, key=room.key)
        for room, url in rooms_of(actor)
        if fits(str(room.label), sought)
    ]


def fits(words: str, sought: str) -> bool:
    """Every word sought begins a word, in any order."""
    known = words.casefold().split()
    return all(any(word.startswith(part) for word in known) for part in sought.casefold().split())
