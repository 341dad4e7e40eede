"""A Refusal raised anywhere below a screen becomes a page or a part of one, never a 500."""

from collections.abc import Callable

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
