"""What was tried with a control group, how the lot fell, and what it says."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from regulars.consent.choices import Channel, Purpose
from regulars.customers.models import Customer
from regulars.team.models import Member
from regulars.verdicts.choices import LEAVABLE_CHANNELS, LEAVABLE_PURPOSES, Word


class Policy(models.Model):
    """What the business wants of every act that may have a control group; there is one row at most.

    Without it some are left out, unless somebody says otherwise of a mailing.
    """

    by_default = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="verdicts_one_policy"),
        ]

    def __str__(self) -> str:
        return "by default" if self.by_default else "when asked for"


class Trial(models.Model):
    """One act of which some are left out by lot: a mailing, later an offer or a cadence.

    `occasion` is the act's own ("mailing:42"); `page` is where it is shown.
    """

    occasion = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    page = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=8, choices=Purpose)
    channel = models.CharField(max_length=8, choices=Channel)
    source = models.CharField(max_length=40, default="desk")
    window_days = models.PositiveSmallIntegerField(default=30)
    # As planned, of those who may be written to; the lot keeps the share, not the number.
    list_count = models.PositiveIntegerField()
    left_out_count = models.PositiveIntegerField()
    can_tell = models.BooleanField(default=False)
    # How many bought anyway in the window before, and how many it would take to tell.
    rate_before = models.FloatField(default=0)
    needed_count = models.PositiveIntegerField(default=0)
    # What they spent in that window: mean and standard deviation of a customer, minor units.
    spend_before = models.FloatField(default=0, db_default=0)
    spend_spread = models.FloatField(default=0, db_default=0)
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # How the lot fell: the same seed draws the same customers again.
    seed = models.BigIntegerField()
    strata: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    begins_on = models.DateField(null=True)
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="verdicts_nothing_human",
                condition=Q(purpose__in=LEAVABLE_PURPOSES, channel__in=LEAVABLE_CHANNELS),
            ),
        ]
        indexes = [models.Index(fields=["-begins_on", "-id"], name="verdicts_newest")]

    def __str__(self) -> str:
        return self.occasion

    @property
    def share(self) -> float:
        """The share of those left out."""
        return self.left_out_count / self.list_count

    @property
    def ends_on(self) -> date | None:
        """The last day that counts."""
        if self.begins_on is None:
            return None
        return self.begins_on + timedelta(days=self.window_days - 1)


class Lot(models.Model):
    """How the lot fell for one customer; never changed."""

    id = models.BigAutoField(primary_key=True)
    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="lots", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    stratum = models.PositiveSmallIntegerField()
    is_left_out = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "customer"], name="verdicts_one_lot"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {'left out' if self.is_left_out else 'gets it'}"


class Verdict(models.Model):
    """What one look at a trial said. `rate` and `money` hold the effect and its bounds.

    Rates are shares of one; money is in minor units of the business's currency for each customer.
    """

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="verdicts")
    look = models.PositiveSmallIntegerField()
    is_last = models.BooleanField()
    as_of = models.DateField()
    alpha = models.FloatField()
    word = models.CharField(max_length=8, choices=Word)
    money_word = models.CharField(max_length=8, choices=Word)
    rate: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    money: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "look"], name="verdicts_one_a_look"),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id}, look {self.look}: {self.word}"
