"""What planning does when something happened elsewhere."""

from datetime import datetime

from regulars.core.events import receives
from regulars.core.jobs import enqueue
from regulars.insight.events import FactsRefreshed
from regulars.planning.queries import is_begun
from regulars.team.queries import the_business


@receives(FactsRefreshed, name="planning.plan_on_new_facts")
def plan_on_new_facts(_fact: FactsRefreshed, at: datetime) -> None:
    """New facts may change whom to reach; a list that someone has begun is left as it is."""
    business = the_business()
    if business is None:
        return
    today = business.day_of(at)
    if not is_begun(today):
        enqueue("planning.make_plans", at=at, day=today.isoformat())
