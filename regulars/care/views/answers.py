"""How it went: the marks with how sure they are, every answer, and those heard by one of us."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.care.actions.answer_rules import set_answer_rules
from regulars.care.actions.answers import (
    Said,
    count_after_all,
    file_answer,
    note_answer,
    set_aside,
    take_back_answer,
)
from regulars.care.choices import Heard, MarkKind
from regulars.care.forms import LANGUAGES, AnswerRulesForm
from regulars.care.models import AnswerQuerySet
from regulars.care.panel import answers_panel_of, asked_aloud
from regulars.care.queries.answers import (
    BY_US,
    about_product,
    answer_for,
    answer_rules,
    answers_for,
    kinds_answered,
    latest_first,
    marks_for,
    newest_open_check_in,
    notes_answers,
    sees_answers,
    sets_answer_rules,
)
from regulars.care.queries.questions import asking_of
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.customers.queries.people import customer_for
from regulars.team.queries import signed_in_member, the_named_business

PAGE = 25
SPANS = {"": None, "year": timedelta(days=365), "quarter": timedelta(days=91)}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The marks, apart for what came late; below them every answer, the newest first."""
    actor = _seeing(request)
    kinds, asked = kinds_answered(), request.GET.get("scale", "")
    usual = kinds[0] if len(kinds) == 1 else answer_rules().marks
    kind = MarkKind(asked) if asked in MarkKind.values else usual
    span = request.GET.get("span", "")
    length = SPANS.get(span)
    since = clock.now() - length if length else None
    rows = latest_first(_narrowed(answers_for(actor), request, kind, since))
    found, next_page = _page(rows, request)
    shown = {
        "marks": marks_for(actor, kind.scale, since, kind.measure), "rows": found,
        "next": next_page, "kinds": kinds, "kind": kind, "span": span if span in SPANS else "",
        "tabs": _tabs(kind, span),
        "show": request.GET.get("show", ""), "mark": request.GET.get("mark", ""),
        "product": request.GET.get("product", "")[:100], "is_first": "after" not in request.GET,
        "possible": range(kind.scale, kind.worst - 1, -1), "may_note": notes_answers(actor),
    }  # fmt: skip
    return render(request, "care/answers.html", shown)


def _tabs(kind: MarkKind, span: str) -> list[tuple[str, str, bool]]:
    """All of them, or those of late; the address of each, and which is looked at."""
    words = {"": _("All"), "year": _("Twelve months"), "quarter": _("Three months")}
    return [
        (f"?scale={kind.value}&span={one}", said, one == (span if span in SPANS else ""))
        for one, said in words.items()
    ]


def _narrowed(
    rows: AnswerQuerySet, request: HttpRequest, kind: MarkKind, since: datetime | None
) -> AnswerQuerySet:
    show, mark = request.GET.get("show", ""), request.GET.get("mark", "")
    rows = rows.exclude(doubt="") if show == "doubtful" else rows
    if mark.isascii() and mark.isdigit() and len(mark) <= 2:
        rows = rows.filter(scale=kind.scale, measure=kind.measure, mark=int(mark))
    if product := request.GET.get("product", "").strip()[:100]:
        rows = about_product(rows, product)
    return rows.filter(said_at__gte=since) if since is not None else rows


def _page(rows: AnswerQuerySet, request: HttpRequest) -> tuple[list[object], str]:
    """One page after a key, never by number; and the address of the next."""
    told, _dash, pk = request.GET.get("after", "").partition("_")
    if told.isascii() and told.isdigit() and pk.isdigit() and len(told + pk) < 40:
        rows = rows.before_key(int(told), int(pk))
    found = list(rows[: PAGE + 1])
    if len(found) <= PAGE:
        return list(found), ""
    last = found[PAGE - 1]
    kept = {name: value for name, value in request.GET.items() if name != "after"}
    kept["after"] = f"{int(last.said_at.timestamp() * 1_000_000)}_{last.pk}"
    return list(found[:PAGE]), f"?{urlencode(kept)}"


@require_safe
def panel(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What one customer answered again, after something changed."""
    actor = _seeing(request)
    customer = customer_for(actor, customer_id)
    return render(request, "care/_answers.html", answers_panel_of(customer, actor))


@require_POST
def hear(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Write down how it went as a customer told one of us: a tap on the mark is enough."""
    actor = _noting(request)
    customer = customer_for(actor, customer_id)
    told, at = request.POST.get("mark", "").strip(), clock.now()
    mark = int(told) if told.isascii() and told.isdigit() and len(told) <= 3 else None
    source = request.POST.get("source", "")
    try:
        if source not in BY_US:
            raise Refusal(_("Choose how you heard it: by phone, by mail or in the shop."))
        well, wrong = request.POST.get("went_well", ""), request.POST.get("not_right", "")
        check_in = newest_open_check_in(customer)
        asking = asking_of(check_in, get_language() or "")
        more = tuple(
            (one, request.POST.get(f"more_{nth}", ""))
            for nth, one in enumerate(asked_aloud(asking))
        )
        said = Said(mark, well, wrong, asking.scale, more, asking.measure)
        if check_in is not None:
            filed = file_answer(check_in, said, source=Heard(source), by=actor, at=at)
        else:
            filed = note_answer(customer, said, source=Heard(source), by=actor, at=at)
    except Refusal as no:
        shown = answers_panel_of(customer, actor, f"{no.sentence} {no.remedy}".strip())
        return render(request, "care/_answers.html", shown, status=422)
    undo = reverse("care:take_back_answer", args=[filed.pk])
    return _answer(request, customer.pk, _("Written down: how it went."), undo)


@require_POST
def take_back(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Undo what one of us wrote down."""
    actor = _noting(request)
    answer = answer_for(actor, answer_id)
    take_back_answer(answer, by=actor, at=clock.now())
    return _answer(request, answer.customer_id, _("Taken back. A case that it opened stays."))


@require_POST
def aside(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Let an answer not count."""
    actor = _noting(request)
    answer = set_aside(answer_for(actor, answer_id), by=actor, at=clock.now())
    undo = reverse("care:count_answer", args=[answer.pk])
    return _answer(request, answer.customer_id, _("Set aside: it does not count."), undo)


@require_POST
def count(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Let an answer that was set aside count after all."""
    actor = _noting(request)
    answer = count_after_all(answer_for(actor, answer_id), by=actor, at=clock.now())
    undo = reverse("care:set_answer_aside", args=[answer.pk])
    return _answer(request, answer.customer_id, _("It counts."), undo)


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """What makes an answer a case: everybody may read it, an owner changes it."""
    actor = _seeing(request)
    may_set = sets_answer_rules(actor)
    if request.method == "POST" and not may_set:
        raise NotAllowed(_("Only an owner sets what makes an answer a case."))
    written = [one for one in the_named_business().languages if one in LANGUAGES] or ["en"]
    form = AnswerRulesForm(request.POST or None, rules=answer_rules(), written=written)
    if form.is_valid():
        set_answer_rules(form.values(), form.words(), by=actor, at=clock.now())
        messages.success(request, _("Kept. Answers from now on follow it."))
        return redirect("care:answer_rules")
    for field in form.fields.values():
        field.disabled = not may_set
    shown = {"form": form, "may_set": may_set}
    return render(request, "care/answer_rules.html", shown, status=422 if form.errors else 200)


def _answer(request: HttpRequest, customer_id: int, said: str, undo: str = "") -> HttpResponse:
    back_to = reverse("customers:detail", args=[customer_id])
    return answer_change(request, said, changed="answer-changed", back_to=back_to, undo=undo)


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not sees_answers(actor):
        raise HiddenFromRole
    return actor


def _noting(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not notes_answers(actor):
        raise NotAllowed(_("You may look, and write nothing down. An owner can change that."))
    return actor
