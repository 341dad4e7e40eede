"""What it costs to win one back beside what it costs to find a new one, on the screen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.departures.actions.costs import note_spent, put_spent_back, remove_spent
from regulars.departures.comparing import costs_page
from regulars.departures.errors import OnlyWinners
from regulars.departures.forms import SpentForm
from regulars.departures.queries.costs import sees_costs, sets_costs, spent_numbered
from regulars.departures.queries.leaving import is_seer
from regulars.team.queries import signed_in_member, the_named_business

CHANGED = "costs-changed"


@require_http_methods(["GET", "HEAD", "POST"])
def costs(request: HttpRequest) -> HttpResponse:
    """Both costs with their bounds, and what they are told from."""
    actor = _setting(request) if request.method == "POST" else _seeing(request)
    business, at = the_named_business(), clock.now()
    form = SpentForm(request.POST or None, currency=business.currency)
    if request.method == "POST" and form.is_valid():
        try:
            row = note_spent(form.told(), by=actor, at=at)
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        else:
            undo = reverse("departures:spent_gone", args=[row.pk])
            return answer_change(
                request, _("Written down."), changed=CHANGED, back_to=_here(), undo=undo
            )
    shown = costs_page(business, business.day_of(at))
    shown |= {"form": form, "may_set": sets_costs(actor)}
    status = 422 if form.errors else 200
    return render(request, "departures/costs.html", shown, status=status)


@require_POST
def spent_gone(request: HttpRequest, spent_id: int) -> HttpResponse:
    """Take away what was written down, with the way back beside it."""
    actor, row = _setting(request), spent_numbered(spent_id)
    remove_spent(row, by=actor, at=clock.now())
    undo = reverse("departures:spent_back", args=[row.pk])
    return answer_change(request, _("Taken away."), changed=CHANGED, back_to=_here(), undo=undo)


@require_POST
def spent_back(request: HttpRequest, spent_id: int) -> HttpResponse:
    """Undo that."""
    actor, row = _setting(request), spent_numbered(spent_id)
    put_spent_back(row, by=actor, at=clock.now())
    return answer_change(request, _("Put back."), changed=CHANGED, back_to=_here())


def _here() -> str:
    return reverse("departures:costs")


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer(actor):
        raise HiddenFromRole
    if not sees_costs(actor):
        raise NotAllowed(
            _("What customers cost is for those who see the whole list."), _("Ask an owner.")
        )
    return actor


def _setting(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not sets_costs(actor):
        raise OnlyWinners
    return actor
