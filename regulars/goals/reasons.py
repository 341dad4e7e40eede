"""A goal that somebody took on and that is not reached is a reason to get in touch."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import CharField, F, FloatField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source
from regulars.goals.choices import Answer
from regulars.goals.goal_words import far_words, group_words
from regulars.goals.models import Goal, GoalCall
from regulars.goals.words import amount
from regulars.team.queries import the_named_business

# Less than a first purchase (1.4), a little more than a cadence that has run out (1.0): it sells.
URGENCY = 1.1


def gap_calls(asked: ReasonDay) -> QuerySet[GoalCall, Any]:
    """Those whose next purchase brings a goal of these days nearer."""
    rows = GoalCall.objects.filter(
        goal__removed_at=None, goal__answer=Answer.ACCEPTED, goal__from_on__lte=asked.day,
        goal__until_on__gte=asked.day,
    )  # fmt: skip
    return rows.order_by().values(
        "customer_id",
        overdue=Value(1.0, output_field=FloatField()),
        due_on=F("goal__from_on"),
        subject=Concat(
            Cast("goal_id", CharField()), Value(":"), Cast("usual_minor", CharField()),
            output_field=CharField(),
        ),
    )  # fmt: skip


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    """Which goal it is, how far it is, and what a purchase of theirs would bring."""
    ids = {int(one.partition(":")[0]) for one in subjects}
    goals = Goal.objects.select_related("segment", "goods", "manager", "progress").in_bulk(ids)
    return {
        subject: _told(goals[int(goal_id)], int(usual))
        for subject in subjects
        for goal_id, _colon, usual in [subject.partition(":")]
        if int(goal_id) in goals
    }


def _told(goal: Goal, usual_minor: int) -> Told:
    page, words = reverse("goals:show", args=[goal.pk]), _("See the goal")
    if goal.removed_at is not None or not goal.is_accepted:
        return Told(_("A goal asked for this call; it stands no longer."), (), page, words)
    business = the_named_business()
    day = goal.progress.until_on if hasattr(goal, "progress") else goal.from_on
    why = _("%(group)s: %(far)s A purchase as they usually make it brings about %(usual)s.") % {
        "group": group_words(goal), "far": far_words(goal, day, business.currency),
        "usual": amount(usual_minor, goal.currency),
    }  # fmt: skip
    lines = (
        Line(_("Ask how the last one was, before you ask for anything.")),
        Line(_("Ask what they need next, and offer to put it by.")),
        Line(_("If it is a no, thank them and leave it there.")),
    )
    return Told(why, lines, page, words)


register_source(
    ReasonSource(
        name="goal_gap", purpose="sell", urgency=URGENCY, rows=gap_calls, describe=describe,
        listed=("insight.spend",), label=gettext_lazy("A goal is not reached yet"),
    )
)  # fmt: skip
