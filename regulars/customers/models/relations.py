"""How customers stand to each other: who works where, who serves whom, since when."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from regulars.customers.choices import RelationKind
from regulars.customers.models.people import Customer


class RelationQuerySet(models.QuerySet["Relation"]):
    def holding_on(self, day: date) -> Self:
        """Those that have begun by that day, and have not ended."""
        return self.filter(
            Q(since_on=None) | Q(since_on__lte=day), Q(until_on=None) | Q(until_on__gt=day)
        )

    def touching(self, customer_id: int) -> Self:
        """In both directions."""
        return self.filter(Q(of_id=customer_id) | Q(to_id=customer_id))


class Relation(models.Model):
    """`of` stands to `to` as the kind says; `until_on` is the first day on which it no longer did.

    A department that serves a customer is one of these: being late with the one shows on the other.
    """

    kind = models.CharField(max_length=12, choices=RelationKind)
    of = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="relations")
    to = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="relations_back")
    since_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=40, default="desk")
    created_at = models.DateTimeField()

    objects = RelationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of", "to", "kind"],
                condition=Q(until_on=None),
                name="customers_relation_once",
            ),
            models.CheckConstraint(condition=~Q(of=F("to")), name="customers_relation_two"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(since_on=None) | Q(until_on__gte=F("since_on")),
                name="customers_relation_forward",
            ),
        ]
        indexes = [models.Index(fields=["kind", "to"], name="customers_relation_by_to")]

    def __str__(self) -> str:
        return f"{self.of_id} {self.kind} {self.to_id}"
