"""What each role does not see, on one screen."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.core import clock
from regulars.core.errors import NotAllowed
from regulars.lists.actions.hiding import hide_fields
from regulars.lists.forms import lines_by_group, role_names, ticked
from regulars.lists.queries.fields import is_hider
from regulars.team.queries import signed_in_member


@require_http_methods(["GET", "POST"])
def hidden(request: HttpRequest) -> HttpResponse:
    """Show an owner what is hidden from whom, and keep what they tick."""
    actor = signed_in_member(request).actor
    if not is_hider(actor):
        raise NotAllowed(_("Only an owner decides what a role sees."))
    if request.method == "POST":
        with transaction.atomic():
            for role, names in ticked(request.POST.dict()).items():
                hide_fields(role, names, by=actor, at=clock.now())
        messages.success(request, _("Kept. What is ticked is hidden from now on."))
        return redirect("lists:hidden")
    shown = {"groups": lines_by_group().items(), "roles": role_names()}
    return render(request, "lists/hidden.html", shown)
