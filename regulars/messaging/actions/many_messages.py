"""One text to each of many customers, each on an occasion of their own."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import POINT_OF, Channel
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.customers.choices import PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.messaging.actions.mailings import freeze
from regulars.messaging.actions.messages import GOOD_FOR
from regulars.messaging.errors import ChannelNotCarried
from regulars.messaging.models import Message, TemplateVersion
from regulars.messaging.queries import is_carried
from regulars.messaging.rules import may_write


@transaction.atomic
def write_to_each(
    occasions: Mapping[int, str],
    *,
    version: TemplateVersion,
    by: Actor,
    at: datetime,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    channel: Channel = Channel.EMAIL,
) -> dict[int, UUID]:
    """Write to each of these customers, by mail or by text, on the occasion named for each.

    Returns the message of each, once for each; who has no address or number that works gets none,
    and no text goes to a landline. The gate asks for each of them when it leaves. Whoever looks
    after a customer signs.
    """
    if not may_write(by):
        raise NotAllowed(
            _("Only owners and managers write to many at once."), _("Ask one of them.")
        )
    if not is_carried(channel):
        raise ChannelNotCarried(
            _("No text messages leave: no provider is set up for them."),
            _("An owner sets one up in the settings, under Mail."),
        )
    # The best address last, so that it is the one kept.
    points = ContactPoint.objects.filter(
        customer__in=occasions, kind=POINT_OF[channel], state=PointState.USABLE
    ).order_by("is_primary", "-pk")
    fit = points if channel == Channel.EMAIL else _without_landlines(points)
    best = {point.customer_id: point for point in fit}
    signers = dict(Customer.objects.filter(pk__in=best).values_list("pk", "manager_id"))
    freeze(version, at=at)
    Message.objects.bulk_create(
        [
            Message(
                customer_id=pk, channel=channel, occasion=occasions[pk],
                purpose=version.purpose, version=version, address=point.normal, seal=point.seal,
                not_before=not_before or at, expires_at=expires_at or at + GOOD_FOR, created_at=at,
                created_by_id=by.member_id or signers.get(pk), state_at=at,
            )
            for pk, point in best.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    written = Message.objects.filter(
        customer__in=best, channel=channel, occasion__in=set(occasions.values())
    )
    rows = written.values_list("customer_id", "occasion", "pk")
    return {pk: key for pk, occasion, key in rows if pk is not None and occasions[pk] == occasion}


def _without_landlines(points: Iterable[ContactPoint]) -> list[ContactPoint]:
    """Numbers at which a text can arrive: of a known country, and not those of a line in a wall."""
    import phonenumbers

    def takes_texts(number: str) -> bool:
        try:
            kind = phonenumbers.number_type(phonenumbers.parse(number))
        except phonenumbers.NumberParseException:
            return False
        return kind != phonenumbers.PhoneNumberType.FIXED_LINE

    return [point for point in points if takes_texts(point.normal)]
