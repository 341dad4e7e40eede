"""The answer to whoever changed something: what was done, with the way back beside it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import trigger_client_event


def with_toast(answer: HttpResponse, said: str, undo: str = "") -> HttpResponse:
    """Say it beside what is answered; `undo` is the address that takes it back."""
    return trigger_client_event(answer, "toast", {"text": said, "undo": undo})


def answer_change(
    request: HttpRequest, said: str, *, changed: str, back_to: Any, undo: str = ""
) -> HttpResponse:
    """Say what was done: with scripts in a toast, without them on the page it goes back to.

    `changed` is the event at which parts of the page fetch themselves again; `back_to` is what
    Django's `resolve_url` takes.
    """
    if not request.headers.get("HX-Request"):
        messages.success(request, said, extra_tags=undo)
        return redirect(back_to)
    return with_toast(trigger_client_event(HttpResponse(status=204), changed, {}), said, undo)
