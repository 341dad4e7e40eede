"""Whom we ask how it went after a delivery, how we ask at all, and how long deliveries take."""

from typing import Self

from django.db import models
from django.db.models import Q

from regulars.care.choices import AskingWay, CheckInState, DelayWhy, Measure
from regulars.customers.models import Customer
from regulars.orders.models import Order


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def to_ask(self) -> Self:
        """Those whom nobody has asked yet, and somebody will."""
        return self.filter(state=CheckInState.DUE)

    def open(self) -> Self:
        """Those to be asked, and those asked who have not answered."""
        return self.filter(state__in=[CheckInState.DUE, CheckInState.ASKED])

    def were_asked(self) -> Self:
        """Those whom somebody asked, whatever came of it."""
        asked = [CheckInState.ASKED, CheckInState.ANSWERED, CheckInState.SILENT]
        return self.filter(state__in=asked)


class CheckIn(models.Model):
    """How it went, asked of one customer after one delivery, or after several together.

    `why` holds a code (`WayWhy`) that says why it goes this way, or why nobody asks.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="check_ins", db_index=False
    )
    state = models.CharField(max_length=8, choices=CheckInState, default=CheckInState.DUE)
    way = models.CharField(max_length=7, choices=AskingWay)
    why = models.TextField(blank=True)
    due_on = models.DateField()
    # The first day on which something of it was with them, where the business is.
    delivered_on = models.DateField()
    # No file says when it arrived: the day is what such deliveries usually take.
    is_guessed = models.BooleanField(default=False)
    guess = models.CharField(max_length=8, choices=DelayWhy, blank=True)
    is_late = models.BooleanField(default=False)
    # Something of it had not come when we asked.
    is_partial = models.BooleanField(default=False)
    # What of it they sent back, in words.
    returned = models.CharField(max_length=200, blank=True)
    # What of it cost most, as the till calls it: the questions may depend on it.
    sku = models.CharField(max_length=100, blank=True)
    product = models.CharField(max_length=200, blank=True)
    # Which mark was asked for; before somebody asks, and of old, nobody says.
    scale = models.PositiveSmallIntegerField(null=True)
    measure = models.CharField(
        max_length=9, choices=Measure, default=Measure.SATISFIED, db_default=Measure.SATISFIED
    )
    opened_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # The message by which they were asked.
    message_id = models.UUIDField(null=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="care_checkin_state", condition=Q(state__in=CheckInState.values)
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-due_on", "-id"], name="care_checkins_of_one"),
            models.Index(fields=["state", "due_on", "id"], name="care_checkins_by_state"),
            # How many answered, apart for what came late.
            models.Index(fields=["state", "is_late"], name="care_checkins_answered"),
            # By day, whatever became of them.
            models.Index(fields=["-due_on", "-id"], name="care_checkins_by_day"),
            models.Index(
                fields=["message_id"], condition=~Q(message_id=None), name="care_checkins_message"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} after {self.delivered_on}: {self.state}"


class CheckInOrder(models.Model):
    """Which check-in stands for an order: the database holds each order once."""

    id = models.BigAutoField(primary_key=True)
    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="orders")
    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="+")
    # The day of this delivery; several may be asked after together.
    delivered_on = models.DateField()
    is_late = models.BooleanField(default=False)

    class Meta:
        verbose_name = "order of a check-in"

    def __str__(self) -> str:
        return f"{self.order_id} in {self.check_in_id}"


class Delay(models.Model):
    """How many days a purchase takes to arrive: learned from deliveries, or said by one of us.

    Of a product (`key`) by a way, of either, or of all: what is empty is any.
    """

    key = models.CharField(max_length=100, blank=True)
    way = models.CharField(max_length=60, blank=True)
    product = models.CharField(max_length=200, blank=True)
    learned_days = models.PositiveSmallIntegerField(null=True)
    # From how many deliveries, and when it was counted.
    count = models.PositiveIntegerField(default=0)
    learned_on = models.DateField(null=True)
    # What one of us said counts before what was learned.
    days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "way"], name="care_delay_once")]
        indexes = [models.Index(fields=["-count", "id"], name="care_delays_by_count")]

    def __str__(self) -> str:
        return f"{self.key} by {self.way}: {self.learned_days}"

    @property
    def in_force(self) -> int | None:
        """How many days count: what one of us said, else what was learned."""
        return self.learned_days if self.days is None else self.days


class AskingRules(models.Model):
    """Whether and when we ask how it went (one row, id 1)."""

    is_on = models.BooleanField(default=True)
    # Deliveries from this day on; none said: since the business went live.
    since_on = models.DateField(null=True)
    # So many days after a delivery.
    after_days = models.PositiveSmallIntegerField(default=3)
    # Nobody is asked twice within so many days.
    pause_days = models.PositiveSmallIntegerField(default=30)
    # After so many days without an answer we take it as none.
    silent_days = models.PositiveSmallIntegerField(default=14)
    # What should have been asked longer ago than this is asked about no more: three weeks later
    # nobody remembers how a parcel came. A file a week, or a fortnight, is in time.
    too_late_days = models.PositiveSmallIntegerField(default=21)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="care_one_asking_rules")]

    def __str__(self) -> str:
        return "on" if self.is_on else "off"
