"""Complaints and faults: what somebody waits for, by when they hear from us, what came of it."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q

from regulars.cases.choices import (
    BY_HAND,
    WAITING,
    CaseKind,
    CaseState,
    Entry,
    MakeGoodKind,
    MakeGoodState,
)
from regulars.core.key_fields import OneRowEach
from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.orders.models import Order
from regulars.team.models import Member


class Cause(models.Model):
    """Why things go wrong, in the business's own words."""

    name = models.CharField(max_length=100)
    folded = models.CharField(max_length=200, unique=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["folded"]

    def __str__(self) -> str:
        return self.name


class ServiceLevel(models.Model):
    """How long customers of a tier wait at most, in minutes of opening hours, where an owner
    said so."""

    tier = models.CharField(max_length=8, choices=Tier, unique=True)
    answer_minutes = models.PositiveIntegerField()
    resolve_minutes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_minutes__gte=1)
                & Q(resolve_minutes__gte=models.F("answer_minutes")),
                name="cases_level_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier}: {self.answer_minutes}, {self.resolve_minutes}"


class CaseQuerySet(models.QuerySet["Case"]):
    def waiting(self) -> Self:
        """Somebody waits for us: for an answer, or until it is put right."""
        return self.filter(state__in=WAITING)

    def breaking_by(self, moment: datetime) -> Self:
        """Waiting, and what we set ourselves is over by then."""
        return self.waiting().filter(due_at__lt=moment)


class Case(models.Model):
    """One thing that went wrong for one customer, with somebody who sees to it.

    `opened_at` is when they first said so: they wait since then, however late we wrote it down.
    `due_at` is the next moment that we set ourselves: for the first answer, then for putting it
    right.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="cases")
    what = models.TextField()
    kind = models.CharField(max_length=10, choices=CaseKind, default=CaseKind.COMPLAINT)
    product = models.CharField(max_length=200, blank=True)
    order = models.ForeignKey(Order, on_delete=models.SET_NULL, null=True, related_name="+")
    cause = models.ForeignKey(Cause, on_delete=models.SET_NULL, null=True, related_name="cases")
    # How we know: "desk" by hand, "answer:12" a bad mark, "checkin:9" a silence.
    source = models.CharField(max_length=60, default=BY_HAND)
    manager = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    # The tier by which its clock was set.
    tier = models.CharField(max_length=8, choices=Tier)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    # Since when its clock runs, and for how many minutes of opening hours: what was set then.
    wound_at = models.DateTimeField(null=True)
    answer_minutes = models.PositiveIntegerField(null=True)
    resolve_minutes = models.PositiveIntegerField(null=True)
    answer_due_at = models.DateTimeField()
    resolve_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # When three quarters of that time are over.
    warn_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # What was done, in the words that are told to the customer.
    resolution = models.TextField(blank=True)
    told_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    is_right = models.BooleanField(null=True)
    # Since when something says that it is right, and somebody is to say whether it is.
    looks_right_at = models.DateTimeField(null=True)
    reopened_count = models.PositiveIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(state__in=["open", "answered"]) & ~Q(source="desk"),
                name="cases_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "answered"], resolved_at=None)
                | Q(state__in=["resolved", "right"], resolved_at__isnull=False),
                name="cases_resolved",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["open", "answered"]), name="cases_waiting"
            ),
            models.Index(
                fields=["manager", "due_at"], condition=Q(state__in=["open", "answered"]),
                name="cases_of_manager",
            ),
            models.Index(fields=["customer", "-opened_at"], name="cases_by_customer"),
            models.Index(fields=["source", "-id"], name="cases_by_source"),
            models.Index(fields=["-opened_at", "-id"], name="cases_newest"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"case {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def hold_source(self) -> str:
        """Under which name messages that sell are held meanwhile."""
        return f"case:{self.pk}"

    def is_broken_at(self, moment: datetime) -> bool:
        """Whether they wait longer than we set ourselves."""
        return self.is_waiting and self.due_at < moment

    def is_breaking_at(self, moment: datetime) -> bool:
        """Whether most of the time is over, and not all of it."""
        return self.is_waiting and self.warn_at <= moment <= self.due_at

    def waited_until(self, moment: datetime) -> timedelta:
        """How long they waited as they feel it: nights and closed days are waiting too."""
        return (self.resolved_at or moment) - self.opened_at


class Budget(models.Model):
    """What a member may give away in a month to put things right, without asking anybody."""

    member = OneRowEach(Member, on_delete=models.CASCADE, primary_key=True, related_name="+")
    minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # Says yes to what is more than the budgets of others, as an owner does.
    may_approve = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minor__gte=0), name="cases_budget_range"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.minor} a month"


class MakeGood(models.Model):
    """What was given to put a case right, what it cost, and from whose budget."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="make_goods")
    kind = models.CharField(max_length=12, choices=MakeGoodKind)
    cost_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    words = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=MakeGoodState)
    # Whose budget it comes from, and the month: nobody's where the owner said yes to it.
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    month = models.DateField()
    asked_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    # Who said yes or no, where it was more than the budget.
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(cost_minor__gte=0), name="cases_makegood_cost"),
        ]
        indexes = [
            models.Index(fields=["member", "month"], name="cases_spent"),
            models.Index(
                fields=["asked_at"], condition=Q(state="asked"), name="cases_to_approve"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} in {self.case_id}"

    @property
    def cost(self) -> Money:
        return Money(self.cost_minor, self.currency)


class Perk(models.Model):
    """Something that customers of a tier get from us: what special treatment means here."""

    tier = models.CharField(max_length=8, choices=Tier)
    words = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "words"], condition=Q(ended_at=None), name="cases_perk_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier}: {self.words}"


class PerkGiven(models.Model):
    """That one customer got what their tier gets from us, and when."""

    id = models.BigAutoField(primary_key=True)
    perk = models.ForeignKey(Perk, on_delete=models.CASCADE, related_name="given")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    given_at = models.DateTimeField()
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-given_at", "-id"]
        indexes = [
            models.Index(fields=["customer", "-given_at"], name="cases_perks_of"),
            models.Index(fields=["perk", "-given_at"], name="cases_perk_given"),
        ]

    def __str__(self) -> str:
        return f"{self.perk_id} to {self.customer_id}"


class CaseEntry(models.Model):
    """One thing that happened in the course of a case; `before` is how it stood until then."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=12, choices=Entry)
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    before: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"
