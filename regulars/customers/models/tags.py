"""Words that the business sticks on customers."""

from django.db import models

from regulars.customers.choices import TagColour
from regulars.customers.models.people import Customer


class Tag(models.Model):
    """One word for some customers, with a colour; `folded` is what is compared."""

    name = models.CharField(max_length=60)
    folded = models.CharField(max_length=60, unique=True)
    colour = models.CharField(max_length=8, choices=TagColour, default=TagColour.GREY)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class CustomerTag(models.Model):
    """A tag on a customer."""

    id = models.BigAutoField(primary_key=True)
    # Both are found by the constraint and the index below.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="tagged", db_index=False
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged", db_index=False)
    source = models.CharField(max_length=40, default="desk")
    tagged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "tag"], name="customers_tag_once"),
        ]
        indexes = [models.Index(fields=["tag", "customer"], name="customers_by_tag")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.customer_id}"
