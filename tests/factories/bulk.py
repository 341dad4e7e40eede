"""Many customers at once, for benchmarks and long tests."""

from datetime import datetime

from regulars.consent.choices import Decision
from regulars.consent.models import ConsentState
from regulars.core.bulk import count_anew
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.naming import seal_of

BATCH = 5000


def make_crowd(count: int, *, at: datetime) -> None:
    """Customers with an e-mail address who agreed to hear from us by it."""
    for start in range(0, count, BATCH):
        nths = range(start, min(count, start + BATCH))
        made = Customer.objects.bulk_create(
            Customer(
                name=f"Guest {nth}", given_name=f"Guest{nth}", sort_name=f"guest {nth:09}",
                created_at=at, updated_at=at,
            )
            for nth in nths
        )  # fmt: skip
        addresses = [f"guest{nth}@crowd.example" for nth in nths]
        ContactPoint.objects.bulk_create(
            ContactPoint(
                customer=customer, kind="email", value=address, normal=address,
                seal=seal_of("email", address), is_primary=True, created_at=at,
            )
            for customer, address in zip(made, addresses, strict=True)
        )  # fmt: skip
        ConsentState.objects.bulk_create(
            ConsentState(
                customer=customer, channel="email", decision=Decision.GRANTED, changed_at=at
            )
            for customer in made
        )
    count_anew(Customer, ContactPoint, ConsentState)
