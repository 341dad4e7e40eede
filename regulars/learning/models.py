"""What customers speak of: themes by words, and where in their texts each was found."""

from typing import Any

from django.db import models

from regulars.customers.models import Customer
from regulars.learning.choices import Mood, TextKind
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
