"""Changing one cell of the list in its place."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change, with_toast
from regulars.core.errors import NotAllowed, NotFound, Refusal
from regulars.core.list_fields import FieldKind, ListField
from regulars.core.slips import read_slip, write_slip
from regulars.customers.actions.points_back import points_kept, put_points_back
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for, is_changeable
from regulars.desk.cell_editors import BETWEEN, editor_of
from regulars.desk.cells import (
    Cell,
    SomebodyFaster,
    cell_of,
    is_writable,
    words_in_cell,
    write_cell,
)
from regulars.desk.looking import Shown
from regulars.lists.queries.fields import list_fields_now
from regulars.team.queries import members_who_look_after, signed_in_member, the_named_business

PURPOSE = "cell"


@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: HttpRequest, customer_id: int, name: str) -> HttpResponse:
    """A GET brings the field in place of the words, a POST keeps what was written in it."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    if not is_changeable(actor, customer):
        raise NotAllowed(_("You may look, and change nothing. An owner can change that."))
    there = cell_of(customer, _field(actor, name))
    if not is_writable(actor, customer, there.field):
        raise NotAllowed(_("This is not written on the list; it is worked out, or not yours."))
    if request.method == "POST":
        return _written(request, there, actor)
    if request.GET.get("show"):
        return _shown(request, there)
    return render(request, "desk/customers/_cell_form.html", _form(there))


def _field(actor: Actor, name: str) -> ListField:
    found = list_fields_now(actor).get(name)
    if found is None:
        raise NotFound(_("There is no such column."))
    return found


def _words(field: ListField, value: Any) -> str:
    return words_in_cell(field, value, the_named_business().currency)


def _form(there: Cell, **more: Any) -> dict[str, Any]:
    field, editor, seen = there.field, editor_of(there.field), there.seen
    return {
        "customer": there.customer, "field": field, "seen": seen, "choices": _choices(field),
        "widget": editor.widget if editor else "line", "picked": seen.split(BETWEEN),
        "is_required": editor is not None and editor.is_required, "address": _address(there),
        "more": len(there.value) - 1 if editor and editor.reach and there.value else 0, **more,
    }  # fmt: skip


def _choices(field: ListField) -> list[tuple[str, str]]:
    if field.editable == "manager":
        return [(str(one.pk), one.name) for one in members_who_look_after()]
    if field.kind == FieldKind.FLAG:
        return [("yes", _("Yes")), ("no", _("No"))]
    return [(str(key), str(label)) for key, label in field.choices()] if field.choices else []


def _address(there: Cell) -> str:
    return reverse("customers:cell", args=[there.customer.pk, there.field.name])


def _shown(request: HttpRequest, there: Cell) -> HttpResponse:
    shown = Shown(there.field, _words(there.field, there.value), is_writable=True)
    return render(request, "desk/customers/_cell.html", {
        "customer": there.customer, "cell": shown, "is_back": True,
    })  # fmt: skip


def _written(request: HttpRequest, there: Cell, actor: Actor) -> HttpResponse:
    # Several that were ticked come one by one; none at all is nothing.
    given, seen = BETWEEN.join(request.POST.getlist("value")), request.POST.get("seen", "")
    anyway, kept = bool(request.POST.get("anyway")), _kept(there)
    try:
        now = write_cell(there, given, seen=seen, by=actor, at=clock.now(), anyway=anyway)
    except SomebodyFaster as faster:
        form = _form(there, faster=faster, given=given, mine=_said(there, given))
        form["theirs"] = _words(there.field, faster.theirs)
        return render(request, "desk/customers/_cell_form.html", form, status=422)
    except Refusal as no:
        form = _form(there, refusal=no.sentence)
        return render(request, "desk/customers/_cell_form.html", form, status=422)
    answer = _shown(request, now)
    if now.seen == there.seen:
        return answer
    said = _("Done: %(field)s of %(name)s.") % {
        "field": there.field.label, "name": now.customer.name,
    }  # fmt: skip
    return with_toast(answer, said, _undo_url(there, now, kept))


def _said(there: Cell, given: str) -> str:
    """What was written, in the words of the cell."""
    labels = dict(_choices(there.field))
    return ", ".join(labels.get(one, one) for one in given.split(BETWEEN)) if labels else given


def _kept(there: Cell) -> list[dict[str, Any]]:
    """What of the customer is put back as a whole: a number with all that is known of it."""
    editor = editor_of(there.field)
    return points_kept(there.customer, editor.reach) if editor and editor.reach else []


def _undo_url(before: Cell, after: Cell, kept: list[dict[str, Any]]) -> str:
    told = [
        before.customer.pk, before.field.name, before.seen, after.seen, kept, _kept(after)
    ]  # fmt: skip
    slip = write_slip(PURPOSE, told, at=clock.now())
    return reverse("customers:undo_cell", args=[slip])


@require_POST
def undo(request: HttpRequest, slip: str) -> HttpResponse:
    """Write back what stood in the cell before, unless somebody has written in it since."""
    actor = signed_in_member(request).actor
    pk, name, *told = read_slip(slip, PURPOSE, at=clock.now())
    customer: Customer = customer_for(actor, pk)
    there = cell_of(customer, _field(actor, name))
    if not is_writable(actor, customer, there.field):
        raise NotAllowed(_("This is not yours to change any more."))
    said = (
        _("Taken back.")
        if _taken_back(there, told, actor)
        else _("Somebody changed it since, so it stays as it is now.")
    )
    return answer_change(request, said, changed="customers-changed", back_to="customers:list")


def _taken_back(there: Cell, told: list[Any], actor: Actor) -> bool:
    before, after, points_before, points_after = told
    editor, at = editor_of(there.field), clock.now()
    if editor is not None and editor.reach:
        return put_points_back(
            there.customer, editor.reach, before=points_before, after=points_after, by=actor, at=at
        )
    try:
        write_cell(there, before, seen=after, by=actor, at=at)
    except SomebodyFaster:
        return False
    return True
