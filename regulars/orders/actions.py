"""Store credit: granted, spent, taken back, never below nought; and what follows from orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.orders.choices import GIVING, CreditKind
from regulars.orders.errors import CreditOfAnother, CreditOfNothing, CreditTooSmall
from regulars.orders.models import CreditEntry, Order, Seller
from regulars.orders.queries import credit_of
from regulars.orders.rules import may_name_sellers
from regulars.team.models import Member

LONGEST, LONGEST_NAME, LONGEST_REGION = 200, 120, 80


def grant_credit(
    customer: Customer, amount: Money, *, source: str, by: Actor, at: datetime
) -> CreditEntry:
    """Give a customer store credit, once for each occasion (`source`)."""
    return _move(customer, _Moved(amount, CreditKind.GRANTED, source), by=by, at=at)


@transaction.atomic
def grant_to_many(
    rows: Sequence[tuple[int, int, str]], *, currency: str, by: Actor, at: datetime
) -> int:
    """Give many customers store credit, each once for its occasion: (customer, minor, source)."""
    entries = [
        CreditEntry(
            customer_id=customer_id, minor=minor, currency=currency, kind=CreditKind.GRANTED,
            source=source, at=at, member_id=by.member_id,
        )
        for customer_id, minor, source in rows
    ]  # fmt: skip
    if any(one.minor <= 0 for one in entries):
        raise CreditOfNothing(_("Store credit is an amount above nought."))
    CreditEntry.objects.bulk_create(entries, batch_size=500, ignore_conflicts=True)
    audit.record("credit granted", "orders", by=by, at=at, count=len(entries))
    return len(entries)


@transaction.atomic
def take_back_from_many(
    rows: Sequence[tuple[int, int, str]], *, currency: str, by: Actor, at: datetime
) -> set[int]:
    """Take back what `grant_to_many` gave; returns who keeps it, because they have spent it."""
    customers = [customer_id for customer_id, _minor, _source in rows]
    # Nobody spends it while it is taken back.
    list(Customer.objects.select_for_update(no_key=True).filter(pk__in=customers).order_by("pk"))
    held = CreditEntry.objects.filter(customer__in=customers, currency=currency).order_by()
    has = dict(held.values("customer_id").annotate(sum=Sum("minor")).values_list(
        "customer_id", "sum"
    ))  # fmt: skip
    granted = set(held.filter(source__in=[source for _pk, _minor, source in rows]).values_list(
        "source", flat=True
    ))  # fmt: skip
    back = [
        CreditEntry(
            customer_id=customer_id, minor=-minor, currency=currency, kind=CreditKind.TAKEN_BACK,
            source=f"{source}:back", at=at, member_id=by.member_id,
        )
        for customer_id, minor, source in rows
        if source in granted and has.get(customer_id, 0) >= minor
    ]  # fmt: skip
    CreditEntry.objects.bulk_create(back, batch_size=500, ignore_conflicts=True)
    audit.record("credit taken_back", "orders", by=by, at=at, count=len(back))
    taken = {one.customer_id for one in back}
    return {pk for pk, _minor, source in rows if source in granted and pk not in taken}


def spend_credit(
    customer: Customer, amount: Money, *, source: str, by: Actor, at: datetime,
    order: Order | None = None, words: str = "",
) -> CreditEntry:  # fmt: skip
    """Pay with store credit, once for each occasion; never more than there is.

    Towards one of their orders, or at the counter for what `words` say.
    """
    if order is not None and order.customer_id != customer.pk:
        raise CreditOfAnother(_("That order is not theirs."), _("Choose one of their orders."))
    spent = _Moved(amount, CreditKind.SPENT, source, order, words.strip()[:LONGEST])
    return _move(customer, spent, by=by, at=at)


def return_credit(entry: CreditEntry, *, by: Actor, at: datetime) -> CreditEntry:
    """Give back what was spent by mistake, once."""
    if entry.kind != CreditKind.SPENT:
        raise CreditOfNothing(_("Only what was spent is given back."))
    amount, source = Money(-entry.minor, entry.currency), f"{entry.source}:back"
    returned = _Moved(amount, CreditKind.RETURNED, source, entry.order, entry.words)
    return _move(entry.customer, returned, by=by, at=at)


def take_back_credit(entry: CreditEntry, *, by: Actor, at: datetime) -> CreditEntry:
    """Take granted credit back, as long as it was not spent."""
    amount, source = Money(entry.minor, entry.currency), f"{entry.source}:back"
    return _move(entry.customer, _Moved(amount, CreditKind.TAKEN_BACK, source), by=by, at=at)


@dataclass(frozen=True, slots=True)
class _Moved:
    """One movement: how much, what it is, its occasion, what it was spent on."""

    amount: Money
    kind: CreditKind
    source: str
    order: Order | None = None
    words: str = ""


@transaction.atomic
def say_who_sold(
    seller: Seller, *, member_id: int | None, name: str, region: str | None = None, by: Actor,
    at: datetime,
) -> Seller:  # fmt: skip
    """Say who goes by a name or a number in the files: one of the team, or somebody else."""
    if not may_name_sellers(by):
        raise NotAllowed(_("An owner or a manager says who sold."))
    row = Seller.objects.select_for_update().get(pk=seller.pk)
    if member_id is not None and not Member.objects.filter(pk=member_id).exists():
        raise Refusal(_("They are not on the team."), _("Choose somebody else, or nobody."))
    row.member_id, row.name, row.is_told = member_id, name.strip()[:LONGEST_NAME], True
    if region is not None:
        row.region = " ".join(region.split())[:LONGEST_REGION]
    row.save(update_fields=["member", "name", "is_told", "region"])
    audit.record("said who sold", row, by=by, at=at, member=member_id, region=row.region)
    return row


@transaction.atomic
def let_follow(orders: QuerySet[Order], *, by: Actor, at: datetime) -> int:
    """Let follow from these what follows from others, though a file brought them in quietly."""
    count = orders.filter(is_quiet=True).update(is_quiet=False)
    audit.record("let follow", "orders", by=by, at=at, count=count)
    return count


@transaction.atomic
def _move(customer: Customer, moved: _Moved, *, by: Actor, at: datetime) -> CreditEntry:
    amount, kind = moved.amount, moved.kind
    if amount.minor <= 0:
        raise CreditOfNothing(_("Store credit is an amount above nought."))
    # One at a time per customer: two tills must not both spend the last of it.
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    known = CreditEntry.objects.filter(source=moved.source).first()
    if known is not None:
        return known
    minor = amount.minor if kind in GIVING else -amount.minor
    if minor + credit_of(customer, amount.currency).minor < 0:
        raise CreditTooSmall(
            _("There is not so much store credit left."), _("Look at what they have, above.")
        )
    entry = CreditEntry.objects.create(
        customer=customer, minor=minor, currency=amount.currency, kind=kind, source=moved.source,
        at=at, member_id=by.member_id, order=moved.order, words=moved.words,
    )  # fmt: skip
    audit.record(f"credit {kind.value}", entry, by=by, at=at, customer=customer.pk)
    return entry
