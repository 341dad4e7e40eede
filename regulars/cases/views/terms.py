"""How long customers wait at most, and what each of us may give away without asking."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.cases.felt import EVERYBODY, felt_since
from regulars.cases.forms import BudgetForm, LevelForm
from regulars.cases.making_good import set_budget
from regulars.cases.models import Budget, Perk
from regulars.cases.queries import (
    budgets,
    given_this_month,
    is_level_setter,
    levels,
    members_who_see_to,
    perks,
)
from regulars.cases.terms import LONGEST_PERK, add_perk, end_perk, set_level
from regulars.cases.views.pages import seeing
from regulars.cases.words import felt_words
from regulars.core import clock
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.money import Money
from regulars.insight.choices import Tier
from regulars.promises.queries import year_before
from regulars.team.queries import the_named_business


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Both tables; an owner changes them."""
    return _page(request)


def _page(request: HttpRequest, problem: str = "", *, status: int = 200) -> HttpResponse:
    actor, at = seeing(request), clock.now()
    business = the_named_business()
    month = business.day_of(at).replace(day=1)
    felt = felt_since(actor, year_before(at), at)
    given, allowed, told = given_this_month(month), budgets(), perks()
    shown: dict[str, Any] = {
        "levels": [
            (tier, Tier(tier).label, answer / 60, resolve / 60)
            for tier, (answer, resolve) in levels().items()
        ],
        "felt": [
            (label, felt_words(felt[tier]))
            for tier, label in [*Tier.choices, (EVERYBODY, _("Everybody"))]
            if tier in felt
        ],
        "perks": [(tier.value, tier.label, told.get(tier.value, [])) for tier in Tier],
        "longest_perk": LONGEST_PERK,
        "members": [
            (one, _major(allowed.get(one.pk)), Money(given.get(one.pk, 0), business.currency),
             one.pk in allowed and allowed[one.pk].may_approve)
            for one in members_who_see_to()
        ],
        "may_set": is_level_setter(actor), "currency": business.currency, "problem": problem,
    }  # fmt: skip
    return render(request, "cases/terms.html", shown, status=status)


def _major(budget: Budget | None) -> str:
    if budget is None:
        return "0"
    return str(Money(budget.minor, budget.currency).major)


def _setting(request: HttpRequest) -> Any:
    actor = seeing(request)
    if not is_level_setter(actor):
        raise NotAllowed(_("Only an owner changes this."))
    return actor


@require_POST
def level(request: HttpRequest, tier: str) -> HttpResponse:
    actor, form = _setting(request), LevelForm(request.POST)
    if tier not in Tier.values or not form.is_valid():
        return _page(request, _("Give hours, such as 2 or 0.5."), status=422)
    answer, resolve = form.minutes()
    try:
        set_level(tier, answer_minutes=answer, resolve_minutes=resolve, by=actor, at=clock.now())
    except Refusal as no:
        return _page(request, f"{no.sentence} {no.remedy}", status=422)
    messages.success(request, _("Kept, for cases opened from now on."))
    return redirect("cases:terms")


@require_POST
def budget(request: HttpRequest, member_id: int) -> HttpResponse:
    actor, form = _setting(request), BudgetForm(request.POST)
    member = get_object_or_404(members_who_see_to(), pk=member_id)
    if not form.is_valid():
        why = " ".join(str(one) for one in form.errors.get("amount", []))
        words = _("Give an amount; nought is fine. %(why)s") % {"why": why}
        return _page(request, words.strip(), status=422)
    may_approve = form.cleaned_data["may_approve"]
    try:
        set_budget(member, form.money(), by=actor, at=clock.now(), may_approve=may_approve)
    except Refusal as no:
        return _page(request, no.sentence, status=422)
    messages.success(request, _("Kept: the budget of %(name)s.") % {"name": member.name})
    return redirect("cases:terms")


@require_POST
def perk(request: HttpRequest, tier: str) -> HttpResponse:
    """Something more that customers of a tier get from us."""
    actor, words = _setting(request), request.POST.get("words", "")
    if tier not in Tier.values or not words.strip() or len(words) > LONGEST_PERK:
        return _page(request, _("Say in a line what they get."), status=422)
    add_perk(tier=tier, words=words, by=actor, at=clock.now())
    messages.success(request, _("Kept."))
    return redirect("cases:terms")


@require_POST
def end(request: HttpRequest, perk_id: int) -> HttpResponse:
    actor = _setting(request)
    gone = get_object_or_404(Perk.objects.filter(ended_at=None), pk=perk_id)
    end_perk(gone, by=actor, at=clock.now())
    messages.success(request, _("They get this no longer."))
    return redirect("cases:terms")
