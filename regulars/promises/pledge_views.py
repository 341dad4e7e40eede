"""Our pledge: written, looked at, published, and taken off again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.promises.actions import publish_pledge, withdraw_pledge, write_pledge
from regulars.promises.forms import PledgeForm
from regulars.promises.pledge import rate_said, starter_body, starter_title
from regulars.promises.queries import PLEDGE, is_pledge_publisher, is_pledge_writer, the_pledge
from regulars.promises.words import paragraphs_of
from regulars.team.queries import signed_in_member


@require_http_methods(["GET", "HEAD", "POST"])
def pledge(request: HttpRequest) -> HttpResponse:
    """What is written, as everybody would read it; and the buttons that put it out."""
    actor = signed_in_member(request).actor
    if request.method != "POST":
        return _shown(request, actor, PledgeForm(initial=_initial()))
    if not is_pledge_writer(actor):
        raise NotAllowed(_("Owners and managers write the pledge. Ask one of them."))
    form = PledgeForm(request.POST)
    if not form.is_valid():
        return _shown(request, actor, form, status=422)
    at = clock.now()
    write_pledge(**form.cleaned_data, by=actor, at=at)
    if request.POST.get("deed") == "publish":
        _publishing(actor)
        publish_pledge(by=actor, at=at)
        messages.success(request, _("Published: everybody can read it."))
    else:
        messages.success(request, _("Kept. It is not public until you publish it."))
    return redirect("promises:pledge")


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the pledge off the public page; what is written stays."""
    actor = signed_in_member(request).actor
    _publishing(actor)
    withdraw_pledge(by=actor, at=clock.now())
    messages.success(request, _("Taken off. What is written stays here."))
    return redirect("promises:pledge")


def _publishing(actor: Actor) -> None:
    if not is_pledge_publisher(actor):
        raise NotAllowed(_("Only an owner puts the pledge out, or takes it off."))


def _initial() -> dict[str, object]:
    known = the_pledge()
    if known is None:
        return {"title": starter_title(), "body": starter_body(), "shows_rate": False}
    return {"title": known.title, "body": known.body, "shows_rate": known.shows_rate}


def _shown(
    request: HttpRequest, actor: Actor, form: PledgeForm, *, status: int = 200
) -> HttpResponse:
    written, said = _initial(), rate_said(clock.now())
    shown = {
        "pledge": the_pledge(), "form": form, "address": PLEDGE, "title": written["title"],
        "blocks": paragraphs_of(str(written["body"])), "shows_rate": written["shows_rate"],
        "rate_said": said, "rate": said or _("No promise has been due yet, so there is no rate."),
        "may_write": is_pledge_writer(actor), "may_publish": is_pledge_publisher(actor),
    }  # fmt: skip
    return render(request, "promises/pledge.html", shown, status=status)
