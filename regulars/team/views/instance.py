"""Where this instance is reached, what is kept of it, and letting a held one act again."""

from typing import Any

import segno
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock, instance
from regulars.core.backup import backups_in
from regulars.core.errors import NotAllowed
from regulars.core.ledgers import backups_folder
from regulars.team import public_address
from regulars.team.queries import signed_in_member
from regulars.team.rules import may_change_business


@require_safe
@never_cache
def safety(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def release(request: HttpRequest) -> HttpResponse:
    """The counts that were shown are sent along: nobody releases more than they saw."""
    by, at = signed_in_member(request).actor, clock.now()
    if not may_change_business(by):
        raise NotAllowed(
            _("Only an owner can release this instance."), _("Ask one of the owners to do it.")
        )
    chosen = request.POST.get("become")
    if chosen not in ("successor", "new"):
        return _page(request, problem=_("Choose which of the two it is."))
    if request.POST.get("seen") != _seen(instance.what_waits(at)):
        return _page(request, problem=_("Meanwhile other messages wait: look once more."))
    instance.release(by=by, at=at, as_new=chosen == "new")
    messages.success(request, _("Released: this instance acts again."))
    return redirect("team:safety")


@never_cache
@require_http_methods(["GET", "POST"])
def prove_address(request: HttpRequest, token: str) -> HttpResponse:
    """RELIABILITY A4: a GET only shows, a POST proves."""
    if request.method == "POST" and public_address.is_link_open(token):
        public_address.prove(token, request, at=clock.now())
        return render(request, "team/prove_address.html", {"is_proved": True})
    is_open = public_address.is_link_open(token)
    shown = {"is_open": is_open, "url": settings.PUBLIC_URL}
    return render(request, "team/prove_address.html", shown, status=200 if is_open else 410)


def _page(request: HttpRequest, *, problem: str = "") -> HttpResponse:
    at, why = clock.now(), instance.why_held_now()
    waiting = instance.what_waits(at) if why else []
    shown: dict[str, Any] = {
        "may_change": may_change_business(signed_in_member(request).actor),
        "why": instance.WHY_HELD.get(why, ""),
        "held_since": instance.held_since(),
        "waiting": waiting,
        "seen": _seen(waiting),
        "problem": problem,
        "backups": backups_in(backups_folder())[:1],
        "backups_folder": backups_folder(),
    }
    page = shown | _address(request)
    return render(request, "team/safety.html", page, status=422 if problem else 200)


def _address(request: HttpRequest) -> dict[str, Any]:
    url = settings.PUBLIC_URL
    shown = {"public_url": url, "proved_at": instance.proved_at() if url else None}
    if not url or not may_change_business(signed_in_member(request).actor):
        return shown
    if public_address.is_near(url):
        return shown | {"is_near": True}
    link = public_address.proof_link(request)
    return shown | {"link": link, "code": _code(link)}


def _code(link: str) -> SafeString:
    drawn = segno.make(link, error="l", micro=False).svg_inline(omitsize=True, border=0)
    # Drawn by us from numbers alone: nothing of the link stands in it as text.
    return mark_safe(drawn)  # noqa: S308


def _seen(waiting: list[instance.Waiting]) -> str:
    return " ".join(f"{one.name}:{one.count}" for one in waiting)
