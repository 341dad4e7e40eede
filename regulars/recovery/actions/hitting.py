"""Who is hit by a disruption that does not hit everybody, those who come in later among them."""

from array import array
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Max

from regulars.core import jobs
from regulars.customers.models import Customer
from regulars.messaging.actions.many_holds import hold_those
from regulars.recovery.actions.disruptions import LOOK_JOB
from regulars.recovery.models import Disruption
from regulars.recovery.queries.disruptions import customers_hit


def look_whom_it_hits(
    disruption: Disruption, *, at: datetime, heard: Callable[[int], None] | None = None
) -> int:
    """Hold what sells to whoever is hit by now; returns how many are held anew.

    Whoever was hit once is held until the disruption ends, even if they are hit no longer.
    """
    if disruption.is_everybody or disruption.is_drill or not disruption.is_standing:
        return 0
    highest = Customer.objects.aggregate(highest=Max("pk"))["highest"] or 0
    hit = customers_hit(disruption.segment, at).order_by().values_list("pk", flat=True)
    ids = array("q", hit.iterator(chunk_size=20_000))
    count = hold_those(ids, source=disruption.name, looked_up_to=highest, at=at, heard=heard)
    Disruption.objects.filter(pk=disruption.pk).update(hit_count=len(ids), hit_looked_at=at)
    return count


def leave_looking(*, at: datetime) -> int:
    """See that everybody is looked at again for each disruption that hits only some.

    Once a minute, when the minute is over, however much changed in it.
    """
    minute = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    partial = Disruption.objects.standing().in_earnest().filter(is_everybody=False)
    ids = list(partial.values_list("pk", flat=True))
    for pk in ids:
        jobs.enqueue(
            LOOK_JOB, at=minute, unique_key=f"{LOOK_JOB}:{pk}:{minute.isoformat()}", disruption=pk
        )
    return len(ids)
