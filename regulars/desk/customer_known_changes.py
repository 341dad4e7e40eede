"""Noting what else is known of a customer: their people, interests, tags, fields of our own."""

from datetime import date
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.keyset import is_whole
from regulars.customers.actions.custom import set_custom_values
from regulars.customers.actions.households import (
    join_household,
    leave_household,
    make_household,
    move_household,
    rename_household,
)
from regulars.customers.actions.interests import (
    Heard,
    confirm_interest,
    end_interest,
    forget_interest,
    note_interest,
)
from regulars.customers.actions.relations import (
    end_relation,
    relate,
    resume_relation,
    unrelate,
)
from regulars.customers.actions.tags import add_tag, tag_customers, untag_customers
from regulars.customers.choices import InterestKind
from regulars.customers.custom_values import Held, value_read
from regulars.customers.models import Customer, CustomerQuerySet, CustomField, Household
from regulars.customers.queries.interests import interest_of
from regulars.customers.queries.people import customers_for
from regulars.customers.queries.relations import household_for, members_of, relation_of
from regulars.customers.queries.tags import tag_for
from regulars.desk.customer_changes import Incomplete, answer_of, changing
from regulars.desk.customer_known import own_values, relation_named
from regulars.desk.seeing import refuse_hidden_interest
from regulars.lists.queries.search import matching_for
from regulars.team.queries import the_named_business

# As many as one reads over while somebody waits at the counter.
MOST_FOUND = 8
LEFT, A_DAY = "regulars.household", 86_400


def _today() -> date:
    return the_named_business().day_of(clock.now())


def _only(actor: Actor, customer: Customer) -> CustomerQuerySet:
    return customers_for(actor).filter(pk=customer.pk)


def _given(request: HttpRequest, name: str, longest: int = 500) -> str:
    # What is undone by a link brings its words in the address.
    return (request.POST.get(name) or request.GET.get(name, "")).strip()[:longest]


def _day(request: HttpRequest, name: str) -> date | None:
    text = _given(request, name, 10)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Incomplete(_("“%(text)s” is no date.") % {"text": text}) from None


class _Several(Exception):
    """More than one customer is called so: whoever asked chooses among them."""

    def __init__(self, found: list[Customer]) -> None:
        super().__init__(len(found))
        self.found = found


def _other(request: HttpRequest, customer: Customer, actor: Actor) -> Customer:
    """Whom a form means: chosen by number, or the only one who is called so."""
    others = customers_for(actor).exclude(pk=customer.pk)
    chosen, sought = _given(request, "to"), _given(request, "who")
    if is_whole(chosen):
        found = list(others.filter(pk=int(chosen))[:1])
    else:
        if not sought:
            raise Incomplete(_("Nobody is named."), _("Write a name, or a part of it."))
        rows = matching_for(actor, others.on_the_list(), sought).order_by("sort_name", "id")
        found = list(rows[: MOST_FOUND + 1])
    if not found:
        raise Incomplete(
            _("Nobody on your list is called “%(who)s”.") % {"who": sought[:80]},
            _("Put them on the list first, then note this."),
        )
    if len(found) > 1:
        raise _Several(found[:MOST_FOUND])
    return found[0]


def _choosing(request: HttpRequest, customer: Customer, several: _Several) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        raise Incomplete(
            _("Several on your list are called so."), _("Write more of the name, or a number.")
        )
    shown = {"customer": customer, "found": several.found}
    return render(request, "desk/customers/_which.html", shown)


# Their people


@changing
def add_relation(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    try:
        kind, is_back = relation_named(_given(request, "kind"))
    except ValueError:
        raise Incomplete(_("Choose how they stand to each other.")) from None
    try:
        other = _other(request, customer, actor)
    except _Several as several:
        return _choosing(request, customer, several)
    of, to = (other, customer) if is_back else (customer, other)
    since = _day(request, "since_on")
    relate(of, kind, to, by=actor, at=clock.now(), since_on=since)
    return answer_of(request, customer, _("Done: noted with %(name)s.") % {"name": other.name})


@changing
def change_relation(
    request: HttpRequest, customer: Customer, actor: Actor, *, relation_id: int
) -> HttpResponse:
    """End a relation, take its end back, or forget one that never was."""
    relation = relation_of(customer, relation_id)
    deed = _given(request, "deed")
    here = reverse("customers:change_relation", args=[customer.pk, relation.pk])
    if deed == "resume":
        resume_relation(relation, by=actor, at=clock.now())
        return answer_of(request, customer, _("Done: it holds again."))
    if deed == "forget":
        unrelate(relation, by=actor, at=clock.now())
        back = {
            "kind": f"{relation.kind}{':back' if relation.to_id == customer.pk else ''}",
            "to": relation.of_id if relation.to_id == customer.pk else relation.to_id,
            "since_on": relation.since_on or "",
        }
        undo = f"{reverse('customers:add_relation', args=[customer.pk])}?{urlencode(back)}"
        return answer_of(request, customer, _("Done: forgotten."), undo)
    until = _day(request, "until_on") or _today()
    end_relation(relation, by=actor, at=clock.now(), until_on=until)
    return answer_of(request, customer, _("Done: noted as over."), f"{here}?deed=resume")


@changing
def live_with(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    """Put two people into one household: that of either, or a new one."""
    if told := _given(request, "household"):
        household = household_for(_household_left(told, customer))
        join_household(customer, household, by=actor, at=clock.now())
        return answer_of(request, customer, _("Done: they live there again."))
    try:
        other = _other(request, customer, actor)
    except _Several as several:
        return _choosing(request, customer, several)
    at = clock.now()
    for one in (customer, other):
        if one.household is not None:
            _refuse_shared(actor, one.household)
    if customer.household is not None:
        join_household(other, customer.household, by=actor, at=at)
    elif other.household is not None:
        join_household(customer, other.household, by=actor, at=at)
    else:
        name = _given(request, "name", 200) or _household_name(customer, other)
        make_household(name, [other, customer], by=actor, at=at)
    return answer_of(request, customer, _("Done: they live together."))


def _refuse_shared(actor: Actor, household: Household) -> None:
    """What one does to a household one does to all in it: their address may become another."""
    if len(members_of(actor, household)) < household.members.still_there().count():
        raise Incomplete(
            _("Somebody lives there whom a colleague looks after."),
            _("Ask an owner or a manager to change what holds for all of them."),
        )


def _sign_of(household: Household, customer: Customer) -> str:
    """Where somebody lived, for coming back: nobody else's household is entered by its number."""
    return signing.dumps([customer.pk, household.pk], salt=LEFT)


def _household_left(told: str, customer: Customer) -> int:
    try:
        pk, household_id = signing.loads(told, salt=LEFT, max_age=A_DAY)
    except signing.BadSignature:
        return 0
    return int(household_id) if pk == customer.pk else 0


def _household_name(customer: Customer, other: Customer) -> str:
    if customer.family_name and customer.family_name == other.family_name:
        names = {"one": customer.given_name, "two": other.given_name}
        both = _("%(one)s and %(two)s") % names
        return f"{both} {customer.family_name}"[:200]
    return (_("%(one)s and %(two)s") % {"one": customer.name, "two": other.name})[:200]


@changing
def change_household(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    """Leave a household, or write its name or its address otherwise."""
    household = customer.household
    if household is None:
        raise Incomplete(_("They live in no household any more."))
    if _given(request, "deed") == "leave":
        leave_household(customer, by=actor, at=clock.now())
        back = urlencode({"household": _sign_of(household, customer)})
        undo = f"{reverse('customers:live_with', args=[customer.pk])}?{back}"
        is_there = Household.objects.filter(pk=household.pk).exists()
        return answer_of(
            request, customer, _("Done: they live there no more."), undo if is_there else ""
        )
    _refuse_shared(actor, household)
    name, address = _given(request, "name", 200), _given(request, "address", 2000)
    if name != household.name:
        rename_household(household, name, by=actor, at=clock.now())
    if address and address != household.address:
        move_household(household, address, by=actor, at=clock.now())
    return answer_of(request, customer, _("Done: kept for everybody who lives there."))


# What they care about


@changing
def add_interest(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    kind = _given(request, "kind")
    if kind not in InterestKind.values:
        raise Incomplete(_("Choose whether it is an interest or a need."))
    refuse_hidden_interest(actor, kind)
    heard = Heard(
        InterestKind(kind), _given(request, "topic"), _given(request, "words", 2000), "desk"
    )
    noted_on = _day(request, "noted_on") or _today()
    note_interest(customer, heard, by=actor, at=clock.now(), noted_on=noted_on)
    return answer_of(request, customer, _("Done: noted “%(topic)s”.") % {"topic": heard.topic})


@changing
def change_interest(
    request: HttpRequest, customer: Customer, actor: Actor, *, interest_id: int
) -> HttpResponse:
    """Still true, over, or never so."""
    interest = interest_of(customer, interest_id)
    refuse_hidden_interest(actor, interest.kind)
    deed, at = _given(request, "deed"), clock.now()
    here = reverse("customers:change_interest", args=[customer.pk, interest.pk])
    if deed == "forget":
        forget_interest(interest, by=actor, at=at)
        return answer_of(request, customer, _("Done: forgotten."))
    if deed == "end":
        end_interest(interest, by=actor, at=at, day=_today())
        return answer_of(request, customer, _("Done: noted as over."), f"{here}?deed=confirm")
    confirm_interest(interest, by=actor, at=at, day=_today())
    return answer_of(request, customer, _("Done: still true today."))


# Tags and fields of our own


@changing
def add_tag_to(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    wanted = _given(request, "tag_id")
    if is_whole(wanted):
        tag = tag_for(int(wanted))
    else:
        tag = add_tag(_given(request, "tag"), by=actor, at=clock.now())
    tag_customers(_only(actor, customer), tag, by=actor, at=clock.now())
    return answer_of(request, customer, _("Done: tagged “%(tag)s”.") % {"tag": tag.name})


@changing
def take_tag_off(
    request: HttpRequest, customer: Customer, actor: Actor, *, tag_id: int
) -> HttpResponse:
    tag = tag_for(tag_id)
    untag_customers(_only(actor, customer), tag, by=actor, at=clock.now())
    undo = f"{reverse('customers:add_tag', args=[customer.pk])}?tag_id={tag.pk}"
    return answer_of(request, customer, _("Done: “%(tag)s” is off.") % {"tag": tag.name}, undo)


@changing
def set_own(request: HttpRequest, customer: Customer, actor: Actor) -> HttpResponse:
    """Keep what the form holds of our own fields; what did not change is left alone."""
    currency = the_named_business().currency
    changed: dict[CustomField, Held | None] = {}
    for one in own_values(actor, customer):
        if f"{one.field.name}_there" not in request.POST:
            continue
        held = value_read(one.field, request.POST.getlist(one.field.name), currency)
        if held != one.held:
            changed[one.field] = held
    if changed:
        set_custom_values(_only(actor, customer), changed, by=actor, at=clock.now())
    return answer_of(request, customer, _("Done: kept."))
