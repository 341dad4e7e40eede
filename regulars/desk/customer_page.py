"""The page of one customer: story first, then the ledger, facts at the side."""

from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from regulars.conversations.queries import is_logger
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.actions.people import Named, add_customer
from regulars.customers.choices import Kind, PointKind
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.queries.duplicates import (
    is_merger,
    likely_twins,
    standing_merges,
    survivor_of,
)
from regulars.customers.queries.people import (
    customer_for,
    is_adder,
    is_assigner,
    is_changeable,
    is_deleter,
    is_eraser,
)
from regulars.desk.customer_facts import points_of, side_of, story_of
from regulars.desk.customer_forms import NewCustomerForm, kind_of
from regulars.desk.seeing import POINTS_LISTED, Sight, alike_words, sight_on
from regulars.insight.choices import Tier
from regulars.lists.queries.fields import fields_hidden_from
from regulars.messaging.queries import is_writer_to
from regulars.team.queries import members_who_look_after, signed_in_member, the_named_business


@require_safe
def detail(request: HttpRequest, customer_id: int) -> HttpResponse:
    actor = signed_in_member(request).actor
    if (survivor_id := survivor_of(customer_id)) is not None:
        # Whoever was merged is led on to whom they are; who may not see them is told nothing.
        return redirect("customers:detail", customer_for(actor, survivor_id).pk)
    customer = customer_for(actor, customer_id)
    sight = sight_on(actor, customer)
    points = points_of(customer, sight)
    shown = {
        **_common(actor, customer, sight),
        **_story(customer, points, sight),
        **_side(actor, customer, points, sight),
        "may_log": is_logger(actor),
        "may_write_to": is_writer_to(actor, customer) and customer.archived_at is None,
        "below": request.GET.get("below", ""),
        "merges": standing_merges(customer) if is_merger(actor) else [],
    }
    return render(request, "desk/customers/detail.html", shown)


@require_safe
def hero(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The head of the page again, after something changed."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    sight = sight_on(actor, customer)
    points = points_of(customer, sight)
    shown = {**_common(actor, customer, sight), **_story(customer, points, sight)}
    return render(request, "desk/customers/_hero.html", shown)


@require_safe
def side(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The facts again, after something changed."""
    actor = signed_in_member(request).actor
    customer = customer_for(actor, customer_id)
    sight = sight_on(actor, customer)
    points = points_of(customer, sight)
    shown = {**_common(actor, customer, sight), **_side(actor, customer, points, sight)}
    return render(request, "desk/customers/_side.html", shown)


def _common(actor: Actor, customer: Customer, sight: Sight) -> dict[str, object]:
    may_assign = is_assigner(actor)
    return {
        "customer": customer,
        "actor": actor,
        "sight": sight,
        "may_change": is_changeable(actor, customer),
        "may_assign": may_assign,
        "may_delete": is_deleter(actor),
        "may_erase": is_eraser(actor),
        "members": members_who_look_after() if may_assign else [],
        "tiers": Tier.choices,
        "kinds": Kind.choices,
        "point_kinds": PointKind.choices,
    }


def _story(customer: Customer, points: Sequence[ContactPoint], sight: Sight) -> dict[str, object]:
    business = the_named_business()
    today = business.day_of(clock.now())
    return {
        "story": story_of(customer, points, today, business, sight),
        "today": today,
        "tomorrow": today + timedelta(days=1),
    }


def _side(
    actor: Actor, customer: Customer, points: Sequence[ContactPoint], sight: Sight
) -> dict[str, object]:
    business = the_named_business()
    today = business.day_of(clock.now())
    return {"side": side_of(actor, customer, points, today, business, sight)}


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write somebody down by hand: a name and one way to reach them are enough."""
    member = signed_in_member(request)
    if not is_adder(member.actor):
        raise NotAllowed(_("You may look, and write nobody down. An owner can change that."))
    form = NewCustomerForm(request.POST or None, member=member)
    if form.is_valid():
        try:
            customer = add_customer(
                Named(Kind(form.cleaned_data["kind"]), form.cleaned_data["name"]),
                reach=form.way(),
                manager=form.cleaned_data["manager"],
                by=member.actor,
                at=clock.now(),
            )
            return redirect("customers:detail", customer.pk)
        except NotAllowed:
            raise
        except Refusal as no:
            form.add_error(None, f"{no.sentence} {no.remedy}")
    status = 422 if form.is_bound else 200
    return render(request, "desk/customers/new.html", {"form": form}, status=status)


@require_safe
def twins(request: HttpRequest) -> HttpResponse:
    """Who on the list looks like the one being written down, as far as is typed."""
    actor = signed_in_member(request).actor
    if not is_adder(actor):
        raise NotAllowed(_("You may look, and write nobody down. An owner can change that."))
    name, reach = request.GET.get("name", "")[:500], request.GET.get("reach", "").strip()[:500]
    kind = request.GET.get("kind", "")
    if POINTS_LISTED.get(kind_of(reach), frozenset()) & fields_hidden_from(actor):
        # Whose number it is would be told to somebody who may not see numbers.
        reach = ""
    found = likely_twins(
        actor,
        kind=Kind(kind) if kind in Kind.values else Kind.PERSON,
        name=name,
        reach=(kind_of(reach), reach) if reach else None,
        country=the_named_business().country,
    )
    shown = [
        {"customer": twin.customer, "words": alike_words(actor, twin.alike.levels)}
        for twin in found
    ]
    return render(request, "desk/customers/_twins.html", {"twins": shown})
