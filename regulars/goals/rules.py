"""Who may see what the business costs and has to bring, and who sets it."""

from regulars.core.actor import MANAGER, OWNER, VIEWER, Actor
from regulars.goals.models import Goal, GoalQuerySet


def may_see_business(actor: Actor) -> bool:
    """Costs, margins and the goals of all are for those who see the whole list."""
    return actor.role in (OWNER, MANAGER, VIEWER)


def may_set(actor: Actor) -> bool:
    """What it costs, what is to be reached and by whom: the owners say so."""
    return actor.role == OWNER


def visible_to(goals: GoalQuerySet, actor: Actor) -> GoalQuerySet:
    """All goals for those who see the whole list; for helpers their own."""
    if may_see_business(actor):
        return goals
    return goals.filter(manager_id=actor.member_id or 0)


def may_answer(actor: Actor, goal: Goal) -> bool:
    """The one to whom it was offered; owners pass it on for whoever cannot."""
    return may_set(actor) or (actor.member_id is not None and actor.member_id == goal.manager_id)


def may_have_goals(actor: Actor) -> bool:
    """Whoever can look after customers; viewers only look on."""
    return actor.role != VIEWER


def may_accept(actor: Actor, goal: Goal) -> bool:
    """Nobody says yes for another."""
    return actor.kind != "staff" or actor.member_id == goal.manager_id
