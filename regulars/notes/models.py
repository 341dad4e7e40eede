"""Handwritten notes on their way: wanted, worded, on paper, in the post."""

from typing import Self

from django.db import models
from django.db.models import Q

from regulars.consent.choices import Purpose
from regulars.conversations.models import Touch
from regulars.customers.models import Customer
from regulars.notes.choices import ON_PAPER, UNDER_WAY, Hand, NoteState, Source
from regulars.team.models import Member


class NoteQuerySet(models.QuerySet["Note"]):
    def under_way(self) -> Self:
        """On the desk: not posted yet, and not taken off it."""
        return self.filter(state__in=UNDER_WAY)

    def waiting(self) -> Self:
        """Not on paper yet, the oldest first."""
        return self.filter(state=NoteState.WAITING).order_by("pk")

    def on_paper(self) -> Self:
        """Printed or written, and not in the post yet."""
        return self.filter(state__in=ON_PAPER).order_by("pk")


class Printing(models.Model):
    """Notes that went to the printer together: their cards and their labels."""

    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"printing {self.pk}"


class Note(models.Model):
    """One note to one customer. Its words are ours; the touch is written when it is posted."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="notes", db_index=False
    )
    # Who signs.
    writer = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=NoteState, default=NoteState.WAITING)
    hand = models.CharField(max_length=4, choices=Hand, default=Hand.FONT)
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.SERVE)
    source = models.CharField(max_length=9, choices=Source)
    words = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    printing = models.ForeignKey(
        Printing, on_delete=models.SET_NULL, null=True, related_name="notes"
    )
    # When it reached the state that it is in.
    state_at = models.DateTimeField()
    # What was before it left the desk, so that this can be taken back.
    state_before = models.CharField(max_length=8, choices=NoteState, blank=True)
    touch = models.OneToOneField(Touch, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="notes_one_under_way", fields=["customer"],
                condition=Q(state__in=["waiting", "printed", "written"]),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["writer", "state", "id"], name="notes_on_the_desk",
                condition=Q(state__in=["waiting", "printed", "written"]),
            ),
            models.Index(fields=["customer", "-id"], name="notes_by_customer"),
            models.Index(fields=["-state_at"], name="notes_newest"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.state} note to {self.customer_id}"

    @property
    def is_ready(self) -> bool:
        """Whether it has words and waits for paper."""
        return self.state == NoteState.WAITING and bool(self.words)
