"""What a customer's choices change: a no counts at once, a yes once their mailbox confirms it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.actions import ask_to_opt_in, record_decision, set_wishes
from regulars.consent.choices import Channel, Decision, Purpose
from regulars.consent.models import Wish
from regulars.core.signed_links import LIVES
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint, Customer
from regulars.portal.pages import may_confirm
from regulars.portal.reach import Box, channels_of, reach_of
from regulars.portal.visits import THEMSELVES, Visit
from regulars.portal.words import AGAIN, BY, PURPOSES, purpose_words

Wishes = Mapping[str, object]
# Another shape than before had another name: what was sealed then is not read.
SALT = "portal.undo.2"
WISHED = ("channel", "every_days", "paused_until")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was changed, in words, and how to take it back."""

    stopped: Sequence[str]
    asked: str
    is_wish_new: bool
    # Empty where no button brings anything back.
    undo: str

    @property
    def is_nothing(self) -> bool:
        return not (self.stopped or self.asked or self.is_wish_new)


@dataclass(frozen=True, slots=True)
class Undone:
    """What is back, what waits for their mailbox, and what stays stopped until they tell us."""

    is_wish_back: bool
    asked: str
    stays: Sequence[str]


def keep(visit: Visit, *, ticked: set[str], wishes: Wishes, asked_from: str, at: datetime) -> Kept:
    """Do as the form says, measured against what holds now."""
    before = wishes_of(visit.customer)
    boxes = reach_of(visit.customer, at).boxes
    lowered = [box for box in boxes if box.is_on and box.name not in ticked]
    raised = [b.purpose for b in boxes if not b.is_on and b.may_change and b.name in ticked]
    with transaction.atomic():
        for way in dict.fromkeys(box.channel for box in lowered):
            _lower(visit, way, [box for box in boxes if box.channel == way], lowered, at)
        is_new = dict(wishes) != before
        if is_new:
            _wish(visit.customer, wishes, at)
    asked = ask(visit, raised, asked_from, at) if raised else False
    may_undo = is_new or any(box.may_ask for box in lowered)
    return Kept(
        [_("%(what)s, %(way)s") % {"what": PURPOSES[b.purpose], "way": BY[b.channel]}
         for b in lowered],
        purpose_words(raised) if asked else "",
        is_new,
        _sealed(visit.customer, before if is_new else {}, lowered) if may_undo else "",
    )  # fmt: skip


def stop_all(visit: Visit, *, at: datetime) -> Kept:
    """No to all that may be chosen, by every way that there is; how often stays as it was."""
    reach = reach_of(visit.customer, at)
    with transaction.atomic():
        kept = keep(visit, ticked=set(), wishes=wishes_of(visit.customer), asked_from="", at=at)
        # A way by which nothing reaches them today could open when they buy again.
        for way, _label in reach.ways:
            for channel in channels_of(way):
                _withdraw(visit, channel, "", [row.purpose for row in reach.rows], at)
    return kept


def take_back(visit: Visit, sealed: str, *, asked_from: str, at: datetime) -> Undone | None:
    """Wish again what was wished before; what was stopped by mail is asked for again, by mail.

    Nothing where there is nothing to take back.
    """
    try:
        left = signing.loads(sealed, salt=SALT, max_age=LIVES["visit"])
    except signing.BadSignature:
        return None
    if left["customer"] != visit.customer.pk:
        return None
    if left["wishes"]:
        until = left["wishes"]["paused_until"]
        moment = datetime.fromisoformat(until) if until else None
        still = moment if moment and moment > at else None
        _wish(visit.customer, {**left["wishes"], "paused_until": still}, at)
    purposes = [Purpose(one) for one in left["stopped"].get(Channel.EMAIL, ())]
    is_asked = bool(purposes) and may_confirm() and ask(visit, purposes, asked_from, at)
    stays = [str(AGAIN[way]) for way in AGAIN
             if way in left["stopped"] and not (way == Channel.EMAIL and is_asked)]  # fmt: skip
    return Undone(bool(left["wishes"]), purpose_words(purposes) if is_asked else "", stays)


def wishes_of(customer: Customer) -> dict[str, object]:
    wish = Wish.objects.filter(customer=customer).first()
    if wish is None:
        return {"channel": "", "every_days": None, "paused_until": None}
    return {name: getattr(wish, name) for name in WISHED}


def ask(visit: Visit, purposes: Sequence[Purpose], asked_from: str, at: datetime) -> bool:
    """Send the question to their mailbox: whoever holds a link need not be its owner."""
    address = mailbox_of(visit.customer)
    if not address:
        return False
    ask_to_opt_in(
        address, name=visit.customer.name, purposes=[str(one) for one in purposes],
        wording=_("I would like to hear by e-mail about: %(what)s.") % {
            "what": purpose_words(purposes),
        },
        source=_("preferences page"), asked_from_ip=asked_from, at=at,
    )  # fmt: skip
    # Whether a mail went out or one is on its way already, they read the same.
    return True


def mailbox_of(customer: Customer) -> str:
    points = ContactPoint.objects.filter(customer=customer, kind=PointKind.EMAIL)
    return points.order_by("-is_primary", "pk").values_list("value", flat=True).first() or ""


def _lower(
    visit: Visit, way: Channel, of_way: Sequence[Box], lowered: Iterable[Box], at: datetime
) -> None:
    gone = [box.purpose for box in lowered if box.channel == way]
    is_all = not any(box.is_on and box.purpose not in gone for box in of_way)
    for channel in channels_of(way):
        for purpose in [""] if is_all else gone:
            _withdraw(visit, channel, purpose, gone, at)


def _withdraw(
    visit: Visit, channel: Channel, purpose: str, gone: Sequence[Purpose], at: datetime
) -> None:
    what = [Purpose(purpose)] if purpose else gone
    record_decision(
        [visit.customer.pk], channel, Decision.WITHDRAWN, purpose=purpose,
        source=_("preferences page"),
        wording=_("I want no more %(way)s: %(what)s.") % {
            "way": BY[channel], "what": purpose_words(what),
        },
        proof=visit.proof, by=THEMSELVES, at=at,
    )  # fmt: skip


def _wish(customer: Customer, wishes: Wishes, at: datetime) -> None:
    wish = Wish.objects.filter(customer=customer).first()
    set_wishes(
        customer, by=THEMSELVES, at=at, topics=wish.topics if wish else (),
        **wishes,  # type: ignore[arg-type]
    )  # fmt: skip


def _sealed(customer: Customer, before: Wishes, lowered: Sequence[Box]) -> str:
    until = before.get("paused_until")
    wishes = {**before, "paused_until": until.isoformat() if isinstance(until, datetime) else None}
    left = {
        "customer": customer.pk,
        "wishes": wishes if before else {},
        "stopped": {
            str(way): [str(box.purpose) for box in lowered if box.channel == way]
            for way in {box.channel for box in lowered}
        },
    }
    return signing.dumps(left, salt=SALT)
