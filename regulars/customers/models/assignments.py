"""Who looked after whom, and since which change."""

from django.db import models

from regulars.customers.models.people import Customer
from regulars.team.models import Member


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
