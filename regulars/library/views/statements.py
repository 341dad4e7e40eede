"""Why we are different, on the screen: each statement with its proofs and since when they stand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.library.actions import statements as deeds
from regulars.library.errors import StatementNotFound
from regulars.library.forms import ClaimForm, ProofForm
from regulars.library.queries.articles import is_keeper
from regulars.library.queries.statements import stated, statement_for
from regulars.library.rules import require_keep
from regulars.library.sentences import standing_of
from regulars.team.queries import signed_in_member, the_named_business


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Every statement, its proofs, and whether they are fresh enough to be said."""
    return _home(request, ClaimForm())


def _home(
    request: HttpRequest, form: ClaimForm, *, problem: str = "", at_fault: int = 0,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    actor, now = signed_in_member(request).actor, clock.now()
    rows = stated(now, the_named_business().day_of(now), with_away=True)
    shown = {
        "rows": [
            (one, standing_of(one), one.how_we_know, ClaimForm.of(one.statement))
            for one in rows if one.statement.archived_at is None
        ],
        "away": [one.statement for one in rows if one.statement.archived_at is not None],
        "stale": sum(not one.is_proved for one in rows if one.statement.archived_at is None),
        "form": form, "proof_form": ProofForm(), "may_keep": is_keeper(actor),
        "problem": problem, "at_fault": at_fault,
    }  # fmt: skip
    return render(request, "library/statements.html", shown, status=status)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Write down another reason why we are different."""
    actor = _keeping(request)
    form = ClaimForm(request.POST)
    if form.is_valid():
        try:
            deeds.add_statement(form.claimed(), by=actor, at=clock.now())
            return _back(request, _("Written down. Add what proves it."))
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    return _home(request, form, status=422)


@require_POST
def change(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Say it in other words."""
    actor, statement = _keeping(request), statement_for(statement_id)
    form = ClaimForm(request.POST)
    if not form.is_valid():
        problem = _("Say it in a sentence, and give the days as a number from 1 to 3,650.")
        return _home(request, ClaimForm(), problem=problem, at_fault=statement.pk, status=422)
    deeds.change_statement(statement, form.claimed(), by=actor, at=clock.now())
    return _back(request, _("Kept."))


@require_POST
def put_away(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Say it no more."""
    actor, statement = _keeping(request), statement_for(statement_id)
    deeds.put_away_statement(statement, by=actor, at=clock.now())
    undo = reverse("library:take_out_statement", args=[statement.pk])
    return _back(request, _("Put away: no text says it any more."), undo)


@require_POST
def take_out(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Say it again."""
    actor, statement = _keeping(request), statement_for(statement_id)
    deeds.take_out_statement(statement, by=actor, at=clock.now())
    return _back(request, _("It is said again."))


@require_POST
def prove(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Note what shows that it is true."""
    actor, now = _keeping(request), clock.now()
    statement, form = statement_for(statement_id), ProofForm(request.POST)
    problem = _("Say what shows it, and on which day.")
    if form.is_valid():
        try:
            today = the_named_business().day_of(now)
            deeds.add_proof(statement, form.shown(), by=actor, at=now, today=today)
            return _back(request, _("Noted."))
        except Refusal as no:
            problem = f"{no.sentence} {no.remedy}".strip()
    return _home(request, ClaimForm(), problem=problem, at_fault=statement.pk, status=422)


@require_POST
def remove_proof(request: HttpRequest, statement_id: int, proof_id: int) -> HttpResponse:
    """Take a proof off that no longer holds."""
    actor, statement = _keeping(request), statement_for(statement_id)
    proof = statement.proofs.filter(pk=proof_id).first()
    if proof is None:
        raise StatementNotFound
    deeds.remove_proof(proof, by=actor, at=clock.now())
    return _back(request, _("Taken off."))


def _back(request: HttpRequest, said: str, undo: str = "") -> HttpResponse:
    messages.success(request, said, extra_tags=undo)
    return redirect("library:statements")


def _keeping(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    require_keep(actor)
    return actor
