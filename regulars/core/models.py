"""Rows that every room relies on: events, their cursors, the audit, jobs."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """A fact that a room announced in its own transaction. It wakes; it carries no work."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    announced_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "id"], name="core_event_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class EventCursor(models.Model):
    """How far one receiver has read the events."""

    name = models.CharField(max_length=120, unique=True)
    last_event_id = models.BigIntegerField(default=0)
    # How often the next event has failed here, and how many were given up for failing too often.
    failures = models.PositiveSmallIntegerField(default=0)
    set_aside = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.last_event_id}"


class AuditEntry(models.Model):
    """Who did what to which thing, written in the action's own transaction. Ids and counts only."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=60)
    thing = models.CharField(max_length=80)
    thing_id = models.CharField(max_length=64, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["thing", "thing_id"])]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.thing} {self.thing_id}"


class Instance(models.Model):
    """Who this instance is, as its database knows it (one row, id 1); see `core/instance.py`."""

    instance_id = models.UUIDField()
    # Set while nothing may leave: a restored or copied instance, until somebody releases it.
    held_since = models.DateTimeField(null=True)
    why_held = models.CharField(max_length=20, blank=True)
    public_url = models.CharField(max_length=200, blank=True)
    public_url_proved_at = models.DateTimeField(null=True)
    # Counted on while we run, here and in a file: a database put back in time is behind its file.
    mark = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="core_one_instance")]

    def __str__(self) -> str:
        return str(self.instance_id)


class JobQuerySet(models.QuerySet["Job"]):
    def claimable_at(self, at: datetime) -> "JobQuerySet":
        """Due jobs that nobody holds, or whose holder has gone silent."""
        waiting = Q(state=Job.State.WAITING)
        abandoned = Q(state=Job.State.RUNNING, lease_until__lt=at)
        return self.filter(waiting | abandoned, due_at__lte=at).order_by("due_at", "id")


class Job(models.Model):
    """A piece of background work with a lease, an epoch and progress that a person can watch."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    # Null, not empty: any number of jobs may go without a key.
    unique_key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_epoch = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    done_count = models.BigIntegerField(default=0)
    total_count = models.BigIntegerField(null=True)
    step = models.CharField(max_length=200, blank=True)
    result: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    sentence = models.TextField(blank=True)
    remedy = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.REFUSED, self.State.FAILED)

    @property
    def percent(self) -> int | None:
        if not self.total_count:
            return None
        return min(100, int(100 * self.done_count / self.total_count))


class Operation(models.Model):
    """One thing done to many rows that can be undone: an import, a merge, a bulk change."""

    class Kind(models.TextChoices):
        IMPORT = "import"
        MERGE = "merge"
        BULK = "bulk"
        DELETE = "delete"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    subject_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=200, blank=True)
    # How many rows it made, changed or deleted.
    count = models.BigIntegerField(default=0)
    words = models.TextField(blank=True)
    # What was there before is kept until then, and emptied afterwards.
    keep_until = models.DateTimeField()
    emptied_at = models.DateTimeField(null=True)
    # Images from this one on have been put back; null while nobody has begun.
    undone_from = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)
    report: "models.JSONField[Any, Any]" = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["kind", "subject_id"], name="core_operation_by_subject")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def is_half_undone(self) -> bool:
        return self.undone_from is not None and self.undone_at is None


class Image(models.Model):
    """What one operation did to one row, or to a stretch of rows that it made."""

    class Deed(models.TextChoices):
        CREATED = "created"
        CHANGED = "changed"
        DELETED = "deleted"
        # Found while undoing: a row that the operation made and that is in use by now.
        KEPT = "kept"

    id = models.BigAutoField(primary_key=True)
    operation = models.ForeignKey(
        Operation, on_delete=models.CASCADE, related_name="images", db_index=False
    )
    model_label = models.CharField(max_length=60)
    low_id = models.BigIntegerField(null=True)
    high_id = models.BigIntegerField(null=True)
    # In place of the numbers, where a table has keys of another kind.
    key = models.CharField(max_length=40, blank=True)
    deed = models.CharField(max_length=8, choices=Deed)
    # Columns of the database, written so that each database reads back exactly what stood there.
    before: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    after: "models.JSONField[Any, Any]" = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["operation", "model_label", "deed", "low_id"], name="core_image_by_row"
            )
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.model_label} {self.low_id or self.key}"
