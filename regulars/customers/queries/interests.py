"""What customers care about and need."""

from collections import defaultdict
from collections.abc import Sequence

from regulars.customers.errors import InterestNotFound
from regulars.customers.models import Customer, Interest


def interests_of(
    customer_ids: Sequence[int], *, with_ended: bool = False
) -> dict[int, list[Interest]]:
    """What each of these cares about and needs, needs first; what is over only when asked for."""
    rows = Interest.objects.filter(customer__in=customer_ids)
    if not with_ended:
        rows = rows.filter(is_still_true=True)
    found: dict[int, list[Interest]] = defaultdict(list)
    for row in rows.order_by("-is_still_true", "-kind", "-noted_on", "id"):
        found[row.customer_id].append(row)
    return dict(found)


def interest_of(customer: Customer, interest_id: int) -> Interest:
    interest = customer.interests.filter(pk=interest_id).first()
    if interest is None:
        raise InterestNotFound
    return interest


def topics_known(limit: int = 200) -> list[str]:
    """Topics that customers have already, so that one thing is written one way."""
    rows = Interest.objects.filter(is_still_true=True).values_list("topic", flat=True)
    return list(rows.distinct().order_by("topic")[:limit])
