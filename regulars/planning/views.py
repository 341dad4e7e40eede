"""How often customers should hear from us: the cadences, the work they make, and what to change."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.list_fields import is_hidden
from regulars.core.slips import read_slip, write_slip
from regulars.insight.choices import Tier
from regulars.lists.queries.segments import segments_for
from regulars.planning.actions import set_cadences
from regulars.planning.agreeing import Whose, agree_on, end_cadence, put_cadence_back
from regulars.planning.forms import CadencesForm, RuleForm
from regulars.planning.loads import load_of_cadences
from regulars.planning.queries import (
    cadences_set,
    other_cadences,
    own_count,
    raised_cadences,
    rarest_of,
)
from regulars.planning.rules import may_set_cadences
from regulars.team.queries import signed_in_member, the_named_business

BACK = "cadence"


@require_http_methods(["GET", "POST"])
def cadences(request: HttpRequest) -> HttpResponse:
    """Show the cadences beside the minutes there are; an owner may change them."""
    actor = signed_in_member(request).actor
    if request.method == "POST":
        _check_owner(actor)
    form = CadencesForm(request.POST or None, initial=cadences_set())
    if form.is_valid():
        set_cadences(form.cleaned_data, by=actor, at=clock.now())
        messages.success(request, _("Kept. The next lists follow it."))
        return redirect("planning:cadences")
    return _page(request, actor, form=form, status=422 if form.errors else 200)


@require_POST
def add_rule(request: HttpRequest) -> HttpResponse:
    """One more cadence: of a tier or a segment, by some touches, in some months."""
    actor = signed_in_member(request).actor
    _check_owner(actor)
    rule = RuleForm(request.POST, segments=segments_for(actor, clock.now()))
    if rule.is_valid():
        try:
            before = agree_on(rule.target(), **rule.days(), by=actor, at=clock.now())
            return _changed(request, _("Kept. The next lists follow it."), before)
        except NotAllowed:
            raise
        except Refusal as no:
            rule.add_error(None, f"{no.sentence} {no.remedy}".strip())
    return _page(request, actor, rule=rule, status=422)


@require_POST
def lengthen(request: HttpRequest) -> HttpResponse:
    """One of the changes that the page suggests: a tier hears from us every so many days."""
    actor = signed_in_member(request).actor
    tier, every = request.POST.get("tier", ""), request.POST.get("every", "")
    days = int(every) if every.isdecimal() and len(every) <= 4 else 0
    rarest = rarest_of(tier)
    before = agree_on(Whose(tier=tier), at_least=days, at_most=rarest, by=actor, at=clock.now())
    said = _("%(tier)s customers hear from us at least every %(days)s days from now on.")
    return _changed(request, said % {"tier": Tier(tier).label, "days": days}, before)


@require_POST
def remove_rule(request: HttpRequest, cadence_id: int) -> HttpResponse:
    """Take a cadence away; what is less particular goes for them again."""
    actor = signed_in_member(request).actor
    _check_owner(actor)
    one = other_cadences().filter(pk=cadence_id).first()
    if one is None:
        return redirect("planning:cadences")
    whose = Whose(tier=one.tier, segment_id=one.segment_id, worth=one.worth, months=one.months)
    before = end_cadence(whose, by=actor, at=clock.now())
    return _changed(request, _("Taken away."), before)


@require_POST
def put_back(request: HttpRequest, slip: str) -> HttpResponse:
    """Undo the last change of a cadence of many."""
    actor = signed_in_member(request).actor
    put_cadence_back(read_slip(slip, BACK, at=clock.now()), by=actor, at=clock.now())
    return answer_change(
        request, _("As before."), changed="cadence-changed", back_to="planning:cadences"
    )


def _changed(request: HttpRequest, said: str, before: dict[str, Any]) -> HttpResponse:
    undo = reverse("planning:put_back", args=[write_slip(BACK, before, at=clock.now())])
    return answer_change(
        request, said, changed="cadence-changed", back_to="planning:cadences", undo=undo
    )


def _check_owner(actor: Actor) -> None:
    if not may_set_cadences(actor):
        raise NotAllowed(_("Only the owner sets how often customers hear from us."))


def _page(
    request: HttpRequest, actor: Actor, *, form: CadencesForm | None = None,
    rule: RuleForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    business, now = the_named_business(), clock.now()
    segments = list(segments_for(actor, now))
    shown = {
        "form": form or CadencesForm(initial=cadences_set()),
        "rule": rule or RuleForm(segments=segments),
        "load": load_of_cadences(business, business.day_of(now)),
        "others": list(other_cadences()),
        "seen_segments": {one.pk for one in segments},
        "own_count": own_count(),
        "raised": raised_cadences(),
        "may_set": may_set_cadences(actor),
        "is_counted": not is_hidden(actor, "insight.tier"),
    }
    return render(request, "planning/cadences.html", shown, status=status)
