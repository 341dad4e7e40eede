"""What customers speak of: themes by words, and where in their texts each was found."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q

from regulars.cases.models import Cause
from regulars.customers.models import Customer
from regulars.learning.choices import About, Fell, Mood, Stage, TextKind
from regulars.team.models import Member


class Theme(models.Model):
    """A theme that the business made, or one of ours as the business changed it.

    Words that are None are those that come along (`taxonomy`). `before` is how it stood until it
    was changed last.
    """

    key = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=60, blank=True)
    bad: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    good: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    plain: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    is_off = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    before: "models.JSONField[Any, Any]" = models.JSONField(null=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class Reading(models.Model):
    """One text of a customer that was read: which, when they said it, and by which words.

    `source_id` is the number of the answer, the case, the request or the mention; the text itself
    stays there. Whose words were said in public nobody may know: then there is no customer.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=6, choices=TextKind)
    source_id = models.BigIntegerField()
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    said_at = models.DateTimeField()
    # What the words were when it was read: others since, and it is read again.
    version = models.CharField(max_length=16)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "source_id"], name="learning_read_once"),
        ]
        indexes = [
            models.Index(fields=["customer", "-said_at"], name="learning_read_of_one"),
            models.Index(fields=["said_at", "kind", "customer"], name="learning_read_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.source_id}"


class Hit(models.Model):
    """A theme in a text, in one mood; `spots` says where: part of the text, from and to."""

    id = models.BigAutoField(primary_key=True)
    # Undoing an import deletes readings with their customers in one statement: what is left of them
    # is found by nobody, and forgotten with the next reading.
    reading = models.ForeignKey(
        Reading, on_delete=models.CASCADE, related_name="hits", db_constraint=False
    )
    theme = models.CharField(max_length=24)
    mood = models.CharField(max_length=5, choices=Mood)
    said_at = models.DateTimeField()
    spots: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "theme", "mood"], name="learning_hit_once"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["theme", "mood", "-said_at", "-id"], name="learning_hits_newest"),
            models.Index(fields=["said_at", "theme", "mood"], name="learning_hits_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.theme} {self.mood} in {self.reading_id}"


class Improvement(models.Model):
    """What we do about a cause or a theme, who sees to it, by when, and since when it holds.

    `before` is how it stood until it was changed last.
    """

    id = models.BigAutoField(primary_key=True)
    about = models.CharField(max_length=5, choices=About)
    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, null=True, related_name="+")
    theme = models.CharField(max_length=24, blank=True)
    action = models.CharField(max_length=300)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    due_on = models.DateField(null=True)
    stage = models.CharField(max_length=7, choices=Stage, default=Stage.PLANNED)
    # So many days before and after are laid beside each other.
    window_days = models.PositiveSmallIntegerField(default=91)
    # The first day on which it held.
    done_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    before: "models.JSONField[Any, Any]" = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="learning_about_one",
                condition=Q(about="cause", cause__isnull=False, theme="")
                | (Q(about="theme", cause=None) & ~Q(theme="")),
            ),
            models.CheckConstraint(
                name="learning_done_on",
                condition=Q(stage="done", done_on__isnull=False)
                | (~Q(stage="done") & Q(done_on=None)),
            ),
        ]
        indexes = [models.Index(fields=["stage", "due_on", "id"], name="learning_by_stage")]

    def __str__(self) -> str:
        return self.action

    def is_late_on(self, day: date) -> bool:
        """Its day is over, and it is not done."""
        open_ones = (Stage.PLANNED, Stage.DOING)
        return self.stage in open_ones and self.due_on is not None and self.due_on < day


class ImprovementLook(models.Model):
    """How often what an improvement is about came before and since, looked at on one day."""

    improvement = models.ForeignKey(Improvement, on_delete=models.CASCADE, related_name="looks")
    number = models.PositiveSmallIntegerField()
    # The last day that counts.
    until_on = models.DateField()
    before_count = models.PositiveIntegerField()
    before_whole = models.PositiveIntegerField()
    after_count = models.PositiveIntegerField()
    after_whole = models.PositiveIntegerField()
    # The rate since as a part of the rate before, and between what it lies; None: nobody knows.
    ratio = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    word = models.CharField(max_length=6, choices=Fell)
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["improvement", "number"], name="learning_look_once"),
        ]

    def __str__(self) -> str:
        return f"look {self.number} at {self.improvement_id}"
