"""The palette: people first, then what can be done, then places."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.customers.models import Customer
from regulars.customers.queries import customers_for, matching
from regulars.desk.context import EVERYBODY, address_of, rooms_of
from regulars.team.queries import signed_in_member

PEOPLE_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done from anywhere: its words, where, and who may."""

    label: Promise
    url_name: str
    anchor: str = ""
    roles: frozenset[str] = EVERYBODY


DEEDS = (
    Deed(_("Add a customer"), "customers:new", roles=frozenset({OWNER, MANAGER, HELPER})),
    Deed(_("Bring in customers or orders"), "intake:new", roles=frozenset({OWNER, MANAGER})),
    Deed(_("Take a list out into a file"), "exports:list", roles=frozenset({OWNER, MANAGER})),
    Deed(_("Invite somebody to the team"), "team:people", "#invite", roles=frozenset({OWNER})),
    Deed(_("Note days closed"), "team:settings", "#closed", roles=frozenset({OWNER})),
    Deed(_("Set opening hours"), "team:settings", "#hours", roles=frozenset({OWNER})),
    Deed(_("Load or remove the sample business"), "demo:home", roles=frozenset({OWNER})),
    Deed(_("Change working minutes"), "team:people"),
    Deed(_("Change how you sign in"), "mfa_index"),
)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer the palette with the inside of its list, and a browser without scripts with a page."""
    actor = signed_in_member(request).actor
    sought = request.GET.get("q", "").strip()
    found = {
        "sought": sought,
        "people": _people(actor, sought) if sought else [],
        "deeds": _deeds(actor, sought),
        "places": _places(actor, sought),
    }
    part = "desk/search.html#found" if request.headers.get("HX-Request") else "desk/search.html"
    return render(request, part, found)


def _people(actor: Actor, sought: str) -> list[Customer]:
    found = matching(customers_for(actor).on_the_list(), sought)
    return list(found.select_related("manager")[:PEOPLE_SHOWN])


def _deeds(actor: Actor, sought: str) -> list[dict[str, str]]:
    may = [deed for deed in DEEDS if actor.role in deed.roles and _fits(deed.label, sought)]
    rows = [(str(deed.label), address_of(deed.url_name), deed.anchor) for deed in may]
    return [{"label": label, "url": url + anchor} for label, url, anchor in rows if url]


def _places(actor: Actor, sought: str) -> list[dict[str, str]]:
    return [
        {"label": str(room.label), "url": url, "key": room.key}
        for room, url in rooms_of(actor)
        if _fits(room.label, sought)
    ]


def _fits(label: Promise, sought: str) -> bool:
    return sought.casefold() in str(label).casefold()
