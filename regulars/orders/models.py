"""What customers bought."""

from django.db import models
from django.db.models.functions import Left

from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.orders.choices import CreditKind, OrderKind
from regulars.team.models import Member


class Seller(models.Model):
    """Who makes sales, as one system calls them: a name, or a number that stands for one.

    `member` is who of the team that is; nobody, where they are none of ours.
    """

    source = models.CharField(max_length=40)
    words = models.CharField(max_length=80)
    # How they are called, where a system has only their number.
    name = models.CharField(max_length=120, blank=True, default="")
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # Where they sell, as the business calls it: a region, a round, a shop.
    region = models.CharField(max_length=80, blank=True, default="", db_default="")
    # Somebody said who it is: imports look for no member of that name any more.
    is_told = models.BooleanField(default=False)

    class Meta:
        ordering = ["words", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "words"], name="orders_seller_once"),
        ]

    def __str__(self) -> str:
        return self.member.name if self.member else self.name or self.words


class Order(models.Model):
    """One purchase, cancellation or adjustment, as the till or the shop wrote it.

    `total_minor` is goods net of what was taken back, without freight. A purchase in the sense
    of rhythm is an order of kind sale; orders without a customer are counter sales.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, null=True, blank=True, related_name="orders",
        db_index=False,
    )  # fmt: skip
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=OrderKind, default=OrderKind.SALE)
    status = models.CharField(max_length=40, blank=True)
    placed_at = models.DateTimeField()
    # The calendar day of the purchase where the business is: rhythm counts days, not moments.
    placed_on = models.DateField()
    promised_on = models.DateField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    # By which way it goes to them, as the shop calls it; empty where no file says so.
    delivery_way = models.CharField(max_length=60, blank=True, default="", db_default="")
    # Who made the sale, where the till or the shop says so.
    seller = models.ForeignKey(
        Seller, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    # Brought in by a file from which nothing was to follow: nobody is asked how it went.
    is_quiet = models.BooleanField(default=False, db_default=False)
    total_minor = models.BigIntegerField()
    shipping_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    line_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="orders_order_once"),
        ]
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="orders_by_customer"),
            models.Index(fields=["placed_on"], name="orders_by_day"),
            # All that counting reads, customer by customer: the orders themselves stay unread.
            models.Index(
                fields=["customer", "placed_on", "kind", "currency", "total_minor"],
                name="orders_for_counting",
            ),
            # By the beginning of a number, in whatever order the database sorts letters.
            models.Index(
                fields=["external_id"], name="orders_by_number", opclasses=["varchar_pattern_ops"]
            ),
            # What arrived on which days, and which systems tell of it at all.
            models.Index(
                fields=["delivered_at", "source", "delivery_way"],
                name="orders_delivered",
                condition=models.Q(delivered_at__isnull=False),
            ),
            models.Index(
                fields=["source", "delivery_way", "placed_on"],
                name="orders_by_way",
                condition=~models.Q(delivery_way=""),
            ),
            # When each of those who sell sold last, and what.
            models.Index(
                fields=["seller", "placed_on"],
                name="orders_by_seller",
                condition=models.Q(seller__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.external_id

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


class OrderLine(models.Model):
    """One line of an order. `total_minor` is exact: quantity times price, rounded once."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    line_no = models.PositiveIntegerField()
    sku = models.CharField(max_length=100, blank=True)
    description = models.TextField(blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=3, default=1)
    total_minor = models.BigIntegerField()
    # When this part arrived, and how many of it came back; none where no file says so.
    delivered_at = models.DateTimeField(null=True)
    returned_quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="orders_line_once"),
        ]
        indexes = [
            # Who bought a product: by its number, or by its words where it has none.
            models.Index(
                fields=["sku", "order"], name="orders_line_by_number",
                condition=models.Q(sku__gt=""),
            ),
            models.Index(
                Left("description", 100), name="orders_line_by_words", condition=models.Q(sku="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.description or self.sku


class CreditEntry(models.Model):
    """One movement of a customer's store credit; what they have is the sum of all.

    `source` names the occasion ("makegood:7") and is written once, however often it is asked for.
    """

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="credit_entries")
    # Below nought where it was spent or taken back.
    minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=10, choices=CreditKind)
    source = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField()
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # What it was spent on: an order, or in a word what was bought at the counter.
    order = models.ForeignKey(
        "orders.Order", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    words = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["granted", "returned"], minor__gt=0)
                | (~models.Q(kind__in=["granted", "returned"]) & models.Q(minor__lt=0)),
                name="orders_credit_sign",
            ),
        ]
        indexes = [models.Index(fields=["customer", "-id"], name="orders_credit_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.minor}"

    @property
    def amount(self) -> Money:
        return Money(self.minor, self.currency)


class StagedOrder(models.Model):
    """An order as one import's files name it, before it is brought in; emptied afterwards."""

    id = models.BigAutoField(primary_key=True)
    import_id = models.BigIntegerField()
    ref = models.CharField(max_length=200)
    # Customer and day, where the file has no numbers of orders and each row is one.
    base = models.CharField(max_length=200)
    row_no = models.BigIntegerField()
    buyer = models.CharField(max_length=340)
    kind = models.CharField(max_length=12)
    status = models.CharField(max_length=40)
    placed_at = models.DateTimeField()
    placed_on = models.DateField()
    promised_on = models.DateField(null=True)
    delivered_at = models.DateTimeField(null=True)
    delivery_way = models.CharField(max_length=60, default="", db_default="")
    sold_by = models.CharField(max_length=80, default="", db_default="")
    sold_in = models.CharField(max_length=80, default="", db_default="")
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    line_count = models.IntegerField(default=0)
    customer_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    is_new = models.BooleanField(default=False)
    is_changed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["import_id", "ref"], name="orders_staged_once"),
        ]
        indexes = [models.Index(fields=["import_id", "base"], name="orders_staged_base")]

    def __str__(self) -> str:
        return self.ref


class StagedLine(models.Model):
    """A row of goods as a file has it, before it is brought in; emptied afterwards."""

    id = models.BigAutoField(primary_key=True)
    import_id = models.BigIntegerField()
    row_no = models.BigIntegerField()
    order_ref = models.CharField(max_length=200)
    line_no = models.IntegerField()
    sku = models.CharField(max_length=100)
    description = models.TextField()
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    total_minor = models.BigIntegerField()
    # What rounding left of a total with a discount, in millionths of the minor unit.
    rest = models.BigIntegerField(db_default=0)
    shipping_minor = models.BigIntegerField()
    # What the row says of the total of its order, in a file that prices no goods.
    order_minor = models.BigIntegerField(db_default=0)
    delivered_at = models.DateTimeField(null=True)
    returned_quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    # The file's own price is nought; a total can also round to nought.
    is_free = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["import_id", "order_ref"], name="orders_staged_line")]

    def __str__(self) -> str:
        return f"{self.order_ref} {self.line_no}"


class StagedBuyer(models.Model):
    """Which customer stands behind a key that the orders' file uses for the buyer."""

    id = models.BigAutoField(primary_key=True)
    import_id = models.BigIntegerField()
    buyer = models.CharField(max_length=340)
    customer_key = models.CharField(max_length=340)
    row_no = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["import_id", "buyer"], name="orders_staged_buyer"),
        ]

    def __str__(self) -> str:
        return self.buyer
