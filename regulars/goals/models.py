"""What break-even is told from, and the goals that lead there."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from regulars.core.key_fields import OneRowEach
from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.goals.choices import MONTHS_OF, Answer, Counts, Every, Place, SeasonFrom, Whom
from regulars.insight.choices import Tier
from regulars.lists.models import Segment
from regulars.team.models import Member

WHOLE_BP = 10_000


class StandingQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        """Those that nobody took away."""
        return self.filter(removed_at=None)


class FixedCost(models.Model):
    """What is paid however much is sold: the rent, wages, the loan. An amount may be a range."""

    name = models.CharField(max_length=120)
    low_minor = models.BigIntegerField()
    high_minor = models.BigIntegerField()
    every = models.CharField(max_length=8, choices=Every, default=Every.MONTH)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    # It comes in only in months that sell for more than this: the second oven, a helper.
    above_minor = models.BigIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=40, default="desk")

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="goals_cost_range",
                condition=Q(low_minor__gte=0, high_minor__gte=F("low_minor")),
            ),
            models.CheckConstraint(
                name="goals_cost_days", condition=Q(from_on=None) | Q(until_on=None)
                | Q(until_on__gte=F("from_on")),
            ),
            models.CheckConstraint(
                name="goals_cost_step", condition=Q(above_minor=None) | Q(above_minor__gte=0)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def in_month(self, first: date) -> tuple[Fraction, Fraction]:
        """The least and the most that it is in a month; by days, where it begins or ends in it."""
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        begins, ends = max(first, self.from_on or first), min(last, self.until_on or last)
        share = Fraction(max(0, (ends - begins).days + 1), (last - first).days + 1)
        share /= MONTHS_OF[self.every]
        return self.low_minor * share, self.high_minor * share


class ProductGroup(models.Model):
    """Goods of which about as much is left of each sale: bread, coffee, cakes.

    Either the margin is told, in hundredths of a per cent, or price and cost of one. `words` say
    which goods belong to it: article numbers, or words of their descriptions, one a line; the group
    without any takes what no other took. Without a `weight` the books say how much of the sales.
    """

    name = models.CharField(max_length=80)
    words = models.TextField(blank=True)
    margin_low_bp = models.IntegerField(null=True)
    margin_high_bp = models.IntegerField(null=True)
    price_minor = models.BigIntegerField(null=True)
    cost_low_minor = models.BigIntegerField(null=True)
    cost_high_minor = models.BigIntegerField(null=True)
    weight = models.PositiveIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=40, default="desk")

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="goals_group_margin",
                condition=Q(
                    margin_low_bp__gte=-WHOLE_BP, margin_high_bp__gte=F("margin_low_bp"),
                    margin_high_bp__lte=WHOLE_BP, cost_low_minor=None, cost_high_minor=None,
                )
                | Q(
                    price_minor__gt=0, cost_low_minor__gte=0,
                    cost_high_minor__gte=F("cost_low_minor"), margin_low_bp=None,
                    margin_high_bp=None,
                ),
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(removed_at=None), name="goals_group_once"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def margins(self) -> tuple[Fraction, Fraction]:
        """Of a unit of sales, the least and the most that is left."""
        if self.margin_low_bp is not None and self.margin_high_bp is not None:
            return Fraction(self.margin_low_bp, WHOLE_BP), Fraction(self.margin_high_bp, WHOLE_BP)
        assert self.price_minor is not None
        assert self.cost_low_minor is not None
        assert self.cost_high_minor is not None
        most = 1 - Fraction(self.cost_low_minor, self.price_minor)
        return 1 - Fraction(self.cost_high_minor, self.price_minor), most


class Basis(models.Model):
    """What else break-even is told from: money at hand, seasons, an average order. One row."""

    cash_minor = models.BigIntegerField(null=True)
    cash_on = models.DateField(null=True)
    # Nothing said: as the orders of customers known by name have it.
    basket_minor = models.BigIntegerField(null=True)
    season = models.CharField(max_length=8, choices=SeasonFrom, default=SeasonFrom.BOOKS)
    # Of a year's sales, how much each month is, in any unit.
    month_weights: "models.JSONField[list[int], list[int]]" = models.JSONField(default=list)
    source = models.CharField(max_length=40, default="desk")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="goals_one_basis"),
            models.CheckConstraint(
                condition=Q(basket_minor=None) | Q(basket_minor__gt=0), name="goals_basket"
            ),
        ]

    def __str__(self) -> str:
        return self.season


class WhatIf(models.Model):
    """A change that is kept with a name and stands beside how things are."""

    name = models.CharField(max_length=80)
    price_bp = models.IntegerField(default=0)
    cost_bp = models.IntegerField(default=0)
    # On top of a month's fixed costs, or off them.
    fixed_minor = models.BigIntegerField(default=0)
    # Whose price and cost change; nothing for all.
    only = models.ForeignKey(ProductGroup, on_delete=models.CASCADE, null=True, related_name="+")
    # Another weight of product groups, by their id as text.
    mix: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    removed_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=40, default="desk")

    objects = StandingQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="goals_whatif_range",
                condition=Q(price_bp__gt=-WHOLE_BP, price_bp__lte=10 * WHOLE_BP)
                & Q(cost_bp__gte=-WHOLE_BP, cost_bp__lte=10 * WHOLE_BP),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Trade(models.Model):
    """What the books say of the last three years, month by month, as last counted. One row.

    `months`: by the first day of each, net sales and orders of all, and of customers we know by
    name. `groups`: by product group, what the last twelve months sold of it. `foreign`: orders in
    other currencies, which count nowhere here. `places`: where customers live.
    """

    months: "models.JSONField[dict[str, list[int]], dict[str, list[int]]]" = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder
    )
    groups: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    foreign: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    # Kind, name, how many addresses of customers lie there.
    places: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    until_on = models.DateField(null=True)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="goals_one_trade")]

    def __str__(self) -> str:
        return f"until {self.until_on}"


class GoalQuerySet(models.QuerySet["Goal"]):
    def standing(self) -> Self:
        """Those that nobody took away."""
        return self.filter(removed_at=None)

    def running_on(self, day: date) -> Self:
        return self.filter(from_on__lte=day, until_on__gte=day)


class Goal(models.Model):
    """What a group of customers is to bring in a stretch of days, and who sees to it.

    A group of a tier or a segment is whoever was in it on the day on which the goal begins, or is
    today, where that is still to come; who is not on the list yet by then is new.
    """

    whom = models.CharField(max_length=8, choices=Whom)
    tier = models.CharField(max_length=8, choices=Tier, blank=True)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, null=True, related_name="+")
    goods = models.ForeignKey(ProductGroup, on_delete=models.CASCADE, null=True, related_name="+")
    place_kind = models.CharField(max_length=8, choices=Place, blank=True)
    place = models.CharField(max_length=200, blank=True)
    counts = models.CharField(max_length=4, choices=Counts, default=Counts.ALL)
    from_on = models.DateField()
    until_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    manager = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer, default=Answer.OFFERED)
    answered_at = models.DateTimeField(null=True)
    # Why it was handed back or on, by whom.
    words = models.CharField(max_length=300, blank=True)
    said_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=40, default="desk")

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["from_on", "until_on", "id"]
        constraints = [
            models.CheckConstraint(name="goals_goal_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="goals_goal_days", condition=Q(until_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="goals_goal_group",
                condition=Q(whom="all", tier="", segment=None, goods=None, place="")
                | (Q(whom="tier", segment=None, goods=None, place="") & ~Q(tier=""))
                | Q(whom="segment", segment__isnull=False, tier="", goods=None, place="")
                | Q(whom="goods", goods__isnull=False, tier="", segment=None, place="")
                | (Q(whom="region", tier="", segment=None, goods=None)
                   & ~Q(place="") & ~Q(place_kind="")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.whom} {self.from_on} to {self.until_on}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_accepted(self) -> bool:
        return self.answer == Answer.ACCEPTED


class Progress(models.Model):
    """How far a goal is, as last counted up to a day; written by the job, read by pages."""

    goal = OneRowEach(Goal, on_delete=models.CASCADE, primary_key=True, related_name="progress")
    sold_minor = models.BigIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    # What it would be by now, if each day brought its part by season and opening.
    due_minor = models.BigIntegerField(default=0)
    # Where it will end, 8 times in 10 between the least and the most; none where nobody can tell.
    low_minor = models.BigIntegerField(null=True)
    middle_minor = models.BigIntegerField(null=True)
    high_minor = models.BigIntegerField(null=True)
    until_on = models.DateField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.goal_id}: {self.sold_minor} until {self.until_on}"


class GoalCall(models.Model):
    """A customer whose next purchase brings a goal nearer; chosen anew at each count."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="calls", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    # What they usually buy for at once, and when they are due by their own rhythm.
    usual_minor = models.BigIntegerField()
    expected_on = models.DateField()

    class Meta:
        ordering = ["goal_id", "-usual_minor", "customer_id"]
        constraints = [
            models.UniqueConstraint(fields=["goal", "customer"], name="goals_call_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} for {self.goal_id}"
