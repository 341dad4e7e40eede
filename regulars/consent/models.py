"""Permission to write: every decision as an event, where it stands, what a customer wishes."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q

from regulars.consent.choices import Decision, Stopped
from regulars.core.key_fields import OneRowEach
from regulars.customers.models import Customer
from regulars.team.models import Member


class ConsentEvent(models.Model):
    """One decision about one channel. Never changed, and never deleted before the customer is."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=8)
    # Empty: the decision is about everything that comes by this channel.
    purpose = models.CharField(max_length=8, blank=True)
    decision = models.CharField(max_length=9, choices=Decision)
    source = models.CharField(max_length=200)
    wording = models.TextField(blank=True)
    # What shows that it was so: the address of a form, the hash of a page, the number of a message.
    proof = models.CharField(max_length=200, blank=True)
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
    purpose = models.CharField(max_length=8, blank=True)
    decision = models.CharField(max_length=9, choices=Decision)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "channel", "purpose"], name="consent_state_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.channel} {self.decision}"


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def standing_at(self, at: object) -> Self:
        """Those that hold now: for good, or until a day that has not come."""
        return self.filter(Q(until=None) | Q(until__gt=at), lifted_at=None)


class Suppression(models.Model):
    """An address that must not be written to, known by its seal; it outlives the customer."""

    id = models.BigAutoField(primary_key=True)
    channel = models.CharField(max_length=8)
    seal = models.CharField(max_length=32)
    why = models.CharField(max_length=12, choices=Stopped)
    detail = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "seal", "why"],
                condition=Q(lifted_at=None),
                name="consent_suppression_once",
            ),
        ]
        indexes = [models.Index(fields=["seal"], name="consent_suppression_by_seal")]

    def __str__(self) -> str:
        return f"{self.channel} {self.why}"


class Wish(models.Model):
    """How a customer wants to hear from us, and by which clock they live: one row a customer."""

    customer = OneRowEach(Customer, on_delete=models.CASCADE, primary_key=True, related_name="wish")
    # Empty: as the business. `zone_source` is "customer", "staff" or "address" (worked out).
    time_zone = models.CharField(max_length=60, blank=True)
    zone_source = models.CharField(max_length=8, blank=True)
    channel = models.CharField(max_length=8, blank=True)
    # Only these purposes, of what they did not ask for; none named: whatever they agreed to.
    topics: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    # The same as the gate reads it, like ",inform,thank,".
    only_for = models.CharField(max_length=80, blank=True, db_default="")
    # At least so many days between two of our messages; null: as we see fit.
    every_days = models.PositiveSmallIntegerField(null=True)
    paused_until = models.DateTimeField(null=True)
    # Links made before this moment open nothing any more.
    links_void_before = models.DateTimeField(null=True)
    # In which language they read, where that is known; empty: in the business's first.
    language = models.CharField(max_length=12, blank=True, db_default="")
    # When they last bought: some grounds rest on it, and run out.
    last_purchase_on = models.DateField(null=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"wishes of {self.customer_id}"

    @staticmethod
    def as_only_for(topics: Iterable[str]) -> str:
        """Topics as one word that the gate can look into."""
        named = ",".join(sorted(set(topics)))
        return f",{named}," if named else ""


class GroundChoice(models.Model):
    """The business's own decision about the ground for a purpose in a channel, over the preset."""

    channel = models.CharField(max_length=8)
    purpose = models.CharField(max_length=8)
    ground = models.CharField(max_length=12)
    why = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "purpose"], name="consent_ground_once"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose}: {self.ground}"


class OptInRequest(models.Model):
    """Somebody asked to hear from us; it counts once they confirm it from their own mailbox."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=8, default="email")
    address = models.CharField(max_length=320)
    seal = models.CharField(max_length=32)
    purposes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    wording = models.TextField()
    source = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    # The sealed network address of whoever asked: it limits how often they may.
    asked_from = models.CharField(max_length=32, blank=True)
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["seal", "asked_at"]),
            models.Index(fields=["asked_from", "asked_at"]),
        ]

    def __str__(self) -> str:
        return f"opt-in {self.pk}"
