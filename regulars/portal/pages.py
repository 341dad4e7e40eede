"""How a page answers a customer: kept by nobody, telling no other site where it was."""

from collections.abc import Callable, Mapping
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from regulars.core import instance


def page(
    request: HttpRequest, name: str, shown: Mapping[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    answer = render(request, f"portal/{name}.html", dict(shown or {}), status=status)
    return kept_by_nobody(answer)


def gone(request: HttpRequest) -> HttpResponse:
    """The same to whoever comes with a link that was altered, has run out, or never was."""
    return page(request, "gone", status=410)


def only_pressed(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """A button's address that is merely looked at leads to the page on which the button stands."""
    pressed = require_POST(view)

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return kept_by_nobody(redirect("portal:preferences_page"))
        return pressed(request)

    return answer


def may_confirm() -> bool:
    """Whether the mail with the button that makes a yes count can leave: it is a link to us."""
    return instance.proved_at() is not None


def kept_by_nobody(answer: HttpResponse) -> HttpResponse:
    # RELIABILITY A4: what stands in the address or on the page stays between us and them.
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def asked_from(request: HttpRequest) -> str:
    """The network address of whoever asks; behind our own proxy it is the one that it names."""
    if settings.BEHIND_TLS:
        named = request.headers.get("X-Forwarded-For", "")
        return named.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
    return str(request.META.get("REMOTE_ADDR", ""))
