"""The list: customers, their households, how to reach them, and who serves whom."""

from typing import Self

from django.db import models
from django.db.models import Q

from regulars.customers.choices import Kind, PointKind, PointState
from regulars.team.models import Member


class Household(models.Model):
    """Customers who live at one address and share letters."""

    name = models.CharField(max_length=200)
    source = models.CharField(max_length=40, default="desk")

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(models.QuerySet["Customer"]):
    def on_the_list(self) -> Self:
        """Everyone who has not been archived."""
        return self.filter(archived_at=None)

    def looked_after_by(self, member_id: int) -> Self:
        return self.filter(manager_id=member_id)


class Customer(models.Model):
    """A person, an organisation, or a department of our own that we serve."""

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.TextField()
    given_name = models.TextField(blank=True)
    family_name = models.TextField(blank=True)
    # Case-folded, so that the list sorts as people expect on both databases.
    sort_name = models.CharField(max_length=200)
    # What search looks in: folded names, addresses and digits, kept by the actions that write them.
    search_text = models.TextField(blank=True)
    household = models.ForeignKey(
        Household, on_delete=models.SET_NULL, null=True, blank=True, related_name="members"
    )
    # Indexed below, with the name; a plain index beside that would be taken instead, and is slower.
    manager = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    since_on = models.DateField(null=True, blank=True)
    about = models.TextField(blank=True)
    source = models.CharField(max_length=40, default="desk")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["sort_name", "id"], name="customers_by_name", condition=Q(archived_at=None)
            ),
            models.Index(
                fields=["manager", "sort_name", "id"],
                name="customers_by_manager",
                condition=Q(archived_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        return self.given_name or self.name


class Reference(models.Model):
    """How another system names this customer: the number in the till, in the shop, in a list."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="references")
    source = models.CharField(max_length=40)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "value"], name="customers_reference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"


class ContactPoint(models.Model):
    """One way to reach a customer. `value` is as it was given, `normal` is what is compared."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=8, choices=PointKind)
    value = models.TextField()
    normal = models.CharField(max_length=320)
    # Knows an address or a number without telling it; what is suppressed is found by it.
    seal = models.CharField(max_length=32, blank=True)
    label = models.CharField(max_length=40, blank=True)
    street = models.TextField(blank=True)
    postcode = models.CharField(max_length=40, blank=True)
    city = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=100, blank=True)
    is_primary = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=PointState, default=PointState.USABLE)
    source = models.CharField(max_length=40, default="desk")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "normal"], name="customers_point_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["email", "phone"]) | ~Q(seal=""),
                name="customers_point_sealed",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "normal"], name="customers_point_by_normal"),
            models.Index(fields=["seal"], name="customers_point_by_seal"),
        ]

    def __str__(self) -> str:
        return self.value


class Service(models.Model):
    """A department serves a customer: being late with the one shows on the other."""

    department = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="serves")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="served_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["department", "customer"], name="customers_service_once"
            ),
            models.CheckConstraint(
                condition=~Q(department=models.F("customer")), name="customers_service_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} serves {self.customer_id}"


class Assignment(models.Model):
    """One change of manager, for one customer or a selection; kept so that it can be undone."""

    to = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    count = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.count} to {self.to_id}"


class ManagerChange(models.Model):
    """Who looked after one customer before an assignment."""

    id = models.BigAutoField(primary_key=True)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="changes")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="manager_changes")
    before = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.customer_id} from {self.before_id}"


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
    leader_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
    is_new = models.BooleanField(default=False)
    is_changed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["import_id", "key"], name="customers_staged_once"),
        ]
        indexes = [
            models.Index(fields=["import_id", "email_normal"], name="customers_staged_email"),
            models.Index(fields=["import_id", "phone_normal"], name="customers_staged_phone"),
            models.Index(fields=["import_id", "customer_id"], name="customers_staged_known"),
        ]

    def __str__(self) -> str:
        return self.key
