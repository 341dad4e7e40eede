"""How customers stand to each other: noted, ended, taken back."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.customers.choices import MUTUAL, Kind, RelationKind
from regulars.customers.errors import RelationRefused
from regulars.customers.events import CustomersRelated
from regulars.customers.models import Customer, Relation

# Who may stand on either side; what is not named here may be anybody.
_OF = {
    RelationKind.WORKS_AT: {Kind.PERSON},
    RelationKind.MARRIED_TO: {Kind.PERSON},
    RelationKind.SERVES: {Kind.DEPARTMENT},
}
_TO = {
    RelationKind.WORKS_AT: {Kind.ORGANISATION, Kind.DEPARTMENT},
    RelationKind.MARRIED_TO: {Kind.PERSON},
    RelationKind.SERVES: {Kind.PERSON, Kind.ORGANISATION},
}


@transaction.atomic
def relate(
    of: Customer,
    kind: RelationKind,
    to: Customer,
    *,
    by: Actor,
    at: datetime,
    since_on: date | None = None,
    source: str = "desk",
) -> Relation:
    """Note how two customers stand to each other: who works where, who is married to whom."""
    _check(of, kind, to)
    if kind in MUTUAL and of.pk > to.pk:
        of, to = to, of
    _refuse_twice(of, kind, to)
    relation = Relation.objects.create(
        kind=kind, of=of, to=to, since_on=since_on, source=source, created_at=at
    )
    return _noted(relation, "related", by=by, at=at)


@transaction.atomic
def end_relation(relation: Relation, *, by: Actor, at: datetime, until_on: date) -> Relation:
    """Note that two customers no longer stand to each other like that; the past is kept."""
    relation = Relation.objects.select_for_update().get(pk=relation.pk)
    if relation.since_on is not None and until_on < relation.since_on:
        raise RelationRefused(
            _("It cannot end before it began."), _("Choose a later day for its end.")
        )
    relation.until_on = until_on
    relation.save(update_fields=["until_on"])
    return _noted(relation, "ended relation", by=by, at=at, is_over=True)


@transaction.atomic
def resume_relation(relation: Relation, *, by: Actor, at: datetime) -> Relation:
    """Take back that a relation ended."""
    relation = Relation.objects.select_for_update().get(pk=relation.pk)
    if relation.until_on is not None:
        _refuse_twice(relation.of, RelationKind(relation.kind), relation.to)
        relation.until_on = None
        relation.save(update_fields=["until_on"])
        _noted(relation, "resumed relation", by=by, at=at)
    return relation


@transaction.atomic
def unrelate(relation: Relation, *, by: Actor, at: datetime) -> None:
    """Forget a relation that never was."""
    _noted(relation, "unrelated", by=by, at=at, is_over=True)
    Relation.objects.filter(pk=relation.pk).delete()


def _check(of: Customer, kind: RelationKind, to: Customer) -> None:
    if of.pk == to.pk:
        raise RelationRefused(_("This is the same customer."), _("Choose somebody else."))
    fits = of.kind in _OF.get(kind, {of.kind}) and to.kind in _TO.get(kind, {to.kind})
    if not fits:
        raise RelationRefused(_why_not(kind), _("Choose somebody else, or another relation."))


def _why_not(kind: RelationKind) -> str:
    if kind == RelationKind.WORKS_AT:
        return _("A person works at an organisation or in a department.")
    if kind == RelationKind.SERVES:
        return _("A department of ours serves a person or an organisation.")
    return _("Only two people can be married.")


def _refuse_twice(of: Customer, kind: RelationKind, to: Customer) -> None:
    # Two desks may note the same in the same second: whoever comes second waits here.
    list(Customer.objects.select_for_update().filter(pk__in=[of.pk, to.pk]).order_by("pk"))
    if Relation.objects.filter(of=of, to=to, kind=kind, until_on=None).exists():
        raise RelationRefused(_("This is noted already."))


def _noted(
    relation: Relation, verb: str, *, by: Actor, at: datetime, is_over: bool = False
) -> Relation:
    Customer.objects.filter(pk__in=[relation.of_id, relation.to_id]).update(updated_at=at)
    audit.record(verb, relation, by=by, at=at, of=relation.of_id, to=relation.to_id)
    announce(
        CustomersRelated(relation.of_id, relation.to_id, relation.kind, is_over=is_over), at=at
    )
    return relation
