"""Cases on the screen: the list, one of them, and the panel on a customer's page."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from regulars.cases.actions import UNDONE, open_case
from regulars.cases.choices import BY_HAND, CaseKind, MakeGoodState
from regulars.cases.felt import EVERYBODY, felt_since
from regulars.cases.forms import (
    DescribeForm,
    MakeGoodForm,
    OpenForm,
    PromiseForm,
    ResolveForm,
    WordsForm,
    causes,
)
from regulars.cases.models import Case
from regulars.cases.panel import panel_of
from regulars.cases.queries import (
    budget_left,
    case_for,
    has_budget,
    is_approver,
    is_opener,
    is_seer,
    listed,
    members_who_see_to,
    record_since,
    sees_to,
    to_approve,
)
from regulars.cases.words import (
    all_told,
    entry_words,
    felt_words,
    length_words,
    source_words,
    told,
)
from regulars.core import clock
from regulars.core.actor import OWNER, Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.customers.queries.people import customer_for
from regulars.promises.proposing import proposal_in
from regulars.promises.queries import is_promised, open_promises, year_before
from regulars.team.queries import signed_in_member, the_named_business

SIZE = 50
SHOWN = {
    "mine": _lazy("Mine"), "waiting": _lazy("Waiting"), "breaking": _lazy("About to break"),
    "unanswered": _lazy("Without an answer"), "all": _lazy("All"),
}  # fmt: skip


def seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer(actor):
        raise HiddenFromRole
    return actor


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who waits for us: mine, everybody's, what breaks first, what has no answer, all."""
    actor, at = seeing(request), clock.now()
    show = request.GET.get("show", "waiting")
    show = show if show in SHOWN else "waiting"
    page = Paginator(listed(actor, show, at), SIZE).get_page(request.GET.get("page"))
    felt = felt_since(actor, year_before(at), at)
    shown = {
        "rows": all_told(list(page), at), "page": page, "show": show,
        "tabs": [(name, words, name == show) for name, words in SHOWN.items()],
        "record": record_since(actor, year_before(at), at),
        "felt": felt_words(felt[EVERYBODY]) if EVERYBODY in felt else None,
        "asked": to_approve(actor) if is_approver(actor) else [],
    }  # fmt: skip
    return render(request, "cases/home.html", shown)


@require_safe
def show(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: what, since when, by when, what happened, and what can be done."""
    return case_page(request, case_for(seeing(request), case_id))


def case_page(request: HttpRequest, case: Case, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of a case, with a form that was not accepted where there is one."""
    actor, at = seeing(request), clock.now()
    business = the_named_business()
    today = business.day_of(at)
    entries = list(case.entries.select_related("member"))
    shown = {
        "one": told(case, at), "case": case, "source": source_words(case),
        "first_after": length_words(case.answered_at - case.opened_at) if case.answered_at else "",
        "entries": [(one, entry_words(one)) for one in entries],
        "undoable": _undoable(case, entries), "given": case.make_goods.select_related("member"),
        "may_see_to": sees_to(actor, case),
        "may_decide": is_approver(actor), "me": actor.member_id,
        "is_owner": actor.role == OWNER, "has_budget": has_budget(actor.member_id),
        "left": budget_left(actor.member_id, today.replace(day=1), business.currency),
        "promises": open_promises(actor).filter(customer=case.customer),
        "colleagues": members_who_see_to().exclude(pk=case.manager_id or 0), "causes": causes(),
        "said": _said(entries, case, today),
        "words_form": WordsForm(), "resolve_form": ResolveForm(), "promise_form": PromiseForm(),
        "make_good_form": MakeGoodForm(), "describe_form": DescribeForm.of(case),
        "asked": MakeGoodState.ASKED, **forms,
    }  # fmt: skip
    return render(request, "cases/case.html", shown, status=status)


def _undoable(case: Case, entries: list[Any]) -> Any:
    last = entries[-1] if entries else None
    if last is None or last.kind not in UNDONE:
        return None
    return None if last.kind == "resolved" and case.told_at else last


def _said(entries: list[Any], case: Case, today: Any) -> PromiseForm | None:
    """A promise to write down, where somebody has just said one: "by Friday"."""
    if not entries or entries[-1].kind not in ("answered", "resolved", "note"):
        return None
    found = proposal_in(entries[-1].words, today)
    if found is None or is_promised(case.customer, found.what):
        return None
    return PromiseForm(initial={"what": found.what, "due_on": found.due_on})


@require_safe
def panel(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The cases of one customer again, after something changed."""
    actor = seeing(request)
    customer = customer_for(actor, customer_id)
    return render(request, "cases/_panel.html", panel_of(customer, actor))


@require_POST
def open_for(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Write down what is wrong for one customer."""
    actor, at = seeing(request), clock.now()
    if not is_opener(actor):
        raise NotAllowed(_("You may look, and open no cases. An owner can change that."))
    customer = customer_for(actor, customer_id)
    form = OpenForm(request.POST, auto_id="case-%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            case = open_case(
                customer, what=given["what"], kind=CaseKind(given["kind"]), source=BY_HAND,
                product=given["product"], by=actor, at=at,
            )  # fmt: skip
            there = reverse("cases:show", args=[case.pk])
            said = _("Written down: somebody sees to it.")
            return answer_change(request, said, changed="case-changed", back_to=there)
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    return render(request, "cases/_panel.html", panel_of(customer, actor, form), status=422)
