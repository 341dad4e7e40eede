"""Setting goals, and what those say to whom they are offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.goals.actions.breaking_even import MOST_MINOR
from regulars.goals.actions.progress import ask_for_progress
from regulars.goals.choices import OF_ONE, Answer, Counts, Whom
from regulars.goals.errors import (
    GoalChanged,
    GoalNotFound,
    GoalNotPossible,
    NotYourGoal,
    OnlyOwners,
)
from regulars.goals.models import Goal
from regulars.goals.queries.goals import Group, customers_in, givable_to, group_of
from regulars.goals.rules import may_accept, may_answer, may_set
from regulars.team.models import Member
from regulars.team.queries import the_named_business

# More goals than these at once nobody keeps in mind.
MOST_GOALS = 200
MOST_DAYS = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Told:
    """A goal as it was told."""

    group: Group
    from_on: date
    until_on: date
    amount_minor: int
    currency: str
    manager_id: int | None = None
    counts: str = Counts.ALL


@transaction.atomic
def set_goal(told: Told, *, by: Actor, at: datetime, goal: Goal | None = None) -> Goal:
    """Set a goal and offer it, or change one: changed, it is offered anew.

    Whoever gives a goal to themself has accepted it.
    """
    _check_setter(by)
    _check(told, goal)
    row = _locked(goal) if goal else _new(told, at)
    was = _asked_for(row)
    row.whom, row.tier = told.group.whom, told.group.tier
    row.segment_id, row.goods_id = told.group.segment_id, told.group.goods_id
    row.place_kind, row.place = told.group.place_kind, told.group.place
    row.from_on, row.until_on, row.counts = told.from_on, told.until_on, told.counts
    row.amount_minor, row.currency = told.amount_minor, told.currency
    row.manager_id = told.manager_id
    if goal is None or _asked_for(row) != was:
        _offer(row, by=by, at=at)
    row.save()
    audit.record("set", row, by=by, at=at, amount_minor=row.amount_minor)
    ask_for_progress(at=at)
    return row


@transaction.atomic
def set_goals(told: Sequence[Told], *, by: Actor, at: datetime) -> list[Goal]:
    """Set several at once, all or none: break-even shared out."""
    if not told:
        raise GoalNotPossible(
            _("No group is to bring anything."), _("Say how much at least one of them is to bring.")
        )
    return [set_goal(one, by=by, at=at) for one in told]


def _asked_for(goal: Goal) -> tuple[object, ...]:
    """What somebody says yes to."""
    return (
        group_of(goal), goal.from_on, goal.until_on, goal.amount_minor, goal.currency,
        goal.manager_id, goal.counts,
    )  # fmt: skip


def _offer(goal: Goal, *, by: Actor, at: datetime) -> None:
    is_own = goal.manager_id is not None and goal.manager_id == by.member_id
    goal.answer = Answer.ACCEPTED if is_own else Answer.OFFERED
    goal.answered_at = at if is_own else None
    goal.words, goal.said_by = "", None


@transaction.atomic
def accept_goal(goal: Goal, *, by: Actor, at: datetime) -> Goal:
    """Say yes to a goal: from then on it is theirs, and Today brings the calls for it."""
    row = _locked(goal)
    if not may_accept(by, row):
        raise NotYourGoal
    if row.manager_id is None:
        raise GoalNotPossible(_("Nobody has this goal yet."), _("Give it to somebody first."))
    row.answer, row.answered_at = Answer.ACCEPTED, at
    row.save(update_fields=["answer", "answered_at"])
    audit.record("accepted", row, by=by, at=at)
    ask_for_progress(at=at)
    return row


@transaction.atomic
def hand_over_goal(goal: Goal, *, to_id: int, words: str, by: Actor, at: datetime) -> Goal:
    """Offer a goal to a colleague in one's place; they say yes or no to it."""
    row = _answering(goal, by)
    if to_id == row.manager_id:
        raise GoalNotPossible(_("They have it already."), _("Choose somebody else."))
    _check_manager(to_id)
    row.manager_id = to_id
    _offer(row, by=by, at=at)
    row.words, row.said_by_id = words, by.member_id
    row.save()
    audit.record("handed over", row, by=by, at=at, to=to_id)
    ask_for_progress(at=at)
    return row


@transaction.atomic
def hand_back_goal(goal: Goal, *, words: str, by: Actor, at: datetime) -> Goal:
    """Say no to a goal and why: the owners decide what becomes of it."""
    row = _answering(goal, by)
    if not words.strip():
        raise GoalNotPossible(
            _("Say in a word why you hand it back."), _("Then the owners know what to change.")
        )
    row.answer, row.answered_at = Answer.RETURNED, at
    row.words, row.said_by_id = words, by.member_id
    row.save(update_fields=["answer", "answered_at", "words", "said_by"])
    audit.record("handed back", row, by=by, at=at)
    return row


@transaction.atomic
def ask_again(goal: Goal, *, by: Actor, at: datetime) -> Goal:
    """Undo an answer: the goal is offered as it was."""
    row = _answering(goal, by)
    row.answer, row.answered_at, row.words, row.said_by = Answer.OFFERED, None, "", None
    row.save(update_fields=["answer", "answered_at", "words", "said_by"])
    audit.record("asked again", row, by=by, at=at)
    return row


@transaction.atomic
def remove_goal(goal: Goal, *, by: Actor, at: datetime) -> Goal:
    """Take a goal away; it can be put back."""
    _check_setter(by)
    row = _locked(goal)
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    audit.record("removed", row, by=by, at=at)
    return row


@transaction.atomic
def put_goal_back(goal: Goal, *, by: Actor, at: datetime) -> Goal:
    """Undo that."""
    _check_setter(by)
    row = _locked(goal)
    row.removed_at = None
    row.save(update_fields=["removed_at"])
    audit.record("put back", row, by=by, at=at)
    ask_for_progress(at=at)
    return row


def _check_setter(by: Actor) -> None:
    if not may_set(by):
        raise OnlyOwners


def _locked(goal: Goal) -> Goal:
    row = Goal.objects.select_for_update().filter(pk=goal.pk).first()
    if row is None:
        raise GoalNotFound
    return row


def _answering(goal: Goal, by: Actor) -> Goal:
    row = _locked(goal)
    # Somebody else may have been given it since the page was opened.
    if row.manager_id != goal.manager_id:
        raise GoalChanged
    if not may_answer(by, row):
        raise NotYourGoal
    return row


def _new(told: Told, at: datetime) -> Goal:
    if Goal.objects.standing().filter(until_on__gte=told.from_on).count() >= MOST_GOALS:
        raise GoalNotPossible(
            _("There are %(most)s goals already.") % {"most": MOST_GOALS},
            _("Take away those that nobody looks at."),
        )
    return Goal(created_at=at)


def _check(told: Told, goal: Goal | None) -> None:
    business = the_named_business()
    if told.currency != business.currency:
        raise GoalNotPossible(
            _("This goal is in %(told)s, but the business counts in %(currency)s.")
            % {"told": told.currency, "currency": business.currency},
            _("Regulars knows no rates of exchange: set it in %(currency)s.")
            % {"currency": business.currency},
        )
    if not 0 < told.amount_minor <= MOST_MINOR:
        raise GoalNotPossible(
            _("A goal of nought is reached already."), _("Say how much they are to bring.")
        )
    if told.until_on < told.from_on:
        raise GoalNotPossible(_("A goal ends on the day on which it begins, or later."))
    if told.until_on - told.from_on > MOST_DAYS:
        raise GoalNotPossible(
            _("Three years are longer than anybody can see ahead."), _("Set it for a year at most.")
        )
    if told.counts in OF_ONE and told.manager_id is None:
        raise GoalNotPossible(
            _("Whose sales count, as long as nobody has the goal?"),
            _("Give it to somebody, or count all that the group buys."),
        )
    if told.manager_id is not None and (goal is None or goal.manager_id != told.manager_id):
        _check_manager(told.manager_id)
    _check_group(told)


def _check_group(told: Told) -> None:
    group = told.group
    if group.whom in (Whom.EVERYBODY, Whom.GOODS):
        return
    if not customers_in(group, told.from_on).exists():
        raise GoalNotPossible(
            _("Nobody is in this group, so that no goal for it can be reached."),
            _("Choose another one, or look at its customers on the list."),
        )


def _check_manager(member_id: int) -> None:
    if member_id in {one.pk for one in givable_to()}:
        return
    gone = Member.objects.filter(pk=member_id).first()
    name = gone.name if gone else _("Whoever that was")
    raise GoalNotPossible(
        _("%(name)s is not on the team any more, or only looks on.") % {"name": name},
        _("Give the goal to somebody who looks after customers."),
    )
