"""Taking lists out: choose, wait, open the file."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.consent.choices import Purpose
from regulars.core import clock
from regulars.exports.actions import (
    POSTED_WAITING,
    ask_for_export,
    file_of,
    name_of,
    say_posted,
    take_posted_back,
    write_posted,
)
from regulars.exports.choices import Format, What
from regulars.exports.errors import ExportGone
from regulars.exports.forms import ExportForm, PostedForm
from regulars.exports.models import Export
from regulars.exports.queries import export_for, exports_of, opened_export
from regulars.exports.rules import require_export
from regulars.messaging.audiences import audiences, opened
from regulars.team.queries import signed_in_member

LISTED = 25


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What may be taken out, and the files that this member asked for."""
    actor = signed_in_member(request).actor
    require_export(actor)
    who = request.GET.get("who", "")
    form = ExportForm(actor=actor, is_selection=bool(opened(who)))
    return render(request, "exports/index.html", _shown(request, form, who))


def _shown(request: HttpRequest, form: ExportForm, who: str) -> dict[str, object]:
    mine = exports_of(signed_in_member(request).actor)[:LISTED]
    found = opened(who)
    words = audiences[found[0]].words(found[1]) if found else ""
    cols = request.GET.get("cols", "") or request.POST.get("cols", "")
    return {
        "form": form, "who": who if found else "", "words": words, "exports": mine, "cols": cols,
        "now": clock.now(),
    }  # fmt: skip


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Have a file made."""
    actor = signed_in_member(request).actor
    require_export(actor)
    who = request.POST.get("who", "")
    found = opened(who)
    form = ExportForm(request.POST, actor=actor, is_selection=bool(found))
    if not form.is_valid():
        return render(request, "exports/index.html", _shown(request, form, who), status=422)
    selection: dict[str, Any] = {}
    if found:
        selection = {"audience": found[0], "definition": found[1]}
    if cols := request.POST.get("cols", ""):
        selection["columns"] = cols.split(",")[:40]
    words = audiences[found[0]].words(found[1]) if found else ""
    export = ask_for_export(
        What(form.cleaned_data["what"]), Format(form.cleaned_data["format"]), by=actor,
        at=clock.now(), selection=selection, words=words,
    )  # fmt: skip
    return redirect("exports:show", export.pk)


@require_safe
def show(request: HttpRequest, export_id: int) -> HttpResponse:
    """How far a file is, and where to open it."""
    actor = signed_in_member(request).actor
    require_export(actor)
    return render(request, "exports/show.html", _of_one(export_for(actor, export_id)))


def _of_one(export: Export) -> dict[str, object]:
    is_over = export.job is None or export.job.is_over
    return {
        "export": export, "name": name_of(export),
        "is_working": not export.is_ready and not is_over,
        "posted": PostedForm() if export.what == What.LETTERS and export.made_at else None,
        "is_open": export.is_ready and export.expires_at and export.expires_at > clock.now(),
    }  # fmt: skip


@require_safe
def progress(request: HttpRequest, export_id: int) -> HttpResponse:
    """The part of the page that asks again until the file is there."""
    actor = signed_in_member(request).actor
    require_export(actor)
    shown = _of_one(export_for(actor, export_id))
    if shown["is_working"]:
        return render(request, "exports/show.html#progress", shown)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = reverse("exports:show", args=[export_id])
    return answer


@require_POST
def post(request: HttpRequest, export_id: int) -> HttpResponse:
    """Say that the letters are in the post."""
    actor = signed_in_member(request).actor
    require_export(actor)
    export, form = export_for(actor, export_id), PostedForm(request.POST)
    if not form.is_valid():
        shown = {**_of_one(export), "posted": form}
        return render(request, "exports/show.html", shown, status=422)
    purpose, words = Purpose(form.cleaned_data["purpose"]), form.cleaned_data["words"]
    export = say_posted(export, purpose=purpose, words=words, by=actor, at=clock.now())
    if export.row_count <= POSTED_WAITING:
        write_posted(export, by=actor, seen=lambda _count: None)
    undo = reverse("exports:post_back", args=[export.pk])
    messages.success(request, _("In the post: each is a touch now."), extra_tags=undo)
    return redirect("exports:show", export.pk)


@require_POST
def post_back(request: HttpRequest, export_id: int) -> HttpResponse:
    """They were not posted after all."""
    actor = signed_in_member(request).actor
    require_export(actor)
    take_posted_back(export_for(actor, export_id), by=actor, at=clock.now())
    messages.success(request, _("As before: they are not in the post."))
    return redirect("exports:show", export_id)


@require_safe
def download(request: HttpRequest, export_id: int) -> FileResponse:
    """The file itself, for who asked for it."""
    actor = signed_in_member(request).actor
    require_export(actor)
    export = opened_export(actor, export_id, at=clock.now())
    try:
        file = file_of(export).open("rb")
    except FileNotFoundError:
        raise ExportGone from None
    answer = FileResponse(file, as_attachment=True, filename=name_of(export),
                          content_type="application/octet-stream")  # fmt: skip
    answer["Cache-Control"] = "no-store, private"
    return answer
