"""What a till noted without a connection: each use comes in once, by the action of every till."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.models import Customer
from regulars.offers.actions.redeeming import redeem, use_code
from regulars.offers.errors import CodeUsed, ListNotOurs, ListOver, TooManyTries
from regulars.offers.models import Code, OfflineUse, Redemption
from regulars.offers.queries.till import codes_among, read_later, said
from regulars.offers.rules import may_take
from regulars.offers.till_list import Stamp, stamp_in

# A device's clock that is off by less is left alone: the way to us takes its time as well.
RIGHT_ENOUGH = timedelta(minutes=2)
# How long a till may be away: as long as it can open what it has sealed.
LONGEST_AWAY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Noted:
    """A use as a till brings it: what was said and when, and the list on which it was noted."""

    slip: str
    code: str
    stamp: str
    # By the till's clock: when it was used, and when it was sent.
    device_at: datetime
    sent_at: datetime
    receipt: str = ""
    customer: Customer | None = None


@transaction.atomic
def take_in_use(noted: Noted, *, by: Actor, at: datetime) -> OfflineUse:
    """Write down a use that a till noted while there was no connection, once.

    It is judged by the moment at which it was used. Where another till was quicker, or nothing is
    left, it stays written down as refused, and whoever it concerns is told.
    """
    if not may_take(by):
        raise NotAllowed(_("You may look, and take no codes. An owner can change that."))
    slip = f"till:{by.member_id}:{noted.slip}"
    known = OfflineUse.objects.filter(slip=slip).first()
    if known is not None:
        return known
    stamp = _stamp(noted, by, at)
    used = OfflineUse(
        slip=slip, member_id=stamp.member_id, receipt=noted.receipt.strip()[:200],
        listed_at=stamp.listed_at, used_at=_when(noted, stamp, at), received_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            _take_up(used, noted, stamp, by=by, at=at)
            used.save()
    except IntegrityError:
        # Sent twice in the same moment: the other one writes it down.
        return OfflineUse.objects.get(slip=slip)
    what = "noted use" if used.redemption_id else "refused noted use"
    audit.record(what, used, by=by, at=at, offer=used.offer_id)
    return used


@transaction.atomic
def try_again(used: OfflineUse, *, by: Actor, at: datetime) -> OfflineUse:
    """Bring a refused use in once more: somebody raised the stock, or took the other one back."""
    used = OfflineUse.objects.select_for_update(of=("self",)).get(pk=used.pk)
    _check_own(used, by)
    if used.redemption_id is not None:
        return used
    if used.code is None:
        raise Refusal(
            _("It names no code that there is."),
            _("Look for the customer, and use the code that their page says."),
        )
    used.redemption = use_code(
        used.code, slip=used.slip, by=by, at=at, used_at=used.used_at, receipt=used.receipt
    )
    used.read_at, used.other_read_at = at, at
    used.save(update_fields=["redemption", "read_at", "other_read_at"])
    audit.record("noted use", used, by=by, at=at, offer=used.offer_id)
    return used


@transaction.atomic
def note_read(used: OfflineUse, *, by: Actor, at: datetime) -> OfflineUse:
    """Whoever noted it, or whoever was quicker, has read what became of it."""
    if used.member_id == by.member_id:
        used.read_at, told = at, "read_at"
    elif used.other is not None and used.other.member_id == by.member_id:
        used.other_read_at, told = at, "other_read_at"
    else:
        raise NotAllowed(_("This was noted at somebody else’s till."))
    used.save(update_fields=[told])
    audit.record("read", used, by=by, at=at, offer=used.offer_id)
    return used


def _stamp(noted: Noted, by: Actor, at: datetime) -> Stamp:
    stamp = stamp_in(noted.stamp)
    if stamp.member_id != by.member_id:
        raise NotAllowed(
            _("This was noted on somebody else’s list."), _("They sign in here and bring it in.")
        )
    if at > stamp.ends_at + LONGEST_AWAY:
        raise ListNotOurs(
            _("The list on which this was noted is more than a fortnight old."),
            _("Look for the customer, and write down by hand what they had."),
        )
    return stamp


def _when(noted: Noted, stamp: Stamp, at: datetime) -> datetime:
    """When it was used by our clock: a till whose clock is wrong still knows how long ago."""
    wrong_by = at - noted.sent_at
    used_at = noted.device_at
    if abs(wrong_by) > RIGHT_ENOUGH:
        used_at += wrong_by
    return min(max(used_at, stamp.listed_at), at)


def _take_up(used: OfflineUse, noted: Noted, stamp: Stamp, *, by: Actor, at: datetime) -> None:
    try:
        with transaction.atomic(), read_later():
            _refuse_another_day(used, stamp)
            used.redemption = redeem(
                noted.code, slip=used.slip, by=by, at=at, used_at=used.used_at,
                customer=noted.customer, receipt=used.receipt,
            )  # fmt: skip
    except (NotAllowed, TooManyTries):
        raise
    except Refusal as no:
        used.sentence, used.remedy = no.sentence[:500], no.remedy[:500]
        used.code = codes_among([noted.code]).get(noted.code)
        used.other = _quicker(used.code) if isinstance(no, CodeUsed) else None
    found = used.redemption or used.code
    used.offer_id = found.offer_id if found else None
    used.code = used.redemption.code if used.redemption else used.code


def _refuse_another_day(used: OfflineUse, stamp: Stamp) -> None:
    if used.used_at < stamp.ends_at:
        return
    raise ListOver(
        _("It was noted %(when)s, and the list that the till had held until the end of %(day)s.")
        % {"when": said(used.used_at), "day": date_format(stamp.listed_at, "l j F")},
        _("Open the till with a connection once a day: it takes the day’s list along."),
    )


def _quicker(code: Code | None) -> Redemption | None:
    """The use that took the code: by this code, or by its customer under another."""
    if code is None:
        return None
    uses = Redemption.objects.standing().filter(offer=code.offer_id)
    by_code = uses.filter(code=code)
    theirs = uses.filter(customer=code.customer_id) if code.customer_id else uses.none()
    return (by_code | theirs).order_by("-used_at", "-pk").first()


def _check_own(used: OfflineUse, by: Actor) -> None:
    if used.member_id != by.member_id:
        raise NotAllowed(_("This was noted at somebody else’s till."))
