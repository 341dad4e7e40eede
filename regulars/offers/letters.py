"""Letters to the customers of a wave: print-ready, a code of their own with its picture on each."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regulars.core.typesetting import typeset
from regulars.customers.models import Customer
from regulars.customers.queries.addresses import address_lines, addresses_of
from regulars.offers.codes import spelled
from regulars.offers.models import Wave
from regulars.offers.qr import drawn
from regulars.offers.queries.codes import codes_said
from regulars.offers.words import gives
from regulars.team.queries import the_named_business


def letters_pdf(
    wave: Wave, customers: Sequence[Customer], *, at: datetime, is_early: bool
) -> bytes:
    """One PDF, each letter on a sheet of its own; whoever has no code or address gets none."""
    ids = [one.pk for one in customers]
    places, codes = addresses_of(ids), codes_said(wave.offer_id, ids, at)
    letters = [
        {
            "to": [one.name, *address_lines(places[one.pk])], "day": _day(at),
            "greeting": _("Dear %(name)s,") % {"name": one.name},
            "code": spelled(codes[one.pk]), "picture": drawn(codes[one.pk]),
        }
        for one in customers if one.pk in places and codes.get(one.pk)
    ]  # fmt: skip
    return typeset("offers/paper/letters.typ", {**_said(wave, is_early), "letters": letters})


def _said(wave: Wave, is_early: bool) -> dict[str, object]:
    """What stands in all of them."""
    offer, business = wave.offer, the_named_business()
    town = " ".join(part for part in (business.postcode, business.city) if part)
    paragraphs = [
        _("%(offer)s: %(gives)s.") % {"offer": offer.name, "gives": wave.extra or gives(offer)},
        offer.words,
        _("It is open to you before it opens to everybody.") if is_early else "",
    ]
    return {
        "title": _("For you: %(offer)s") % {"offer": offer.name},
        "sender": [
            part for part in (business.name, business.street, town, business.phone) if part
        ],
        "paragraphs": [one for one in paragraphs if one.strip()],
        "is_code": _("Your code is"),
        "how": _("Say it at the till, or let it be scanned, until %(until)s.")
        % {"until": date_format(timezone.localtime(wave.closes_at), "l j F")},
        "terms": offer.terms, "sign": business.name, "foot": "",
    }  # fmt: skip


def _day(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j F Y")
