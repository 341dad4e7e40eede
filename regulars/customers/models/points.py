"""The ways to reach a customer."""

from django.db import models
from django.db.models import Q

from regulars.customers.choices import PointKind, PointState
from regulars.customers.models.people import Customer


class ContactPoint(models.Model):
    """One way to reach a customer. `value` is as it was given, `normal` is what is compared.

    Only a usable one is written to. `noted_on` is the day on which its source told us of it,
    `state_at` when its state was found, `verified_at` when somebody last saw that it works.
    """

    # Found by the index that keeps each of them once, which begins with the customer.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="contact_points", db_index=False
    )
    kind = models.CharField(max_length=8, choices=PointKind)
    value = models.TextField()
    normal = models.CharField(max_length=320)
    # Knows an address or a number without telling it; what is suppressed is found by it.
    seal = models.CharField(max_length=32, blank=True)
    label = models.CharField(max_length=40, blank=True)
    street = models.TextField(blank=True)
    postcode = models.CharField(max_length=40, blank=True)
    city = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=100, blank=True)
    is_primary = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=PointState, default=PointState.USABLE)
    source = models.CharField(max_length=40, default="desk")
    noted_on = models.DateField(null=True, blank=True)
    state_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "normal"], name="customers_point_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["email", "phone"]) | ~Q(seal=""),
                name="customers_point_sealed",
            ),
        ]
        indexes = [
            # Whoever looks for an address or a number looks for its seal: a second index, by the
            # text, was a third of what bringing in a million customers wrote.
            models.Index(fields=["seal"], name="customers_point_by_seal"),
            # Few fail: whoever looks for them reads these and no others.
            models.Index(
                fields=["customer"],
                name="customers_points_failed",
                condition=Q(state__in=[PointState.BOUNCED.value, PointState.STALE.value]),
            ),
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def seen(self) -> str:
        """What a form brings back, to tell whether somebody changed it meanwhile."""
        return "|".join((self.value, self.label, self.state, str(self.is_primary)))
