"""Why customers left: who said so, how sure that is, and whether they came back."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from regulars.customers.models import Customer
from regulars.departures.choices import Aim, DepartureState, Give, Reason, SaidBy, Sureness
from regulars.messaging.models import Mailing
from regulars.team.models import Member


class DepartureQuerySet(models.QuerySet["Departure"]):
    def standing(self) -> Self:
        return self.filter(state=DepartureState.STANDING)


class Departure(models.Model):
    """That one customer left, and why. What was written before it stays, and counts no more."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="departures", db_index=False
    )
    reason = models.CharField(max_length=10, choices=Reason.choices)
    said_by = models.CharField(max_length=8, choices=SaidBy.choices)
    sureness = models.CharField(max_length=8, choices=Sureness.choices)
    words = models.TextField(blank=True)
    # They asked for peace: nothing is written to them, and nobody calls.
    wants_peace = models.BooleanField(default=False, db_default=False)
    # When they left, as near as anybody knows.
    left_on = models.DateField()
    state = models.CharField(
        max_length=10, choices=DepartureState.choices, default=DepartureState.STANDING
    )
    recorded_at = models.DateTimeField()
    # The day of the business: who buys on a later one has come back.
    recorded_on = models.DateField()
    recorded_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # By the same link the same answer is changed; empty for what was told to one of us.
    link = models.CharField(max_length=60, blank=True)
    # Its undoing lets what was written before stand again.
    corrected_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, related_name="corrects"
    )
    ended_at = models.DateTimeField(null=True)
    # The day of the purchase by which it was seen; none where one of us said so.
    back_on = models.DateField(null=True)

    objects = DepartureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state="standing"), name="departures_one_standing"
            ),
            models.CheckConstraint(
                condition=Q(state="standing", ended_at=None)
                | (~Q(state="standing") & Q(ended_at__isnull=False)),
                name="departures_over_when_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-recorded_at"], name="departures_by_customer"),
            models.Index(
                fields=["reason", "-left_on"],
                condition=Q(state="standing"),
                name="departures_by_reason",
            ),
            models.Index(fields=["state", "-left_on"], name="departures_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.reason}"

    @property
    def is_standing(self) -> bool:
        return self.state == DepartureState.STANDING


class Change(models.Model):
    """What we changed because customers left for one reason, in our own words, since which day."""

    reason = models.CharField(max_length=10, choices=Reason.choices)
    words = models.CharField(max_length=300)
    changed_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=40, default="desk")

    class Meta:
        indexes = [models.Index(fields=["reason", "-changed_on"], name="departures_changes")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.words}"


class Letter(models.Model):
    """One letter to those who left for one reason: what changed, and at most one thing given.

    To whom it went stands in its mailing. A farewell gives nothing, and nothing follows it.
    """

    reason = models.CharField(max_length=10, choices=Reason.choices)
    give = models.CharField(max_length=10, choices=Give.choices)
    gift = models.CharField(max_length=200, blank=True)
    # What it costs us of each who comes back for it.
    cost_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    # Whoever left later left in spite of what had changed.
    left_until = models.DateField(null=True)
    is_farewell = models.BooleanField(default=False)
    mailing = models.OneToOneField(Mailing, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cost_minor__gte=0), name="departures_letter_costs"),
            models.CheckConstraint(
                condition=Q(is_farewell=False) | Q(give="nothing", cost_minor=0),
                name="departures_farewell_gives_nothing",
            ),
        ]
        indexes = [models.Index(fields=["reason", "-written_at"], name="departures_letters")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.give}"


class Spent(models.Model):
    """What was spent to find new customers, or to win back those who left; known as a range.

    In all between two days, or (`is_each`) as what one of them costs.
    """

    aim = models.CharField(max_length=4, choices=Aim.choices)
    name = models.CharField(max_length=120)
    low_minor = models.BigIntegerField()
    high_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    is_each = models.BooleanField(default=False)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=40, default="desk")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(low_minor__gte=0, high_minor__gte=F("low_minor")),
                name="departures_spent_range",
            ),
            models.CheckConstraint(
                condition=Q(is_each=True, from_on=None, until_on=None)
                | Q(is_each=False, from_on__isnull=False, until_on__gte=F("from_on")),
                name="departures_spent_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name
