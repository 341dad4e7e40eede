"""How often customers should hear from us, and the day's list within the day's minutes."""

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.db import models

from regulars.consent.choices import POINT_OF, Channel, Purpose
from regulars.conversations.models import Touch
from regulars.core.key_fields import OneRowEach
from regulars.core.reasons import Line, Told
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.lists.models import Segment
from regulars.planning import words
from regulars.planning.choices import Arrival, ItemState, Worth
from regulars.planning.given import tell
from regulars.planning.kept import (
    AutomaticRules,
    AutomaticText,
    CountedGroups,
    MorningMail,
    NextContact,
    ReasonRecord,
    Silence,
)
from regulars.planning.knapsack import BITS, TO_BE_FOUND
from regulars.planning.known import REASONS
from regulars.planning.priors import MINUTES
from regulars.team.models import Member

# Tables of a file of their own, found by Django and by other rooms here.
__all__ = [
    "AutomaticRules", "AutomaticText", "CountedGroups", "MorningMail", "NextContact",
    "ReasonRecord", "Silence",
]  # fmt: skip

EVERY_MONTH = 0b1111_1111_1111


class CadenceQuerySet(models.QuerySet["Cadence"]):
    def in_month(self, month: int) -> Self:
        """Those that hold in a month, 1 to 12."""
        return self.annotate(held=models.F("months").bitand(1 << month - 1)).filter(held__gt=0)


class Cadence(models.Model):
    """How often customers should hear from us: those of a tier, of a segment, or one of them.

    The customer's own goes before a segment's, and that before the tier's; of several segments the
    strictest counts. One for some months of the year goes before one for all of them.
    """

    tier = models.CharField(max_length=8, choices=Tier, blank=True, default="")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, null=True, related_name="+")
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, related_name="cadences"
    )
    worth = models.CharField(max_length=8, choices=Worth, default=Worth.ANY)
    at_least_every_days = models.PositiveSmallIntegerField(null=True)
    at_most_every_days = models.PositiveSmallIntegerField(null=True)
    # A bit for each month in which it holds, January first.
    months = models.PositiveSmallIntegerField(default=EVERY_MONTH)

    objects = CadenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="planning_cadence_range",
                condition=models.Q(at_least_every_days=None)
                | models.Q(at_least_every_days__gte=1, at_least_every_days__lte=3650),
            ),
            models.CheckConstraint(
                name="planning_cadence_most_range",
                condition=models.Q(at_most_every_days=None)
                | models.Q(at_most_every_days__gte=1, at_most_every_days__lte=3650),
            ),
            models.CheckConstraint(
                name="planning_cadence_says_something",
                condition=models.Q(at_least_every_days__gte=1)
                | models.Q(at_most_every_days__gte=1),
            ),
            models.CheckConstraint(
                name="planning_cadence_of_one_scope",
                condition=models.Q(~models.Q(tier=""), segment=None, customer=None)
                | models.Q(tier="", segment__isnull=False, customer=None)
                | models.Q(tier="", segment=None, customer__isnull=False),
            ),
            models.CheckConstraint(
                name="planning_cadence_months",
                condition=models.Q(months__gte=1, months__lte=EVERY_MONTH),
            ),
            models.UniqueConstraint(
                name="planning_cadence_of_tier", fields=["tier", "worth", "months"],
                condition=~models.Q(tier=""),
            ),
            models.UniqueConstraint(
                name="planning_cadence_of_segment", fields=["segment", "worth", "months"],
                condition=models.Q(segment__isnull=False),
            ),
            models.UniqueConstraint(
                name="planning_cadence_of_customer", fields=["customer", "worth", "months"],
                condition=models.Q(customer__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        whose = self.tier or f"{self.segment_id or ''}/{self.customer_id or ''}"
        return f"{whose}: every {self.at_least_every_days} days by {self.worth}"

    @property
    def month_numbers(self) -> list[int]:
        """The months in which it holds, 1 to 12; none for all the year."""
        held = [month for month in range(1, 13) if self.months & (1 << month - 1)]
        return held if self.is_seasonal else []

    @property
    def is_seasonal(self) -> bool:
        return self.months != EVERY_MONTH


class RaisedCadence(models.Model):
    """A tier that another room lets hear from us more often, until it takes that back."""

    tier = models.CharField(max_length=8, choices=Tier)
    at_least_every_days = models.PositiveSmallIntegerField()
    # Who raised it: "disruption:2".
    source = models.CharField(max_length=48)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="planning_raised_once", fields=["source", "tier"],
                condition=models.Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="planning_raised_range",
                condition=models.Q(at_least_every_days__gte=1, at_least_every_days__lte=3650),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.tier}: every {self.at_least_every_days} days for {self.source}"


class FirstTouch(models.Model):
    """When a customer with no touch yet should first hear from us: spread over four weeks."""

    customer = OneRowEach(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="first_touch"
    )
    due_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.customer_id} on {self.due_on}"


class Pause(models.Model):
    """A customer put off until a day: "later" or "not now". The latest one counts."""

    customer = OneRowEach(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="pause"
    )
    until = models.DateField()
    # In our words, where somebody said so.
    why = models.CharField(max_length=200, blank=True)
    put_off_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    put_off_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.customer_id} until {self.until}"


class Plan(models.Model):
    """One member's list for one day."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="plans")
    day = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    # How many were due in all, and how many of them cannot be reached by any means we know.
    due_count = models.PositiveIntegerField(default=0)
    unreachable_count = models.PositiveIntegerField(default=0)
    # How often the gate stood in the way of reaching somebody, by its verdict.
    refused: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    # How many are on the whole list, and how many of them may be written to by e-mail.
    listed_count = models.PositiveIntegerField(default=0)
    permitted_count = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "day"], name="planning_plan_once"),
        ]
        indexes = [models.Index(fields=["day"], name="planning_plan_by_day")]

    def __str__(self) -> str:
        return f"{self.member_id} on {self.day}"


class Shortlist(models.Model):
    """Whom a list was chosen from: so that it can be filled again without asking for everybody.

    `candidates` are those who can be part of a best day, as `shortlists.py` writes them. It lasts
    as long as the day.
    """

    plan = OneRowEach(Plan, on_delete=models.CASCADE, primary_key=True, related_name="shortlist")
    candidates: "models.JSONField[list[list[Any]], list[list[Any]]]" = models.JSONField(
        default=list
    )

    def __str__(self) -> str:
        return f"{len(self.candidates)} for {self.plan_id}"


# A reason that has gone, or whose room says nothing of it.
NOTHING = Told("")


class PlanItemQuerySet(models.QuerySet["PlanItem"]):
    def of_day(self, day: date) -> Self:
        return self.filter(plan__day=day)

    def untouched(self) -> Self:
        """What the plan chose by itself and nobody has acted on: a new plan may choose anew."""
        return self.filter(state__in=[ItemState.OPEN, ItemState.WAITING], handed_by=None)

    def may_go(self) -> Self:
        """Those who can wait, and to whom a text can go by itself."""
        return self.filter(state=ItemState.WAITING, values__has_key="goes").order_by("position")

    def told(self, most: int) -> "list[PlanItem]":
        """The first ones, with what the rooms that gave their reasons say, asked at once."""
        items = list(self[:most])
        tell(items)
        return items


class PlanItem(models.Model):
    """One customer to reach: why, by which channel and why that one, and what to say.

    `reason` names a reason of the registry and `values` holds the facts of its sentence, so that
    the sentence is written in the reader's language when it is shown. `before` is how things
    stood before the last action, so that it can be undone.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="items")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="plan_items")
    position = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=8, choices=Channel)
    purpose = models.CharField(max_length=8, choices=Purpose)
    minutes = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=60)
    values: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    stake_minor = models.BigIntegerField(default=0)
    due_on = models.DateField()
    last_touch_on = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=ItemState, default=ItemState.OPEN)
    until = models.DateField(null=True)
    # Why not now, in the words of whoever put it off.
    remark = models.TextField(blank=True)
    handed_to = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    handed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    touch = models.ForeignKey(Touch, on_delete=models.SET_NULL, null=True, related_name="+")
    before: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    settled_at = models.DateTimeField(null=True)

    objects = PlanItemQuerySet.as_manager()
    # In words, where another room gave the reason; asked for a whole list at once (`given.tell`).
    told: Told | None = None

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "customer"], name="planning_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} by {self.channel}"

    @property
    def sentence(self) -> str:
        """Why this customer, in the reader's language; nothing for a reason that has gone."""
        if self.reason in REASONS:
            return REASONS[self.reason].sentence(self.values)
        return self.given.sentence

    @property
    def lines(self) -> list[Line]:
        """What to say."""
        if self.reason in REASONS:
            return REASONS[self.reason].to_say(self.values)
        return list(self.given.lines)

    @property
    def given(self) -> Told:
        """What the room that gave the reason says of it now."""
        if self.told is None:
            tell([self])
        return self.told or NOTHING

    @property
    def why_waiting(self) -> str:
        """Why it did not fit into the day."""
        return words.why_waiting(self.values)

    def why_channel(self, point_kinds: Collection[str]) -> list[str]:
        """Why no worthier channel, given the kinds of contact points that can be used."""
        if self.values.get("open") == TO_BE_FOUND and POINT_OF[Channel.CALL] not in point_kinds:
            return [words.to_be_found()]
        in_order = list(BITS)
        worthier = in_order[: in_order.index(Channel(self.channel))]
        return [
            sentence for channel in worthier if (sentence := self._why_not(channel, point_kinds))
        ]

    def _why_not(self, channel: Channel, point_kinds: Collection[str]) -> str:
        if channel in self.values.get("weaker", ()):
            return words.why_weaker(channel)
        return words.why_not(
            channel,
            is_open=bool(self.values.get("open", 0) & BITS[channel]),
            minutes=self.values.get("takes", {}).get(channel, MINUTES[channel]),
            has_point=POINT_OF[channel] in point_kinds,
        )


class OfflineTouch(models.Model):
    """A touch that was written down without a connection and has arrived, once.

    `client_id` is the number that the device gave it before anything was sent, so that what is
    sent again is known again. Its words stand in the touch alone.
    """

    client_id = models.UUIDField(unique=True)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="+")
    touch = models.ForeignKey(Touch, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=Arrival, default=Arrival.WRITTEN)
    # When the list was handed to the device, by our clock, and when it happened, put right by it.
    listed_at = models.DateTimeField()
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    # Who else was in touch with the customer since the list was handed out.
    other_touch = models.ForeignKey(Touch, on_delete=models.SET_NULL, null=True, related_name="+")
    # What was said of it has been read.
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["member", "id"],
                name="planning_arrivals_to_tell",
                condition=~models.Q(state=Arrival.WRITTEN) & models.Q(seen_at=None),
            ),
            models.Index(fields=["member", "listed_at"], name="planning_arrivals_of_list"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.state}"


class CalendarFeed(models.Model):
    """The address under which a member's calendar asks for their day; a new one closes the old."""

    member = OneRowEach(Member, on_delete=models.CASCADE, primary_key=True, related_name="+")
    # Part of what is signed: raising it makes every address before it void.
    number = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"calendar of {self.member_id}"
