"""What a till asks of a code: whose it is, what it gives, or why not."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.templatetags.look import day_words
from regulars.customers.models import Customer
from regulars.customers.queries.duplicates import survivor_of
from regulars.offers.codes import is_well_typed, seal_of, typed
from regulars.offers.errors import (
    CodeMistyped,
    CodeOfSomebodyElse,
    CodeReplaced,
    CodeUnknown,
    CodeUsed,
    CustomerNeeded,
    NothingLeft,
    NotTheirWave,
    OfferNotYetOpen,
    OfferOver,
)
from regulars.offers.models import Chosen, Code, Offer, Redemption, Wave


@dataclass(frozen=True, slots=True)
class Judged:
    """A code that holds at a moment: what it gives, by which wave, to whom, how often still."""

    code: Code
    offer: Offer
    wave: Wave
    customer: Customer | None
    is_held: bool
    # Null: as often as the stock lasts.
    left: int | None


def code_named(text: str) -> Code:
    """The code that somebody typed, read out or scanned."""
    plain = typed(text)
    found = Code.objects.filter(seal=seal_of(plain)).first() if plain else None
    if found is None:
        raise no_such_code(plain)
    return found


def codes_among(texts: Iterable[str]) -> dict[str, Code]:
    """The codes that so many texts name, in one question; a text that names none is left out."""
    seals = {text: seal_of(typed(text)) for text in texts if typed(text)}
    found = {one.seal: one for one in Code.objects.filter(seal__in=set(seals.values()))}
    return {text: found[seal] for text, seal in seals.items() if seal in found}


def no_such_code(text: str) -> CodeMistyped | CodeUnknown:
    """Why a text names no code: it is none, or it is one that nobody was given."""
    if not is_well_typed(typed(text)):
        return CodeMistyped(
            _("That is not a code as we give them: a letter is wrong, or one is missing."),
            _("Read it once more: eleven letters and figures, never I, L, O or U."),
        )
    return CodeUnknown(
        _("There is no such code."), _("Look for the customer instead: their page says theirs.")
    )


def judge(code: Code, *, at: datetime, customer: Customer | None = None) -> Judged:
    """Whether a code may be used at a moment, under whose name, by which wave; else a refusal."""
    offer = Offer.objects.get(pk=code.offer_id)
    who = _whose(code, customer)
    if code.voided_at is not None:
        raise CodeReplaced(
            _("This code was replaced by a new one %(when)s.") % {"when": said(code.voided_at)},
            _("Ask for the new code, or look for it on the customer’s page."),
        )
    wave = wave_open_to(offer, who, at)
    left = _uses_left(code, offer, who)
    return Judged(code, offer, wave, who, _from_held(offer, wave), left)


def _whose(code: Code, customer: Customer | None) -> Customer | None:
    if code.customer_id is None:
        return customer
    pk = survivor_of(code.customer_id) or code.customer_id
    if customer is not None and customer.pk != pk:
        raise CodeOfSomebodyElse(
            _("This code belongs to another customer."),
            _("A code of one’s own cannot be passed on; theirs stands on their page."),
        )
    return Customer.objects.get(pk=pk)


def wave_open_to(offer: Offer, who: Customer | None, at: datetime) -> Wave:
    """The wave that is open to them: their own, else the public one; or why there is none."""
    if offer.planned_at is None or (offer.ended_at is not None and offer.ended_at <= at):
        raise OfferOver(_("“%(offer)s” is over.") % {"offer": offer.name}, _else_open())
    waves = {one.pk: one for one in Wave.objects.filter(offer=offer).in_order()}
    own = None
    if who is not None:
        chosen = Chosen.objects.filter(offer=offer, customer=who, since_at__lte=at).first()
        own = waves.get(chosen.wave_id) if chosen else None
    public = next((one for one in waves.values() if one.is_public), None)
    for wave in (own, public):
        if wave is not None and wave.is_open_at(at):
            return wave
    raise _closed(offer, own or public, who, waves, at)


def _closed(
    offer: Offer, wave: Wave | None, who: Customer | None, waves: dict[int, Wave], at: datetime
) -> Exception:
    if who is None and any(one.is_open_at(at) for one in waves.values()):
        return CustomerNeeded(
            _("“%(offer)s” is not open to everybody yet.") % {"offer": offer.name},
            _("Look for the customer first: it is open to some of them."),
        )
    if wave is None:
        return NotTheirWave(
            _("“%(offer)s” is not meant for this customer.") % {"offer": offer.name},
            _("The page of the offer says whom it is meant for, and why not them."),
        )
    if at < wave.opens_at:
        return OfferNotYetOpen(
            _("Not yet: “%(offer)s” opens to them %(when)s.")
            % {"offer": offer.name, "when": said(wave.opens_at)},
            _("Say when it opens, and ask them to come again then: their code holds from then on."),
        )
    return OfferOver(
        _("“%(offer)s” was open to them until %(when)s.")
        % {"offer": offer.name, "when": said(wave.closes_at)},
        _else_open(),
    )


def _else_open() -> str:
    return _("Say so. What is open to them now stands on their page, under Offers.")


def _uses_left(code: Code, offer: Offer, who: Customer | None) -> int | None:
    by_them = offer.uses
    if who is not None:
        by_them -= Redemption.objects.standing().filter(offer=offer, customer=who).count()
    left = [one for one in (code.uses_left, by_them if who is not None else None)
            if one is not None]  # fmt: skip
    if left and min(left) <= 0:
        raise CodeUsed(_used_words(code, offer, who), _("A photograph of a code is the same code."))
    return min(left) if left else None


def _used_words(code: Code, offer: Offer, who: Customer | None) -> str:
    uses = Redemption.objects.standing().filter(offer=offer)
    theirs = uses.filter(customer=who) if who is not None else uses.filter(code=code)
    last = theirs.select_related("member").order_by("-used_at").first()
    count = theirs.count()
    if last is None:
        return _("This code has been used as often as it may be.")
    places = {
        "count": count,
        "when": said(last.used_at),
        "who": last.member or _("somebody of ours"),
    }
    return (
        ngettext(
            "It has been used already: %(when)s (%(who)s).",
            "It has been used %(count)s times already, the last time %(when)s (%(who)s).",
            count,
        )
        % places
    )


def _from_held(offer: Offer, wave: Wave) -> bool:
    """Whether it comes from what is held back for the wave; refused where nothing is left."""
    if wave.held_left > 0:
        return True
    if offer.common_left is not None and offer.common_left <= 0:
        raise NothingLeft(
            _("Nothing is left of “%(offer)s”.") % {"offer": offer.name},
            _("Say so, and offer them something else; whoever planned it can raise the stock."),
        )
    return False


_is_kept: ContextVar[bool] = ContextVar("is_kept", default=False)


@contextmanager
def read_later() -> Iterator[None]:
    """What is said within is kept, and read on another day: a day is named by its date."""
    token = _is_kept.set(True)
    try:
        yield
    finally:
        _is_kept.reset(token)


def said(moment: datetime) -> str:
    """A moment as one says it across a counter: "today 9:14"."""
    local = timezone.localtime(moment)
    words = date_format(local, "j M Y") if _is_kept.get() else day_words(moment)
    return f"{words} {date_format(local, 'H:i')}"
