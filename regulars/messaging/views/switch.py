"""Stopping everything that leaves, and letting it go on, from any page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.core import clock
from regulars.core.errors import NotAllowed
from regulars.messaging.actions.switch import resume_sending, stop_sending
from regulars.messaging.rules import may_resume, may_stop
from regulars.team.queries import signed_in_member


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stop all sending at once; nothing asks twice, because it can be taken back as easily."""
    actor = signed_in_member(request).actor
    if not may_stop(actor):
        raise NotAllowed(_("You may look, and stop nothing. An owner can change that."))
    stop_sending(why=request.POST.get("why", "").strip()[:300], by=actor, at=clock.now())
    messages.warning(request, _("Stopped: nothing leaves until somebody lets it go on."))
    return _back(request)


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Let everything go on that waits."""
    actor = signed_in_member(request).actor
    if not may_resume(actor):
        raise NotAllowed(_("Only an owner or a manager lets messages leave again."))
    resume_sending(by=actor, at=clock.now())
    messages.success(request, _("Messages leave again."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the page that was asked from, as long as it is one of ours."""
    came_from = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts=None)
    if not is_ours or not came_from.startswith("/"):
        came_from = reverse("messaging:home")
    return redirect(came_from)
