"""The cadences: how often each tier should hear from us, and the work that this makes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.core.errors import NotAllowed
from regulars.core.list_fields import is_hidden
from regulars.planning.actions import set_cadences
from regulars.planning.forms import CadencesForm
from regulars.planning.queries import cadences_set, load_of_cadences, raised_cadences
from regulars.planning.rules import may_set_cadences
from regulars.team.queries import signed_in_member


@require_http_methods(["GET", "POST"])
def cadences(request: HttpRequest) -> HttpResponse:
    """Show the cadences beside the minutes there are; an owner may change them."""
    actor = signed_in_member(request).actor
    if request.method == "POST" and not may_set_cadences(actor):
        raise NotAllowed(_("Only the owner sets how often customers hear from us."))
    form = CadencesForm(request.POST or None, initial=cadences_set())
    if form.is_valid():
        set_cadences(form.cleaned_data, by=actor, at=clock.now())
        messages.success(request, _("Kept. The next lists follow it."))
        return redirect("planning:cadences")
    shown = {
        "form": form,
        "load": load_of_cadences(),
        "raised": raised_cadences(),
        "may_set": may_set_cadences(actor),
        "is_counted": not is_hidden(actor, "insight.tier"),
    }
    return render(request, "planning/cadences.html", shown, status=422 if form.errors else 200)
