"""Goals on the screen: all of them, one, setting it, and answering for it."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.answers import answer_change
from regulars.core.errors import NotAllowed, NotFound, Refusal
from regulars.goals import goal_words as words
from regulars.goals.actions.goals import (
    accept_goal,
    ask_again,
    hand_back_goal,
    hand_over_goal,
    put_goal_back,
    remove_goal,
    set_goal,
)
from regulars.goals.errors import NotYourGoal, OnlyOwners
from regulars.goals.forms.goals import AnswerForm, GoalForm
from regulars.goals.models import Goal
from regulars.goals.queries.breaking_even import is_setter, the_trade
from regulars.goals.queries.gaps import calls_of, calls_today
from regulars.goals.queries.goals import (
    givable_to,
    goal_for,
    goals_for,
    is_accepter,
    is_answerer,
    is_holder,
    is_orphaned,
    is_seer_of_business,
)
from regulars.goals.showing import business_of
from regulars.goals.words import amount, foreign_words
from regulars.orders.queries import is_namer_of_sellers
from regulars.team.queries import signed_in_member, the_named_business

CHANGED = "goals-changed"
# Goals that ended longer ago are behind a fold.
MOST_OVER = 50
MOST_CALLS = 10


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All goals that somebody may see: those that run, those to come, those that are over."""
    actor, business = signed_in_member(request).actor, the_named_business()
    today = business.day_of(clock.now())
    goals = goals_for(actor)
    over = goals.filter(until_on__lt=today).order_by("-until_on", "id")[:MOST_OVER]
    shown = {
        "running": rows_of(goals.running_on(today), today, business.currency),
        "coming": rows_of(goals.filter(from_on__gt=today), today, business.currency),
        "over": rows_of(over, today, business.currency),
        "may_set": is_setter(actor), "may_see_business": is_seer_of_business(actor),
        "may_name_sellers": is_namer_of_sellers(actor),
        "calls": [
            {"call": one, "usual": amount(one.usual_minor, one.goal.currency)}
            for one in calls_today(actor, today)[:MOST_CALLS]
        ],
        "call_count": calls_today(actor, today).count(),
        **(business_of(business, today) if is_seer_of_business(actor) else {}),
    }  # fmt: skip
    return render(request, "goals/home.html", shown)


def rows_of(goals: Iterable[Goal], today: date, currency: str) -> list[dict[str, Any]]:
    """Goals as their lines show them."""
    able = {one.pk for one in givable_to()}
    return [_row(goal, today, able, currency) for goal in goals]


def _row(goal: Goal, today: date, able: set[int], currency: str) -> dict[str, Any]:
    orphaned = is_orphaned(goal, able)
    return {
        "goal": goal, "group": words.group_words(goal),
        "far": words.far_words(goal, today, currency),
        "period": words.period_words(goal.from_on, goal.until_on),
        "answer": words.answer_words(goal, is_orphaned=orphaned),
        "share": words.share_of(goal), "needs": orphaned or not goal.is_accepted,
        "is_begun": goal.from_on <= today, "heading": words.heading_of(goal, today),
        "ahead": words.ahead_words(goal, today), "ahead_share": words.ahead_share(goal),
    }  # fmt: skip


@require_safe
def show(request: HttpRequest, goal_id: int) -> HttpResponse:
    """One goal: how far it is, whose it is, and what they can say to it."""
    actor = signed_in_member(request).actor
    return _shown(request, actor, goal_for(actor, goal_id))


def _shown(
    request: HttpRequest, actor: Actor, goal: Goal, form: AnswerForm | None = None,
    *, problem: Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    business = the_named_business()
    today = business.day_of(clock.now())
    [row] = rows_of([goal], today, business.currency)
    calls = list(calls_of(goal, actor))
    shown = {
        **row, "what": words.what(goal), "pace": words.pace_words(goal, today),
        "calls": [
            {"call": one, "usual": amount(one.usual_minor, goal.currency)} for one in calls
        ],
        "gap": words.gap_words(goal, [one.usual_minor for one in calls]),
        "counted": words.counts_words(goal), "exact": words.exact_words(goal),
        "progress": words.progress_of(goal), "may_set": is_setter(actor),
        "may_accept": is_accepter(actor, goal) and not goal.is_accepted,
        "may_answer": is_answerer(actor, goal), "is_over": goal.until_on < today,
        "form": form or AnswerForm(goal=goal), "problem": problem,
        "foreign": _foreign(business.currency) if is_seer_of_business(actor) else "",
    }  # fmt: skip
    return render(request, "goals/goal.html", shown, status=status)


def _foreign(currency: str) -> str:
    """That some orders count for no goal, where there are such."""
    trade = the_trade()
    return foreign_words(trade.foreign if trade else {}, currency)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Set a goal."""
    actor, at = _setting(request), clock.now()
    told = request.POST if request.method == "POST" else None
    form = GoalForm(told, actor=actor, at=at, currency=the_named_business().currency)
    if form.is_bound and form.is_valid():
        goal = _kept(form, lambda: set_goal(form.told(), by=actor, at=at))
        if goal:
            return redirect("goals:show", goal.pk)
    return render(request, "goals/write.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Change a goal: it is offered anew."""
    actor, at = _setting(request), clock.now()
    goal = goal_for(actor, goal_id)
    form = GoalForm.of(goal, actor=actor, at=at)
    if request.method == "POST":
        form = GoalForm(request.POST, actor=actor, at=at, currency=the_named_business().currency)
        if form.is_valid() and _kept(
            form, lambda: set_goal(form.told(), by=actor, at=at, goal=goal)
        ):
            return _answered(request, goal, _("Kept."))
    shown = {"form": form, "goal": goal, "what": words.what(goal)}
    return render(request, "goals/write.html", shown, status=422 if form.errors else 200)


def _kept(form: GoalForm, keep: Callable[[], Goal]) -> Goal | None:
    try:
        return keep()
    except (NotAllowed, NotFound):
        raise
    except Refusal as no:
        form.add_error(None, f"{no.sentence} {no.remedy}".strip())
        return None


@require_POST
def accept(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Take a goal on."""
    actor = _answering(request)
    goal = accept_goal(goal_for(actor, goal_id), by=actor, at=clock.now())
    undo = reverse("goals:ask_again", args=[goal.pk])
    return _answered(request, goal, _("It is yours."), undo)


@require_POST
def pass_on(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Offer a goal to a colleague, or hand it back to the owners."""
    actor, at = _answering(request), clock.now()
    goal = goal_for(actor, goal_id)
    form = AnswerForm(request.POST, goal=goal)
    if not form.is_valid():
        return _shown(request, actor, goal, form, status=422)
    to, said = form.cleaned_data["to"], form.cleaned_data["words"]
    try:
        if to:
            goal = hand_over_goal(goal, to_id=int(to), words=said, by=actor, at=at)
            return _after(request, actor, goal, _("Offered to %(name)s.") % {
                "name": goal.manager.name if goal.manager else ""
            })  # fmt: skip
        goal = hand_back_goal(goal, words=said, by=actor, at=at)
    except NotAllowed:
        raise
    except Refusal as no:
        return _shown(request, actor, goal, form, problem=no, status=422)
    undo = reverse("goals:ask_again", args=[goal.pk])
    return _answered(request, goal, _("Handed back."), undo)


def _after(request: HttpRequest, actor: Actor, goal: Goal, said: str) -> HttpResponse:
    """Helpers do not see a goal any more that went to somebody else."""
    is_theirs = goals_for(actor).filter(pk=goal.pk).exists()
    there = reverse("goals:show", args=[goal.pk]) if is_theirs else reverse("goals:home")
    return answer_change(request, said, changed=CHANGED, back_to=there)


@require_POST
def again(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Undo an answer."""
    actor = _answering(request)
    goal = ask_again(goal_for(actor, goal_id), by=actor, at=clock.now())
    return _answered(request, goal, _("As before."))


@require_POST
def take_away(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Take a goal away, with the way back beside it."""
    actor = _setting(request)
    goal = remove_goal(goal_for(actor, goal_id), by=actor, at=clock.now())
    undo = reverse("goals:put_back", args=[goal.pk])
    return answer_change(
        request, _("Taken away."), changed=CHANGED, back_to=reverse("goals:home"), undo=undo
    )


@require_POST
def put_back(request: HttpRequest, goal_id: int) -> HttpResponse:
    """Undo that."""
    actor = _setting(request)
    goal = put_goal_back(goal_for(actor, goal_id, is_removed=True), by=actor, at=clock.now())
    return _answered(request, goal, _("As before."))


def _answered(request: HttpRequest, goal: Goal, said: str, undo: str = "") -> HttpResponse:
    there = reverse("goals:show", args=[goal.pk])
    return answer_change(request, said, changed=CHANGED, back_to=there, undo=undo)


def _answering(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_holder(actor):
        raise NotYourGoal
    return actor


def _setting(request: HttpRequest) -> Actor:
    actor = signed_in_member(request).actor
    if not is_setter(actor):
        raise OnlyOwners
    return actor
