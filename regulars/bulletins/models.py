"""Bulletins, their versions, who gets them how, and the questions that come back."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

from regulars.bulletins.choices import By
from regulars.customers.models import Customer
from regulars.messaging.models import Mailing
from regulars.team.models import Member

# {language: {box: text}}; a correction also has {"wrong": …, "said": …} in a language.
Texts = dict[str, dict[str, str]]


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def shown(self) -> Self:
        """Those that stand on public pages: published at least once, and no drill."""
        return self.filter(is_drill=False, version_count__gt=0)

    def promised(self) -> Self:
        """Those of which an update is still to come."""
        return self.open().filter(version_count__gt=0).exclude(next_update_by=None)


class Bulletin(models.Model):
    """One matter that we keep people informed about, from its first version to its close."""

    title = models.CharField(max_length=200)
    # In the address of its page, for good: links to it have been given away.
    slug = models.CharField(max_length=80, unique=True)
    # Who is told: the name of an audience and what it needs; empty: nobody was chosen yet.
    audience = models.CharField(max_length=40, blank=True)
    definition: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    # "desk", or what it belongs to: "disruption:7".
    source = models.CharField(max_length=48, default="desk")
    is_drill = models.BooleanField(default=False)
    # Words that are written and not published: {"texts", "next_update_by", "corrects", …}.
    draft: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    drafted_at = models.DateTimeField(null=True)
    drafted_by = models.CharField(max_length=120, blank=True)
    # How many versions there are: who publishes says which one they have seen.
    version_count = models.PositiveIntegerField(default=0)
    # The promise of the newest version.
    next_update_by = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closing_words = models.TextField(blank=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["source"], name="bulletins_by_source"),
            models.Index(
                fields=["next_update_by"], condition=Q(closed_at=None), name="bulletins_promised"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_late(self, at: datetime) -> bool:
        """Whether we said that there would be news by now, and there is none."""
        if self.closed_at is not None or self.next_update_by is None:
            return False
        return self.version_count > 0 and at > self.next_update_by


class Version(models.Model):
    """What was published, as it was published: never changed, never erased."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    texts: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    # Null on the last one: nothing more is promised.
    next_update_by = models.DateTimeField(null=True)
    # By when the version before had promised this one.
    was_promised_by = models.DateTimeField(null=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    published_by_name = models.CharField(max_length=120, blank=True)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )

    class Meta:
        ordering = ["bulletin", "number"]
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "number"], name="bulletins_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id} #{self.number}"

    @property
    def was_kept(self) -> bool | None:
        """Whether it came by the time that was promised; None where none was."""
        if self.was_promised_by is None:
            return None
        return self.published_at <= self.was_promised_by


class Sending(models.Model):
    """One version on its way to its readers in one language, carried by a mailing."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="sendings")
    language = models.CharField(max_length=12)
    # Null where nobody of them is written to: all of them are called, or get letters.
    mailing = models.OneToOneField(Mailing, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="bulletins_sent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} in {self.language}"


class Owed(models.Model):
    """A customer who cannot be written to, and is to be told of a bulletin by a person."""

    id = models.BigAutoField(primary_key=True)
    bulletin = models.ForeignKey(
        Bulletin, on_delete=models.CASCADE, related_name="owed", db_index=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    # The newest version that they have not been told of.
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+", db_index=False)
    by = models.CharField(max_length=6, choices=By)
    language = models.CharField(max_length=12, blank=True)
    owed_at = models.DateTimeField()
    # A letter that was printed, or somebody who said that they know.
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulletin", "customer"], name="bulletins_owed_once"),
        ]
        indexes = [
            models.Index(
                fields=["bulletin", "by", "customer"], condition=Q(told_at=None),
                name="bulletins_owed_open",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.by} to {self.customer_id} about {self.bulletin_id}"


class Question(models.Model):
    """What somebody asked about a bulletin: gathered, until a version answers it."""

    id = models.BigAutoField(primary_key=True)
    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="questions")
    words = models.CharField(max_length=500)
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="+")
    # "staff", or "page" for the public form.
    came_by = models.CharField(max_length=8, default="staff")
    # A seal of the network address that a question of the public form came from.
    asked_from = models.CharField(max_length=32, blank=True)
    asked_at = models.DateTimeField()
    noted_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_in = models.ForeignKey(
        Version, on_delete=models.SET_NULL, null=True, related_name="answered"
    )
    put_aside_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["asked_at", "id"]
        indexes = [
            models.Index(
                fields=["bulletin", "asked_at"], name="bulletins_questions_open",
                condition=Q(answered_in=None, put_aside_at=None),
            ),
            models.Index(fields=["asked_from", "asked_at"], name="bulletins_questions_place"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.words
