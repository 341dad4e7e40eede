"""Whose next purchase would close the gap of a goal."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q
from django.db.models.functions import Cast

from regulars.core.actor import Actor
from regulars.customers.choices import Kind
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.customers.queries.people import customers_for
from regulars.goals.choices import Answer, Counts, Whom
from regulars.goals.models import Goal, GoalCall, ProductGroup, Progress
from regulars.goals.queries.goals import customers_in, group_of
from regulars.messaging.models import Hold
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine

# So many a goal at most: more calls nobody makes for it.
MOST_CALLS = 60
# Among so many of those who buy for most at once the calls of most goals are found.
LOOKED_AT_FIRST = 2_000


def calls_for(
    goals: Iterable[Goal], progress: Mapping[int, Progress], today: date, at: datetime
) -> list[GoalCall]:
    """Of each goal that runs, was taken on and is not reached: who, until the gap is closed.

    Those are in its group, are due by their own rhythm before it ends, and are not lost; of whom
    something keeps back what sells, nobody asks for anything. Whoever usually buys for most comes
    first; each stands for one purchase as they usually make it.
    """
    asked = [
        goal for goal in goals
        if goal.from_on <= today <= goal.until_on and goal.answer == Answer.ACCEPTED
        and goal.amount_minor > progress[goal.pk].sold_minor
    ]  # fmt: skip
    if not asked:
        return []
    everybody = _due(Customer.objects.on_the_list(), today, at)
    worthiest = [pk for pk, *_rest in everybody[:LOOKED_AT_FIRST]]
    found = []
    for goal in asked:
        people = _due(_of_group(goal), today, at).filter(facts__due_on__lte=goal.until_on)
        gap = goal.amount_minor - progress[goal.pk].sold_minor
        calls, is_enough = _until_closed(goal, gap, people.filter(pk__in=worthiest))
        if not is_enough and len(worthiest) == LOOKED_AT_FIRST:
            calls, _is_enough = _until_closed(goal, gap, people)
        found += calls
    return found


def _until_closed(goal: Goal, gap: int, people: Any) -> tuple[list[GoalCall], bool]:
    """Who of these is asked, and whether nobody else would be."""
    calls, closed = [], 0
    for pk, usual, due_on in people[:MOST_CALLS]:
        if closed >= gap:
            break
        calls.append(GoalCall(goal=goal, customer_id=pk, usual_minor=usual, expected_on=due_on))
        closed += usual
    return calls, closed >= gap or len(calls) == MOST_CALLS


def _of_group(goal: Goal) -> CustomerQuerySet:
    people = customers_in(group_of(goal), goal.from_on)
    if goal.counts == Counts.OWN:
        people = people.filter(manager_id=goal.manager_id)
    if goal.counts == Counts.SOLD:
        theirs = Order.objects.filter(customer=OuterRef("pk"), kind=OrderKind.SALE)
        people = people.filter(Exists(theirs.filter(seller__member=goal.manager_id)))
    if goal.whom == Whom.GOODS and goal.goods:
        people = _who_bought(people, goal.goods)
    return people


def _due(people: CustomerQuerySet, today: date, at: datetime) -> Any:
    """Those of them who come again by their rhythm, and whom nothing keeps from being asked."""
    held = Hold.objects.standing_at(at).filter(customer=OuterRef("pk"))
    rows = people.exclude(kind=Kind.DEPARTMENT).filter(
        Q(facts__lost_on=None) | Q(facts__lost_on__gt=today), ~Exists(held),
        facts__purchase_count__gt=0, facts__spend_minor__gt=0, facts__crowd_sales=0,
        facts__due_on__isnull=False, facts__last_on__lt=today,
    )  # fmt: skip
    usual = Cast(F("facts__spend_minor") / F("facts__purchase_count"), BigIntegerField())
    return (
        rows.annotate(usual=usual)
        .filter(usual__gt=0)
        .order_by("-usual", "pk")
        .values_list("pk", "usual", "facts__due_on")
    )


def _who_bought(people: CustomerQuerySet, goods: ProductGroup) -> CustomerQuerySet:
    """Those who have bought goods of a group; of the group without words, everybody."""
    means = Q()
    for word in filter(None, (line.strip() for line in goods.words.splitlines())):
        means |= Q(sku__iexact=word) | Q(description__icontains=word)
    if not means:
        return people
    return people.filter(Exists(OrderLine.objects.filter(means, order__customer=OuterRef("pk"))))


def calls_today(actor: Actor, today: date) -> Any:
    """Whom the goals of today would have called, of customers whom this person may see: each once,
    however many goals ask for them; whoever usually buys for most first.
    """
    theirs = customers_for(actor).filter(pk=OuterRef("customer"))
    asked = GoalCall.objects.filter(
        goal__removed_at=None, goal__answer=Answer.ACCEPTED, goal__from_on__lte=today,
        goal__until_on__gte=today,
    )  # fmt: skip
    earlier = asked.filter(customer=OuterRef("customer"), goal__lt=OuterRef("goal"))
    rows = asked.filter(Exists(theirs), ~Exists(earlier))
    return rows.select_related("customer", "goal").order_by("-usual_minor", "customer_id", "pk")


def calls_of(goal: Goal, actor: Actor) -> Any:
    """The calls of one goal, of customers whom this person may see."""
    theirs = customers_for(actor).filter(pk=OuterRef("customer"))
    return GoalCall.objects.filter(Exists(theirs), goal=goal).select_related("customer")
