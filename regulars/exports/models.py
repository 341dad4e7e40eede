"""Files that somebody asked for: what is in them, how far they are, how long they are kept."""

from typing import Any

from django.db import models

from regulars.consent.choices import Purpose
from regulars.core.models import Job
from regulars.exports.choices import Format, What
from regulars.team.models import Member


class Export(models.Model):
    """One file for one member, kept for a day under a generated name."""

    what = models.CharField(max_length=12, choices=What)
    format = models.CharField(max_length=8, choices=Format)
    # Who is in it: nothing for all, else an audience by its name and its definition.
    selection: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    words = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    # Empty again once the file is gone.
    stored_as = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(default=0)
    row_count = models.BigIntegerField(default=0)
    # Cells that were longer than a workbook takes.
    cut_count = models.IntegerField(default=0)
    # Of addresses for letters: when these were put in the post, what for, what was in them.
    posted_at = models.DateTimeField(null=True)
    posted_for = models.CharField(max_length=8, choices=Purpose, blank=True)
    posted_words = models.CharField(max_length=200, blank=True)
    # From when on they are being taken back: nothing more is written, and whoever was killed over
    # it goes on.
    taking_back_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.what} as {self.format}"

    @property
    def is_ready(self) -> bool:
        return bool(self.stored_as)
