"""Offers in words: what they give, where they stand, when they open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from regulars.core.templatetags.look import money
from regulars.offers.checking import left_of
from regulars.offers.choices import Standing, ValueKind, Way
from regulars.offers.models import Offer, Wave
from regulars.offers.queries.offers import Uptake, given_away
from regulars.offers.queries.till import said


def gives(offer: Offer) -> str:
    """What it takes from the price: “20 % off”."""
    if offer.kind == ValueKind.PERCENT:
        return _("%(percent)d %% off") % {"percent": offer.percent or 0}
    if offer.kind == ValueKind.AMOUNT:
        return _("%(amount)s off") % {"amount": money(offer.value)}
    return _("a gift")


def ways_words(wave: Wave) -> str:
    """By which ways a wave is told."""
    ways = wave.ways
    if not ways:
        return _("Nobody writes or calls: it stands on their page.")
    named = {
        Way.EMAIL: _("by e-mail"), Way.LETTER: _("by letter"), Way.CALL: _("by calls"),
    }  # fmt: skip
    return _("They may be told %(ways)s.") % {"ways": ", ".join(named[way] for way in ways)}


def margin_words(offer: Offer) -> str:
    """What is left of the price; nothing where price or cost are not known."""
    left = left_of(offer)
    if left is None:
        return ""
    return _("They pay %(paid)s, it costs us %(cost)s: %(left)d %% is left.") % {
        "paid": money(left.paid), "cost": money(left.cost), "left": round(left.percent),
    }  # fmt: skip


def given_words(offer: Offer, uptake: Sequence[Uptake]) -> str:
    """What it gave away, in words; nothing while nobody has used it."""
    if not any(one.used for one in uptake):
        return ""
    found = given_away(offer, uptake)
    if found is not None:
        return str(money(found))
    if offer.kind == ValueKind.PERCENT:
        return _("Cannot be told: it takes a share of a price that is not written down here.")
    return _("Cannot be told: what the gift is worth is not written down here.")


def standing_words(standing: Standing, opens_at: datetime | None, closes_at: datetime | None
) -> str:  # fmt: skip
    """Where an offer stands, with the moment that comes next."""
    if standing == Standing.DRAFT or opens_at is None or closes_at is None:
        return str(Standing.DRAFT.label)
    if standing == Standing.PLANNED:
        return _("opens %(when)s") % {"when": said(opens_at)}
    if standing == Standing.OPEN:
        return _("open until %(when)s") % {"when": said(closes_at)}
    return str(Standing.OVER.label)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A wave on the line of time: where it begins and how long it is, in hundredths of the line."""

    wave: Wave
    left: float
    width: float
    is_open: bool
    is_to_come: bool
    when: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The waves of an offer beside each other in time, and where now is."""

    stretches: list[Stretch]
    now: float | None

    @property
    def depth(self) -> int:
        """How deep it is drawn: two for each stretch, of which one lies below the other."""
        return 2 * len(self.stretches)


def timeline_of(waves: list[Wave], at: datetime, ended_at: datetime | None = None) -> Timeline:
    """Each wave as a stretch from the first opening to the last end."""
    if not waves:
        return Timeline([], None)
    begins, ends = min(one.opens_at for one in waves), max(one.closes_at for one in waves)
    whole = (ends - begins).total_seconds()
    last = min(at, ended_at) if ended_at else at

    def place(moment: datetime) -> float:
        return round(100 * (moment - begins).total_seconds() / whole, 2)

    stretches = [
        Stretch(
            one, place(one.opens_at), round(place(one.closes_at) - place(one.opens_at), 2),
            one.is_open_at(at) and ended_at is None, at < one.opens_at,
            _("%(opens)s to %(closes)s")
            % {"opens": said(one.opens_at), "closes": said(one.closes_at)},
        )
        for one in waves
    ]  # fmt: skip
    return Timeline(stretches, place(last) if begins <= last <= ends else None)
