"""What lower rooms must know of the rooms above them, registered at start."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from regulars.core import jobs
from regulars.core.events import receives
from regulars.customers.models import Customer
from regulars.desk.audience import NAME, CustomersList
from regulars.desk.list_health import COUNT_HEALTH
from regulars.intake.events import ImportFinished, ImportUndone
from regulars.messaging.audiences import audiences
from regulars.orders.models import Order
from regulars.team.queries import amounts_kept, looked_after


def customers_of(member_ids: Iterable[int]) -> dict[int, int]:
    """How many customers each of these members looks after."""
    theirs = Customer.objects.on_the_list().filter(manager_id__in=list(member_ids))
    rows = theirs.order_by().values("manager_id").annotate(count=Count("id"))
    return {row["manager_id"]: row["count"] for row in rows}


def has_orders() -> bool:
    return Order.objects.exists()


@receives(ImportFinished, name="desk.health_after_import")
def health_after_import(fact: ImportFinished, at: datetime) -> None:
    """A file that came in changes what there is to mend: count it, once for each import."""
    if fact.created or fact.updated:
        jobs.enqueue(COUNT_HEALTH, at=at, unique_key=f"{COUNT_HEALTH}:import:{fact.import_id}")


@receives(ImportUndone, name="desk.health_after_undo")
def health_after_undo(fact: ImportUndone, at: datetime) -> None:
    """So does one that was taken back."""
    if fact.taken_away or fact.put_back:
        jobs.enqueue(COUNT_HEALTH, at=at, unique_key=f"{COUNT_HEALTH}:undo:{fact.import_id}")


looked_after.register("customers", customers_of)
amounts_kept.register("orders", has_orders)
audiences.register(NAME, CustomersList())
