"""A message as one customer would see it, on a sheet of its own in which nothing runs."""

import re
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
from regulars.core.keyset import is_whole
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for
from regulars.messaging.models import TemplateVersion
from regulars.messaging.queries import verdict_preview
from regulars.messaging.texts import Rendered, compile_version
from regulars.messaging.views.texts import LOOKS
from regulars.messaging.writing import previewed
from regulars.team.models import Member
from regulars.team.queries import signed_in_member

Sheet = Callable[..., HttpResponse]
PHONE = 390
_WIDTH = re.compile(r"\((min|max)-width:\s*(\d+)px\)")
_BODY = re.compile(r"<body[^>]*>")
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
    rendered = rendered_for(customer, version, member)
    return HttpResponse(_looking(rendered, look_of(request)))


@require_POST
@_alone
def try_words(request: HttpRequest) -> HttpResponse:
    """What has been typed so far; keeps nothing."""
    member = signed_in_member(request)
    if member.actor.role == VIEWER:
        raise NotAllowed(_("You may look, and write to nobody. An owner can change that."))
    said = request.GET.get("as", "")
    customer = customer_for(member.actor, int(said) if is_whole(said) else 0)
    try:
        subject, body = (request.POST.get(name, "") for name in ("subject", "body"))
        compiled = compile_version(subject, "", body)
        rendered = previewed(compiled, customer, member=member, at=clock.now())
        return HttpResponse(_headed(rendered, look_of(request)))
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


def rendered_for(customer: Customer, version: TemplateVersion, member: Member) -> Rendered:
    """A version's words with one customer's own values, signed by whoever looks."""
    words = version.subject, version.preheader, version.body, version.layout
    return previewed(compile_version(*words), customer, member=member, at=clock.now())


def look_of(request: HttpRequest) -> str:
    """How the sheet is to look: at a desk unless another look is asked for."""
    look = request.GET.get("look", "")
    return look if look in LOOKS else "desk"


def _looking(rendered: Rendered, look: str) -> str:
    if look == "text":
        plain = "white-space: pre-wrap; overflow-wrap: anywhere; margin: 16px"
        page = '<!doctype html><html dir="auto"><body><pre style="{}">{}</pre></body></html>'
        return format_html(page, plain, rendered.text)
    dark = "all" if look == "dark" else "not all"
    page = rendered.html.replace("(prefers-color-scheme: dark)", dark)
    return _narrow(page) if look == "phone" else page


def _narrow(page: str) -> str:
    """The sheet as wide as a phone, whatever the frame: its own rules for widths answer to that."""

    def answered(rule: re.Match[str]) -> str:
        bound, pixels = rule[1], int(rule[2])
        holds = pixels <= PHONE if bound == "min" else pixels >= PHONE
        return "(min-width:0px)" if holds else "(max-width:0px)"

    head, end, body = page.partition("</head>")
    width = f"<style>body{{max-width:{PHONE}px}}</style>"
    return f"{_WIDTH.sub(answered, head)}{width}{end}{body}"


def _headed(rendered: Rendered, look: str) -> str:
    """The sheet with its subject on top, for a frame that shows what is only typed."""
    colours = "#ece7da; background: #1d1c19" if look == "dark" else "#2b2a26; background: #fff"
    head = format_html(
        '<div dir="auto" style="padding: 12px 16px; font: 15px/1.4 system-ui, sans-serif;'
        ' overflow-wrap: anywhere; color: {}">{}: <b>{}</b></div>',
        colours, _("Subject"), rendered.subject,
    )  # fmt: skip
    return _BODY.sub(lambda body: body[0] + head, _looking(rendered, look), count=1)
