"""Tables beside the plan: what was switched off or worked out, and who wants their list by mail."""

from typing import Any

from django.db import models

from regulars.core.key_fields import OneRowEach
from regulars.customers.models import Customer
from regulars.messaging.choices import LONGEST_SHORT
from regulars.messaging.models import Template
from regulars.planning.priors import MOST_BY_ITSELF
from regulars.team.models import Member


class Silence(models.Model):
    """A reason that is given no more: to nobody, or of one customer."""

    reason = models.CharField(max_length=60)
    # Nobody: it is switched off for the whole business.
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="+")
    silenced_at = models.DateTimeField()
    silenced_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="planning_silence_once", fields=["reason", "customer"],
                condition=models.Q(customer__isnull=False),
            ),
            models.UniqueConstraint(
                name="planning_silence_of_all", fields=["reason"],
                condition=models.Q(customer=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reason


class ReasonRecord(models.Model):
    """What came of those whom a reason put on a list: reached, and not; and who then came."""

    reason = models.CharField(max_length=60, unique=True)
    reached_count = models.PositiveIntegerField()
    came_count = models.PositiveIntegerField()
    left_count = models.PositiveIntegerField()
    left_came_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.reason


class MorningMail(models.Model):
    """That a member wants their list of the day by mail, and at what hour."""

    member = OneRowEach(Member, on_delete=models.CASCADE, primary_key=True, related_name="+")
    hour = models.PositiveSmallIntegerField(default=7)
    # The day of the last one: none is sent twice.
    sent_for = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.member_id} at {self.hour}"


class NextContact(models.Model):
    """By when a customer should hear from us: worked out from the clocks, so that lists can ask."""

    customer = OneRowEach(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="next_contact"
    )
    due_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["due_on"], name="planning_next_by_day")]

    def __str__(self) -> str:
        return f"{self.customer_id} by {self.due_on}"


class AutomaticText(models.Model):
    """What goes by itself for a reason, where nobody has the minutes: a mail, a text, or either."""

    reason = models.CharField(max_length=60, unique=True)
    template = models.ForeignKey(Template, on_delete=models.CASCADE, null=True, related_name="+")
    # The few words of a text message.
    words = models.CharField(max_length=LONGEST_SHORT, blank=True)

    def __str__(self) -> str:
        return self.reason


class AutomaticRules(models.Model):
    """How many go by themselves from one list a day, and whether unasked: one row, id 1."""

    MOST = 50

    most_a_day = models.PositiveSmallIntegerField(default=MOST_BY_ITSELF)
    is_unasked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="planning_one_automatic", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="planning_automatic_range",
                condition=models.Q(most_a_day__gte=1, most_a_day__lte=50),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.most_a_day} a day"


class CountedGroups(models.Model):
    """How many customers of whom, in which tier, have which days said of them alone: one row."""

    # Manager, tier, whose days, at least every so many, in person every so many, how many they are.
    rows: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"counted {self.counted_at}"
