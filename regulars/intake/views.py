"""Bringing in files, step by step: file, columns, look before it happens, bring in."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.column_sets import column_sets
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.formulas import marked
from regulars.core.keyset import is_whole
from regulars.core.list_fields import hides_anything, is_hidden
from regulars.core.money import Money
from regulars.intake import actions
from regulars.intake.forgetting import FILES_KEPT_FOR
from regulars.intake.forms import ColumnsForm, FilesForm, MendForm
from regulars.intake.models import Import, ImportFile
from regulars.intake.queries import (
    files_to_mend,
    import_for,
    imports_for,
    left_in_words,
    may_mend,
    problems_of,
    report_rows,
    rows_to_mend,
    undoing_of,
    undone_imports,
    untaken_table,
)
from regulars.intake.rules import require_import
from regulars.intake.seeing import (
    WHOLE,
    Sight,
    as_seen,
    sentences_seen,
    sight_of,
    sights_of,
)
from regulars.team.models import Member

LISTED, ROWS_SHOWN = 25, 25
# Notes that say a value of the file: one of the rows that slipped, the sum of what was rounded.
SPOKEN_OUT = ("rows_to_mend", "rounded_rows")
WORKING = (Import.State.CHECKING, Import.State.APPLYING)


def _actor(request: HttpRequest) -> Any:
    assert isinstance(request.user, Member)
    return request.user.actor


@require_GET
def list_imports(request: HttpRequest) -> HttpResponse:
    page = Paginator(imports_for(_actor(request)), LISTED).get_page(request.GET.get("page"))
    undone = undone_imports(item.pk for item in page)
    return render(request, "intake/list.html", {"page": page, "undone": set(undone)})


def new_import(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    require_import(actor)
    kind = request.GET.get("kind", "customers")
    kind = kind if kind in column_sets else "customers"
    form = FilesForm(kind, request.POST or None, request.FILES or None)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            item = actions.begin_import(
                kind, form.new_files(), by=actor, at=clock.now(),
                source=form.cleaned_data["source"],
            )  # fmt: skip
            return redirect("intake:show", item.pk)
        except NotAllowed:
            raise
        except Refusal as no:
            refusal = no
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "kind": kind, "kinds": list(column_sets), "refusal": refusal}
    return render(request, "intake/new.html", context, status=status)


@require_GET
def show_import(request: HttpRequest, import_id: int) -> HttpResponse:
    item = import_for(_actor(request), import_id)
    if item.state == Import.State.MAPPING or "columns" in request.GET:
        return _columns(request, item, _columns_form(request, item))
    if item.state in WORKING:
        return render(request, "intake/progress.html", {"item": item})
    if item.state == Import.State.REFUSED:
        return render(request, "intake/refused.html", {"item": item})
    return render(request, "intake/report.html", _report_context(item, request))


def _columns_form(
    request: HttpRequest, item: Import, posted: QueryDict | None = None
) -> ColumnsForm:
    return ColumnsForm(item, posted, sights=sights_of(item, _actor(request)))


def _columns(
    request: HttpRequest, item: Import, form: ColumnsForm, refusal: Refusal | None = None
) -> HttpResponse:
    if item.state not in (Import.State.MAPPING, Import.State.CHECKED):
        return redirect("intake:show", item.pk)
    files = [
        (
            file,
            [field for field in form.of_file(file) if field.initial],
            [field for field in form.of_file(file) if not field.initial],
            form.slips_of(file),
            form.policies_of(file),
            bool(form.sight_of(file).hidden),
        )
        for file in form.kept
    ]
    told = (file.reading.get("remembered_at") for file in form.kept)
    remembered = next((datetime.fromisoformat(at) for at in told if at), None)
    context = {
        "item": item, "files": files, "keys": form.keys, "refusal": refusal,
        "remembered": remembered,
    }  # fmt: skip
    return render(request, "intake/columns.html", context, status=422 if refusal else 200)


@require_POST
def choose_columns(request: HttpRequest, import_id: int) -> HttpResponse:
    actor = _actor(request)
    item = import_for(actor, import_id)
    form = _columns_form(request, item, request.POST)
    if not form.is_valid():
        return _columns(request, item, form, Refusal(_("A column is not in the file.")))
    actions.choose_columns(item, form.mapping(), by=actor)
    try:
        actions.ask_to_check(item, by=actor, at=clock.now())
    except Refusal as no:
        return _columns(request, item, _columns_form(request, import_for(actor, import_id)), no)
    return redirect("intake:show", item.pk)


@require_POST
def choose_sheet(request: HttpRequest, import_id: int) -> HttpResponse:
    actor = _actor(request)
    item = import_for(actor, import_id)
    chosen = request.POST.get("file", "")
    file = item.files.filter(pk=int(chosen)).first() if is_whole(chosen) else None
    try:
        if file is not None:
            actions.choose_sheet(file, request.POST.get("sheet", ""), by=actor)
    except Refusal as no:
        return _columns(request, item, _columns_form(request, item), no)
    return redirect(f"{reverse('intake:show', args=[item.pk])}?columns")


@require_GET
def progress(request: HttpRequest, import_id: int) -> HttpResponse:
    item = import_for(_actor(request), import_id)
    is_undoing = item.job is not None and item.job.name == "intake.undo"
    if (item.state in WORKING or is_undoing) and not (item.job and item.job.is_over):
        return render(request, "intake/progress.html#progress", {"item": item})
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = reverse("intake:show", args=[item.pk])
    return answer


@require_POST
def bring_in(request: HttpRequest, import_id: int) -> HttpResponse:
    actor = _actor(request)
    item, ticks = import_for(actor, import_id), request.POST.getlist("tick")
    actions.ask_to_bring_in(item, by=actor, at=clock.now(), ticks=ticks)
    return redirect("intake:show", import_id)


@require_POST
def put_together(request: HttpRequest, import_id: int) -> HttpResponse:
    actor = _actor(request)
    actions.put_together(import_for(actor, import_id), by=actor, at=clock.now())
    return redirect("intake:show", import_id)


@require_POST
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    actor = _actor(request)
    actions.ask_to_undo(import_for(actor, import_id), by=actor, at=clock.now())
    return redirect("intake:show", import_id)


@require_POST
def leave(request: HttpRequest, import_id: int) -> HttpResponse:
    actor = _actor(request)
    actions.leave_it(import_for(actor, import_id), by=actor, at=clock.now())
    return redirect("intake:list")


def _report_context(item: Import, request: HttpRequest) -> dict[str, Any]:
    actor = _actor(request)
    sights, undoing = sights_of(item, actor), undoing_of(item, at=clock.now())
    report = _report_seen(item, actor, sights)
    doubtful = problems_of(item).filter(is_rejected=False).count()
    page = Paginator(problems_of(item), ROWS_SHOWN).get_page(request.GET.get("page"))
    page.object_list = list(as_seen(page.object_list, sights))
    counts = [
        ("same", report["unchanged"], _("stay as they are")),
        ("2", report["updated"], _("change")),
        ("1", report["created"], _("new")),
        ("late", report["rejected"], _("cannot be read")),
    ]
    return {
        "item": item,
        "report": report,
        "is_checked": item.state == Import.State.CHECKED,
        "undoing": undoing,
        "tells_values": not hides_anything(actor),
        "left": left_in_words(item, undoing),
        "counts": counts,
        "parts": [(tone, count) for tone, count, _word in counts],
        "taken": report["created"] + report["updated"],
        "doubtful": doubtful,
        "is_file_kept": item.files.exclude(stored_as="").exists() and not item.is_dry_run,
        "file_kept_until": (item.finished_at or clock.now()) + FILES_KEPT_FOR,
        "may_mend": may_mend(item),
        "mended_in": item.mended.order_by("id"),
        "page": page,
        "unused": [
            (name, columns) for name, columns in report["unused_columns"].items() if columns
        ],
        "columns": _columns_used(item),
        "totals": [Money(minor, code) for code, minor in report.get("total", {}).items()],
        "ticks": [
            (one, one["name"] in item.settings.get("ticks", ()))
            for one in report.get("ticks", ())
            if not is_hidden(actor, "order")
        ],
        "can_be_put_together": any(note["rule"] == "rows_to_mend" for note in report["notes"]),
    }


def _report_seen(item: Import, actor: Actor, sights: dict[int, Sight]) -> dict[str, Any]:
    """The report without what is hidden: what stood there before may be in any field."""
    report: dict[str, Any] = item.report
    if not hides_anything(actor):
        return report
    orders: dict[str, Any] = {"orders": None, "total": {}} if is_hidden(actor, "order") else {}
    whole = not any(sight.hidden for sight in sights.values())
    said = sentences_seen(report.get("assumed", ()), sights)
    notes = [one for one in report.get("notes", ()) if whole or one["rule"] not in SPOKEN_OUT]
    return report | {"changes": [], "assumed": said, "notes": notes} | orders


def _columns_used(item: Import) -> list[tuple[str, Any]]:
    labels = {
        (role.name, field.name): field.label
        for role in column_sets[item.kind].roles
        for field in role.fields
    }
    return [
        (column, labels[file.role, field.partition("#")[0]])
        for file in item.files.order_by("id")
        for field, column in file.mapping.items()
        if (file.role, field.partition("#")[0]) in labels
    ]


def mend(request: HttpRequest, import_id: int) -> HttpResponse:
    """Put rows right that were not taken, and have them read again."""
    actor = _actor(request)
    item = import_for(actor, import_id)
    if not may_mend(item):
        return redirect("intake:show", item.pk)
    files = files_to_mend(item)
    file = _file_of(item, request) or files[0][0]
    rows = rows_to_mend(item).filter(file=file)
    if not rows.exists():
        return redirect("intake:mend", item.pk)
    page = Paginator(rows, ROWS_SHOWN).get_page(request.GET.get("page"))
    posted = request.POST if request.method == "POST" else None
    form = MendForm(list(page), posted, sight=sight_of(file, actor))
    refusal = None
    if request.method == "POST":
        try:
            anew = actions.mend_rows(item, form.changed_rows(), by=actor, at=clock.now())
            return redirect("intake:show", anew.pk)
        except NotAllowed:
            raise
        except Refusal as no:
            refusal = no
    context = {
        "item": item, "form": form, "page": page, "refusal": refusal, "file": file, "files": files,
    }  # fmt: skip
    return render(request, "intake/mend.html", context, status=422 if refusal else 200)


def _file_of(item: Import, request: HttpRequest) -> ImportFile | None:
    told = request.GET.get("file", "")
    is_id = told.isascii() and told.isdigit() and len(told) < 19
    return item.files.filter(pk=told).first() if is_id else None


@require_GET
def untaken_as_csv(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """The rows that were not taken, in the columns of their file, to be put right elsewhere."""
    actor = _actor(request)
    item = import_for(actor, import_id)
    file = _file_of(item, request) or item.files.order_by("id").first()
    heading, rows = untaken_table(file, sight_of(file, actor) if file else WHOLE)
    answer = StreamingHttpResponse(
        _csv_lines(heading, rows), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="import-{item.pk}-not-taken.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
def rows_as_csv(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    actor = _actor(request)
    item = import_for(actor, import_id)
    heading = (_("File"), _("Row"), _("Column"), _("Value"), _("Why"))
    answer = StreamingHttpResponse(
        _csv_lines(heading, report_rows(item, actor)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="import-{item.pk}-rows.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


class _Line:
    """What `csv.writer` writes into: it hands the line back."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(heading: Any, rows: Any) -> Iterator[str]:
    writer = csv.writer(_Line())
    # The mark tells Excel that this is UTF-8.
    yield "\ufeff"
    yield writer.writerow(heading)
    for row in rows:
        yield writer.writerow([marked(cell) if isinstance(cell, str) else cell for cell in row])
