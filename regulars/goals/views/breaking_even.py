"""Break-even on the screen: the answer, what it is told from, and the forms of both."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, NotFound, Refusal
from regulars.goals.actions.breaking_even import (
    keep_basis,
    keep_cost,
    keep_group,
    keep_what_if,
    put_row_back,
    remove_row,
)
from regulars.goals.choices import SeasonFrom
from regulars.goals.errors import OnlyOwners, RowGone
from regulars.goals.forms.breaking_even import BasisForm, CostForm, GroupForm, IfForm, MoneyForm
from regulars.goals.models import FixedCost, ProductGroup, WhatIf
from regulars.goals.queries.breaking_even import (
    check_seer,
    is_setter,
    product_groups,
    row_of,
    the_basis,
)
from regulars.goals.showing import page_of
from regulars.team.queries import signed_in_member, the_named_business

CHANGED = "break-even-changed"


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """How much has to be sold, how far we are, and what would change it."""
    actor = _seeing(request)
    business = the_named_business()
    shown = page_of(business, business.day_of(clock.now()))
    return render(request, "goals/break_even.html", {**shown, "may_set": is_setter(actor)})


@require_http_methods(["GET", "HEAD", "POST"])
def inputs(request: HttpRequest) -> HttpResponse:
    """What it is told from; money, orders and seasons are changed here."""
    actor = _setting(request) if request.method == "POST" else _seeing(request)
    business, now = the_named_business(), clock.now()
    form = BasisForm.of(the_basis(), business.currency)
    if request.method == "POST":
        form = BasisForm(request.POST, currency=business.currency, auto_id="basis-%s")
        if form.is_valid() and _keeps_basis(form, actor):
            return answer_change(
                request, _("Kept."), changed=CHANGED, back_to=reverse("goals:inputs")
            )
    shown = {**page_of(business, business.day_of(now)), "form": form, "may_set": is_setter(actor)}
    return render(request, "goals/inputs.html", shown, status=422 if form.errors else 200)


def _keeps_basis(form: BasisForm, actor: Actor) -> bool:
    try:
        keep_basis(
            cash_minor=form.minor("cash"), cash_on=form.cleaned_data["cash_on"],
            basket_minor=form.minor("basket"), season=SeasonFrom(form.cleaned_data["season"]),
            month_weights=form.month_weights(), by=actor, at=clock.now(),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refusal as no:
        form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HttpRequest, kind: str, row_id: int | None = None) -> HttpResponse:
    """One cost, product group or what-if: a new one, or one that is changed."""
    actor = _setting(request)
    known = row_of(kind, row_id) if row_id else None
    form = _form(kind, known, request)
    if request.method == "POST" and form.is_valid() and _keeps(form, actor, row_id):
        return answer_change(request, _("Kept."), changed=CHANGED, back_to=_page_of(kind))
    shown = {"form": form, "kind": kind, "known": known, "back": _page_of(kind)}
    return render(request, "goals/row.html", shown, status=422 if form.errors else 200)


def _form(kind: str, known: Any, request: HttpRequest) -> MoneyForm:
    currency = the_named_business().currency
    told = request.POST if request.method == "POST" else None
    if kind == "cost":
        return _filled(CostForm, known, told, currency, is_known=isinstance(known, FixedCost))
    if kind == "group":
        return _filled(GroupForm, known, told, currency, is_known=isinstance(known, ProductGroup))
    if kind != "what-if":
        raise RowGone
    groups = product_groups()
    if told is not None or not isinstance(known, WhatIf):
        return IfForm(told, currency=currency, groups=groups)
    return IfForm.of(known, groups, currency)


def _filled(of: Any, known: Any, told: Any, currency: str, *, is_known: bool) -> MoneyForm:
    form: MoneyForm = (
        of.of(known, currency) if told is None and is_known else of(told, currency=currency)
    )
    return form


def _keeps(form: MoneyForm, actor: Actor, row_id: int | None) -> bool:
    at = clock.now()
    try:
        if isinstance(form, CostForm):
            keep_cost(form.told(), by=actor, at=at, row_id=row_id)
        elif isinstance(form, GroupForm):
            keep_group(form.told(), by=actor, at=at, row_id=row_id)
        elif isinstance(form, IfForm):
            keep_what_if(form.told(), by=actor, at=at, row_id=row_id)
    except (NotAllowed, NotFound):
        raise
    except Refusal as no:
        form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        return False
    return True


@require_POST
def remove(request: HttpRequest, kind: str, row_id: int) -> HttpResponse:
    """Take a row away, with the way back beside it."""
    actor = _setting(request)
    remove_row(kind, row_id, by=actor, at=clock.now())
    undo = reverse("goals:back", args=[kind, row_id])
    return answer_change(
        request, _("Taken away."), changed=CHANGED, back_to=_page_of(kind), undo=undo
    )


@require_POST
def back(request: HttpRequest, kind: str, row_id: int) -> HttpResponse:
    """Undo that."""
    actor = _setting(request)
    put_row_back(kind, row_id, by=actor, at=clock.now())
    return answer_change(request, _("As before."), changed=CHANGED, back_to=_page_of(kind))


def _page_of(kind: str) -> str:
    return reverse("goals:break_even" if kind == "what-if" else "goals:inputs")


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    check_seer(actor)
    return actor


def _setting(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not is_setter(actor):
        raise OnlyOwners
    return actor
