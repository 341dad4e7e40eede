"""Making it right for all whom a price undercuts, in one go and once."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from regulars.consent.choices import Purpose
from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.faults import fault
from regulars.core.money import Money
from regulars.core.pace import REST, Pace
from regulars.core.templatetags.look import day_words, money
from regulars.messaging.actions.mailings import cancel_mailing, write_mailing
from regulars.messaging.actions.texts import use_words
from regulars.messaging.choices import MailingState
from regulars.messaging.models import Mailing
from regulars.offers.actions.giving import give_codes, wave_to_give
from regulars.offers.models import Offer
from regulars.orders.actions import grant_to_many, take_back_from_many
from regulars.prices.choices import PriceKind, Remedy
from regulars.prices.errors import NothingToRight, PriceChangedSince
from regulars.prices.models import Concern, Price, Righting
from regulars.prices.queries.audience import RIGHTED
from regulars.prices.queries.concerned import unsettled_of
from regulars.prices.rules import may_plan

RIGHT_JOB = "prices.right"
ROWS_AT_FIRST = 2_000
LONGEST = 2_000
GOOD_FOR_HOURS = 72


@transaction.atomic
def make_right(
    price: Price, remedy: str, *, seen_count: int, seen_minor: int, by: Actor, at: datetime,
    offer: Offer | None = None, words: str = "",
) -> Righting:  # fmt: skip
    """Make it right for everybody whom a price undercuts and for whom nothing was done yet.

    For as many and as much as was seen, else it asks again. Each gets it once (`Concern`), however
    often this is asked; a mailing that tells them waits for somebody to look at it and approve it.
    """
    _check(by)
    price = Price.objects.select_for_update().get(pk=price.pk)
    open_now = Concern.objects.unsettled().filter(price=price)
    count, minor = unsettled_of(price)
    if not count:
        raise NothingToRight(_("Nobody is left for whom something has to be made right."))
    if (count, minor) != (seen_count, seen_minor):
        raise PriceChangedSince(
            _("It has changed since you looked: it is %(amount)s for %(count)s of them now.")
            % {"amount": money(Money(minor, price.currency)), "count": count},
            _("Look at it once more."),
        )
    _refuse_unfit(price, remedy, offer, minor, at)
    righting = Righting.objects.create(
        price=price,
        remedy=remedy,
        offer=offer,
        count=count,
        total_minor=minor,
        made_at=at,
        made_by_id=by.member_id,
    )
    open_now.update(remedy=remedy, righting=righting, settled_at=at)
    price.open_count, price.open_minor = 0, 0
    price.save(update_fields=["open_count", "open_minor"])
    righting.mailing = _told(price, righting, words, by, at)
    righting.save(update_fields=["mailing"])
    _lower_quotes(price, righting, by, at)
    audit.record("made price right", price, by=by, at=at, remedy=remedy, count=count, minor=minor)
    jobs.enqueue(RIGHT_JOB, at=at, righting_id=righting.pk)
    return righting


def hand_out(righting: Righting, *, by: Actor, at: datetime) -> int:
    """Give each what was decided for them; goes on where a killed run stopped, nobody twice."""
    righting = Righting.objects.select_related("price", "offer").get(pk=righting.pk)
    if righting.done_at is not None or righting.taken_back_at is not None:
        return 0
    theirs = Concern.objects.filter(righting=righting)
    ends = theirs.aggregate(low=Min("pk"), high=Max("pk"))
    if ends["low"] is not None and righting.remedy != Remedy.NOTE:
        for low, high in Pace(ROWS_AT_FIRST, rest=REST).pieces(ends["low"], ends["high"]):
            _hand_out_between(righting, low, high, by=by, at=at)
    Righting.objects.filter(pk=righting.pk, done_at=None).update(done_at=at)
    return righting.count


@transaction.atomic
def _hand_out_between(righting: Righting, low: int, high: int, *, by: Actor, at: datetime) -> None:
    # Whoever takes it back waits for this piece, and this piece for them.
    held = Righting.objects.select_for_update().get(pk=righting.pk)
    if held.taken_back_at is not None:
        return
    theirs = Concern.objects.filter(righting=righting, pk__range=(low, high))
    if righting.remedy == Remedy.CREDIT:
        rows = theirs.filter(due_minor__gt=0).values_list("customer_id", "due_minor", "pk")
        grant_to_many(
            [(pk, minor, source_of(concern)) for pk, minor, concern in rows],
            currency=righting.price.currency, by=by, at=at,
        )  # fmt: skip
    elif righting.offer is not None:
        give_codes(righting.offer, list(theirs.values_list("customer_id", flat=True)), by=by, at=at)
    fault("prices.handed_out")


def source_of(concern_id: int) -> str:
    """The occasion of the store credit, which is written once."""
    return f"price:{concern_id}"


@transaction.atomic
def take_back_righting(righting: Righting, *, by: Actor, at: datetime) -> int:
    """Undo a making right before anybody was told; who has spent the credit keeps it.

    Returns for how many it was taken back. Codes that were given stay; they are ended with their
    offer.
    """
    _check(by)
    price = Price.objects.select_for_update().get(pk=righting.price_id)
    righting = Righting.objects.select_for_update(of=("self",)).get(pk=righting.pk)
    if righting.taken_back_at is not None:
        raise PriceChangedSince(_("It was taken back already."), _("Load the page again."))
    mailing = righting.mailing
    if mailing is not None and mailing.state == MailingState.DRAFT:
        cancel_mailing(mailing, by=by, at=at)
    elif mailing is not None and mailing.state != MailingState.CANCELLED:
        raise PriceChangedSince(
            _("They are being told already: what was said to them stays."),
            _("Stop the mailing first, if nobody has had it."),
        )
    theirs = Concern.objects.filter(righting=righting, taken_back_at=None)
    keeping: set[int] = set()
    if righting.remedy == Remedy.CREDIT:
        rows = theirs.filter(due_minor__gt=0).values_list("customer_id", "due_minor", "pk")
        keeping = take_back_from_many(
            [(pk, minor, source_of(concern)) for pk, minor, concern in rows],
            currency=price.currency, by=by, at=at,
        )  # fmt: skip
    count = theirs.exclude(customer__in=keeping).update(taken_back_at=at)
    Price.objects.filter(source=_quoted_by(righting), withdrawn_at=None).update(
        withdrawn_at=at, changed_at=at
    )
    righting.taken_back_at, righting.taken_back_by_id = at, by.member_id
    righting.save(update_fields=["taken_back_at", "taken_back_by"])
    audit.record("took back making right", price, by=by, at=at, count=count)
    price.checked_at = None
    price.save(update_fields=["checked_at"])
    return count


def _refuse_unfit(price: Price, remedy: str, offer: Offer | None, minor: int, at: datetime) -> None:
    if remedy not in Remedy.values:
        raise NothingToRight(_("Choose how it is made right."))
    if remedy == Remedy.CREDIT and not minor:
        raise NothingToRight(
            _("None of them has paid more yet: there is no difference to give back."),
            _("Their quotes are lowered by telling them."),
        )
    if remedy == Remedy.CODE:
        if offer is None:
            raise NothingToRight(
                _("Choose the offer whose code they get."),
                _("It takes codes of one’s own, and a wave that is open and not for everybody."),
            )
        if offer.currency != price.currency:
            raise NothingToRight(
                _("“%(offer)s” is in %(theirs)s, and this price is in %(ours)s.")
                % {"offer": offer.name, "theirs": offer.currency, "ours": price.currency},
                _("Choose an offer in the same currency, or give store credit."),
            )
        wave_to_give(offer, at=at)


def _lower_quotes(price: Price, righting: Righting, by: Actor, at: datetime) -> None:
    """Whoever was told a higher price is told this one, for as long as it holds."""
    higher = Concern.objects.filter(righting=righting, quoted_milli__isnull=False)
    rows = [
        Price(
            product=price.product, name=price.name, kind=PriceKind.QUOTE, customer_id=customer_id,
            amount_minor=price.amount_minor, currency=price.currency, tax=price.tax,
            tax_bp=price.tax_bp, compare_milli=price.compare_milli,
            from_quantity=price.from_quantity or Decimal(0), opens_on=price.opens_on,
            closes_on=price.closes_on, source=_quoted_by(righting), created_at=at, changed_at=at,
            created_by_id=by.member_id, published_at=at, published_by_id=by.member_id,
            checked_at=at,
        )
        for customer_id in higher.values_list("customer_id", flat=True)
    ]  # fmt: skip
    Price.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def _told(price: Price, righting: Righting, words: str, by: Actor, at: datetime) -> Mailing:
    """A mail to each of them, written down; it leaves once somebody has seen and approved it."""
    # A code is an invitation to buy: the gate asks for it as for all that sells.
    purpose = Purpose.SELL if righting.remedy == Remedy.CODE else Purpose.RECOVER
    version = use_words(
        subject=_("The price of %(price)s, and what you paid") % {"price": str(price)[:90]},
        body=words.strip()[:LONGEST] or words_for(price, righting.remedy, righting.offer),
        purpose=purpose, by=by, at=at,
    )  # fmt: skip
    return write_mailing(
        name=_("Made right: %(price)s") % {"price": str(price)[:150]}, version=version,
        purpose=purpose, audience=RIGHTED, definition={"righting": righting.pk},
        by=by, at=at, expires_after_hours=GOOD_FOR_HOURS,
    )  # fmt: skip


def words_for(price: Price, remedy: str, offer: Offer | None) -> str:
    """What they are told where nobody writes anything else."""
    given = {
        Remedy.CREDIT: _("So we have put the difference on your account: {{ price_difference }}"
                         " is there for you, towards whatever you buy next."),
        Remedy.CODE: _("So this code is yours: {{ offer_%(offer)d_code }}"),
        Remedy.NOTE: _("So we wanted you to hear it from us, and first."),
    }[Remedy(remedy)]  # fmt: skip
    return _(
        """{{ greeting }}

From %(day)s on, %(price)s costs %(amount)s. You have paid more for it with us, and nobody who comes for the first time should pay less than you do.

%(given)s

{{ signature }}
"""  # noqa: E501
    ) % {
        "day": day_words(price.opens_on), "price": price, "amount": money(price.amount),
        "given": given % {"offer": offer.pk if offer else 0},
    }  # fmt: skip


def _quoted_by(righting: Righting) -> str:
    return f"righting:{righting.pk}"


def _check(by: Actor) -> None:
    if not may_plan(by):
        raise NotAllowed(
            _("Only owners and managers make it right for many."), _("Ask one of them.")
        )
