"""What we said we would do, for whom, by when; and what came of it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from regulars.customers.models import Customer
from regulars.promises.choices import BY_HAND, DONE, PromiseState
from regulars.team.models import Member


class PromiseQuerySet(models.QuerySet["Promise"]):
    def open(self) -> Self:
        return self.filter(state=PromiseState.OPEN)

    def late_at(self, moment: datetime) -> Self:
        """Open, and past their date."""
        return self.open().filter(due_at__lt=moment)

    def due_within(self, until: datetime) -> Self:
        """Open, and due before a moment; late ones too."""
        return self.open().filter(due_at__lt=until)


class Promise(models.Model):
    """One thing we said we would do by a moment.

    `first_due_at` is what was said at first: moving the date does not make it kept in time, unless
    the customer asked for it.
    """

    id = models.BigAutoField(primary_key=True)
    what = models.TextField()
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="promises"
    )
    # To whom, in words, where it was not made to one customer.
    to_whom = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    keeper = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # What it belongs to: "desk" by hand, "bulletin:12" the next update of a bulletin.
    source = models.CharField(max_length=60, default=BY_HAND)
    state = models.CharField(max_length=10, choices=PromiseState.choices, default=PromiseState.OPEN)
    # When it came true or was broken, who wrote that down and when, and what they said.
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    words = models.TextField(blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None)
                | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="promises_settled",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte=F("first_due_at")) | ~Q(state="open"),
                name="promises_first_due",
            ),
            models.UniqueConstraint(
                fields=["source"], condition=Q(state="open") & ~Q(source="desk"),
                name="promises_one_open",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="open"), name="promises_open"),
            models.Index(fields=["customer", "-due_at"], name="promises_by_customer"),
            models.Index(fields=["source", "-id"], name="promises_by_source"),
            models.Index(fields=["first_due_at", "state"], name="promises_by_first_due"),
        ]

    def __str__(self) -> str:
        return f"{self.what[:40]} by {self.due_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.state == PromiseState.OPEN

    @property
    def is_by_hand(self) -> bool:
        return self.source == BY_HAND

    @property
    def is_done(self) -> bool:
        return self.state in DONE

    def is_late_at(self, moment: datetime) -> bool:
        return self.is_open and self.due_at < moment


class Postponement(models.Model):
    """A date that was moved: what it was before, who said so, and why."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="postponements")
    due_before = models.DateTimeField()
    first_due_before = models.DateTimeField()
    # The customer asked for it: then it is no lateness of ours.
    is_their_wish = models.BooleanField(default=False)
    words = models.TextField(blank=True)
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.promise_id} from {self.due_before:%Y-%m-%d}"


class Showing(models.Model):
    """Who besides us sees what we promised (one row, id 1)."""

    to_customers = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="promises_one_showing")]

    def __str__(self) -> str:
        return "to customers" if self.to_customers else "to nobody"


class Pledge(models.Model):
    """How we treat customers, in our own words: one row, as it is written and as it is out.

    What is public is kept apart from what is being written, so that nothing half-written shows.
    """

    title = models.CharField(max_length=120)
    body = models.TextField()
    shows_rate = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    public_title = models.CharField(max_length=120, blank=True)
    public_body = models.TextField(blank=True)
    public_shows_rate = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="promises_one_pledge")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        return self.published_at is not None

    @property
    def is_changed(self) -> bool:
        """Whether what is written differs from what is out."""
        written = (self.title, self.body, self.shows_rate)
        return written != (self.public_title, self.public_body, self.public_shows_rate)
