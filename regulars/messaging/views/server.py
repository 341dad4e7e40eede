"""The one screen for mail: the server, the sender, the signature, a test, what the DNS says."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.messaging.actions import server as actions
from regulars.messaging.choices import ServerKind
from regulars.messaging.dns_records import Finding, findings
from regulars.messaging.forms.server import ServerForm, TextsForm
from regulars.messaging.queries import the_server
from regulars.messaging.rules import may_change_server
from regulars.messaging.server_words import Told, told_of, why_not
from regulars.messaging.signing import published_by
from regulars.team.queries import signed_in_member


@require_safe
def server(request: HttpRequest) -> HttpResponse:
    _owner(request)
    return _page(request)


@require_POST
def describe(request: HttpRequest) -> HttpResponse:
    by = _owner(request)
    form = ServerForm(request.POST, server=the_server())
    if not form.is_valid():
        return _page(request, form=form)
    password = form.cleaned_data["password"]
    actions.describe_server(form.described(), password=password, by=by, at=clock.now())
    messages.success(request, _("Kept: how mail leaves. Send yourself a test now."))
    return redirect(reverse("messaging:server") + "#test")


@require_POST
def describe_texts(request: HttpRequest) -> HttpResponse:
    by = _owner(request)
    texts = TextsForm(request.POST)
    if not texts.is_valid():
        return _page(request, texts=texts)
    gateway = texts.cleaned_data["gateway"]
    actions.describe_texts(gateway, by=by, at=clock.now())
    said = _("Kept: text messages leave.") if gateway else _("Kept: no text messages leave.")
    messages.success(request, said)
    return redirect(reverse("messaging:server") + "#texts")


@require_POST
def send_test(request: HttpRequest) -> HttpResponse:
    by = _owner(request)
    outcome = actions.send_test(signed_in_member(request), by=by, at=clock.now())
    return _page(request, tested=told_of(outcome))


@require_POST
def make_key(request: HttpRequest) -> HttpResponse:
    actions.make_dkim_key(by=_owner(request), at=clock.now())
    messages.success(request, _("Made: a key. Publish the record below."))
    return redirect(reverse("messaging:server") + "#signature")


@require_POST
def stop_signing(request: HttpRequest) -> HttpResponse:
    actions.stop_signing(by=_owner(request), at=clock.now())
    messages.success(request, _("Mail leaves without a signature of ours."))
    return redirect(reverse("messaging:server") + "#signature")


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    actions.resume_server(by=_owner(request), at=clock.now())
    messages.success(request, _("Messages leave again."))
    return redirect("messaging:server")


@require_POST
def check_dns(request: HttpRequest) -> HttpResponse:
    """It asks others and changes nothing; a click asks, so that looking at the page does not."""
    _owner(request)
    published = published_by(the_server())
    found = findings(published) if published else []
    return _page(request, findings=found)


def _owner(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not may_change_server(actor):
        raise NotAllowed(
            _("Only an owner can change how mail leaves."), _("Ask one of the owners to do it.")
        )
    return actor


def _page(
    request: HttpRequest,
    *,
    form: ServerForm | None = None,
    texts: TextsForm | None = None,
    tested: Told | None = None,
    findings: list[Finding] | None = None,
) -> HttpResponse:
    kept = the_server()
    paused = why_not(kept.paused_why) if kept.paused_why else None
    shown = {
        "form": form or ServerForm(server=kept),
        "texts": texts or TextsForm(initial={"gateway": kept.text_gateway}),
        "server": kept,
        "is_file": kept.kind == ServerKind.FILE,
        "paused": paused,
        "published": published_by(kept),
        "tested": tested,
        "findings": findings,
        "own_address": signed_in_member(request).email,
    }
    status = (
        422 if form is not None or texts is not None or (tested and not tested.is_good) else 200
    )
    return render(request, "messaging/server.html", shown, status=status)
