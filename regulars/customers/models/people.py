"""Customers, their households, and how other systems name them."""

from typing import Self

from django.db import models
from django.db.models import Q

from regulars.customers.choices import Kind
from regulars.team.models import Member


class Household(models.Model):
    """Customers who live at one address and share letters; letters go to its name."""

    name = models.CharField(max_length=200)
    # As it was given, then its parts: each member has it as an address of theirs too.
    address = models.TextField(blank=True, db_default="")
    street = models.TextField(blank=True, db_default="")
    postcode = models.CharField(max_length=40, blank=True, db_default="")
    city = models.CharField(max_length=200, blank=True, db_default="")
    region = models.CharField(max_length=200, blank=True, db_default="")
    country = models.CharField(max_length=100, blank=True, db_default="")
    source = models.CharField(max_length=40, default="desk")

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(models.QuerySet["Customer"]):
    def on_the_list(self) -> Self:
        """Everyone who has not been archived."""
        return self.filter(archived_at=None)

    def still_there(self) -> Self:
        """Everyone, archived or not, who was not deleted, erased or merged into another."""
        return self.filter(deleted_at=None, erased_at=None, merged_into=None)

    def in_the_trash(self) -> Self:
        """Deleted, and not yet gone for good."""
        return self.filter(deleted_at__isnull=False, erased_at=None)

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
    # Indexed below without the many who have none: a plain index of them would be walked, and all
    # of them sorted, where the list is walked by name. The same holds for the manager, and a list
    # that comes in has none.
    household = models.ForeignKey(
        Household, on_delete=models.SET_NULL, null=True, blank=True, related_name="members",
        db_index=False,
    )  # fmt: skip
    manager = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    since_on = models.DateField(null=True, blank=True)
    about = models.TextField(blank=True)
    source = models.CharField(max_length=40, default="desk")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    # Whoever is deleted, erased or merged is archived as well, so that one test leaves them out.
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged_from",
        db_index=False,
    )  # fmt: skip

    objects = CustomerQuerySet.as_manager()

    class Meta:
        indexes = [
            # The manager stands in it so that those whom nobody looks after are met without a look
            # at everybody's row.
            models.Index(
                fields=["sort_name", "id", "manager"],
                name="customers_by_name",
                condition=Q(archived_at=None),
            ),
            models.Index(
                fields=["manager", "sort_name", "id"],
                name="customers_by_manager",
                condition=Q(archived_at=None, manager__isnull=False),
            ),
            models.Index(
                fields=["deleted_at", "id"],
                name="customers_in_the_trash",
                condition=Q(deleted_at__isnull=False),
            ),
            models.Index(
                fields=["archived_at", "id"],
                name="customers_archived",
                condition=Q(
                    archived_at__isnull=False, deleted_at=None, erased_at=None, merged_into=None
                ),
            ),
            models.Index(
                fields=["household"],
                name="customers_by_household",
                condition=Q(household__isnull=False),
            ),
            models.Index(
                fields=["merged_into"],
                name="customers_merged_into",
                condition=Q(merged_into__isnull=False),
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
