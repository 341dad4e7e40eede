"""Erasing what we know of permission; an address whose owner asked for it is closed for good."""

from regulars.consent.actions import suppress
from regulars.consent.choices import Channel, Stopped
from regulars.consent.models import ConsentEvent, ConsentState, OptInRequest, Wish
from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint

CHANNELS = {
    PointKind.EMAIL: (Channel.EMAIL,),
    PointKind.PHONE: (Channel.TEXT, Channel.CALL),
}


def erase(erasing: Erasing) -> None:
    """Decisions, wishes and requests; of an address only its seal is left (RELIABILITY C4)."""
    points = ContactPoint.objects.filter(customer__in=erasing.customer_ids).exclude(seal="")
    for kind, seal in points.values_list("kind", "seal") if erasing.is_asked else ():
        for channel in CHANNELS[PointKind(kind)]:
            suppress(channel, seal, Stopped.ERASED, at=erasing.at, by=erasing.by)
    for model in (ConsentEvent, ConsentState, OptInRequest, Wish):
        erase_rows(model, erasing)


register_eraser("consent", (ConsentEvent, ConsentState, OptInRequest, Wish), erase)
