"""Changing many customers at once: what was asked for, how far it is, whether it was stopped."""

from typing import Any

from django.db import models

from regulars.core.models import Job, Operation
from regulars.team.models import Member


class BulkChange(models.Model):
    """One change of a selection, made in short steps; the operation takes it back."""

    # One of the names in `actions/bulk.CHANGES`, and what it is changed to.
    what = models.CharField(max_length=20)
    value = models.TextField(blank=True)
    # Who is meant: ids, or an audience by its name and its definition.
    selection: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    words = models.TextField(blank=True)
    operation = models.OneToOneField(Operation, on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    total_count = models.BigIntegerField(null=True)
    # Everybody up to this one has been looked at.
    after_id = models.BigIntegerField(default=0)
    seen_count = models.BigIntegerField(default=0)
    changed_count = models.BigIntegerField(default=0)
    stop_asked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.what} of {self.seen_count}"

    @property
    def percent(self) -> int:
        return min(100, 100 * self.seen_count // self.total_count) if self.total_count else 0

    @property
    def is_stopped(self) -> bool:
        return self.finished_at is not None and self.stop_asked_at is not None
