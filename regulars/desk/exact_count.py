"""How many a filter finds, exactly: counted in the background, shown where it was left open."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from regulars.core import clock
from regulars.core.errors import NotAllowed
from regulars.customers.queries.people import is_assigner
from regulars.desk.list_look import Asked, as_text
from regulars.lists.actions.answers import ask_for_answer
from regulars.lists.queries.answers import answer_to
from regulars.lists.queries.pages import question_of
from regulars.team.queries import signed_in_member


@require_http_methods(["GET", "POST"])
def counted(request: HttpRequest) -> HttpResponse:
    """Asking leaves the work to the background; looking shows it when it is done."""
    actor, at = signed_in_member(request).actor, clock.now()
    if not is_assigner(actor):
        raise NotAllowed(_("Only an owner or a manager has the whole list counted."))
    asked = Asked.read(request.GET.dict(), actor)
    question = question_of(replace(asked.look, tree=asked.tree), actor, at)
    answer = answer_to(question, at) if question is not None else None
    if request.method == "POST" and question is not None and answer is None:
        ask_for_answer(question, at=at)
    shown = {
        "answer": answer, "is_counting": question is not None and answer is None,
        "count_query": asked.query(f=as_text(asked.look.tree)),
    }  # fmt: skip
    said = render(request, "desk/customers/_counted.html", shown)
    # The page that was broken off can be shown now: who is found is known.
    was_waiting = request.GET.get("open") == "page" and answer is not None
    return trigger_client_event(said, "customers-changed", {}) if was_waiting else said
