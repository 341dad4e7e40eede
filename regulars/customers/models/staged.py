"""Customers as files name them, until they are brought in."""

from django.db import models


class StagedCustomer(models.Model):
    """A customer as one import's files name them, until they are brought in; then emptied."""

    id = models.BigAutoField(primary_key=True)
    import_id = models.BigIntegerField()
    # What makes rows of one import speak of the same customer: "r:" the reference, "e:" the
    # address, "p:" the number or "n:" the name, the first of these that the row has.
    key = models.CharField(max_length=340)
    row_no = models.BigIntegerField()
    row_count = models.IntegerField(default=1)
    reference = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    name = models.TextField()
    given_name = models.TextField()
    family_name = models.TextField()
    sort_name = models.CharField(max_length=200)
    email = models.TextField()
    email_normal = models.CharField(max_length=320)
    email_state = models.CharField(max_length=8)
    email_seal = models.CharField(max_length=32, blank=True)
    phone = models.TextField()
    phone_normal = models.CharField(max_length=320)
    phone_state = models.CharField(max_length=8)
    phone_seal = models.CharField(max_length=32, blank=True)
    street = models.TextField()
    postcode = models.CharField(max_length=40)
    city = models.CharField(max_length=200)
    region = models.CharField(max_length=200)
    country = models.CharField(max_length=100)
    about = models.TextField()
    since_on = models.DateField(null=True)
    says_email = models.CharField(max_length=3)
    says_text = models.CharField(max_length=3)
    says_chat = models.CharField(max_length=3)
    # How and when they agreed, as far as the file tells.
    says_email_source = models.CharField(max_length=200, db_default="")
    says_email_at = models.DateTimeField(null=True)
    says_text_source = models.CharField(max_length=200, db_default="")
    says_text_at = models.DateTimeField(null=True)
    says_chat_source = models.CharField(max_length=200, db_default="")
    says_chat_at = models.DateTimeField(null=True)
    # As `naming.search_text_of` makes it; none where rows were put together, or nobody is named.
    search_text = models.TextField(db_default="")
    # The first row that means the same customer, where another came before.
    leader_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    # Whoever is not found on the list or in an earlier row is new.
    is_new = models.BooleanField(default=True)
    is_changed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["import_id", "key"], name="customers_staged_once"),
        ]
        # No other index: each would be kept up for a million rows, to be asked a few times.

    def __str__(self) -> str:
        return self.key


class StagedDetail(models.Model):
    """What else a row says of a staged customer: `kind` is that of a contact point, `tag`, `own`
    (a field of the business's own, whose number is the label) or that of an interest.
    """

    id = models.BigAutoField(primary_key=True)
    import_id = models.BigIntegerField()
    key = models.CharField(max_length=340)
    row_no = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    label = models.CharField(max_length=40)
    value = models.TextField()
    normal = models.CharField(max_length=320)
    seal = models.CharField(max_length=32)
    state = models.CharField(max_length=8)
    street = models.TextField()
    postcode = models.CharField(max_length=40)
    city = models.CharField(max_length=200)
    region = models.CharField(max_length=200)
    country = models.CharField(max_length=100)
    # What was noted beside it, as JSON: days, words, where it was heard.
    beside = models.TextField(db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["import_id", "key", "kind", "normal"], name="customers_detail_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
