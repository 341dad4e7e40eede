"""Where letters to customers go."""

from collections.abc import Collection

from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint


def addresses_of(customer_ids: Collection[int]) -> dict[int, ContactPoint]:
    """The address of each to which a letter can go, the one that we use first; one query."""
    points = ContactPoint.objects.filter(
        customer__in=customer_ids, kind=PointKind.ADDRESS, state=PointState.USABLE
    )
    found: dict[int, ContactPoint] = {}
    for point in points.order_by("-is_primary", "pk"):
        found.setdefault(point.customer_id, point)
    return found


def address_lines(point: ContactPoint) -> list[str]:
    """An address as it stands on an envelope; what was given as one text is left as it is."""
    town = " ".join(part for part in (point.postcode, point.city) if part)
    parts = [*point.street.splitlines(), town, point.region, point.country]
    return [part for part in parts if part] or [
        line.strip() for line in point.value.splitlines() if line.strip()
    ]
