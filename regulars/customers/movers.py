"""What of a customer goes over to the one whom they turn out to be."""

from dataclasses import dataclass
from datetime import datetime

from regulars.core.before_images import changing
from regulars.core.bulk import run_sql
from regulars.core.models import Operation
from regulars.core.movers import Redirect, Reparent, Stays, register_mover
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    CustomValue,
    Duplicate,
    Interest,
    ManagerChange,
    Merge,
    Reference,
    Relation,
    StagedCustomer,
)


@dataclass(frozen=True, slots=True)
class Points(Reparent):
    """Ways to reach them; the one who stays keeps the one that we use first."""

    def move(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> int:
        whose = ("t.customer_id = %s AND t.is_primary", [from_id])
        with changing(operation, ContactPoint, ["is_primary"], whose):
            run_sql(
                "UPDATE customers_contactpoint AS t SET is_primary = FALSE"
                " WHERE t.customer_id = %s AND t.is_primary AND EXISTS (SELECT 1"
                " FROM customers_contactpoint o WHERE o.customer_id = %s AND o.kind = t.kind"
                " AND o.is_primary)",
                [from_id, to_id],
            )
        # Named: a class with slots is made anew, and `super()` would not find it.
        return Reparent.move(self, operation, from_id, to_id, at)


_STANDING_ONCE = "o.kind = t.kind AND o.until_on IS NULL AND t.until_on IS NULL AND o.{0} = t.{0}"
# Of a field with several choices all are kept; of any other the one who stays has the word.
_ANSWERED = (
    "o.field_id = t.field_id AND (o.text = t.text OR NOT EXISTS (SELECT 1"
    " FROM customers_customfield f WHERE f.id = t.field_id AND f.kind = 'choices'))"
)
_STILL_TRUE = "o.kind = t.kind AND o.folded = t.folded AND o.is_still_true AND t.is_still_true"

register_mover(Points(ContactPoint, same=("kind", "normal")))
register_mover(Reparent(Reference))
register_mover(Reparent(CustomerTag, same=("tag_id",)))
register_mover(Reparent(CustomValue, clash=_ANSWERED))
register_mover(Reparent(Interest, clash=_STILL_TRUE))
# Nobody stands to themselves in any way: what joined the two stays behind.
register_mover(
    Reparent(
        Relation, "of_id", clash=_STANDING_ONCE.format("to_id"), is_kept_back="t.to_id = %(to)s"
    )
)
register_mover(
    Reparent(
        Relation, "to_id", clash=_STANDING_ONCE.format("of_id"), is_kept_back="t.of_id = %(to)s"
    )
)
register_mover(Redirect(StagedCustomer))
register_mover(
    Stays(ManagerChange, "undoing a change of manager gives each card back to whom it was with")
)
register_mover(Stays(Customer, "whoever points to a merged one is led on", "merged_into_id"))
register_mover(Stays(Duplicate, "it says of which two it was thought", "low_id"))
register_mover(Stays(Duplicate, "it says of which two it was thought", "high_id"))
register_mover(Stays(Merge, "it says which two were merged", "survivor_id"))
register_mover(Stays(Merge, "it says which two were merged", "merged_id"))
