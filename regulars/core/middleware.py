"""What no screen needs to see to: refusals become pages, and what is no text is not let in."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.core.errors import NotAllowed, NotFound, Refusal


class AnswerRefusals:
    """422 with the sentence and its remedy; 403 for whoever may not, 404 for what is not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        status = {NotAllowed: 403, NotFound: 404}
        code = next((code for kind, code in status.items() if isinstance(error, kind)), 422)
        part = "core/_refusal.html" if request.headers.get("HX-Request") else "core/refused.html"
        return render(request, part, {"refusal": error}, status=code)


class TextOnly:
    """400 for a form or an address with NUL in it: PostgreSQL holds no such text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_more: Any) -> None:
        # Machines that post to us read their own body; reading it as a form would use it up.
        is_form = not getattr(view, "csrf_exempt", False)
        for given in (request.GET, request.POST) if is_form else (request.GET,):
            if any("\0" in text for _name, values in given.lists() for text in values):
                raise BadRequest("A value with NUL in it")
