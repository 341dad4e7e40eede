"""Writing prices down, changing them before they are published, setting them aside."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer
from regulars.prices.actions.checking import CHECK_JOB
from regulars.prices.choices import PriceKind, Tax
from regulars.prices.errors import (
    LookBackUnclear,
    PriceChangedSince,
    PriceFixed,
    PriceKnown,
    PriceUnclear,
)
from regulars.prices.models import LookBack, Price
from regulars.prices.rules import may_plan, may_set

# A thousand million of the currency: whatever is above was typed wrongly.
MOST_MINOR, MOST_TAX_BP, MOST_DAYS = 100_000_000_000, 10_000, 730
_THOUSAND = Decimal(1000)


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """What somebody wrote down of a price."""

    product: str
    kind: PriceKind
    amount_minor: int
    currency: str
    opens_on: date
    name: str = ""
    code: str = ""
    customer: Customer | None = None
    closes_on: date | None = None
    tax: Tax = Tax.SAME
    tax_bp: int = 0
    from_quantity: Decimal = Decimal(0)


def compared(amount_minor: int, tax: str, tax_bp: int) -> int:
    """The price of one as our orders note it, in thousandths of the minor unit."""
    milli = amount_minor * _THOUSAND
    rate = 1 + Decimal(tax_bp) / 10_000
    if tax == Tax.WITH:
        milli /= rate
    elif tax == Tax.WITHOUT:
        milli *= rate
    return int(milli.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@transaction.atomic
def plan_price(draft: PriceDraft, *, by: Actor, at: datetime) -> Price:
    """Write a price down; it is planned, and nobody pays it before it is published."""
    _check(by)
    _refuse_unclear(draft)
    try:
        with transaction.atomic():
            price = Price.objects.create(
                **_values(draft), created_at=at, changed_at=at, created_by_id=by.member_id
            )
    except IntegrityError:
        raise _known() from None
    audit.record("planned price", price, by=by, at=at, product=price.product)
    look_soon(price, at=at)
    return price


@transaction.atomic
def change_price(price: Price, draft: PriceDraft, *, by: Actor, at: datetime) -> Price:
    """Change a price that is not published yet; it is compared again."""
    _check(by)
    price = _locked(price)
    if price.published_at is not None:
        raise PriceFixed(
            _("“%(price)s” was published: what customers were told stays as it was.")
            % {"price": price},
            _("Write down the price that follows it, or set this one aside."),
        )
    _refuse_unclear(draft)
    values = _values(draft)
    changed = sorted(name for name, value in values.items() if getattr(price, name) != value)
    if not changed:
        return price
    for name in changed:
        setattr(price, name, values[name])
    price.changed_at, price.checked_at = at, None
    try:
        with transaction.atomic():
            price.save(update_fields=[*changed, "changed_at", "checked_at"])
    except IntegrityError:
        raise _known() from None
    audit.record("changed price", price, by=by, at=at, changed=changed)
    look_soon(price, at=at)
    return price


@transaction.atomic
def set_aside(price: Price, *, by: Actor, at: datetime) -> Price:
    """Take a price back, planned or published; it stays written down, and holds no longer."""
    _check(by)
    price = _locked(price)
    if price.withdrawn_at is not None:
        raise PriceChangedSince(_("It was set aside already."), _("Load the page again."))
    price.withdrawn_at, price.withdrawn_by_id, price.changed_at = at, by.member_id, at
    price.save(update_fields=["withdrawn_at", "withdrawn_by", "changed_at"])
    audit.record("set price aside", price, by=by, at=at)
    return price


@transaction.atomic
def put_back(price: Price, *, withdrawn_at: datetime, by: Actor, at: datetime) -> Price:
    """Undo that a price was set aside, as long as nothing else took its place."""
    _check(by)
    price = _locked(price)
    if price.withdrawn_at != withdrawn_at:
        raise PriceChangedSince(_("Somebody has changed this since. Look at it again."))
    price.withdrawn_at, price.withdrawn_by, price.changed_at = None, None, at
    price.checked_at = None
    try:
        with transaction.atomic():
            price.save(update_fields=["withdrawn_at", "withdrawn_by", "changed_at", "checked_at"])
    except IntegrityError:
        raise _known() from None
    audit.record("put price back", price, by=by, at=at)
    look_soon(price, at=at)
    return price


@transaction.atomic
def set_look_back(days: int, *, why: str, by: Actor, at: datetime) -> LookBack:
    """Say for how many days what somebody paid counts, and why; all prices are compared again."""
    if not may_set(by):
        raise NotAllowed(_("Only owners say how far back is looked."), _("Ask one of them."))
    if not 1 <= days <= MOST_DAYS:
        raise LookBackUnclear(_("Choose 1 to %(most)d days.") % {"most": MOST_DAYS})
    if not why.strip():
        raise LookBackUnclear(
            _("Say why it is so many days."), _("Whoever looks at a warning will want to know.")
        )
    found = LookBack.objects.create(
        days=days, why=why.strip()[:300], set_at=at, set_by_id=by.member_id
    )
    audit.record("set look back", found, by=by, at=at, days=days)
    jobs.enqueue(CHECK_JOB, at=at)
    return found


def look_soon(price: Price, *, at: datetime) -> None:
    """Have a price compared in the background, before all else that is due."""
    jobs.enqueue(CHECK_JOB, at=at, price_id=price.pk)


def _refuse_unclear(draft: PriceDraft) -> None:
    if not draft.product.strip():
        raise PriceUnclear(
            _("Say which product it is."), _("By its number, as your till or shop knows it.")
        )
    if not 1 <= draft.amount_minor <= MOST_MINOR:
        raise PriceUnclear(
            _("A price is above nought, and below a thousand million."),
            _("What costs nothing is an offer: write it down there."),
        )
    if draft.closes_on is not None and draft.closes_on < draft.opens_on:
        raise PriceUnclear(_("It would end before it begins."), _("Choose a later last day."))
    if draft.from_quantity < 0:
        raise PriceUnclear(_("It holds from so many on: nought, or more."))
    if (draft.kind == PriceKind.QUOTE) != (draft.customer is not None):
        raise PriceUnclear(
            _("A quote is told to one customer, and only a quote is."),
            _("Say to whom, or choose another kind."),
        )
    if draft.tax != Tax.SAME and not 1 <= draft.tax_bp <= MOST_TAX_BP:
        raise PriceUnclear(
            _("Where the tax is noted otherwise than in your orders, its rate is needed."),
            _("Say it in percent: 20, or 5.5."),
        )


def _values(draft: PriceDraft) -> dict[str, object]:
    values: dict[str, object] = asdict(draft) | {"customer": draft.customer}
    for name in ("product", "name", "code"):
        values[name] = " ".join(str(values[name]).split())
    if draft.kind != PriceKind.COUPON:
        values["code"] = ""
    if draft.tax == Tax.SAME:
        values["tax_bp"] = 0
    values["compare_milli"] = compared(draft.amount_minor, draft.tax, draft.tax_bp)
    return values


def _known() -> PriceKnown:
    return PriceKnown(
        _("A price of this product from this day is written down already."),
        _("Change that one, or choose another first day."),
    )


def _locked(price: Price) -> Price:
    return Price.objects.select_for_update().get(pk=price.pk)


def _check(by: Actor) -> None:
    if not may_plan(by):
        raise NotAllowed(_("Only owners and managers plan prices."), _("Ask one of them."))
