"""The rules of the house on one screen: how often, when not, and service before sales."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.core.errors import NotAllowed
from regulars.messaging.actions.rules import HouseRules, set_rules
from regulars.messaging.counting import rules_of_the_house
from regulars.messaging.forms.holds import RulesForm
from regulars.messaging.queries import is_ruler
from regulars.team.queries import signed_in_member


@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Show the rules to everybody here; an owner may change them."""
    actor = signed_in_member(request).actor
    may_set = is_ruler(actor)
    if request.method == "POST" and not may_set:
        raise NotAllowed(_("Only an owner sets the rules of the house."))
    kept = rules_of_the_house()
    initial = {name: getattr(kept, name) for name in HouseRules.__slots__}
    form = RulesForm(request.POST or None, initial=initial)
    if form.is_valid():
        set_rules(form.rules(), by=actor, at=clock.now())
        messages.success(request, _("Kept. Whatever leaves from now on follows it."))
        return redirect("messaging:rules")
    if not may_set:
        for field in form.fields.values():
            field.disabled = True
    shown = {"form": form, "may_set": may_set}
    return render(request, "messaging/holds/rules.html", shown, status=422 if form.errors else 200)
