"""One text to each of many customers, each on an occasion of their own."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.messaging.actions.mailings import freeze
from regulars.messaging.actions.messages import GOOD_FOR
from regulars.messaging.models import Message, TemplateVersion
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
) -> dict[int, UUID]:
    """Write a mail to each of these customers, on the occasion named for each; once for each.

    Returns the message of each; who has no address that works gets none. The gate asks for each of
    them when it leaves. Whoever looks after a customer signs.
    """
    if not may_write(by):
        raise NotAllowed(
            _("Only owners and managers write to many at once."), _("Ask one of them.")
        )
    # The best address last, so that it is the one kept.
    points = ContactPoint.objects.filter(
        customer__in=occasions, kind=PointKind.EMAIL, state=PointState.USABLE
    ).order_by("is_primary", "-pk")
    best = {point.customer_id: point for point in points}
    signers = dict(Customer.objects.filter(pk__in=best).values_list("pk", "manager_id"))
    freeze(version, at=at)
    Message.objects.bulk_create(
        [
            Message(
                customer_id=pk, channel=Channel.EMAIL, occasion=occasions[pk],
                purpose=version.purpose, version=version, address=point.normal, seal=point.seal,
                not_before=not_before or at, expires_at=expires_at or at + GOOD_FOR, created_at=at,
                created_by_id=by.member_id or signers.get(pk), state_at=at,
            )
            for pk, point in best.items()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    written = Message.objects.filter(customer__in=best, occasion__in=set(occasions.values()))
    rows = written.values_list("customer_id", "occasion", "pk")
    return {pk: key for pk, occasion, key in rows if pk is not None and occasions[pk] == occasion}
