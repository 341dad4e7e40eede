"""Store credit on the screen, and who sold: whom the names and numbers in the files mean."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import HiddenFromRole, NotAllowed, Refusal
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for
from regulars.orders.actions import return_credit, say_who_sold, spend_credit
from regulars.orders.forms import SellerForm
from regulars.orders.models import CreditEntry
from regulars.orders.panel import panel_of, spend_form
from regulars.orders.queries import (
    credit_entry_for,
    is_namer_of_sellers,
    is_seer_of_credit,
    is_spender,
    seller_of,
    sellers_with_last_sale,
)
from regulars.team.models import Member
from regulars.team.queries import signed_in_member, the_named_business

MOST_SELLERS = 200


@require_safe
def panel(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The store credit of one customer again, after something changed."""
    actor = _seeing(request)
    return _panel(request, customer_for(actor, customer_id), actor)


@require_POST
def spend(request: HttpRequest, customer_id: int) -> HttpResponse:
    """They pay with store credit."""
    actor = _spending(request)
    customer = customer_for(actor, customer_id)
    form = spend_form(customer, the_named_business().currency, request.POST)
    if form.is_valid():
        try:
            spent = spend_credit(
                customer, form.money(), source=f"till:{form.cleaned_data['occasion']}", by=actor,
                at=clock.now(), order=form.chosen(), words=form.cleaned_data["words"],
            )  # fmt: skip
            undo = reverse("orders:give_back", args=[spent.pk])
            return _answer(request, spent, _("Spent."), undo)
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}".strip())
    shown = panel_of(customer, actor, form)
    return render(request, "orders/_credit.html", shown, status=422)


@require_POST
def give_back(request: HttpRequest, entry_id: int) -> HttpResponse:
    """What was spent by mistake is theirs again."""
    actor = _spending(request)
    entry = credit_entry_for(actor, entry_id)
    return_credit(entry, by=actor, at=clock.now())
    return _answer(request, entry, _("Given back: they have it again."))


@require_safe
def sellers(request: HttpRequest) -> HttpResponse:
    """Everybody whom the files name as having sold something, and who of the team they are."""
    _naming(request)
    team = list(Member.objects.all())
    found = list(sellers_with_last_sale()[:MOST_SELLERS])
    rows = [{"seller": one, "form": SellerForm(seller=one, team=team)} for one in found]
    unknown = sum(1 for one in found if one.member is None and not one.is_told)
    regions = sorted({one.region for one in found if one.region})
    shown = {"rows": rows, "unknown": unknown, "regions": regions}
    return render(request, "orders/sellers.html", shown)


@require_POST
def seller(request: HttpRequest, seller_id: int) -> HttpResponse:
    """Somebody says who it is."""
    actor = _naming(request)
    row = seller_of(seller_id)
    form = SellerForm(request.POST, seller=row, team=list(Member.objects.all()))
    if not form.is_valid():
        shown = {"row": {"seller": row, "form": form}}
        return render(request, "orders/seller.html", shown, status=422)
    told = form.cleaned_data
    row = say_who_sold(
        row, member_id=form.chosen(), name=told["name"], region=told["region"], by=actor,
        at=clock.now(),
    )  # fmt: skip
    said = _("%(words)s is %(name)s.") % {"words": row.words, "name": seller_of(row.pk)}
    return answer_change(
        request, said, changed="sellers-changed", back_to=reverse("orders:sellers")
    )


def _naming(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_namer_of_sellers(actor):
        raise NotAllowed(_("An owner or a manager says who sold."))
    return actor


def _panel(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    return render(request, "orders/_credit.html", panel_of(customer, actor))


def _answer(request: HttpRequest, entry: CreditEntry, said: str, undo: str = "") -> HttpResponse:
    back_to = reverse("customers:detail", args=[entry.customer_id])
    return answer_change(request, said, changed="credit-changed", back_to=back_to, undo=undo)


def _seeing(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_seer_of_credit(actor):
        raise HiddenFromRole
    return actor


def _spending(request: HttpRequest) -> Actor:
    actor = _seeing(request)
    if not is_spender(actor):
        raise NotAllowed(_("You may look, and spend nothing. An owner can change that."))
    return actor
