"""What is open to one customer just now: in few questions, however many offers there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.safestring import SafeString

from regulars.customers.models import Customer
from regulars.offers.choices import CodeKind
from regulars.offers.codes import made_code, spelled
from regulars.offers.models import Chosen, Code, Offer, Redemption, Wave
from regulars.offers.qr import picture_of
from regulars.offers.words import gives

MOST = 20


@dataclass(frozen=True, slots=True)
class Open:
    """An offer that is open to somebody: by which wave, with which code, how often still."""

    offer: Offer
    wave: Wave
    # Empty where it was not made yet: it takes moments after the opening.
    code: str
    used_count: int

    @property
    def left(self) -> int:
        return max(0, self.offer.uses - self.used_count)


def open_to(customer: Customer, at: datetime, *, most: int = MOST) -> list[Open]:
    """The offers that this customer may use at that moment, the newest first; five questions."""
    offers = list(Offer.objects.visible_to(customer, at).order_by("-pk")[:most])
    ids = [one.pk for one in offers]
    waves = _waves(customer, ids, at)
    codes = _codes(customer, ids)
    uses = Redemption.objects.standing().filter(customer=customer, offer__in=ids).order_by()
    used = dict(uses.values("offer").annotate(count=Count("pk")).values_list("offer", "count"))
    return [
        Open(one, waves[one.pk], _code_of(one, waves[one.pk], customer, codes), used.get(one.pk, 0))
        for one in offers if one.pk in waves
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """The same, as a page says it to them: what it gives, and the code to be read out or scanned.

    There is no picture where nothing is left to be used.
    """

    open: Open
    gives: str
    code: str
    picture: SafeString | str


def shown_to(customer: Customer, at: datetime, *, most: int = MOST) -> list[Shown]:
    return [
        Shown(
            one, one.wave.extra or gives(one.offer), spelled(one.code),
            picture_of(one.code) if one.code and one.left else "",
        )
        for one in open_to(customer, at, most=most)
    ]  # fmt: skip


def _waves(customer: Customer, offer_ids: Sequence[int], at: datetime) -> dict[int, Wave]:
    """By offer the wave that is open to them: their own before that of everybody."""
    theirs = Chosen.objects.filter(customer=customer, offer__in=offer_ids, since_at__lte=at)
    own = set(theirs.values_list("wave", flat=True))
    found: dict[int, Wave] = {}
    for wave in Wave.objects.open_at(at).filter(offer__in=offer_ids):
        if wave.pk in own or (wave.is_public and wave.offer_id not in found):
            found[wave.offer_id] = wave
    return found


def _codes(customer: Customer, offer_ids: Sequence[int]) -> dict[tuple[int, bool], str]:
    """By offer, and by whether it is everybody’s, the code that holds."""
    rows = Code.objects.filter(offer__in=offer_ids, voided_at=None).order_by("turn")
    kept = rows.filter(customer=customer) | rows.filter(customer=None)
    return {
        (offer, whose is None): made_code(offer, whose, turn)
        for offer, whose, turn in kept.values_list("offer", "customer", "turn")
    }


def _code_of(
    offer: Offer, wave: Wave, customer: Customer, codes: dict[tuple[int, bool], str]
) -> str:
    own = codes.get((offer.pk, False), "")
    if offer.code_kind == CodeKind.SHARED or (wave.is_public and not own):
        drawn = codes.get((offer.pk, True), "")
        return (offer.shared_words or drawn) if drawn else ""
    return own
