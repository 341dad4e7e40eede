"""What customers answered when we asked how we can help."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from regulars.conversations.models import Touch
from regulars.customers.models import Customer
from regulars.helping.choices import HelpState, Source
from regulars.team.models import Member


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    def open(self) -> Self:
        return self.filter(state=HelpState.OPEN)

    def late_at(self, moment: datetime) -> Self:
        """Somebody waits for us, and longer than we meant them to."""
        return self.open().filter(due_at__lt=moment)


class HelpRequest(models.Model):
    """One answer to "how can we help?": what they need, or that they need nothing now.

    It is over when we came back to them (`told_at`, `outcome`), not when the work was done.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="help_requests")
    # In our words, as needs are noted; the words are theirs.
    topic = models.CharField(max_length=120, blank=True)
    words = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=HelpState.choices, default=HelpState.OPEN)
    source = models.CharField(max_length=8, choices=Source.choices)
    # By the same link the same answer is changed; empty for what was told to one of us.
    link = models.CharField(max_length=60, blank=True)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # With which we came back to them.
    touch = models.ForeignKey(Touch, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", told_at=None, due_at__isnull=False)
                | Q(state="nothing", told_at=None)
                | Q(state__in=["done", "withdrawn"], told_at__isnull=False),
                name="helping_over_when_told",
            ),
            models.UniqueConstraint(
                fields=["link"], condition=~Q(link=""), name="helping_once_by_link"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="open"), name="helping_open"),
            models.Index(fields=["customer", "-said_at"], name="helping_by_customer"),
            models.Index(fields=["state", "-said_at"], name="helping_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.topic or self.state} of {self.customer_id}"

    @property
    def is_open(self) -> bool:
        return self.state == HelpState.OPEN

    def is_late_at(self, moment: datetime) -> bool:
        return self.is_open and self.due_at is not None and self.due_at < moment
