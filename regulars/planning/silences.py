"""Reasons that are switched off: for the whole business, or of one customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.reasons import reason_sources
from regulars.customers.models import Customer
from regulars.planning.errors import CadenceGone
from regulars.planning.kept import Silence
from regulars.planning.known import REASONS
from regulars.planning.rules import may_set_cadence_of_one, may_set_cadences


@dataclass(frozen=True, slots=True)
class Silenced:
    """The names of reasons that nobody is told, and of those that some customers are left out of.

    `left_out` is a query of these customers, by the name of the reason.
    """

    everywhere: frozenset[str] = frozenset()
    left_out: Mapping[str, str] = field(default_factory=dict)

    def but_for(self, name: str, column: str = "customer_id") -> str:
        """A condition in SQL by which those who are to be left out of it are left out."""
        query = self.left_out.get(name)
        return f" AND {column} NOT IN ({query})" if query else ""


def silenced() -> Silenced:
    """What is switched off now."""
    names = Silence.objects.order_by().values_list("reason", flat=True).distinct()
    return Silenced(
        frozenset(filter(is_known, names.filter(customer=None))),
        {name: _OF_SOME.format(name) for name in names.exclude(customer=None) if is_known(name)},
    )


# The names are registered ones: nothing that anybody typed stands in the statement.
_OF_SOME = (
    "SELECT customer_id FROM planning_silence WHERE reason = '{}' AND customer_id IS NOT NULL"
)


def is_known(name: str) -> bool:
    return name in REASONS or name in reason_sources


@transaction.atomic
def silence_reason(name: str, customer: Customer | None, *, by: Actor, at: datetime) -> bool:
    """Give this reason no more: to nobody, or of one customer; False where it was so already."""
    _check(name, customer, by)
    values = {"silenced_at": at, "silenced_by_id": by.member_id}
    made = Silence.objects.get_or_create(reason=name, customer=customer, defaults=values)[1]
    _record("silenced a reason", name, customer, by, at)
    return made


@transaction.atomic
def hear_reason(name: str, customer: Customer | None, *, by: Actor, at: datetime) -> bool:
    """Give this reason again; False where nothing was switched off."""
    _check(name, customer, by)
    count, _each = Silence.objects.filter(reason=name, customer=customer).delete()
    _record("heard a reason again", name, customer, by, at)
    return bool(count)


def _check(name: str, customer: Customer | None, by: Actor) -> None:
    if customer is None and not may_set_cadences(by):
        raise NotAllowed(_("Only the owner switches reasons off for everybody."))
    if not may_set_cadence_of_one(by):
        raise NotAllowed(_("You may look, and change nothing. An owner can change that."))
    if not is_known(name):
        raise CadenceGone(_("This reason is no longer given."))


def _record(verb: str, name: str, customer: Customer | None, by: Actor, at: datetime) -> None:
    detail = {"customer": customer.pk} if customer else {}
    audit.record(verb, "planning.reason", by=by, at=at, reason=name, **detail)
