"""Who left and why, on the screen: the page, and the panel on a customer's page."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.customers.queries.people import customer_for
from regulars.departures.actions.leaving import end_departure, note_departure, take_back
from regulars.departures.choices import Reason
from regulars.departures.forms import DepartureForm
from regulars.departures.models import Departure
from regulars.departures.panel import panel_of
from regulars.departures.queries.leaving import (
    departure_for,
    is_noter,
    is_seer,
    listed,
    reasons_counted,
)
from regulars.departures.words import said
from regulars.team.queries import signed_in_member

SIZE = 50
SHOWN = {"gone": _lazy("Gone"), "back": _lazy("Came back")}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Why customers left, how often each reason was named, and who they are."""
    actor = _seeing(request)
    show, reason = request.GET.get("show", "gone"), request.GET.get("reason", "")
    show = show if show in SHOWN else "gone"
    reason = reason if reason in Reason.values else ""
    page = Paginator(listed(actor, show, reason), SIZE).get_page(request.GET.get("page"))
    counted = reasons_counted(actor)
    shown = {
        "rows": [said(one) for one in page], "page": page, "show": show, "reason": reason,
        "tabs": [(name, words, name == show) for name, words in SHOWN.items()],
        "counted": counted, "gone": sum(one.gone for one in counted),
        "back": sum(one.back for one in counted),
        "reason_words": Reason(reason).label if reason else "",
    }  # fmt: skip
    return render(request, "departures/home.html", shown)


@require_safe
def panel(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Why one customer left again, after something changed."""
    actor = _seeing(request)
    customer = customer_for(actor, customer_id)
    return render(request, "departures/_panel.html", panel_of(customer, actor))


@require_POST
def note(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Write down why a customer left, or write it anew."""
    actor, at = _noting(request), clock.now()
    customer = customer_for(actor, customer_id)
    form = DepartureForm(request.POST, auto_id="left-%s")
    if form.is_valid():
        try:
            left_on = form.cleaned_data["left_on"]
            noted = note_departure(customer, form.why(), left_on=left_on, by=actor, at=at)
            return _answer(request, noted, _("Written down."))
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    return render(request, "departures/_panel.html", panel_of(customer, actor, form), status=422)


@require_POST
def came_back(request: HttpRequest, departure_id: int) -> HttpResponse:
    """Say that they are back."""
    actor = _noting(request)
    ended = end_departure(departure_for(actor, departure_id), by=actor, at=clock.now())
    return _answer(request, ended, _("Written down: they are back."))


@require_POST
def undo(request: HttpRequest, departure_id: int, state: str) -> HttpResponse:
    """Undo what was written down last."""
    actor = _noting(request)
    departure = departure_for(actor, departure_id)
    there = reverse("customers:detail", args=[departure.customer_id])
    take_back(departure, state=state, by=actor, at=clock.now())
    words = _("Taken back.")
    if departure.wants_peace:
        words = _("Taken back. That they want no messages and calls stays: only they change it.")
    return answer_change(request, words, changed="departure-changed", back_to=there)


def _answer(request: HttpRequest, noted: Departure, words: str) -> HttpResponse:
    back = reverse("departures:undo", args=[noted.pk, noted.state])
    there = reverse("customers:detail", args=[noted.customer_id])
    return answer_change(request, words, changed="departure-changed", back_to=there, undo=back)


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer(actor):
        raise HiddenFromRole
    return actor


def _noting(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not is_noter(actor):
        raise NotAllowed(_("You may look, and write nothing down. An owner can change that."))
    return actor
