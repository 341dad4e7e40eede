"""What customers care about and need."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from regulars.core.actor import HELPER, Actor
from regulars.customers.errors import InterestNotFound
from regulars.customers.models import Customer, Interest
from regulars.customers.queries.people import customers_for


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


# The newest are enough to learn how things are written, however many there are.
LOOKED_AT, OF_CUSTOMERS = 2000, 1000


def topics_known(actor: Actor, kinds: Collection[str], limit: int = 200) -> list[str]:
    """Topics that customers of this person have already, so that one thing is written one way."""
    rows = Interest.objects.filter(is_still_true=True, kind__in=kinds)
    if actor.role == HELPER:
        # Their own are found by an index; from all topics the way to them would be long.
        theirs = customers_for(actor).on_the_list().order_by("-pk").values_list("pk", flat=True)
        rows = rows.filter(customer__in=list(theirs[:OF_CUSTOMERS]))
    newest = rows.order_by("-pk").values_list("topic", flat=True)[:LOOKED_AT]
    return sorted(set(newest))[:limit]
