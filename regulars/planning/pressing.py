"""Who cannot wait for tomorrow's list: put first on today's, where there is one."""

from datetime import datetime

from django.db import transaction

from regulars.planning.candidates import Candidate, DayAhead, due_customers
from regulars.planning.choices import ItemState
from regulars.planning.choosing import day_ahead, item_of
from regulars.planning.details import known_of
from regulars.planning.knapsack import best_use
from regulars.planning.letting_go import call_back_for
from regulars.planning.means import weigh_means
from regulars.planning.models import Plan, PlanItem
from regulars.planning.refilling import locked_plan
from regulars.planning.refusing import leave_out_refused
from regulars.team.queries import members_who_look_after, the_named_business

# What is put first: reasons in which somebody waits for us and knows it.
FIRST = frozenset({"case_waiting", "case_about_to_break"})


def put_first(customer_id: int, *, at: datetime) -> PlanItem | None:
    """Put a customer first on today's list of whoever looks after them; done twice it is once.

    Nothing where there is no list yet (it will be made with them), or they were reached today.
    """
    business = the_named_business()
    members = members_who_look_after()
    ahead = day_ahead(business, members, {one.pk: 0 for one in members}, business.day_of(at))
    # Nobody who waits for an answer gets a text that goes by itself.
    call_back_for(customer_id, at=at)
    found = _candidate(customer_id, ahead)
    if found is None or found.reason not in FIRST:
        return None
    plan = Plan.objects.filter(member=found.member_id, day=ahead.day).first()
    known = known_of([found], ahead).get(found.key)
    if plan is None or known is None:
        return None
    item = item_of(found, known, best_use(found.options), ItemState.OPEN, ahead.day)
    return _put(plan, item)


def _candidate(customer_id: int, ahead: DayAhead) -> Candidate | None:
    dues = due_customers(ahead, only=customer_id)
    weigh_means(dues, ahead)
    leave_out_refused(dues, ahead)
    return next((due.candidates[0] for due in dues.values() if due.candidates), None)


@transaction.atomic
def _put(plan: Plan, item: PlanItem) -> PlanItem | None:
    locked_plan(plan.pk)
    standing = plan.items.filter(customer_id=item.customer_id).first()
    if standing is not None and standing.state not in (ItemState.OPEN, ItemState.WAITING):
        return None
    if standing is not None:
        item.pk = standing.pk
    item.plan, item.position = plan, 0
    item.save()
    return item
