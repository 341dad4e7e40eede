"""Changing one customer from their page: each form is one action, and the page says so itself."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.consent.actions import record_decision
from regulars.consent.choices import Channel, Decision
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.actions.assigning import assign_customers
from regulars.customers.actions.people import (
    Named,
    archive_customer,
    describe_customer,
    rename_customer,
    restore_customer,
)
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.customers.queries.people import (
    customer_for,
    customers_for,
    is_assigner,
    is_changeable,
)
from regulars.desk.consent_words import told_to
from regulars.desk.customer_forms import AboutForm, NameForm, TierForm
from regulars.desk.seeing import refuse_hidden, refuse_hidden_channel
from regulars.insight.actions import set_tier, take_back_tier
from regulars.team.queries import members_who_look_after, signed_in_member


class Incomplete(Refusal):
    """A field was left out or does not fit."""


Change = Callable[..., HttpResponse]


def changing(change: Change) -> Change:
    """A POST by somebody who may change this customer: `change(request, customer, actor)`."""

    @require_POST
    @wraps(change)
    def view(request: HttpRequest, customer_id: int, **more: Any) -> HttpResponse:
        actor = signed_in_member(request).actor
        customer = customer_for(actor, customer_id)
        if not is_changeable(actor, customer):
            raise NotAllowed(_("You may look, and change nothing. An owner can change that."))
        refuse_hidden(actor, change.__name__)
        return change(request, customer, actor, **more)

    return view


def answer_of(request: HttpRequest, customer: Customer, said: str, undo: str = "") -> HttpResponse:
    """Without scripts back to the page; else the page's parts fetch themselves again."""
    back_to = reverse("customers:detail", args=[customer.pk])
    return answer_change(request, said, changed="customer-changed", back_to=back_to, undo=undo)


def filled(form: forms.Form) -> dict[str, Any]:
    if form.is_valid():
        given: dict[str, Any] = form.cleaned_data
        return given
    raise Incomplete(" ".join(str(error) for errors in form.errors.values() for error in errors))


@changing
def rename(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    given = filled(NameForm(request.POST))
    rename_customer(customer, Named(Kind(given["kind"]), given["name"]), by=actor, at=clock.now())
    return answer_of(request, customer, _("Done: written as “%(name)s”.") % {"name": given["name"]})


@changing
def describe(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    given = filled(AboutForm(request.POST))
    describe_customer(customer, given["about"], by=actor, at=clock.now())
    return answer_of(request, customer, _("Done: kept what matters to them."))


@changing
def hand_over(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    """Change who looks after this customer."""
    if not is_assigner(actor):
        raise NotAllowed(_("Only an owner or a manager says who looks after whom."))
    wanted = request.POST.get("to", "")
    to = next((one for one in members_who_look_after() if str(one.pk) == wanted), None)
    if to is None and wanted:
        raise Incomplete(_("Choose somebody of the team who may look after customers."))
    only = customers_for(actor).filter(pk=customer.pk)
    made = assign_customers(only, to, by=actor, at=clock.now())
    places = {"name": to.name if to else "", "customer": customer.short_name}
    said = (
        _("Done: %(name)s looks after %(customer)s.")
        if to
        else _("Done: nobody looks after %(customer)s.")
    )
    return answer_of(
        request, customer, said % places, reverse("customers:undo_assignment", args=[made.pk])
    )


@changing
def tier(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    given = filled(TierForm(request.POST))
    if not given["tier"]:
        take_back_tier(customer, by=actor, at=clock.now())
        return answer_of(request, customer, _("Done: the count says the tier again."))
    set_tier(
        customer, tier=given["tier"], reason=given["reason"], until_on=given["until_on"],
        by=actor, at=clock.now(),
    )  # fmt: skip
    return answer_of(request, customer, _("Done: the tier is set by hand."))


@changing
def permission(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    """Write down what the customer told us about being written to."""
    channel, decision = request.POST.get("channel", ""), request.POST.get("decision", "")
    if channel not in Channel.values or decision not in (Decision.GRANTED, Decision.WITHDRAWN):
        raise Incomplete(_("Choose a channel, and whether they agreed."))
    refuse_hidden_channel(actor, channel)
    wording = request.POST.get("wording", "").strip()[:2000]
    if decision == Decision.GRANTED and not wording:
        raise Incomplete(
            _("A yes needs the words in which it was given."),
            _("Write what they said, and where: “At the counter: you may write to me.”"),
        )
    at = clock.now()
    record_decision(
        [customer.pk], channel, Decision(decision), source="desk", wording=wording,
        proof=told_to(actor, at), happened_at=at, by=actor, at=at,
    )  # fmt: skip
    return answer_of(request, customer, _("Done: written down."))


@changing
def archive(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    archive_customer(customer, by=actor, at=clock.now())
    said = _("Done: %(name)s is off the list.") % {"name": customer.name}
    return answer_of(request, customer, said, reverse("customers:restore", args=[customer.pk]))


@changing
def restore(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    restore_customer(customer, by=actor, at=clock.now())
    said = _("Done: %(name)s is on the list again.") % {"name": customer.name}
    return answer_of(request, customer, said)
