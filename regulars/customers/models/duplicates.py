"""Pairs of customers who may be one, and what was made of them."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from regulars.core.models import Operation
from regulars.customers.choices import Made
from regulars.customers.models.people import Customer
from regulars.team.models import Member


class DuplicateQuerySet(models.QuerySet["Duplicate"]):
    def waiting(self) -> Self:
        """Nobody has decided, and both are on the list; the likeliest first."""
        there = self.filter(state=Made.OPEN, low__archived_at=None, high__archived_at=None)
        return there.order_by("-score", "id")

    def of(self, customer_id: int) -> Self:
        return self.filter(Q(low_id=customer_id) | Q(high_id=customer_id))


class Duplicate(models.Model):
    """Two who may be one: how alike they are and in what, and what somebody made of it.

    "Not the same" is remembered for as long as both are there.
    """

    id = models.BigAutoField(primary_key=True)
    low = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    high = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    # The outcome of each comparison, by its name.
    levels: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict)
    is_automatic = models.BooleanField(default=False)
    state = models.CharField(max_length=6, choices=Made, default=Made.OPEN)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )

    objects = DuplicateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="customers_pair_once"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="customers_pair_ordered"),
        ]
        indexes = [
            models.Index(
                fields=["-score", "id"], name="customers_pairs_open", condition=Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.low_id} and {self.high_id}"


class Merge(models.Model):
    """One customer merged into another, so that it can be undone.

    `stayed` counts rows by table that the one who stays had already; `marks` says up to which
    number each table's rows went, so that what came since can be told from what was moved.
    """

    operation = models.OneToOneField(Operation, on_delete=models.CASCADE, related_name="+")
    survivor = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    is_automatic = models.BooleanField(default=False)
    stayed: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    marks: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    # What could not be decided when it was undone.
    report: "models.JSONField[Any, Any]" = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["-made_at"], name="customers_merges_by_day")]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.survivor_id}"
