"""Giving codes: for all whom an offer is for, for one of them anew, and for everybody."""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.bulk import merge_rows, rows_of
from regulars.core.errors import NotAllowed
from regulars.core.faults import fault
from regulars.customers.models import Customer
from regulars.offers.choices import CodeKind
from regulars.offers.codes import made_code, seal_of
from regulars.offers.errors import NotTheirWave, OfferUnclear
from regulars.offers.models import Chosen, Code, Offer
from regulars.offers.rules import may_take

# Each takes about 10 microseconds to work out and 20 to write.
TOGETHER = 2000
_COLUMNS = ("offer_id", "customer_id", "seal", "turn", "uses_left", "made_at")
_WITHOUT = (
    "SELECT m.customer_id FROM offers_chosen m WHERE m.offer_id = %s AND m.customer_id > %s"
    " AND NOT EXISTS (SELECT 1 FROM offers_code c WHERE c.customer_id = m.customer_id"
    " AND c.offer_id = m.offer_id) ORDER BY m.customer_id LIMIT %s"
)


def make_codes(offer: Offer, *, at: datetime) -> Iterator[int]:
    """Make a code for each whom a wave means and who has none; a step is one short transaction."""
    if offer.code_kind != CodeKind.PERSONAL:
        return
    after = 0
    while True:
        found = [row[0] for row in rows_of(_WITHOUT, [offer.pk, after, TOGETHER])]
        if not found:
            return
        with transaction.atomic():
            _write(offer, found, at)
            fault("codes.written")
        after = found[-1]
        yield len(found)


def _write(offer: Offer, customer_ids: list[int], at: datetime) -> None:
    moment = connection.ops.adapt_datetimefield_value(at)
    turn, waiting = 0, customer_ids
    # Two codes that are drawn alike are as rare as a right guess: the second is drawn again.
    while waiting:
        rows = [
            (offer.pk, one, seal_of(made_code(offer.pk, one, turn)), turn, offer.uses, moment)
            for one in waiting
        ]
        merge_rows(Code, _COLUMNS, rows, key=("seal",), on_conflict="NOTHING")
        has = Code.objects.filter(offer=offer, customer__in=waiting)
        waiting = sorted({*waiting} - {*has.values_list("customer_id", flat=True)})
        turn += 1


@transaction.atomic
def share_code(offer: Offer, *, by: Actor, at: datetime) -> Code:
    """A code for everybody; the one there is, if there is one."""
    found = Code.objects.filter(offer=offer, customer=None, voided_at=None).first()
    if found is not None:
        return found
    turn = Code.objects.filter(offer=offer, customer=None).count()
    if offer.shared_words:
        return _share_words(offer, turn, at)
    while Code.objects.filter(seal=seal_of(made_code(offer.pk, None, turn))).exists():
        turn += 1
    return Code.objects.create(
        offer=offer, seal=seal_of(made_code(offer.pk, None, turn)), turn=turn, made_at=at
    )


def _share_words(offer: Offer, turn: int, at: datetime) -> Code:
    seal = seal_of(offer.shared_words)
    other = Code.objects.filter(seal=seal).select_related("offer").first()
    if other is not None:
        raise OfferUnclear(
            _("“%(words)s” is the code of “%(offer)s” already.")
            % {"words": offer.shared_words, "offer": other.offer.name},
            _("Two offers cannot have the same words, not even one after the other."),
        )
    return Code.objects.create(offer=offer, seal=seal, turn=turn, made_at=at)


@transaction.atomic
def replace_code(offer: Offer, customer: Customer, *, by: Actor, at: datetime) -> str:
    """Give a customer a new code, where theirs went astray; the old one holds no longer."""
    if not may_take(by):
        raise NotAllowed(_("You may look, and give no codes. An owner can change that."))
    Offer.objects.select_for_update().get(pk=offer.pk)
    if not Chosen.objects.filter(offer=offer, customer=customer).exists():
        raise NotTheirWave(_("“%(offer)s” is not meant for this customer.") % {"offer": offer.name})
    theirs = Code.objects.filter(offer=offer, customer=customer)
    left = theirs.filter(voided_at=None).order_by("-turn").values_list("uses_left", flat=True)
    uses = left.first()
    turn = (theirs.aggregate(last=Max("turn"))["last"] or 0) + 1
    theirs.filter(voided_at=None).update(voided_at=at)
    while Code.objects.filter(seal=seal_of(made_code(offer.pk, customer.pk, turn))).exists():
        turn += 1
    code = Code.objects.create(
        offer=offer, customer=customer, turn=turn, made_at=at,
        seal=seal_of(made_code(offer.pk, customer.pk, turn)),
        uses_left=offer.uses if uses is None else uses,
    )  # fmt: skip
    audit.record("replaced code", code, by=by, at=at, offer=offer.pk, customer=customer.pk)
    return made_code(offer.pk, customer.pk, turn)
