"""Places that people take by what they do themselves, so that no message comes on top of them."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from regulars.core.before_images import changing, remember_created
from regulars.core.models import Operation
from regulars.messaging import counting
from regulars.messaging.counting import Place
from regulars.messaging.models import Contact, Standing


class PastTouch(NamedTuple):
    """What somebody of us did, before it was written down."""

    customer_id: int
    touch_id: int
    channel: str
    purpose: str
    happened_at: datetime


def source_of(touch_id: int) -> str:
    return f"touch:{touch_id}"


@transaction.atomic
def count_touch(
    customer_id: int, touch_id: int, *, channel: str, purpose: str, happened_at: datetime,
    at: datetime,
) -> None:  # fmt: skip
    """Count a call, a visit or a letter of ours among what a customer hears from us."""
    place = Place(customer_id, channel, purpose, source_of(touch_id))
    counting.take_past_places([(place, happened_at)], at)


@transaction.atomic
def count_touches(
    touches: Collection[tuple[int, int]], *, channel: str, purpose: str, at: datetime
) -> None:
    """Count what was done for many at this moment; of each the customer and the touch."""
    places = [(pk, channel, purpose, source_of(touch_id)) for pk, touch_id in touches]
    counting.take_places(places, at)


@transaction.atomic
def count_past_touches(touches: Collection[PastTouch], *, done: Operation, at: datetime) -> None:
    """Count those of an import that are of the last week; what is older keeps nobody waiting."""
    places = [
        (Place(one.customer_id, one.channel, one.purpose, source_of(one.touch_id)), one.happened_at)
        for one in touches
        if one.happened_at > at - counting.WEEK
    ]
    if not places:
        return
    customers = {place.customer_id for place, _when in places}
    there = set(Standing.objects.filter(pk__in=customers).values_list("pk", flat=True))
    with changing(done, Standing, counting.COLUMNS, sorted(there)):
        counting.take_past_places(places, at)
    remember_created(done, Standing, sorted(customers - there))
    sources = [place.source for place, _when in places]
    counted = Contact.objects.filter(source__in=sources).order_by("pk")
    remember_created(done, Contact, list(counted.values_list("pk", flat=True)))


@transaction.atomic
def uncount_touch(touch_id: int, *, at: datetime) -> None:
    """Give back what a touch took, as if it had not been."""
    counting.give_back([source_of(touch_id)], at)


@transaction.atomic
def uncount_touches(touch_ids: Collection[int], *, at: datetime) -> None:
    """Give back what touches of many took."""
    counting.give_back([source_of(pk) for pk in touch_ids], at)
