"""Using an offer, once; and taking that back."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.core.faults import fault
from regulars.customers.models import Customer
from regulars.offers.errors import CodeUnknown, NothingLeft, OfferChangedSince
from regulars.offers.events import OfferRedeemed, RedemptionTakenBack
from regulars.offers.models import Code, Offer, Redemption
from regulars.offers.queries.till import Judged, code_named, judge
from regulars.offers.rules import may_take
from regulars.offers.tries import count_miss, refuse_guessing

LONGEST_SLIP = 80


def look_up(text: str, *, by: Actor, at: datetime, customer: Customer | None = None) -> Judged:
    """What a code gives just now, or a refusal that says why not; nothing is used by looking."""
    _check(by)
    return judge(_named(text, by), at=at, customer=customer)


@transaction.atomic
def redeem(
    text: str, *, slip: str, by: Actor, at: datetime, used_at: datetime | None = None,
    customer: Customer | None = None, receipt: str = "",
) -> Redemption:  # fmt: skip
    """Use an offer by its code. `slip` names the form: the same one sent twice is one use.

    The database holds to the wave, the stock and the number of uses whatever is asked for here.
    """
    _check(by)
    again = _used_by(slip)
    if again is not None:
        return again
    return _use(_named(text, by), slip, by, at, used_at or at, customer, receipt)


@transaction.atomic
def use_code(
    code: Code, *, slip: str, by: Actor, at: datetime, used_at: datetime,
    customer: Customer | None = None, receipt: str = "",
) -> Redemption:  # fmt: skip
    """The same for a code that was looked up already, as from a file."""
    _check(by)
    return _used_by(slip) or _use(code, slip, by, at, used_at, customer, receipt)


def _used_by(slip: str) -> Redemption | None:
    return Redemption.objects.filter(slip=slip[:LONGEST_SLIP]).first()


def _use(
    code: Code, slip: str, by: Actor, at: datetime, used_at: datetime, customer: Customer | None,
    receipt: str,
) -> Redemption:  # fmt: skip
    # Two tills may try the last one in the same second: lock first, judge second.
    Offer.objects.select_for_update().get(pk=code.offer_id)
    # The same form may have come twice in that second, too.
    again = _used_by(slip)
    if again is not None:
        return again
    code = Code.objects.select_for_update().get(pk=code.pk)
    found = judge(code, at=used_at, customer=customer)
    used = _write(found, slip=slip[:LONGEST_SLIP], by=by, at=at, used_at=used_at,
                  receipt=receipt.strip()[:200])  # fmt: skip
    fault("redeem.written")
    audit.record("redeemed", used, by=by, at=at, offer=found.offer.pk, wave=found.wave.pk)
    announce(OfferRedeemed(used.pk, found.offer.pk, used.customer_id), at=at)
    fault("redeem.before_commit")
    return used


def _write(
    found: Judged, *, slip: str, by: Actor, at: datetime, used_at: datetime, receipt: str
) -> Redemption:  # fmt: skip
    try:
        with transaction.atomic():
            return Redemption.objects.create(
                offer=found.offer, wave=found.wave, code=found.code, customer=found.customer,
                used_at=used_at, recorded_at=at, member_id=by.member_id, slip=slip,
                is_held=found.is_held, receipt=receipt,
            )  # fmt: skip
    except IntegrityError as no:
        raise NothingLeft(
            _("Somebody was quicker: nothing is left of “%(offer)s”.")
            % {"offer": found.offer.name},
            _("Look the code up once more."),
        ) from no


@transaction.atomic
def take_back(used: Redemption, *, by: Actor, at: datetime) -> Redemption:
    """It was not used after all: the code can be used again, and the stock has it back."""
    _check(by)
    used = Redemption.objects.select_for_update().get(pk=used.pk)
    if used.taken_back_at is not None:
        raise OfferChangedSince(_("That was taken back already."))
    used.taken_back_at, used.taken_back_by_id = at, by.member_id
    used.save(update_fields=["taken_back_at", "taken_back_by"])
    audit.record("took back", used, by=by, at=at, offer=used.offer_id)
    announce(RedemptionTakenBack(used.pk, used.offer_id, used.customer_id), at=at)
    return used


def _named(text: str, by: Actor) -> Code:
    refuse_guessing(by)
    try:
        return code_named(text)
    except CodeUnknown:
        count_miss(by)
        raise


def _check(by: Actor) -> None:
    if not may_take(by):
        raise NotAllowed(_("You may look, and take no codes. An owner can change that."))
