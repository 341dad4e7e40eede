"""What is asked after which product: listed, said, forgotten and taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.care.actions.questions import forget_questions, recall_questions, set_questions
from regulars.care.forms import LANGUAGES
from regulars.care.models import ProductQuestions
from regulars.care.queries.check_ins import is_ruler_of_asking
from regulars.care.queries.questions import questions_of, questions_shown
from regulars.care.questions_form import QuestionsForm
from regulars.care.views.check_ins import seeing
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.team.queries import the_named_business


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Every product and group that is asked after in a way of its own."""
    actor = seeing(request)
    rows = [(one, [said for some in one.questions.values() for said in some])
            for one in questions_shown()]  # fmt: skip
    return render(
        request, "care/questions.html", {"rows": rows, "may_set": is_ruler_of_asking(actor)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Say what is asked after a product that has no questions of its own yet."""
    return _edited(request, _setting(request), None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, questions_id: int) -> HttpResponse:
    """Change what is asked after a product."""
    return _edited(request, _setting(request), questions_of(questions_id))


def _edited(request: HttpRequest, actor: Actor, found: ProductQuestions | None) -> HttpResponse:
    written = [one for one in the_named_business().languages if one in LANGUAGES] or ["en"]
    form = QuestionsForm(request.POST or None, found=found, written=written)
    if form.is_valid():
        try:
            set_questions(found, **form.values(), by=actor, at=clock.now())
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        else:
            messages.success(request, _("Kept. It is asked from the next answer on."))
            return redirect("care:questions")
    shown = {"form": form, "found": found}
    status = 422 if form.errors else 200
    return render(request, "care/questions_of.html", shown, status=status)


@require_POST
def forget(request: HttpRequest, questions_id: int) -> HttpResponse:
    """Ask after it as after everything else."""
    actor, found = _setting(request), questions_of(questions_id)
    forget_questions(found, by=actor, at=clock.now())
    undo = reverse("care:recall_questions", args=[found.pk])
    return _answer(request, _("It is asked after as everything else."), undo)


@require_POST
def recall(request: HttpRequest, questions_id: int) -> HttpResponse:
    """Take back that they were forgotten."""
    actor, found = _setting(request), questions_of(questions_id)
    recall_questions(found, by=actor, at=clock.now())
    return _answer(request, _("Taken back: its own questions are asked again."))


def _answer(request: HttpRequest, said: str, undo: str = "") -> HttpResponse:
    back_to = reverse("care:questions")
    return answer_change(request, said, changed="questions-changed", back_to=back_to, undo=undo)


def _setting(request: HttpRequest) -> Actor:
    actor = seeing(request)
    if not is_ruler_of_asking(actor):
        raise NotAllowed(_("Only owners and managers say how we ask."), _("Ask one of them."))
    return actor
