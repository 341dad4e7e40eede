"""What customers expect of us now."""

from typing import Self

from django.db import models
from django.db.models import Q

from regulars.care.choices import Matter, Source
from regulars.customers.models import Customer
from regulars.team.models import Member


class ExpectationQuerySet(models.QuerySet["Expectation"]):
    def current(self) -> Self:
        """The newest answer of each customer, about all that they buy."""
        return self.filter(is_current=True, key="")

    def current_of_products(self) -> Self:
        """The newest answer of each about one product alone."""
        return self.filter(is_current=True).exclude(key="")


class Expectation(models.Model):
    """What one customer said matters most to them on one day: of all they buy or one product."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="expectations")
    what = models.CharField(max_length=10, choices=Matter.choices)
    words = models.CharField(max_length=500, blank=True)
    # Of this product alone; empty: of all that they buy. `key` is the same as it is compared.
    product = models.CharField(max_length=100, blank=True, db_default="")
    key = models.CharField(max_length=100, blank=True, db_default="")
    source = models.CharField(max_length=5, choices=Source.choices)
    said_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    # The link by which it was answered: answering again by the same changes this answer.
    link = models.CharField(max_length=60, blank=True)
    is_current = models.BooleanField(default=True)

    objects = ExpectationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "key"], condition=Q(is_current=True), name="care_current_once"
            ),
            models.UniqueConstraint(
                fields=["link", "key"], condition=~Q(link=""), name="care_link_once"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["customer", "-said_at", "-id"], name="care_by_customer"),
            models.Index(
                fields=["what", "customer"], condition=Q(is_current=True), name="care_by_what"
            ),
            models.Index(
                fields=["key", "what", "customer"], condition=Q(is_current=True) & ~Q(key=""),
                name="care_by_product",
            ),
            models.Index(
                fields=["-said_at"], condition=Q(is_current=True), name="care_newest"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.what} to {self.customer_id}"
