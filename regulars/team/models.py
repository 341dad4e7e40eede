"""The business itself and its staff."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from regulars.core.actor import Actor
from regulars.team.choices import AbsenceKind, LinkKind, Role


class Business(models.Model):
    """The one business of this instance (there is one row, with id 1)."""

    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="EUR")
    time_zone = models.CharField(max_length=60, default="UTC")
    country = models.CharField(max_length=2, blank=True)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    live_since = models.DateField()
    is_sample = models.BooleanField(default=False)
    # The languages it writes to its customers, the first of them first; none said: its own alone.
    languages: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="team_one_business"),
        ]

    def __str__(self) -> str:
        return self.name

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment, where the business is."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def day_ends_at(self, day: date) -> datetime:
        """The midnight after a day, whatever the clocks do in that night."""
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.time_zone))


class OpeningHours(models.Model):
    """One stretch of opening on one weekday (0 is Monday)."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField()
    opens_at = models.TimeField()
    closes_at = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6), name="team_openinghours_weekday"
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="team_openinghours_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens_at}-{self.closes_at}"


class Closure(models.Model):
    """Days on which the business was closed; lateness of customers does not count them."""

    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="closures")
    starts_on = models.DateField()
    ends_on = models.DateField()
    why = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=40, default="settings")

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="team_closure_order"
            ),
        ]

    def __str__(self) -> str:
        return f"closed {self.starts_on} to {self.ends_on}"

    @property
    def day_count(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


class MemberManager(BaseUserManager["Member"]):
    """What Django's authentication needs to find a member by e-mail address."""

    def get_by_natural_key(self, username: str | None) -> "Member":
        return self.get(email__iexact=username)


class Member(AbstractBaseUser):
    """One of the staff. What a member may do follows from the role alone."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=10, choices=Role, default=Role.MANAGER)
    # Under what they sign: a number to call, and a face (cut to size and written anew).
    phone = models.CharField(max_length=40, blank=True)
    photo = models.FileField(upload_to="faces/", blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    source = models.CharField(max_length=40, default="team")
    # Part of every session's seal: raising it ends all sessions of this member (RELIABILITY A5).
    auth_epoch = models.PositiveIntegerField(default=0)

    objects = MemberManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("member")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="team_member_email_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.name, self.role, self.pk)

    def get_session_auth_hash(self) -> str:
        return self._seal()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return (self._seal(secret) for secret in settings.SECRET_KEY_FALLBACKS)

    def _seal(self, secret: str | bytes | None = None) -> str:
        sealed = f"{self.auth_epoch}:{self.password}"
        return salted_hmac("team.session", sealed, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class WorkingMinutes(models.Model):
    """Minutes that a member has for customers on a weekday (0 is Monday)."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="working_minutes")
    weekday = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "weekday"], name="team_workingminutes_weekday"
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6, minutes__lte=1440),
                name="team_workingminutes_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} on {self.weekday}: {self.minutes}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def sharing(self, starts_on: date, ends_on: date) -> Self:
        """Those that have a day in common with a stretch of days."""
        return self.filter(starts_on__lte=ends_on, ends_on__gte=starts_on)


class Absence(models.Model):
    """Days on which a member is away: they have no minutes, and others reach their customers.

    Whoever covers is named, or nobody: then those with minutes share. Why somebody is away (ill,
    perhaps) is between them and the owners.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    kind = models.CharField(max_length=8, choices=AbsenceKind, default=AbsenceKind.HOLIDAY)
    covered_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    noted_at = models.DateTimeField()

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="team_absence_order"
            ),
            models.CheckConstraint(
                condition=~models.Q(covered_by=models.F("member")), name="team_absence_covered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} away {self.starts_on} to {self.ends_on}"

    @property
    def day_count(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    @property
    def back_on(self) -> date:
        """The first day after it."""
        return self.ends_on + timedelta(days=1)


def hash_of(token: str) -> str:
    """What is kept of a link's token: enough to know it again, useless to whoever reads it."""
    return hashlib.sha256(token.encode()).hexdigest()


class LinkQuerySet(models.QuerySet["OneTimeLink"]):
    def open_at(self, at: datetime) -> Self:
        return self.filter(used_at=None, closed_at=None, expires_at__gt=at)

    def of_token(self, token: str) -> Self:
        return self.filter(token_hash=hash_of(token))


class OneTimeLink(models.Model):
    """A link that works once: makes the first account, joins the team, or signs a member in.

    Only the hash of its token is kept.
    """

    kind = models.CharField(max_length=8, choices=LinkKind)
    token_hash = models.CharField(max_length=64, unique=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, related_name="+")
    # Who an invitation is for.
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=10, choices=Role, blank=True)
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
