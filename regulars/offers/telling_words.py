"""The first words of a mailing to a wave, to be changed by whoever sends it."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regulars.offers.models import Offer, Wave
from regulars.offers.words import gives


def first_words(offer: Offer, wave: Wave, *, is_early: bool) -> tuple[str, str]:
    """Subject and body; `is_early` says that others get it later."""
    until = date_format(timezone.localtime(wave.closes_at), "l j F")
    subject = (
        _("Yours before it is everybody’s: %(offer)s") if is_early else _("For you: %(offer)s")
    )
    parts = [
        "{{ greeting }}",
        _("%(offer)s: %(gives)s.") % {"offer": offer.name, "gives": wave.extra or gives(offer)},
        offer.words,
        _("It is open to you before it opens to everybody.")
        if is_early else "",
        _("Your code is **{{ offer_code }}**. Say it at the till, or show it, until %(until)s.")
        % {"until": until},
        "{% if offer_link %}" + _("[Your code to be scanned]({{ offer_link }})") + "{% endif %}",
        offer.terms,
        "{{ signature }}",
    ]  # fmt: skip
    body = "\n\n".join(part for part in parts if part.strip())
    return (subject % {"offer": offer.name})[:190], body + "\n"
