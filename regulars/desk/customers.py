"""The list of customers: search, filters, pages, and who looks after whom."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from regulars.core import clock
from regulars.core.actor import HELPER, Actor
from regulars.core.answers import with_toast
from regulars.core.errors import NotAllowed
from regulars.customers.actions.assigning import assign_customers, undo_assignment
from regulars.customers.queries.duplicates import is_merger, waiting_count
from regulars.customers.queries.people import assignment_for, is_adder, is_assigner, is_deleter
from regulars.desk.audience import NAME, definition_of
from regulars.desk.customer_list import (
    NOBODY,
    SORTS,
    Wanted,
    count_of,
    page_for,
    tabs_for,
    wanted_customers,
)
from regulars.desk.customer_rows import rows_for
from regulars.desk.customer_words import (
    choices_of,
    filter_sentence,
    paging_words,
    result_words,
    tab_label,
)
from regulars.desk.list_look import Asked, as_text, is_look, tree_of_wanted
from regulars.desk.looking import index as looked_at
from regulars.desk.looking import looked, tabs_of
from regulars.desk.seeing import sight_of
from regulars.desk.selections import meant_by, picked
from regulars.exports.queries import is_exporter
from regulars.messaging.audiences import sealed
from regulars.messaging.queries import is_writer
from regulars.team.models import Member
from regulars.team.queries import members_who_look_after, signed_in_member, the_named_business


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The list; an htmx request gets the part that a search or a filter changes."""
    if is_look(request.GET.dict()):
        return looked_at(request)
    actor = signed_in_member(request).actor
    wanted = Wanted.read(request.GET.dict(), actor)
    shown = _list(actor, wanted)
    if request.headers.get("HX-Request"):
        return render(request, "desk/customers/list.html#found", shown)
    shown["views"] = tabs_of(actor, None)
    if is_merger(actor):
        shown |= {"may_merge": True, "duplicates": waiting_count(actor) or None}
    shown["tabs"] = [
        {
            "label": tab_label(name),
            "url": tab.address(),
            "current": (tab.tier, tab.manager) == (wanted.tier, wanted.manager),
            "count": count_of(actor, tab).count,
        }
        for name, tab in tabs_for(actor)
    ]
    return render(request, "desk/customers/list.html", shown)


def _list(actor: Actor, wanted: Wanted) -> dict[str, object]:
    business = the_named_business()
    members = [] if actor.role == HELPER else members_who_look_after()
    page = page_for(wanted_customers(actor, wanted), wanted)
    total = count_of(actor, wanted)
    sight = sight_of(actor)
    brackets = choices_of(wanted, members, sight)
    return {
        "wanted": wanted,
        "may_delete": is_deleter(actor),
        "rows": rows_for(page.rows, business.day_of(clock.now()), business, sight),
        "sight": sight,
        "today": business.day_of(clock.now()),
        "page": page,
        "total": total,
        "result": result_words(total),
        "paging": paging_words(page, total),
        "back": wanted.address(at=page.back) if page.back else "",
        "next": wanted.address(at=page.next) if page.next else "",
        "here": wanted.address(at=wanted.at),
        "sort_words": brackets["sort"].says,
        "sentence": filter_sentence(brackets, with_managers=bool(members), with_tiers=sight.tier),
        "sorts": {sort: wanted.address(sort=sort) for sort in SORTS},
        "members": members,
        "may_assign": is_assigner(actor),
        "may_write": is_writer(actor),
        "may_add": is_adder(actor),
        "tree": as_text(tree_of_wanted(wanted)),
        "may_take_out": is_exporter(actor),
        "who": sealed(NAME, definition_of(wanted, None)),
        "is_nobody_here": not wanted.is_narrowed and not page.rows,
    }


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give the ticked customers, or all that match, to a member."""
    actor = signed_in_member(request).actor
    if not is_assigner(actor):
        raise NotAllowed(_("Only an owner or a manager says who looks after whom."))
    wanted = Wanted.read(request.POST.dict(), actor)
    to = _member(request.POST.get("to", ""))
    made = assign_customers(picked(request, actor), to, by=actor, at=clock.now())
    said = _assigned_words(made.count, to)
    if not request.headers.get("HX-Request"):
        messages.success(request, said)
        return redirect(wanted.address())
    given = request.POST.dict()
    if is_look(given):
        shown = looked(actor, Asked.read(given, actor))
        answer = render(request, "desk/customers/looked.html#found", shown)
    else:
        answer = render(request, "desk/customers/list.html#found", _list(actor, wanted))
    undo = reverse("customers:undo_assignment", args=[made.pk])
    return with_toast(answer, said, undo)


@require_POST
def write_to(request: HttpRequest) -> HttpResponse:
    """Write to the ticked customers, or to all that match: who is meant goes along, sealed."""
    actor = signed_in_member(request).actor
    if not is_writer(actor):
        raise NotAllowed(_("Only an owner or a manager writes to many at once."))
    who = sealed(*meant_by(request, actor, _("Tick those to whom you want to write.")))
    return redirect(f"{reverse('messaging:new_mailing')}?{urlencode({'who': who})}")


@require_POST
def take_out(request: HttpRequest) -> HttpResponse:
    """Take the ticked customers, or all that match, out into a file."""
    actor = signed_in_member(request).actor
    if not is_exporter(actor):
        raise NotAllowed(_("Only an owner or a manager takes lists out."))
    who = sealed(*meant_by(request, actor, _("Tick those whom you want in the file.")))
    return redirect(f"{reverse('exports:list')}?{urlencode({'who': who})}")


def _member(text: str) -> Member | None:
    if text == NOBODY:
        return None
    found = [one for one in members_who_look_after() if str(one.pk) == text]
    if not found:
        raise NotAllowed(_("Choose somebody of the team who may look after customers."))
    return found[0]


def _assigned_words(count: int, to: Member | None) -> str:
    if to is None:
        said = ngettext(
            "Done: nobody looks after %(count)s customer now.",
            "Done: nobody looks after these %(count)s customers now.",
            count,
        )
        return said % {"count": count}
    said = ngettext(
        "Done: %(name)s looks after %(count)s more customer.",
        "Done: %(name)s looks after %(count)s more customers.",
        count,
    )
    return said % {"count": count, "name": to.name}


@require_POST
def undo(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """Give them back to whoever looked after them before."""
    actor = signed_in_member(request).actor
    if not is_assigner(actor):
        raise NotAllowed(_("Only an owner or a manager says who looks after whom."))
    undo_assignment(assignment_for(assignment_id), by=actor, at=clock.now())
    if not request.headers.get("HX-Request"):
        messages.success(request, _("Taken back."))
        return redirect("customers:list")
    return trigger_client_event(HttpResponse(status=204), "customers-changed", {})
