"""A message as one customer would see it, on a sheet of its own in which nothing runs."""

from collections.abc import Callable
from typing import cast

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from regulars.consent.choices import Channel, Purpose
from regulars.core import clock
from regulars.core.actor import VIEWER
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.models import Customer
from regulars.customers.queries import customer_for
from regulars.messaging.models import TemplateVersion
from regulars.messaging.queries import verdict_preview
from regulars.messaging.texts import Compiled, compile_version
from regulars.messaging.writing import previewed
from regulars.team.models import Member
from regulars.team.queries import signed_in_member

Sheet = Callable[..., HttpResponse]
ALONE = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "script-src": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": [],
}


def _alone(view: Sheet) -> Sheet:
    """RELIABILITY I3: in a frame of ours, without scripts, loading nothing."""
    rules = csp_replace(ALONE)
    return cast(Sheet, xframe_options_sameorigin(rules(view)))


@require_safe
@_alone
def of_version(request: HttpRequest, version_id: int, customer_id: int) -> HttpResponse:
    """What is about to be approved, with one customer's own values."""
    member = signed_in_member(request)
    version = get_object_or_404(TemplateVersion, pk=version_id)
    customer = customer_for(member.actor, customer_id)
    words = version.subject, version.preheader, version.body, version.layout
    return _sheet(compile_version(*words), customer, member)


@require_POST
@_alone
def try_words(request: HttpRequest) -> HttpResponse:
    """What has been typed so far; keeps nothing."""
    member = signed_in_member(request)
    if member.actor.role == VIEWER:
        raise NotAllowed(_("You may look, and write to nobody. An owner can change that."))
    said = request.GET.get("as", "")
    customer = customer_for(member.actor, int(said) if said.isdecimal() else 0)
    try:
        subject, body = (request.POST.get(name, "") for name in ("subject", "body"))
        return _sheet(compile_version(subject, "", body), customer, member)
    except Refusal as no:
        words = format_html("<p><b>{}</b></p><p>{}</p>", no.sentence, no.remedy)
        return HttpResponse(words, status=422)


@require_safe
def verdict(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Whether it would leave, for the purpose that is chosen now; keeps nothing."""
    customer = customer_for(signed_in_member(request).actor, customer_id)
    said = request.GET.get("purpose", "")
    purpose = Purpose(said) if said in Purpose.values else Purpose.SERVE
    says = verdict_preview(customer, purpose, Channel.EMAIL, clock.now())
    shown = {"customer": customer, "verdict": says}
    return render(request, "messaging/sending/_verdict.html", shown)


def _sheet(compiled: Compiled, customer: Customer, member: Member) -> HttpResponse:
    return HttpResponse(previewed(compiled, customer, member=member, at=clock.now()).html)
