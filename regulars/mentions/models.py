"""What people say about us in public: reviews and posts, whose they are, what we answered."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from regulars.conversations.models import Touch
from regulars.customers.models import Customer
from regulars.mentions.choices import Aside, Match, MentionState
from regulars.team.models import Member


class MentionQuerySet(models.QuerySet["Mention"]):
    def waiting(self) -> Self:
        """Somebody is to answer them, or to set them aside."""
        return self.filter(state=MentionState.WAITING)

    def about_us(self) -> Self:
        """Without spam, and without what is about another business."""
        return self.exclude(aside_why__in=[Aside.OTHER, Aside.SPAM])


class Mention(models.Model):
    """One review or post, as it stands on a site.

    It is known by its site with the number that the site gives it, or by its link: however often it
    is pasted, typed or imported, it is one. `author` is as written there, and nobody's name here:
    whose it is says `customer`, and `known_by` how we know.
    """

    id = models.BigAutoField(primary_key=True)
    site = models.CharField(max_length=60)
    site_key = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    link = models.CharField(max_length=500, blank=True)
    link_key = models.CharField(max_length=64, blank=True)
    author = models.CharField(max_length=200, blank=True)
    handle = models.CharField(max_length=200, blank=True)
    handle_key = models.CharField(max_length=200, blank=True)
    said_at = models.DateTimeField()
    mark = models.PositiveSmallIntegerField(null=True)
    scale = models.PositiveSmallIntegerField(default=5)
    words = models.TextField(blank=True)
    # By its mark; or because somebody here said that it is a complaint.
    is_bad = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()
    customer = models.ForeignKey(
        Customer, on_delete=models.SET_NULL, null=True, related_name="mentions"
    )
    known_by = models.CharField(max_length=8, choices=Match, default=Match.NONE, blank=True)
    matched_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=MentionState, default=MentionState.WAITING)
    due_at = models.DateTimeField(null=True)
    # When three quarters of that time are over.
    warn_at = models.DateTimeField(null=True)
    draft = models.TextField(blank=True)
    drafted_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.TextField(blank=True)
    answer_link = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    aside_why = models.CharField(max_length=8, choices=Aside, blank=True)
    aside_words = models.CharField(max_length=300, blank=True)
    # What they said and what we answered, in the timeline of the customer.
    touch = models.ForeignKey(Touch, on_delete=models.SET_NULL, null=True, related_name="+")
    answer_touch = models.ForeignKey(Touch, on_delete=models.SET_NULL, null=True, related_name="+")
    # A file brought it, and nobody has looked yet whether it opens a case.
    is_unread = models.BooleanField(default=False)

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_key", "external_id"], name="mentions_once"),
            models.UniqueConstraint(
                fields=["link_key"], condition=~Q(link_key=""), name="mentions_link_once"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False) | ~Q(state="waiting"),
                name="mentions_waiting_due",
            ),
            models.CheckConstraint(
                condition=Q(mark=None)
                | Q(scale=5, mark__gte=1, mark__lte=5)
                | Q(scale=10, mark__lte=10),
                name="mentions_mark_on_scale",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="mentions_waiting"),
            models.Index(fields=["customer", "-said_at"], name="mentions_by_customer"),
            models.Index(fields=["-said_at", "-id"], name="mentions_newest"),
            models.Index(fields=["id"], condition=Q(is_unread=True), name="mentions_unread"),
        ]

    def __str__(self) -> str:
        return f"mention {self.pk} on {self.site}"

    @property
    def is_waiting(self) -> bool:
        return self.state == MentionState.WAITING

    @property
    def case_source(self) -> str:
        """Under which name the case that it opened is known."""
        return f"mention:{self.pk}"

    def is_late_at(self, moment: datetime) -> bool:
        return self.is_waiting and self.due_at is not None and self.due_at < moment

    def is_breaking_at(self, moment: datetime) -> bool:
        """Whether most of the time is over, and not all of it."""
        return (
            self.is_waiting and self.warn_at is not None and self.due_at is not None
            and self.warn_at <= moment <= self.due_at
        )  # fmt: skip


class KnownHandle(models.Model):
    """A handle on a site of which somebody here said whose it is."""

    id = models.BigAutoField(primary_key=True)
    site_key = models.CharField(max_length=60)
    handle_key = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    said_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site_key", "handle_key"], name="mentions_handle_once"),
        ]

    def __str__(self) -> str:
        return f"{self.handle_key} on {self.site_key}"


class StagedMention(models.Model):
    """A mention as one import's file has it, before it is brought in; emptied afterwards."""

    id = models.BigAutoField(primary_key=True)
    import_id = models.BigIntegerField()
    row_no = models.BigIntegerField()
    site = models.CharField(max_length=60)
    site_key = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    link = models.CharField(max_length=500, blank=True)
    link_key = models.CharField(max_length=64, blank=True)
    author = models.CharField(max_length=200, blank=True)
    handle = models.CharField(max_length=200, blank=True)
    handle_key = models.CharField(max_length=200, blank=True)
    seal = models.CharField(max_length=32, blank=True)
    said_at = models.DateTimeField()
    mark = models.PositiveSmallIntegerField(null=True)
    scale = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)
    is_bad = models.BooleanField(default=False)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    customer_id = models.BigIntegerField(null=True)
    known_by = models.CharField(max_length=8, blank=True)
    mention_id = models.BigIntegerField(null=True)
    is_new = models.BooleanField(default=False)
    is_changed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["import_id", "site_key", "external_id"], name="mentions_staged_once"
            ),
        ]
        indexes = [models.Index(fields=["import_id", "link_key"], name="mentions_staged_by_link")]

    def __str__(self) -> str:
        return f"{self.external_id} on {self.site}"
