"""Store credit: granted, spent, taken back; never below nought."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.orders.choices import CreditKind
from regulars.orders.errors import CreditOfNothing, CreditTooSmall
from regulars.orders.models import CreditEntry
from regulars.orders.queries import credit_of


def grant_credit(
    customer: Customer, amount: Money, *, source: str, by: Actor, at: datetime
) -> CreditEntry:
    """Give a customer store credit, once for each occasion (`source`)."""
    return _move(customer, amount, CreditKind.GRANTED, source=source, by=by, at=at)


def spend_credit(
    customer: Customer, amount: Money, *, source: str, by: Actor, at: datetime
) -> CreditEntry:
    """Pay with store credit, once for each occasion; never more than there is."""
    return _move(customer, amount, CreditKind.SPENT, source=source, by=by, at=at)


def take_back_credit(entry: CreditEntry, *, by: Actor, at: datetime) -> CreditEntry:
    """Take granted credit back, as long as it was not spent."""
    amount, source = Money(entry.minor, entry.currency), f"{entry.source}:back"
    return _move(entry.customer, amount, CreditKind.TAKEN_BACK, source=source, by=by, at=at)


@transaction.atomic
def _move(
    customer: Customer, amount: Money, kind: CreditKind, *, source: str, by: Actor, at: datetime
) -> CreditEntry:
    if amount.minor <= 0:
        raise CreditOfNothing(_("Store credit is an amount above nought."))
    # One at a time per customer: two tills must not both spend the last of it.
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    known = CreditEntry.objects.filter(source=source).first()
    if known is not None:
        return known
    minor = amount.minor if kind == CreditKind.GRANTED else -amount.minor
    if minor + credit_of(customer, amount.currency).minor < 0:
        raise CreditTooSmall(
            _("There is not so much store credit left."), _("Look at what they have, above.")
        )
    entry = CreditEntry.objects.create(
        customer=customer, minor=minor, currency=amount.currency, kind=kind, source=source, at=at,
        member_id=by.member_id,
    )  # fmt: skip
    audit.record(f"credit {kind.value}", entry, by=by, at=at, customer=customer.pk)
    return entry
