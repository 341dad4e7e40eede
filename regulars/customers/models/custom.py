"""Fields that a business makes for itself, and what its customers have in them."""

from django.db import models
from django.db.models import Q

from regulars.customers.choices import CustomKind
from regulars.customers.models.people import Customer

# PostgreSQL indexes rows of at most 2,704 bytes, and a letter takes up to four.
LONGEST_CUSTOM_TEXT = 500


class CustomField(models.Model):
    """A field of the business's own. The key never changes; the label may, at any time.

    `choices` are {"key", "label"}: customers keep the key, so that a choice can be renamed too.
    """

    key = models.CharField(max_length=60, unique=True)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=CustomKind)
    choices = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label

    @property
    def name(self) -> str:
        """What texts, filters and files call it: no field of ours begins so."""
        return f"own_{self.key}"

    @property
    def labels(self) -> dict[str, str]:
        return {choice["key"]: choice["label"] for choice in self.choices}


class CustomValue(models.Model):
    """What one customer has in one field, in the column of its kind; one row for each choice.

    `text` holds text, links and keys of choices; `minor` money, in the business's currency.
    """

    id = models.BigAutoField(primary_key=True)
    # Both are found by the constraint and the indexes below.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="custom_values", db_index=False
    )
    field = models.ForeignKey(
        CustomField, on_delete=models.CASCADE, related_name="values", db_index=False
    )
    text = models.CharField(max_length=LONGEST_CUSTOM_TEXT, blank=True, db_default="")
    # Fifteen digits are what SQLite gives back as they were.
    number = models.DecimalField(max_digits=15, decimal_places=4, null=True)
    minor = models.BigIntegerField(null=True)
    day = models.DateField(null=True)
    flag = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "field", "text"], name="customers_custom_once"
            ),
        ]
        indexes = [
            models.Index(fields=["field", "text"], name="customers_custom_text"),
            models.Index(
                fields=["field", "number"],
                name="customers_custom_number",
                condition=Q(number__isnull=False),
            ),
            models.Index(
                fields=["field", "minor"],
                name="customers_custom_minor",
                condition=Q(minor__isnull=False),
            ),
            models.Index(
                fields=["field", "day"], name="customers_custom_day", condition=Q(day__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.customer_id}"
