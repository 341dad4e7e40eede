"""Changing many customers at once: choose what, watch it, stop it, take it back."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock, jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, NotFound, Refusal
from regulars.core.models import Operation
from regulars.core.operations import refuse_to_undo
from regulars.core.undo import undo_now
from regulars.customers.actions.bulk import (
    CHANGES,
    STEP,
    begin_bulk_change,
    bulk_step,
    fields_of_change,
)
from regulars.customers.actions.bulk import stop_bulk_change as stop_it
from regulars.customers.choices import Kind
from regulars.customers.models import BulkChange, Tag
from regulars.customers.queries.custom import custom_fields
from regulars.customers.queries.people import is_assigner, is_deleter
from regulars.desk.seeing import sight_of
from regulars.desk.selections import meant_by, meant_words, selected
from regulars.intake.queries import file_names_of
from regulars.messaging.audiences import opened, sealed
from regulars.team.queries import members_who_look_after, signed_in_member

# So many are changed while one waits; more go on in the background.
AT_ONCE = STEP
LISTED = 25


def leader(request: HttpRequest) -> Actor:
    """Whoever is signed in, if they may change many at once."""
    actor = signed_in_member(request).actor
    if not is_assigner(actor):
        raise NotAllowed(_("Only an owner or a manager changes many customers at once."))
    return actor


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Whom it is about, and what could be changed of them; nothing is changed yet."""
    actor = leader(request)
    audience, definition = meant_by(request, actor, _("Tick those whom you want to change."))
    return render(request, "desk/customers/bulk.html", _form(audience, definition, actor))


def _form(audience: str, definition: dict[str, Any], actor: Actor) -> dict[str, Any]:
    sight = sight_of(actor)
    return {
        "who": sealed(audience, definition), "words": meant_words(audience, definition),
        "count": selected(audience, definition, actor).count(),
        "members": members_who_look_after(),
        "tags": Tag.objects.order_by("folded") if sight.tags else [],
        "fields": [one for one in custom_fields() if sight.sees(f"own.{one.key}")],
        "kinds": Kind.choices, "may_delete": is_deleter(actor),
    }  # fmt: skip


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Change them: a few at once, many in the background."""
    actor = leader(request)
    found = opened(request.POST.get("who", ""))
    what = request.POST.get("what", "")
    if found is None or what not in CHANGES:
        raise Refusal(_("This form is too old."), _("Choose them on the list again."))
    value = request.POST.get(f"value-{what}", "")
    if what == "own":
        value = f"{request.POST.get('field', '')}:{value}"
    return carry_out(request, actor, found, what, value)


def carry_out(
    request: HttpRequest, actor: Actor, meant: tuple[str, dict[str, Any]], what: str,
    value: str = "", back: str = "customers:list",
) -> HttpResponse:  # fmt: skip
    """Change those who are meant: a few while one waits, many in the background."""
    rows, at = selected(*meant, actor), clock.now()
    total = rows.order_by().count()
    bulk = begin_bulk_change(
        what, value, selection={"audience": meant[0], "definition": meant[1]}, total=total,
        by=actor, at=at,
    )  # fmt: skip
    if total <= AT_ONCE:
        while bulk_step(bulk, rows, at=at):
            pass
        bulk.refresh_from_db()
        messages.success(request, done_words(bulk), extra_tags=_undo_url(bulk))
        return redirect(back)
    jobs.enqueue("desk.bulk_change", at=at, bulk_id=bulk.pk)
    return redirect("customers:bulk_change", bulk.pk)


def _undo_url(bulk: BulkChange) -> str:
    return reverse("customers:undo_operation", args=[bulk.operation_id])


def done_words(bulk: BulkChange) -> str:
    said = ngettext(
        "Done: %(count)s customer, %(words)s.", "Done: %(count)s customers, %(words)s.",
        bulk.changed_count,
    )  # fmt: skip
    return said % {"count": bulk.changed_count, "words": bulk.words}


def _bulk(bulk_id: int) -> BulkChange:
    found = BulkChange.objects.select_related("operation", "asked_by").filter(pk=bulk_id).first()
    if found is None:
        raise NotFound(_("There is no such change."))
    return found


@require_safe
def watch(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """How far it is; an htmx request gets the part that asks again."""
    actor, bulk = leader(request), _bulk(bulk_id)
    if not _may_read(actor, bulk):
        raise NotAllowed(_("What was changed is hidden from your role."))
    shown = {"bulk": bulk, "done": done_words(bulk)}
    if not request.headers.get("HX-Request"):
        return render(request, "desk/customers/bulk_progress.html", shown)
    if bulk.finished_at is None:
        return render(request, "desk/customers/bulk_progress.html#progress", shown)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = reverse("customers:bulk_change", args=[bulk.pk])
    return answer


@require_POST
def stop(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """Stop it where it is."""
    actor = leader(request)
    stop_it(_bulk(bulk_id), by=actor, at=clock.now())
    return redirect("customers:bulk_change", bulk_id)


def _may_read(actor: Actor, bulk: BulkChange) -> bool:
    """Whether somebody sees the field that was changed: its words say the value."""
    return sight_of(actor).sees(*fields_of_change(bulk.what, bulk.value))


@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """What was done to many at once, and can be taken back for 30 days."""
    actor = leader(request)
    page = Paginator(Operation.objects.order_by("-id"), LISTED).get_page(request.GET.get("page"))
    made = BulkChange.objects.filter(operation__in=[one.pk for one in page])
    kept = {one.operation_id for one in made if not _may_read(actor, one)}
    for one in page:
        if one.pk in kept:
            one.words = _("something that is hidden from your role")
    _name_files(page)
    return render(request, "desk/operations.html", {"page": page, "now": clock.now()})


def _name_files(shown: Iterable[Operation]) -> None:
    """An import is told from another by what its files were called."""
    imports = {
        one.subject_id: one
        for one in shown
        if one.kind == Operation.Kind.IMPORT and one.subject_id is not None
    }
    for import_id, names in file_names_of(imports).items():
        imports[import_id].words = _("%(files)s brought in") % {"files": ", ".join(names)}


@require_POST
def undo(request: HttpRequest, operation_id: int) -> HttpResponse:
    """Take it back: a few rows at once, many in the background."""
    actor, at = leader(request), clock.now()
    operation = Operation.objects.filter(pk=operation_id, kind=Operation.Kind.BULK).first()
    if operation is None:
        raise NotFound(_("There is no such operation."))
    refuse_to_undo(operation, at=at)
    going_on = BulkChange.objects.filter(operation=operation, finished_at=None).first()
    if going_on is not None:
        stop_it(going_on, by=actor, at=at)
        raise Refusal(
            _("This is still going on, and is being stopped."), _("Take it back in a moment.")
        )
    if operation.count <= AT_ONCE:
        undo_now(operation, by=actor, at=at)
        messages.success(request, undone_words(operation))
    else:
        jobs.enqueue("desk.undo", at=at, operation_id=operation.pk, member_id=actor.member_id)
        messages.success(request, _("It is being taken back; that goes on by itself."))
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return redirect("customers:operations")


def undone_words(operation: Operation) -> str:
    """What was put back, and what stays because somebody changed it since."""
    operation.refresh_from_db()
    left = sum(operation.report.get(name, 0) for name in ("left", "kept", "lost"))
    if left:
        said = ngettext(
            "Taken back, but for %(count)s that was changed since and stays.",
            "Taken back, but for %(count)s that were changed since and stay.", left,
        )  # fmt: skip
        return said % {"count": left}
    return _("Taken back: everything is as it was before.")
