"""Who customers are to us: one row of facts each, and the rhythm of the whole list."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from regulars.core.key_fields import OneRowEach
from regulars.customers.models import Customer
from regulars.insight.choices import Tier, TierWhy, Way
from regulars.team.models import Member


class CustomerFacts(models.Model):
    """What was counted about one customer; written set-wise by `insight refresh`.

    Gaps are in open days of the business (days closed are not the customer's). The `*_on` dates
    say when the customer's standing changes if they do not buy, so that a new day alone seldom
    rewrites a row. Customers without purchases have facts too: counts of zero and a tier set by
    hand or `new`.
    """

    customer = OneRowEach(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="facts"
    )
    purchase_count = models.PositiveIntegerField(default=0)  # distinct days with a sale
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    again_days = models.PositiveIntegerField(null=True)  # from the first purchase to the second
    spend_minor = models.BigIntegerField(default=0)  # net, all time
    year_spend_minor = models.BigIntegerField(default=0)  # net, last 365 days
    usual_gap_days = models.FloatField(null=True)  # own median gap, shrunk to the group's
    gap_spread = models.FloatField(null=True)  # standard deviation of log gaps around it
    due_on = models.DateField(null=True)
    slipping_on = models.DateField(null=True)
    lapsed_on = models.DateField(null=True)
    lost_on = models.DateField(null=True)
    # From then on, if they do not buy, they are more likely gone than still a customer.
    doubtful_on = models.DateField(null=True)
    # Sales booked to a name that is no person (“cash sale”); 0 for everybody else.
    crowd_sales = models.PositiveIntegerField(default=0)
    stake_minor = models.BigIntegerField(default=0)  # what a year of this customer is worth
    tier = models.CharField(max_length=8, choices=Tier, default=Tier.NEW)
    next_change_on = models.DateField(null=True)
    # The counted tier up to which changes are written down, and since when it is so; empty for
    # who was never counted onward, and without a day for those of the first count of all.
    known_tier = models.CharField(max_length=8, choices=Tier, default="", db_default="", blank=True)
    tier_since = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["tier_since", "customer"], name="facts_by_tier_since"),
            # Those whose change is still to be written down: few, and found without looking.
            models.Index(
                fields=["customer"],
                name="facts_tier_moved",
                condition=~models.Q(tier=models.F("known_tier")),
            ),
            models.Index(fields=["tier", "-stake_minor", "customer"], name="facts_by_tier"),
            models.Index(fields=["-year_spend_minor", "customer"], name="facts_by_year_spend"),
            models.Index(fields=["-last_on", "customer"], name="facts_by_last_purchase"),
            models.Index(fields=["due_on", "customer"], name="facts_by_due_day"),
            models.Index(
                fields=["next_change_on"],
                name="facts_by_next_change",
                condition=models.Q(next_change_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.tier}"


class TierOverride(models.Model):
    """A tier set by a person, with the reason; it wins over the computed one."""

    customer = OneRowEach(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="tier_override"
    )
    tier = models.CharField(max_length=8, choices=Tier)
    reason = models.TextField()
    set_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    set_at = models.DateTimeField()
    # The day of the business on which it was set, and the one on which the count says again.
    since_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["until_on"], name="override_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.tier}"


class TierChange(models.Model):
    """One customer's tier became another, as people see it: counted, or set by a person.

    The first has no tier before it: the customer was counted for the first time. The last of
    somebody archived has none after it. With the first count of all the history begins. Counts of
    the past leave no rows.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="tier_changes", db_index=False
    )
    from_tier = models.CharField(max_length=8, choices=Tier, blank=True)
    to_tier = models.CharField(max_length=8, choices=Tier, blank=True)
    changed_on = models.DateField()  # the day counted to, or on which the person said so
    until_on = models.DateField(null=True)  # the day of the next change; none while it lasts
    written_at = models.DateTimeField()  # the same for all of one count
    why = models.CharField(max_length=10, choices=TierWhy)
    reason = models.TextField(blank=True)  # the words of the person
    set_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["customer", "id"], name="tier_changes_of_one"),
            models.Index(fields=["changed_on", "from_tier", "to_tier"], name="tier_changes_by_day"),
            models.Index(fields=["to_tier", "changed_on", "customer"], name="tier_changes_into"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.from_tier} > {self.to_tier}"


class Refresh(models.Model):
    """One count: as of which day, by what, how long, and what it found.

    `way` says who was counted; what goes for everybody is that of the count of everyone on
    `full_on`, and `order_count` and `figures` too. `rhythm` holds the rhythm, the yearly purchases
    and the pattern (chances.py) that go for each kind of customer, and the season of the business
    (a weight for each month); `figures` what the Insight page shows of the whole list.
    """

    as_of = models.DateField()
    engine = models.CharField(max_length=20)
    ended_at = models.DateTimeField()
    seconds = models.FloatField()
    customer_count = models.BigIntegerField()
    order_count = models.BigIntegerField()
    changed_count = models.BigIntegerField()
    rhythm: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    figures: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    way = models.CharField(max_length=8, choices=Way, default=Way.FULL)
    full_on = models.DateField(null=True)
    # Customers counted again since everyone was.
    recounted_count = models.BigIntegerField(default=0)
    # What counting some of them takes from the count of everyone; basis.py says what.
    basis: "models.JSONField[Any, Any]" = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"as of {self.as_of}"


class KeptFigure(models.Model):
    """A figure as it was last counted, for the pages: they read it, and never count themselves.

    `statements` is what the engine ran for it, for whoever wants to see.
    """

    name = models.CharField(max_length=40, primary_key=True)
    as_of = models.DateField()
    counted_at = models.DateTimeField()
    # In their order, which an object of JSON does not keep everywhere.
    columns: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    rows: "models.JSONField[Any, Any]" = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    statements = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.name}, as of {self.as_of}"


class Behind(models.Model):
    """Who stands behind a number of a kept figure, where no filter of the list says it.

    `ids` are their numbers, those worth most first, packed (behind.py): there may be very many.
    `title` is what the list calls them, once somebody has opened them there.
    """

    figure = models.CharField(max_length=40)
    cell = models.CharField(max_length=60)
    customer_count = models.PositiveIntegerField()
    ids = models.BinaryField()
    counted_at = models.DateTimeField()
    title = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["figure", "cell"], name="behind_once_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.cell}: {self.customer_count}"


class BehindMember(models.Model):
    """One of those behind a number that was opened as a list."""

    behind = models.ForeignKey(Behind, on_delete=models.CASCADE, related_name="members")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["behind", "customer"], name="behind_each_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}"


class Recount(models.Model):
    """A customer to be counted again: something changed that facts are counted from.

    The database writes these rows itself, whoever changes the books and however (watch.py).
    """

    id = models.BigAutoField(primary_key=True)
    customer_id = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.customer_id)


class BuyingLess(models.Model):
    """Somebody who still comes, and buys for less than they used to; written after each count."""

    customer = OneRowEach(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="buying_less"
    )
    since_on = models.DateField()  # the day that was counted to when it was first said
    recent_count = models.PositiveSmallIntegerField()  # how many of the last purchases tell it
    is_by_basket = models.BooleanField()  # they spend less a purchase; else less in a day
    share = models.FloatField()  # by how much it fell, of 1
    usual_minor = models.BigIntegerField()  # a purchase as it was, at this time of the year
    recent_minor = models.BigIntegerField()
    usual_gap_days = models.FloatField()  # days of business between purchases, and lately
    recent_gap_days = models.FloatField()
    missing = models.CharField(max_length=200, blank=True)  # what is no longer in their basket
    is_wholly_missing = models.BooleanField(default=False)
    worth_minor = models.BigIntegerField()  # what it takes from a year of them

    class Meta:
        indexes = [
            models.Index(fields=["-worth_minor", "customer"], name="buying_less_by_worth"),
            models.Index(fields=["since_on", "customer"], name="buying_less_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.share:.0%} less"


class Expected(models.Model):
    """What the days ahead may bring of somebody, near enough for a list; written with the figures.

    Of sixty days (`choices.AHEAD_DAYS`). Their own page works it out anew.
    """

    customer = OneRowEach(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="expected"
    )
    purchases = models.FloatField()
    spend_minor = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["-purchases", "customer"], name="expected_by_purchases"),
            models.Index(fields=["-spend_minor", "customer"], name="expected_by_spend"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.purchases}"
