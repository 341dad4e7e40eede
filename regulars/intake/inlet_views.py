"""The screen of what comes in by itself: folders that are watched, addresses that are asked."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from regulars.core import clock
from regulars.core.actor import OWNER
from regulars.core.errors import NotAllowed, Refusal
from regulars.intake.coming_in import add_inlet, leave_looking, remove_inlet
from regulars.intake.forms import InletForm
from regulars.intake.queries import inlet_for, inlets_for
from regulars.team.models import Member


def _actor(request: HttpRequest) -> Any:
    assert isinstance(request.user, Member)
    return request.user.actor


def list_inlets(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    inlets = inlets_for(actor)
    form = InletForm(request.POST or None, is_owner=actor.role == OWNER)
    refusal = None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            add_inlet(
                told["kind"], told["place"], source=told["source"], by=actor, at=clock.now(),
                allows_private=told.get("allows_private", False),
            )  # fmt: skip
            return redirect("intake:inlets")
        except NotAllowed:
            raise
        except Refusal as no:
            refusal = no
    status = 422 if request.method == "POST" else 200
    context = {"inlets": inlets, "form": form, "refusal": refusal, "inbox": settings.INBOX}
    return render(request, "intake/inlets.html", context, status=status)


@require_POST
def look_now(request: HttpRequest) -> HttpResponse:
    inlets_for(_actor(request))
    leave_looking(at=clock.now())
    return redirect("intake:inlets")


@require_POST
def remove(request: HttpRequest, inlet_id: int) -> HttpResponse:
    actor = _actor(request)
    remove_inlet(inlet_for(actor, inlet_id), by=actor, at=clock.now())
    return redirect("intake:inlets")
