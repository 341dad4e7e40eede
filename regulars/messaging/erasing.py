"""Erasing what we wrote: what has left stays as a count, without address and words."""

from django.utils.translation import gettext as _

from regulars.core.erasers import (
    Erasing,
    blank_rows,
    erase_rows,
    let_stay,
    look_through,
    register_eraser,
)
from regulars.core.errors import Refusal
from regulars.messaging.choices import WAITING, State
from regulars.messaging.models import Contact, Hold, Mailing, Message, ProviderEvent, Standing


def erase(erasing: Erasing) -> None:
    """Messages that wait are taken back; those that left lose address, words and answers."""
    theirs = Message.objects.filter(customer__in=erasing.customer_ids)
    if theirs.filter(state__in=[State.CLAIMED, State.SENDING]).exists():
        raise Refusal(
            _("A message to them is leaving at this moment."), _("Try again in a minute.")
        )
    theirs.filter(state__in=WAITING).delete()
    ProviderEvent.objects.filter(message__in=theirs).update(raw="", seal="")
    blank_rows(Message, erasing, of="customer", address="", seal="", context={}, why_detail="")
    for model in (Hold, Standing):
        erase_rows(model, erasing)


look_through(Mailing, "name", "definition", "audience_words")
register_eraser("messaging", (Message, Hold, Standing), erase)
let_stay(Contact, "When somebody heard from us, by a number without a name: what caps count.")
