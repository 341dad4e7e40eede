"""Interruptions of the business: what happened, whom it hits, and what was decided at their end."""

from datetime import datetime
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from regulars.core.key_fields import OneRowEach
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.lists.models import Segment
from regulars.recovery.choices import ReturnState
from regulars.team.models import Member


class DisruptionQuerySet(models.QuerySet["Disruption"]):
    def standing(self) -> Self:
        """Those that nobody has ended yet."""
        return self.filter(ended_at=None)

    def in_earnest(self) -> Self:
        return self.filter(is_drill=False)


class Disruption(models.Model):
    """An interruption of the business: what, since when, whom it hits, what still works."""

    what = models.CharField(max_length=200)
    since = models.DateTimeField()
    expected_end = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # Somebody has said that it is over, and what is not to go on is being kept back.
    ending_at = models.DateTimeField(null=True)
    # Everybody, or those of a segment, those who come into it later among them.
    is_everybody = models.BooleanField(default=True)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, null=True, related_name="+")
    places = models.CharField(max_length=300, blank=True)
    products = models.CharField(max_length=300, blank=True)
    works_still = models.TextField(blank=True)
    # Whether the days count as closed, so that no customer is late for them.
    is_closed = models.BooleanField(default=False)
    # How often the core hears from us while it lasts; null: as otherwise.
    core_every_days = models.PositiveSmallIntegerField(null=True)
    is_drill = models.BooleanField(default=False)
    # Written down after it was over: nothing waited for it.
    is_entered_late = models.BooleanField(default=False)
    # How many of those on the list it hit when somebody last looked, and when that was.
    hit_count = models.BigIntegerField(null=True)
    hit_looked_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=40, default="desk")
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = DisruptionQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(
                name="recovery_disruption_order",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("since")),
            ),
            models.CheckConstraint(
                name="recovery_disruption_whom",
                condition=Q(is_everybody=True, segment=None)
                | Q(is_everybody=False, segment__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="recovery_standing", fields=["since"], condition=Q(ended_at=None)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.what

    @property
    def name(self) -> str:
        """Under which it holds messages, raises cadences and closes days."""
        return f"disruption:{self.pk}"

    @property
    def is_standing(self) -> bool:
        return self.ended_at is None

    def is_overdue_at(self, at: datetime) -> bool:
        """Whether it was to be over by now."""
        return self.is_standing and self.expected_end is not None and self.expected_end <= at


class Card(models.Model):
    """Where the continuity card is kept, and how its last writing went (one row, id 1)."""

    folder = models.CharField(max_length=500)
    password_sealed = models.TextField()
    changed_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)
    customer_count = models.PositiveIntegerField(default=0)
    # What kept it from being written the last time; `words.trouble_words` says it.
    trouble = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="recovery_one_card"),
        ]

    def __str__(self) -> str:
        return self.folder


class Restart(models.Model):
    """One thing that waited at the end of a disruption, and whether somebody let it go on."""

    disruption = models.ForeignKey(Disruption, on_delete=models.CASCADE, related_name="restarts")
    # As the path calls it: "mailing:42", "message:…".
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    detail = models.CharField(max_length=300, blank=True)
    count = models.BigIntegerField(default=1)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["disruption", "key"], name="recovery_restart_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {'goes on' if self.is_confirmed else 'is kept back'}"


class Return(models.Model):
    """Somebody who was a customer on the eve of a disruption, and whether they have bought since.

    `tier` is what they were counted to be on that eve; `state` is as of the last count.
    """

    id = models.BigAutoField(primary_key=True)
    disruption = models.ForeignKey(
        Disruption, on_delete=models.CASCADE, related_name="returns", db_index=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    since_on = models.DateField()
    tier = models.CharField(max_length=8, choices=Tier)
    state = models.CharField(max_length=8, choices=ReturnState, default=ReturnState.WAITING)
    back_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disruption", "customer"], name="recovery_return_once"),
        ]
        indexes = [
            models.Index(fields=["disruption", "state", "customer"], name="returns_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.state}"


class WayBack(models.Model):
    """How far back we are after a disruption, as it was last counted; pages only read it."""

    disruption = OneRowEach(
        Disruption, on_delete=models.CASCADE, primary_key=True, related_name="way_back"
    )
    as_of = models.DateField()
    counted_at = models.DateTimeField()
    figures: "models.JSONField[Any, Any]" = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder
    )

    def __str__(self) -> str:
        return f"{self.disruption_id}, as of {self.as_of}"
