"""A disruption on the screen: declared, changed, looked at, ended."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from regulars.bulletins.queries import bulletins_of
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.recovery.actions.disruptions import (
    change_disruption,
    declare_disruption,
    enter_past_disruption,
)
from regulars.recovery.actions.endings import end_disruption
from regulars.recovery.forms import DisruptionForm, PastForm
from regulars.recovery.models import Disruption
from regulars.recovery.queries.disruptions import (
    decided,
    disruption_for,
    is_declarer,
    others_holding,
    overlapping,
    reach_of,
    restarting,
)
from regulars.recovery.words import lasting, remarks_on, whom_words
from regulars.team.queries import signed_in_member


@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest) -> HttpResponse:
    """Say that the business is interrupted."""
    return _declare(request, is_drill=False)


@require_http_methods(["GET", "POST"])
def drill(request: HttpRequest) -> HttpResponse:
    """Go through the same without changing anything."""
    return _declare(request, is_drill=True)


def _declare(request: HttpRequest, *, is_drill: bool) -> HttpResponse:
    actor, at = _declaring(request), clock.now()
    form = DisruptionForm(request.POST or None, actor=actor, at=at)

    def act() -> Disruption:
        return declare_disruption(form.told(), by=actor, at=at, is_drill=is_drill)

    shown = {"is_drill": is_drill}
    return _asked(request, form, act, "recovery/declare.html", **shown)


@require_http_methods(["GET", "POST"])
def past(request: HttpRequest) -> HttpResponse:
    """Write down a disruption that is over."""
    actor, at = _declaring(request), clock.now()
    form = PastForm(request.POST or None, actor=actor, at=at)

    def act() -> Disruption:
        ended_at = form.cleaned_data["ended_at"]
        return enter_past_disruption(form.told(), ended_at=ended_at, by=actor, at=at)

    return _asked(request, form, act, "recovery/past.html")


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, disruption_id: int) -> HttpResponse:
    """Put right what is said of it."""
    actor, at = _declaring(request), clock.now()
    disruption = disruption_for(disruption_id)
    form = DisruptionForm(request.POST or None, actor=actor, at=at, disruption=disruption)

    def act() -> Disruption:
        return change_disruption(disruption, form.told(), by=actor, at=at)

    return _asked(request, form, act, "recovery/change.html", disruption=disruption)


def _asked(
    request: HttpRequest, form: DisruptionForm, act: Callable[[], Disruption], template: str,
    **shown: object,
) -> HttpResponse:  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("recovery:disruption", act().pk)
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **shown}, status=status)


@require_safe
def show(request: HttpRequest, disruption_id: int) -> HttpResponse:
    """One disruption: what it means now, or what became of it."""
    actor, at = signed_in_member(request).actor, clock.now()
    disruption = disruption_for(disruption_id)
    may = is_declarer(actor)
    reach = reach_of(disruption, at) if disruption.is_standing and may else None
    overlaps = overlapping(disruption.since, disruption.ended_at, but=disruption.pk)
    shown = {
        "disruption": disruption,
        "whom": whom_words(disruption),
        "lasts": lasting((disruption.ended_at or at) - disruption.since),
        "reach": reach,
        "remarks": remarks_on(disruption, reach, overlaps, at),
        "waiting": restarting(disruption, at) if reach else [],
        "bulletins": bulletins_of(disruption.name),
        "decided": decided(disruption) if may and not disruption.is_standing else [],
        "may_declare": may,
    }
    return render(request, "recovery/disruption.html", shown)


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, disruption_id: int) -> HttpResponse:
    """Show what would start again, and end it for what is ticked."""
    actor, at = _declaring(request), clock.now()
    disruption = disruption_for(disruption_id)
    refusal = None
    if request.method == "POST":
        try:
            end_disruption(
                disruption, confirmed=request.POST.getlist("confirmed"),
                seen=request.POST.getlist("seen"), by=actor, at=at,
            )  # fmt: skip
            messages.success(request, _("Ended. What you confirmed goes on."))
            return redirect("recovery:disruption", disruption.pk)
        except NotAllowed:
            raise
        except Refusal as no:
            refusal = no
    shown = {
        "disruption": disruption,
        "waiting": restarting(disruption, at),
        "confirmed": request.POST.getlist("confirmed"),
        "others": others_holding(disruption, at),
        "refusal": refusal,
    }
    return render(request, "recovery/end.html", shown, status=422 if refusal else 200)


def _declaring(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_declarer(actor):
        raise NotAllowed(
            _("Only an owner or a manager declares a disruption."),
            _("Ask one of them. Anybody who works here can stop all sending."),
        )
    return actor
