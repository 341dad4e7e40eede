"""Permission to write: every decision as an event, and where it stands now."""

from django.db import models

from regulars.consent.choices import Decision
from regulars.customers.models import Customer
from regulars.team.models import Member


class ConsentEvent(models.Model):
    """One decision about one channel. Never changed, and never deleted before the customer is."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=8)
    decision = models.CharField(max_length=9, choices=Decision)
    source = models.CharField(max_length=200)
    wording = models.TextField(blank=True)
    happened_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["customer", "channel", "id"])]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.channel} {self.decision}"


class ConsentState(models.Model):
    """Where a customer stands for a channel; derived from the events in the same transaction."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=8)
    decision = models.CharField(max_length=9, choices=Decision)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "channel"], name="consent_state_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.channel} {self.decision}"
