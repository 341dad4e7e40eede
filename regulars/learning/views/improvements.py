"""The improvement board: what is done about causes and themes, and whether they fell."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.learning.actions.improving import (
    add_improvement,
    change_improvement,
    move_improvement,
    take_back_improvement,
)
from regulars.learning.choices import About, Stage
from regulars.learning.forms import ImprovementForm
from regulars.learning.models import Improvement
from regulars.learning.queries.improvements import (
    counts_for,
    improvement_for,
    is_improver,
    is_mover,
    listed,
    moves,
    next_look_on,
)
from regulars.learning.queries.themes import every_theme
from regulars.learning.views.themes import parts_of, seeing, there
from regulars.learning.wording import Told, told_of
from regulars.team.queries import the_named_business

SIZE = 25
SHOWN = ("open", "done", "left")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """One improvement as the board shows it."""

    improvement: Improvement
    subject: str
    href: str
    is_late: bool
    may_move: bool
    verdict: Told | None
    next_look_on: date | None


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is to be done first, what is due first above; then what was done, with its verdict."""
    actor, asked = seeing(request), request.GET.get("show", "")
    show = asked if asked in SHOWN else "open"
    today = the_named_business().day_of(clock.now())
    page = Paginator(listed(actor, show), SIZE).get_page(request.GET.get("page"))
    words = {"open": _("To be done"), "done": _("Done"), "left": _("Left")}
    shown = {
        "parts": parts_of(actor, "improvements"), "show": show, "page": page, "today": today,
        "rows": _rows(actor, list(page.object_list), today), "counts": counts_for(actor, today),
        "tabs": [(f"?show={one}", words[one], one == show) for one in SHOWN],
        "may_improve": is_improver(actor),
    }  # fmt: skip
    return render(request, "learning/improvements.html", shown)


def _rows(actor: Actor, found: list[Improvement], today: date) -> list[Row]:
    themes = {one.key: one.name for one in every_theme()}
    rows = []
    for one in found:
        looks = list(one.looks.all())
        is_cause = one.about == About.CAUSE and one.cause is not None
        rows.append(Row(
            one, one.cause.name if is_cause and one.cause else themes.get(one.theme, one.theme),
            there("cause", one.cause_id) if is_cause else there("theme", one.theme),
            one.is_late_on(today), moves(actor, one), told_of(one, looks[-1]) if looks else None,
            next_look_on(one, looks[-1].number if looks else 0),
        ))  # fmt: skip
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write down what is to be done."""
    return _edited(request, _improving(request), None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, improvement_id: int) -> HttpResponse:
    """Say otherwise what is done, by whom or by when."""
    actor = _improving(request)
    return _edited(request, actor, improvement_for(actor, improvement_id))


def _edited(request: HttpRequest, actor: Actor, found: Improvement | None) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    form = ImprovementForm(given, actor=actor, found=found, about=request.GET.get("about", ""))
    if form.is_bound and form.is_valid():
        try:
            plan, at = form.plan(), clock.now()
            row = (
                change_improvement(found, plan, by=actor, at=at)
                if found
                else add_improvement(plan, by=actor, at=at)
            )
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        else:
            said = _("Kept.") if found else _("Written down: it is on the board.")
            messages.success(request, said, extra_tags=_back_of(row))
            return redirect("learning:improvements")
    shown = {"form": form, "found": found}
    status = 422 if form.errors else 200
    return render(request, "learning/change_improvement.html", shown, status=status)


@require_POST
def move(request: HttpRequest, improvement_id: int, stage: str) -> HttpResponse:
    """Say how far it is; done, since which day."""
    actor = _moving(request)
    found = improvement_for(actor, improvement_id)
    if stage not in Stage.values:
        raise Refusal(_("Choose how far it is."))
    told = request.POST.get("done_on", "").strip()
    row = move_improvement(
        found, Stage(stage), by=actor, at=clock.now(), done_on=_day(told) if told else None
    )
    said = {
        Stage.PLANNED: _("Planned again."), Stage.DOING: _("Under way."),
        Stage.DONE: _("Done. Whether it fell is looked at from now on."),
        Stage.LEFT: _("Left."),
    }[Stage(stage)]  # fmt: skip
    return _answer(request, said, _back_of(row))


def _day(told: str) -> date:
    try:
        day = parse_date(told)
    except ValueError:
        day = None
    if day is None:
        raise Refusal(_("“%(told)s” is no day.") % {"told": told[:40]})
    return day


@require_POST
def back(request: HttpRequest, improvement_id: int, stamp: int) -> HttpResponse:
    """Undo what was changed last."""
    actor = _moving(request)
    found = improvement_for(actor, improvement_id)
    # No clock reaches further: whoever typed more asks for nothing that was.
    moment = EPOCH + timedelta(microseconds=min(stamp, 32_503_680_000_000_000))
    take_back_improvement(found, changed_at=moment, by=actor, at=clock.now())
    return _answer(request, _("Taken back."))


def _answer(request: HttpRequest, said: str, undo: str = "") -> HttpResponse:
    back_to = there("improvements")
    if (show := request.POST.get("show", "")) in SHOWN:
        back_to += f"?{urlencode({'show': show})}"
    return answer_change(request, said, changed="improvements-changed", back_to=back_to, undo=undo)


def _back_of(row: Improvement) -> str:
    micro = (row.changed_at - EPOCH) // timedelta(microseconds=1)
    return there("back_improvement", row.pk, micro)


def _moving(request: HttpRequest) -> Actor:
    actor = seeing(request)
    if not is_mover(actor):
        raise NotAllowed(_("You may look, and move nothing on. An owner can change that."))
    return actor


def _improving(request: HttpRequest) -> Actor:
    actor = seeing(request)
    if not is_improver(actor):
        raise NotAllowed(_("Owners and managers say what is done about it."), _("Ask one of them."))
    return actor
