"""Who is away and who covers: for an owner everybody's, for each member their own."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.slips import read_slip, write_slip
from regulars.team.absences import (
    SHOWN_DAYS,
    absences_since,
    change_absence,
    note_absence,
    put_absence_back,
    remove_absence,
)
from regulars.team.forms import AbsenceForm
from regulars.team.models import Absence, Member
from regulars.team.queries import members_who_look_after, signed_in_member, the_named_business
from regulars.team.rules import may_change_team, may_note_absence, may_see_why_away

BACK = "absence"
CHANGED = "absences-changed"


@require_safe
def away(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """Note that somebody is away."""
    by, at = _worker(request), clock.now()
    form = AbsenceForm(request.POST, whose=_whose(request))
    if not form.is_valid():
        return _page(request, noting=form)
    member = form.cleaned_data["member"]
    try:
        made = note_absence(member, **form.said(), by=by, at=at)
    except Refusal as no:
        form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        return _page(request, noting=form)
    said = _("Noted: %(name)s is away.") % {"name": member.name}
    return _changed(request, said, {"absence": made.pk, "member": member.pk})


@require_POST
def change(request: HttpRequest, absence_id: int) -> HttpResponse:
    """Other days, or somebody else who covers."""
    by, absence = _noter(request, absence_id)
    form = AbsenceForm.of(absence, request.POST)
    if not form.is_valid():
        return _page(request, changing=form, of=absence)
    try:
        before = change_absence(absence, **form.said(), by=by, at=clock.now())
    except Refusal as no:
        form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        return _page(request, changing=form, of=absence)
    return _changed(request, _("Kept. The next lists follow it."), before)


@require_POST
def remove(request: HttpRequest, absence_id: int) -> HttpResponse:
    by, absence = _noter(request, absence_id)
    said = _("Removed: %(name)s is not away.") % {"name": absence.member.name}
    return _changed(request, said, remove_absence(absence, by=by, at=clock.now()))


@require_POST
def put_back(request: HttpRequest, slip: str) -> HttpResponse:
    """Undo the last change."""
    by, before = _worker(request), read_slip(slip, BACK, at=clock.now())
    _check(by, get_object_or_404(Member, pk=before["member"]))
    put_absence_back(before, by=by, at=clock.now())
    return answer_change(request, _("As before."), changed=CHANGED, back_to="team:away")


def _changed(request: HttpRequest, said: str, before: dict[str, Any]) -> HttpResponse:
    undo = reverse("team:put_absence_back", args=[write_slip(BACK, before, at=clock.now())])
    return answer_change(request, said, changed=CHANGED, back_to="team:away", undo=undo)


def _whose(request: HttpRequest) -> list[Member]:
    """For whom the reader may note days: an owner for everybody who looks after customers."""
    reader = signed_in_member(request)
    return members_who_look_after() if may_change_team(reader.actor) else [reader]


def _worker(request: HttpRequest) -> Actor:
    reader = signed_in_member(request)
    if not may_note_absence(reader.actor, reader):
        raise NotAllowed(_("A viewer changes nothing, and has no customers to be covered."))
    return reader.actor


def _noter(request: HttpRequest, absence_id: int) -> tuple[Actor, Absence]:
    by = _worker(request)
    absence = get_object_or_404(Absence.objects.select_related("member"), pk=absence_id)
    _check(by, absence.member)
    return by, absence


def _check(by: Actor, member: Member) -> None:
    if not may_note_absence(by, member):
        raise NotAllowed(
            _("Only an owner, or %(name)s, can say when they are away.") % {"name": member.name}
        )


def _page(
    request: HttpRequest, *, noting: AbsenceForm | None = None,
    changing: AbsenceForm | None = None, of: Absence | None = None,
) -> HttpResponse:  # fmt: skip
    reader, today = signed_in_member(request), the_named_business().day_of(clock.now())
    found = absences_since(today - timedelta(days=SHOWN_DAYS))
    asked = request.GET.get("change", "") if of is None else str(of.pk)
    rows = [_row(reader.actor, one, changing, is_open=str(one.pk) == asked) for one in found]
    now = [row for row in rows if row["one"].starts_on <= today <= row["one"].ends_on]
    shown = {
        "today": today,
        "now": now,
        "groups": [
            (_("Away now"), now),
            (_("Coming"), [row for row in rows if row["one"].starts_on > today]),
            (_("Lately"), [row for row in rows if row["one"].ends_on < today]),
        ],
        "noting": noting or AbsenceForm(whose=_whose(request)),
        "may_note": may_note_absence(reader.actor, reader),
        "is_own": not may_change_team(reader.actor),
    }
    refused = noting is not None or changing is not None
    return render(request, "team/away.html", shown, status=422 if refused else 200)


def _row(
    reader: Actor, one: Absence, changing: AbsenceForm | None, *, is_open: bool
) -> dict[str, Any]:
    may_change = may_note_absence(reader, one.member)
    return {
        "one": one,
        "sees_why": may_see_why_away(reader, one.member_id),
        "may_change": may_change,
        # Made for the one that is changed: each asks who may cover.
        "form": (changing or AbsenceForm.of(one)) if is_open and may_change else None,
    }
