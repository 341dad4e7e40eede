"""Saved views, segments with who is in them and since when, and what a role does not see."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from regulars.customers.models import Customer
from regulars.team.choices import Role
from regulars.team.models import Member


class View(models.Model):
    """A way of looking at the list that was given a name: filter, columns, order."""

    name = models.CharField(max_length=80)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # Seen by everybody who may see all that it asks for; else by its owner alone.
    is_shared = models.BooleanField(default=False)
    tree: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    columns: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    # The name of a field.
    sort = models.CharField(max_length=120, default="customer.name")
    is_descending = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=40, default="desk")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # How many it finds among all customers, when that was counted in the background.
    counted = models.BigIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], name="lists_view_once", condition=Q(is_shared=False)
            ),
            models.UniqueConstraint(
                fields=["name"], name="lists_shared_view_once", condition=Q(is_shared=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentQuerySet(models.QuerySet["Segment"]):
    def standing(self) -> Self:
        """Those that were not put away."""
        return self.filter(archived_at=None)


class Segment(models.Model):
    """Customers whom a filter finds, kept: who is in, since when, and who has left."""

    name = models.CharField(max_length=80)
    tree: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    source = models.CharField(max_length=40, default="desk")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    # When who is in was last worked out, and for how many customers the answer was yes.
    refreshed_at = models.DateTimeField(null=True)
    member_count = models.BigIntegerField(default=0)
    # Why it could not be worked out the last time: a field is gone.
    trouble = models.CharField(max_length=300, blank=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="lists_segment_once", condition=Q(archived_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentMember(models.Model):
    """One stay of a customer in a segment."""

    id = models.BigAutoField(primary_key=True)
    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "customer"], name="lists_member_once", condition=Q(left_at=None)
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("entered_at")),
                name="lists_member_order",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "segment"], name="lists_member_stays"),
            models.Index(
                fields=["segment", "left_at"], name="lists_member_left", condition=~Q(left_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id}"


class Answer(models.Model):
    """Who fits a question, worked out in the background and kept: behaviour, or a whole filter.

    Asked among all customers. Days roll, so that it holds on the day for which it was worked out.
    """

    # `trees.key_of` of the question.
    key = models.CharField(max_length=40, unique=True)
    tree: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    day = models.DateField(null=True)
    worked_out_at = models.DateTimeField(null=True)
    count = models.BigIntegerField(default=0)
    # Whether they are kept one by one, or only how many they are.
    is_listed = models.BooleanField(default=False)
    # Which of its rows hold: the next are written beside them, and all take their place at once.
    edition = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.key


class AnswerMember(models.Model):
    """One customer who fits."""

    id = models.BigAutoField(primary_key=True)
    answer = models.ForeignKey(
        Answer, on_delete=models.CASCADE, related_name="members", db_index=False
    )
    edition = models.PositiveIntegerField()
    # Not held by the database: whoever goes while an answer is written stands in it for nothing.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "edition", "customer"], name="lists_answer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} fits {self.answer_id}"


class HiddenField(models.Model):
    """A field that a role does not see: no column, no filter, no order, no search, no export."""

    role = models.CharField(max_length=10, choices=Role)
    field = models.CharField(max_length=120)
    hidden_at = models.DateTimeField()
    hidden_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "field"], name="lists_hidden_once"),
        ]

    def __str__(self) -> str:
        return f"{self.field} from {self.role}"


class Spelling(models.Model):
    """A word of a name, under each of its beginnings with one letter left out.

    A word that was typed wrong by a letter shares one of these keys with the right one, so that
    it is found by an index, alike on both databases (symmetric deletion; Garbe 2012).
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=6)
    word = models.CharField(max_length=24)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "word"], name="lists_spelling_once"),
        ]
        indexes = [models.Index(fields=["word"], name="lists_spelling_by_word")]

    def __str__(self) -> str:
        return f"{self.word} by {self.key}"
