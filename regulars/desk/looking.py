"""The list in a way of one's own: its rows, the filter form, columns, views and segments."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import HELPER, Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.list_fields import FieldKind, ListField
from regulars.customers.models import Customer
from regulars.customers.queries.people import is_adder, is_assigner
from regulars.desk.cells import is_writable, words_in_cell
from regulars.desk.filter_drafts import changed, draft_of_form, draft_of_tree, tree_of
from regulars.desk.filter_form import form_of, things_to_ask
from regulars.desk.list_look import Asked, as_text, asked_customers, columns_of
from regulars.exports.queries import is_exporter
from regulars.lists.actions.segments import save_segment
from regulars.lists.actions.views import change_view, remove_view, save_view
from regulars.lists.audience import FILTER, definition_as_shown
from regulars.lists.looks import Look
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import words_of
from regulars.lists.queries.pages import HowMany, ListPage, capped_count, count_of, page_of
from regulars.lists.queries.views import is_segment_keeper, is_sharer, view_for, views_for
from regulars.messaging.audiences import sealed
from regulars.messaging.queries import is_writer
from regulars.team.queries import members_who_look_after, signed_in_member, the_named_business

NUMBERS = frozenset({FieldKind.NUMBER, FieldKind.MONEY})


@dataclass(frozen=True, slots=True)
class Heading:
    field: ListField
    url: str = ""
    sort: str = ""

    @property
    def is_number(self) -> bool:
        return self.field.kind in NUMBERS


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: what it says, and whether it may be written in."""

    field: ListField
    words: str
    is_writable: bool

    @property
    def is_number(self) -> bool:
        return self.field.kind in NUMBERS


@dataclass(frozen=True, slots=True)
class Row:
    customer: Customer
    cells: list[Shown]


def index(request: HttpRequest) -> HttpResponse:
    """The list as an address asks for it; an htmx request gets the part that a search changes."""
    actor = signed_in_member(request).actor
    shown = looked(actor, Asked.read(request.GET.dict(), actor))
    part = "#found" if request.headers.get("HX-Request") else ""
    return render(request, f"desk/customers/looked.html{part}", shown)


def looked(actor: Actor, asked: Asked) -> dict[str, Any]:
    at = clock.now()
    look = replace(asked.look, tree=asked.tree, columns=columns_of(asked))
    page = page_of(look, actor, asked.at, at)
    count = count_of(look, actor, at)
    tree = asked.look.tree
    return {
        "asked": asked, "view": asked.view, "page": page.page, "left_out": page.left_out,
        "is_too_slow": page.is_too_slow, "counted": page.counted,
        "is_open": count.is_more or count.is_open, "count_query": asked.query(f=as_text(tree)),
        "rows": _rows(page, actor), "headings": _headings(asked, page),
        "name_heading": _heading(asked, asking_of(actor, at).fields["customer.name"]),
        "words": words_of(tree, actor), "count": count, "paging": _paging(page, count),
        "back": asked.address(at=page.page.back) if page.page.back else "",
        "next": asked.address(at=page.page.next) if page.page.next else "",
        "here": asked.address(at=asked.at), "filter_query": asked.query(f=as_text(tree)),
        "members": members_who_look_after() if is_assigner(actor) else [],
        "may_assign": is_assigner(actor), "may_write": is_writer(actor),
        "may_add": is_adder(actor), "may_take_out": is_exporter(actor),
        "may_share": is_sharer(actor), "may_keep_segments": is_segment_keeper(actor),
        "may_change_view": _is_own(actor, asked), "tabs": tabs_of(actor, asked),
        "cols": ",".join(columns_of(asked)),
        "who": sealed(FILTER, definition_as_shown(asked.tree, actor, at)),
    }  # fmt: skip


def _is_own(actor: Actor, asked: Asked) -> bool:
    if asked.view is None:
        return False
    known = {one.view.pk for one in views_for(actor, clock.now()) if one.is_changeable}
    return asked.view.pk in known


def _rows(page: ListPage, actor: Actor) -> list[Row]:
    currency = the_named_business().currency
    return [
        Row(customer, [
            Shown(
                one, words_in_cell(one, page.values.get(customer.pk, {}).get(one.name), currency),
                is_writable(actor, customer, one),
            )
            for one in page.fields if one.name != "customer.name"
        ])
        for customer in page.page.rows
    ]  # fmt: skip


def _headings(asked: Asked, page: ListPage) -> list[Heading]:
    return [_heading(asked, one) for one in page.fields if one.name != "customer.name"]


def _heading(asked: Asked, one: ListField) -> Heading:
    """Sorting by a column; once more turns it round."""
    if not one.sortable:
        return Heading(one)
    is_this = asked.look.sort == one.name
    turned = is_this and not asked.look.is_descending
    sort = ("descending" if asked.look.is_descending else "ascending") if is_this else ""
    return Heading(one, asked.address(by=f"-{one.name}" if turned else one.name), sort)


def _paging(page: ListPage, count: HowMany) -> str:
    shown = page.page
    if not shown.rows:
        return ""
    if count.is_open:
        return _("%(first)s to %(last)s") % {
            "first": shown.first_number, "last": shown.last_number,
        }  # fmt: skip
    return _("%(first)s to %(last)s of %(count)s") % {
        "first": shown.first_number, "last": shown.last_number, "count": count,
    }  # fmt: skip


def tabs_of(actor: Actor, asked: Asked | None) -> list[dict[str, Any]]:
    """The views of this person, each with how many it found when that was last counted.

    It is counted among all customers: who sees some alone is not told.
    """
    sees_all = actor.role != HELPER
    opened = asked.view.pk if asked and asked.view else None
    return [
        {
            "label": one.view.name, "url": f"/customers/?view={one.view.pk}",
            "current": one.view.pk == opened, "count": one.view.counted if sees_all else None,
            "is_private": not one.view.is_shared,
        }
        for one in views_for(actor, clock.now())
    ]  # fmt: skip


@require_safe
def build(request: HttpRequest) -> HttpResponse:
    """The filter as a form; every change comes back as the form, and only “Show them” leaves it."""
    actor = signed_in_member(request).actor
    at, currency = clock.now(), the_named_business().currency
    asking = asking_of(actor, at)
    asked = Asked.read({**request.GET.dict(), "q": ""}, actor)
    deed = request.GET.get("do", "")
    is_form = any(name.startswith("r.") for name in request.GET)
    draft = (
        draft_of_form(request.GET) if is_form else draft_of_tree(asked.look.tree, asking, currency)
    )
    draft = changed(draft, deed)
    refusal, found, words = None, None, ""
    try:
        tree = tree_of(draft, asking, currency)
        found = capped_count(asked_customers(replace(asked, look=Look(tree)), actor, at))
        words = words_of(tree, actor)
        if deed == "apply":
            return gone_to(request, asked.address(f=as_text(tree)))
    except Refusal as no:
        refusal = no
    status = 422 if refusal is not None and deed == "apply" else 200
    return render(request, "desk/customers/filter.html", {
        "line": form_of(draft, asking, actor), "things": things_to_ask(asking), "asked": asked,
        "refusal": refusal if deed == "apply" else None, "found": found, "words": words,
        "currency": currency, "back": asked.address(),
    }, status=status)  # fmt: skip


def gone_to(request: HttpRequest, address: str) -> HttpResponse:
    """Another page, also where only a part of this one was asked for."""
    if not request.headers.get("HX-Request"):
        return redirect(address)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = address
    return answer


@require_safe
def columns(request: HttpRequest) -> HttpResponse:
    """Which columns stand on the list, and in which order."""
    actor = signed_in_member(request).actor
    asked = Asked.read(request.GET.dict(), actor)
    fields = asking_of(actor, clock.now()).fields
    moved = _moved(list(columns_of(asked)), request.GET.get("do", ""))
    chosen = [name for name in moved if name in fields]
    told = ",".join(chosen)
    if request.GET.get("do") == "apply":
        return gone_to(request, asked.address(cols=told))
    groups: dict[str, list[ListField]] = {}
    for one in fields.values():
        if one.name not in chosen and one.name != "customer.name":
            groups.setdefault(str(one.group), []).append(one)
    return render(request, "desk/customers/columns.html", {
        "chosen": [fields[name] for name in chosen], "groups": groups.items(), "asked": asked,
        "cols": told, "back": asked.address(cols=told),
    })  # fmt: skip


def _moved(chosen: list[str], deed: str) -> list[str]:
    """The columns after a button: up:NAME, down:NAME, remove:NAME, add:NAME."""
    verb, _gap, name = deed.partition(":")
    if verb == "add" and name not in chosen:
        return [*chosen, name]
    if name not in chosen:
        return chosen
    at = chosen.index(name)
    rest = [one for one in chosen if one != name]
    if verb == "remove":
        return rest or chosen
    to = max(0, at - 1) if verb == "up" else at + 1 if verb == "down" else at
    return [*rest[:to], name, *rest[to:]]


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Save what is looked at as a view or a segment, or a view as it is looked at now."""
    actor = signed_in_member(request).actor
    _require_keeper(actor)
    asked = Asked.read(request.POST.dict(), actor)
    look = replace(asked.look, tree=asked.tree, columns=columns_of(asked))
    name, at = request.POST.get("name", ""), clock.now()
    if request.POST.get("as") == "segment":
        segment = save_segment(name, asked.tree, by=actor, at=at)
        messages.success(request, _("Done: “%(name)s” is kept, and worked out now.")
                         % {"name": segment.name})  # fmt: skip
        return redirect("customers:segment", segment.pk)
    is_shared = bool(request.POST.get("shared"))
    if request.POST.get("as") == "change" and asked.view is not None:
        view = change_view(asked.view, look=look, by=actor, at=at)
    else:
        view = save_view(name, look, is_shared=is_shared, by=actor, at=at)
    messages.success(request, _("Done: the view “%(name)s” is saved.") % {"name": view.name})
    return redirect(f"/customers/?view={view.pk}")


@require_POST
def change(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename a view, share it, or throw it away."""
    actor = signed_in_member(request).actor
    _require_keeper(actor)
    view, at = view_for(actor, view_id), clock.now()
    if request.POST.get("remove"):
        remove_view(view, by=actor, at=at)
        messages.success(request, _("Done: the view is gone, and every customer is still here."))
        return redirect("customers:list")
    change_view(
        view, name=request.POST.get("name", view.name),
        is_shared=bool(request.POST.get("shared")), by=actor, at=at,
    )  # fmt: skip
    messages.success(request, _("Done: the view is changed."))
    return redirect(f"/customers/?view={view.pk}")


def _require_keeper(actor: Actor) -> None:
    if not is_adder(actor):
        raise NotAllowed(_("You may look, and keep nothing. An owner can change that."))
