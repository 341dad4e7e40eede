"""Our promise to old customers: what each tier gets, who got it, and who has not got theirs."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.cases.models import Perk, PerkGiven
from regulars.cases.queries import is_opener, record_since
from regulars.cases.treating import (
    give_perk,
    promise_to_old,
    take_back_perk,
    times_given,
    who_got,
    who_has_not,
)
from regulars.cases.views.pages import seeing
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed
from regulars.core.list_fields import is_hidden
from regulars.customers.queries.people import customer_for
from regulars.promises.queries import year_before

SIZE = 50


def _seeing_tiers(request: HttpRequest) -> Actor:
    actor = seeing(request)
    if is_hidden(actor, "insight.tier"):
        raise HiddenFromRole
    return actor


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Perk by perk: how many have got theirs; and whether any complaint is without an answer."""
    actor, at = _seeing_tiers(request), clock.now()
    shown = {
        "kept": promise_to_old(actor, at), "times": times_given(at),
        "record": record_since(actor, year_before(at), at),
    }  # fmt: skip
    return render(request, "cases/treating.html", shown)


@require_safe
def missing(request: HttpRequest, perk_id: int) -> HttpResponse:
    """Who has not got theirs within a year; or who got it, when, and from whom."""
    actor, at = _seeing_tiers(request), clock.now()
    perk = get_object_or_404(Perk.objects.filter(ended_at=None), pk=perk_id)
    is_got = request.GET.get("show") == "got"
    rows: QuerySet[Any] = (who_got if is_got else who_has_not)(actor, perk, at)
    page = Paginator(rows, SIZE).get_page(request.GET.get("page"))
    tabs = [("", _("Not yet"), not is_got), ("got", _("Got it"), is_got)]
    shown = {
        "perk": perk, "page": page, "may_give": is_opener(actor), "is_got": is_got, "tabs": tabs,
    }  # fmt: skip
    return render(request, "cases/missing.html", shown)


@require_POST
def give(request: HttpRequest, customer_id: int, perk_id: int) -> HttpResponse:
    actor = _giving(request)
    customer = customer_for(actor, customer_id)
    perk = get_object_or_404(Perk, pk=perk_id)
    given = give_perk(customer, perk, by=actor, at=clock.now())
    undo = reverse("cases:take_back_perk", args=[given.pk])
    said = _("Written down: %(name)s got it.") % {"name": customer.name}
    back_to = request.POST.get("next", "")
    if back_to != reverse("cases:missing", args=[perk.pk]):
        back_to = reverse("customers:detail", args=[customer.pk])
    return answer_change(request, said, changed="case-changed", back_to=back_to, undo=undo)


@require_POST
def take_back(request: HttpRequest, given_id: int) -> HttpResponse:
    actor = _giving(request)
    given = get_object_or_404(PerkGiven.objects.select_related("customer"), pk=given_id)
    customer = customer_for(actor, given.customer_id)
    take_back_perk(given, by=actor, at=clock.now())
    there = reverse("customers:detail", args=[customer.pk])
    return answer_change(request, _("Taken back."), changed="case-changed", back_to=there)


def _giving(request: HttpRequest) -> Actor:
    actor = _seeing_tiers(request)
    if not is_opener(actor):
        raise NotAllowed(_("You may look, and give nothing. An owner can change that."))
    return actor
