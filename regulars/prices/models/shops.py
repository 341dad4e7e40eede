"""The shop's own list of prices: where it stands, what it said, and each look at it."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from regulars.core.models import Operation
from regulars.core.money import Money
from regulars.prices.choices import LookState, ShopKind, Tax
from regulars.team.models import Member


class ShopList(models.Model):
    """Where a shop keeps its public list of products, and how it is read."""

    id = models.BigAutoField(primary_key=True)
    # As somebody wrote it, and where the list was found from there.
    address = models.CharField(max_length=500)
    found_at = models.CharField(max_length=600, blank=True)
    kind = models.CharField(max_length=12, choices=ShopKind, blank=True)
    # By which of its numbers our orders know a product.
    known_by = models.CharField(max_length=10, blank=True)
    allows_private = models.BooleanField(default=False)
    tax = models.CharField(max_length=7, choices=Tax, default=Tax.SAME)
    tax_bp = models.PositiveIntegerField(default=0)
    etag = models.CharField(max_length=200, blank=True)
    # How many products it had when it was last taken.
    product_count = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=40, default="desk")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # From when on its prices are ours; whether it is fetched each morning.
    begun_at = models.DateTimeField(null=True)
    is_on = models.BooleanField(default=False)
    # Up to which look somebody knows that it was taken back, and has it asked all the same.
    heeded_look = models.BigIntegerField(default=0)
    is_used = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_used"], condition=Q(is_used=True), name="prices_one_shop"
            ),
        ]

    def __str__(self) -> str:
        return self.address


class ListedPriceQuerySet(models.QuerySet["ListedPrice"]):
    def on_the_list(self) -> Self:
        return self.filter(gone_since=None)


class ListedPrice(models.Model):
    """What the shop's list last said of one product; what vanished from it stays, with the day."""

    id = models.BigAutoField(primary_key=True)
    shop = models.ForeignKey(
        ShopList, on_delete=models.CASCADE, related_name="listed", db_index=False
    )
    product = models.CharField(max_length=100)
    name = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    # Beside it, while it lasts.
    sale_minor = models.BigIntegerField(null=True)
    sale_opens_on = models.DateField(null=True)
    sale_closes_on = models.DateField(null=True)
    gone_since = models.DateField(null=True)

    objects = ListedPriceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "product", "currency"], name="prices_listed_once"
            ),
        ]
        indexes = [models.Index(fields=["shop", "gone_since"], name="prices_listed_gone")]

    def __str__(self) -> str:
        return self.name or self.product

    def is_on_sale(self, day: date) -> bool:
        """Whether the sale price is what somebody pays that day."""
        return (
            self.sale_minor is not None
            and (self.sale_opens_on is None or self.sale_opens_on <= day)
            and (self.sale_closes_on is None or self.sale_closes_on >= day)
        )

    def asked_on(self, day: date) -> tuple[int, date | None]:
        """What everybody pays that day, and its last day where the shop says one."""
        if self.sale_minor is not None and self.is_on_sale(day):
            return self.sale_minor, self.sale_closes_on
        return self.amount_minor, None

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def sale(self) -> Money | None:
        return None if self.sale_minor is None else Money(self.sale_minor, self.currency)


class ShopLook(models.Model):
    """One look at the shop's list: what it found, what was taken, or why nothing was."""

    id = models.BigAutoField(primary_key=True)
    shop = models.ForeignKey(
        ShopList, on_delete=models.CASCADE, related_name="looks", db_index=False
    )
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=LookState, default=LookState.LOOKING)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    products = models.PositiveIntegerField(default=0)
    # How many of them somebody has bought here; how many there were before.
    bought = models.PositiveIntegerField(default=0)
    before = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    # What could not be read, the first of them with why.
    unread = models.PositiveIntegerField(default=0)
    unread_rows: "models.JSONField[list[list[str]], list[list[str]]]" = models.JSONField(
        default=list
    )
    # How many of them are in which currency.
    currencies: "models.JSONField[dict[str, int], dict[str, int]]" = models.JSONField(default=dict)
    says_currency = models.BooleanField(default=True)
    sentence = models.CharField(max_length=500, blank=True)
    remedy = models.CharField(max_length=500, blank=True)
    # Taken although it is a tenth of what it was.
    is_anyway = models.BooleanField(default=False)
    # Which time it was that morning.
    tries = models.PositiveSmallIntegerField(default=1)
    # The way back of what was taken.
    operation = models.ForeignKey(Operation, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["shop", "-id"], name="prices_look_newest")]

    def __str__(self) -> str:
        return f"{self.state} {self.at:%Y-%m-%d %H:%M}"
