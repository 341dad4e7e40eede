"""Proving that others reach us under PUBLIC_URL: a link that works once, opened elsewhere.

A laptop has no public address. Until a link under it was opened on another device, no message
carries a link.
"""

import hashlib
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.core import instance
from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal

SALT = "team.public_address"
SECONDS = 30 * 60
NEAR = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104


def is_near(url: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    return (urlsplit(url).hostname or "") in NEAR


def proof_link(request: HttpRequest) -> str:
    """A link under PUBLIC_URL for another device than the one that asks; good for 30 minutes."""
    said = [settings.PUBLIC_URL, _state(), _device(request)]
    token = signing.dumps(said, salt=SALT, compress=True)
    return str(settings.PUBLIC_URL).rstrip("/") + reverse("team:prove_address", args=[token])


def is_link_open(token: str) -> bool:
    """Whether a link still proves something: not used, not run out, for the address of now."""
    try:
        url, state, _device_that_asked = signing.loads(token, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError):
        return False
    return bool(url == settings.PUBLIC_URL and state == _state())


def refuse_other_ways(token: str, request: HttpRequest) -> None:
    """Refuse what proves nothing: another address, or the device that shows the code."""
    if request.get_host() != urlsplit(settings.PUBLIC_URL).netloc:
        raise Refusal(
            _("This page was opened under another address than %(url)s.")
            % {"url": settings.PUBLIC_URL},
            _("Scan the code with a telephone, which opens it under that address."),
        )
    if signing.loads(token, salt=SALT, max_age=SECONDS)[2] == _device(request):
        raise Refusal(
            _("This is the device that shows the code."),
            _("Open the link on another one, such as a telephone without this network."),
        )


def prove(token: str, request: HttpRequest, *, at: datetime) -> None:
    """Keep that the address was reached from outside; the link is spent."""
    if not is_link_open(token):
        raise Refusal(_("This link has been used or has run out."), _("Show the code anew."))
    refuse_other_ways(token, request)
    instance.prove_public_url(settings.PUBLIC_URL, by=SYSTEM, at=at)


def _state() -> str:
    """Changes with each proof, so that every earlier link is spent."""
    return instance.proved_at_words()


def _device(request: HttpRequest) -> str:
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()[:16]
