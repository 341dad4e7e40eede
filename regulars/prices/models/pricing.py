"""Prices: what everybody pays from when on, and which old customers paid more."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.messaging.models import Mailing
from regulars.offers.models import Offer
from regulars.prices.choices import PriceKind, Remedy, Standing, Tax
from regulars.team.models import Member

USUAL_DAYS = 90


class PriceQuerySet(models.QuerySet["Price"]):
    def public(self) -> Self:
        """What anybody may pay: no quotes."""
        return self.exclude(kind=PriceKind.QUOTE)

    def published(self) -> Self:
        return self.filter(published_at__isnull=False, withdrawn_at=None)

    def planned(self) -> Self:
        return self.filter(published_at=None, withdrawn_at=None)

    def not_over(self, day: date) -> Self:
        """Planned or published, and not of the past: those that can still undercut somebody."""
        return self.filter(Q(closes_on=None) | Q(closes_on__gte=day), withdrawn_at=None)

    def open_on(self, day: date) -> Self:
        """Published, and what is paid that day unless a later one stands in its place."""
        return self.published().not_over(day).filter(opens_on__lte=day)


class Price(models.Model):
    """A price of one product: planned, then published; afterwards it is only followed by others.

    A product is known by its number, as orders know it, or by its words where they have none.
    """

    id = models.BigAutoField(primary_key=True)
    product = models.CharField(max_length=100)
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=6, choices=PriceKind)
    # What a coupon says, so that people know which it is.
    code = models.CharField(max_length=40, blank=True)
    # Of a quote: who was told it.
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    tax = models.CharField(max_length=7, choices=Tax, default=Tax.SAME)
    # The rate of the tax, in hundredths of a percent.
    tax_bp = models.PositiveIntegerField(default=0)
    # The price of one as orders note it, in thousandths of the minor unit.
    compare_milli = models.BigIntegerField()
    from_quantity = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    opens_on = models.DateField()
    closes_on = models.DateField(null=True)
    source = models.CharField(max_length=40, default="desk")
    # The shop's list that said it; nobody in particular published it then.
    shop = models.ForeignKey(
        "prices.ShopList", on_delete=models.SET_NULL, null=True, related_name="prices"
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # Why it was published though old customers paid more.
    anyway_why = models.CharField(max_length=500, blank=True)
    anyway_count = models.PositiveIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # When it was last compared with what customers paid, since which day, up to which row of goods.
    checked_at = models.DateTimeField(null=True)
    checked_since = models.DateField(null=True)
    lines_up_to = models.BigIntegerField(default=0)
    open_count = models.PositiveIntegerField(default=0)
    open_minor = models.BigIntegerField(default=0)
    # How many orders of the product are in which other currency: they are not compared.
    other_currencies: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(
        default=dict
    )

    objects = PriceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="prices_above_nought"),
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")),
                name="prices_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(kind="quote", customer__isnull=False)
                | (~Q(kind="quote") & Q(customer=None)),
                name="prices_quote_to_one",
            ),
            models.UniqueConstraint(
                fields=["product", "currency", "kind", "code", "from_quantity", "opens_on"],
                condition=Q(customer=None, withdrawn_at=None),
                name="prices_public_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "product", "currency", "from_quantity", "opens_on"],
                condition=Q(customer__isnull=False, withdrawn_at=None),
                name="prices_quote_once",
            ),
        ]
        indexes = [
            models.Index(fields=["product", "currency", "opens_on"], name="prices_of_product"),
            models.Index(fields=["-opens_on", "-id"], name="prices_by_day"),
        ]

    def __str__(self) -> str:
        return self.name or self.product

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def open_amount(self) -> Money:
        return Money(self.open_minor, self.currency)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None and self.withdrawn_at is None

    def standing_on(self, day: date) -> Standing:
        if self.withdrawn_at is not None:
            return Standing.ASIDE
        if self.published_at is None:
            return Standing.PLANNED
        if self.closes_on is not None and self.closes_on < day:
            return Standing.OVER
        return Standing.OPEN if self.opens_on <= day else Standing.COMING


class Righting(models.Model):
    """That it was made right for all whom a price had undercut: how, for how many, by whom."""

    id = models.BigAutoField(primary_key=True)
    price = models.ForeignKey(Price, on_delete=models.CASCADE, related_name="rightings")
    remedy = models.CharField(max_length=6, choices=Remedy)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="+")
    mailing = models.ForeignKey(Mailing, on_delete=models.SET_NULL, null=True, related_name="+")
    count = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # When each of them had got it.
    done_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.remedy} for {self.count}"

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.price.currency)


class ConcernQuerySet(models.QuerySet["Concern"]):
    def unsettled(self) -> Self:
        """Those for whom nothing was done yet; a card that was merged away waits for its return."""
        return self.filter(remedy="", customer__merged_into=None)


class Concern(models.Model):
    """That an old customer pays or paid more than a price: by how much, and what was done.

    Those for whom nothing was done are found anew at each check; the others stay as they are.
    """

    id = models.BigAutoField(primary_key=True)
    price = models.ForeignKey(
        Price, on_delete=models.CASCADE, related_name="concerns", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # What they paid above it, of what they kept.
    due_minor = models.BigIntegerField()
    # The highest price of one that they paid, in thousandths of the minor unit.
    most_milli = models.BigIntegerField(default=0)
    quantity = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    last_on = models.DateField(null=True)
    # What they were told they pay, where that is above it.
    quoted_milli = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField()
    remedy = models.CharField(max_length=6, choices=Remedy, blank=True, default="")
    righting = models.ForeignKey(
        Righting, on_delete=models.CASCADE, null=True, related_name="concerns", db_index=False
    )
    settled_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["price", "customer"], condition=Q(remedy=""), name="prices_concern_once"
            ),
            models.CheckConstraint(
                condition=Q(remedy="", settled_at=None) | (~Q(remedy="") & ~Q(settled_at=None)),
                name="prices_settled_by_something",
            ),
        ]
        indexes = [
            models.Index(fields=["price", "-due_minor", "id"], name="prices_concern_dearest"),
            models.Index(fields=["customer", "price"], name="prices_concern_of"),
            models.Index(fields=["righting", "id"], name="prices_concern_righted"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} above {self.price_id}"

    @property
    def due(self) -> Money:
        return Money(self.due_minor, self.price.currency)

    @property
    def most(self) -> Money:
        return Money(round(self.most_milli / 1000), self.price.currency)

    @property
    def quoted(self) -> Money | None:
        if self.quoted_milli is None:
            return None
        return Money(round(self.quoted_milli / 1000), self.price.currency)


class LookBack(models.Model):
    """For how many days what somebody paid counts, since when, and why; the newest holds."""

    id = models.BigAutoField(primary_key=True)
    days = models.PositiveSmallIntegerField(default=USUAL_DAYS)
    why = models.CharField(max_length=300)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=730), name="prices_look_back_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} days"


class StagedPrice(models.Model):
    """A price as one import's file has it, before it is brought in; emptied afterwards."""

    id = models.BigAutoField(primary_key=True)
    import_id = models.BigIntegerField()
    row_no = models.BigIntegerField()
    product = models.CharField(max_length=100)
    name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=6)
    code = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    customer_id = models.BigIntegerField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    from_quantity = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    opens_on = models.DateField()
    closes_on = models.DateField(null=True)
    price_id = models.BigIntegerField(null=True)
    is_new = models.BooleanField(default=False)
    is_changed = models.BooleanField(default=False)
    is_fixed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["import_id", "product", "currency", "kind", "code", "reference",
                        "from_quantity", "opens_on"],
                name="prices_staged_once",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.product
