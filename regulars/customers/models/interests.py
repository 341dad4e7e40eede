"""What customers care about and what they need, in their own words."""

from django.db import models
from django.db.models import Q

from regulars.customers.choices import InterestKind
from regulars.customers.models.people import Customer


class Interest(models.Model):
    """A topic that a customer cares about, or needs something for; `words` are their own.

    `confirmed_on` is the last day on which it was found still true.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="interests")
    kind = models.CharField(max_length=8, choices=InterestKind, default=InterestKind.INTEREST)
    topic = models.CharField(max_length=120)
    # What is compared: words folded, with a blank between.
    folded = models.CharField(max_length=120)
    words = models.TextField(blank=True)
    source = models.CharField(max_length=40, default="desk")
    noted_on = models.DateField()
    confirmed_on = models.DateField(null=True, blank=True)
    is_still_true = models.BooleanField(default=True)
    ended_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "folded"],
                condition=Q(is_still_true=True),
                name="customers_interest_once",
            ),
        ]
        indexes = [models.Index(fields=["folded", "kind"], name="customers_by_interest")]

    def __str__(self) -> str:
        return self.topic
