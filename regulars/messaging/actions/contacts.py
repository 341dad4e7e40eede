"""Places that people take by what they do themselves, so that no message comes on top of them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from regulars.messaging import counting
from regulars.messaging.counting import Place


def source_of(touch_id: int) -> str:
    return f"touch:{touch_id}"


@transaction.atomic
def count_touch(
    customer_id: int, touch_id: int, *, channel: str, purpose: str, happened_at: datetime,
    at: datetime,
) -> None:  # fmt: skip
    """Count a call, a visit or a letter of ours among what a customer hears from us."""
    place = Place(customer_id, channel, purpose, source_of(touch_id))
    counting.take_past_place(place, happened_at, at)


@transaction.atomic
def count_touches(
    touches: Collection[tuple[int, int]], *, channel: str, purpose: str, at: datetime
) -> None:
    """Count what was done for many at this moment; of each the customer and the touch."""
    places = [(pk, channel, purpose, source_of(touch_id)) for pk, touch_id in touches]
    counting.take_places(places, at)


@transaction.atomic
def uncount_touch(touch_id: int, *, at: datetime) -> None:
    """Give back what a touch took, as if it had not been."""
    counting.give_back([source_of(touch_id)], at)


@transaction.atomic
def uncount_touches(touch_ids: Collection[int], *, at: datetime) -> None:
    """Give back what touches of many took."""
    counting.give_back([source_of(pk) for pk in touch_ids], at)
