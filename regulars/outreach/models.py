"""Campaigns: one thing said to a segment, by message and by calls, and who is to be called."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from regulars.consent.choices import Purpose
from regulars.customers.models import Customer
from regulars.departures.models import Letter
from regulars.lists.models import Segment
from regulars.offers.models import Wave
from regulars.outreach.choices import CampaignKind, CampaignState, Means, WayKind
from regulars.team.models import Member
from regulars.verdicts.choices import Word
from regulars.verdicts.models import Trial

# Between the clocks that are farthest apart lie 26 hours.
A_DAY_AND_MORE = timedelta(hours=26)


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def running(self) -> Self:
        return self.filter(state=CampaignState.RUNNING)


class Campaign(models.Model):
    """One message, wave or letter for a segment. What is written stands in its mailing."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=CampaignKind)
    means = models.CharField(max_length=7, choices=Means)
    purpose = models.CharField(max_length=8, choices=Purpose)
    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+")
    # As it was when the campaign was written: a segment may be put away.
    segment_name = models.CharField(max_length=80)
    wave = models.ForeignKey(Wave, on_delete=models.SET_NULL, null=True, related_name="+")
    letter = models.ForeignKey(Letter, on_delete=models.SET_NULL, null=True, related_name="+")
    # What the caller has at hand, a line each; and how many are called at most.
    to_say = models.TextField(blank=True)
    most_calls = models.PositiveIntegerField(default=0)
    # Nothing said: once it is approved. From then on it is known.
    starts_at = models.DateTimeField(null=True)
    # Its message arrives when the clock of where each lives shows that hour.
    by_their_clock = models.BooleanField(default=False, db_default=False)
    calls_from = models.DateField(null=True)
    calls_until = models.DateField(null=True)
    state = models.CharField(
        max_length=8, choices=CampaignState, default=CampaignState.DRAFT
    )  # fmt: skip
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    stopped_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=40, default="desk")

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outreach_calls_have_days",
                condition=Q(approved_at=None) | Q(means="message")
                | Q(calls_from__isnull=False, calls_until__gte=F("calls_from")),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="outreach_newest"),
            models.Index(
                fields=["calls_from"], condition=Q(state="running"), name="outreach_running"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def writes(self) -> bool:
        return self.means != Means.CALL

    @property
    def calls(self) -> bool:
        return self.means != Means.MESSAGE

    @property
    def first_at(self) -> datetime | None:
        """When anybody anywhere may have heard of it."""
        if self.starts_at is None or not self.by_their_clock:
            return self.starts_at
        return self.starts_at - A_DAY_AND_MORE

    @property
    def was_approved(self) -> bool:
        return self.approved_at is not None


class CampaignCall(models.Model):
    """Somebody whom a campaign has called; chosen once, when it was approved."""

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.CASCADE, related_name="calls_meant", db_index=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "customer"], name="outreach_call_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.customer_id}"


class Learned(models.Model):
    """What a campaign brought in margin, as the last look at its lot says; replaced by the next.

    `margin` holds the effect on each customer and its bounds, in minor units.
    """

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="learned")
    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="+")
    look = models.PositiveSmallIntegerField()
    is_last = models.BooleanField()
    as_of = models.DateField()
    alpha = models.FloatField()
    word = models.CharField(max_length=8, choices=Word)
    margin: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    currency = models.CharField(max_length=3)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.word}"


class HelpWay(models.Model):
    """One honest way in which customers can help us, in our words."""

    kind = models.CharField(max_length=8, choices=WayKind)
    words = models.CharField(max_length=200)
    how = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=40, default="desk")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.words


class HelpOffered(models.Model):
    """That a customer would help us, by which ways; by the same link the same answer is changed."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    ways = models.ManyToManyField(HelpWay, related_name="+")
    words = models.TextField(blank=True)
    link = models.CharField(max_length=60)
    offered_at = models.DateTimeField()
    thanked_at = models.DateTimeField(null=True)
    thanked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "link"], name="outreach_offered_once"),
        ]
        indexes = [
            models.Index(
                fields=["offered_at"], condition=Q(thanked_at=None), name="outreach_to_thank"
            ),
            models.Index(fields=["-offered_at", "-id"], name="outreach_help_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} would help"
