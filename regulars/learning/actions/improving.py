"""What is done about a cause or a theme: said, moved on, taken back, and looked at afterwards."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isinf
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from regulars.cases.models import Cause
from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.learning.chance import ratio_of
from regulars.learning.choices import About, Stage
from regulars.learning.errors import ImprovementChangedSince, ImprovementUnclear
from regulars.learning.models import Improvement, ImprovementLook
from regulars.learning.queries.improvements import (
    OPEN,
    beside,
    last_text_on,
    members_who_improve,
)
from regulars.learning.queries.themes import every_theme
from regulars.learning.rules import may_improve, may_move, may_see_causes
from regulars.orders.models import Order
from regulars.team.models import Business, Member
from regulars.team.queries import the_named_business
from regulars.verdicts.looks import ALPHAS, day_of_look, latest_due

JOB = "learning.look"
LONGEST = 300
# Whoever has more of them under way finishes none.
MOST_OPEN = 200
# Four weeks, a quarter, half a year.
WINDOWS = (28, 91, 182)
KEPT = (
    "about", "cause_id", "theme", "action", "owner_id", "due_on", "stage", "window_days", "done_on",
)  # fmt: skip
# What the looks depend on: another of these, and what was seen before says nothing.
_LOOKED_BY = ("about", "cause_id", "theme", "window_days", "done_on")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done about what (`cause:3`, `theme:late`), by whom, by when."""

    about: str
    action: str
    owner_id: int | None = None
    due_on: date | None = None
    window_days: int = 91


@transaction.atomic
def add_improvement(plan: Plan, *, by: Actor, at: datetime) -> Improvement:
    """Write down what is to be done about a cause or a theme."""
    _check_may(by)
    if Improvement.objects.filter(stage__in=OPEN).count() >= MOST_OPEN:
        raise ImprovementUnclear(
            _("More than %(most)s are under way already.") % {"most": MOST_OPEN},
            _("Finish some, or leave them, before you begin another."),
        )
    row = Improvement(made_at=at, **_told(plan, by))
    return _kept(row, "added", by, at)


@transaction.atomic
def change_improvement(
    improvement: Improvement, plan: Plan, *, by: Actor, at: datetime
) -> Improvement:
    """Say otherwise what is done, about what, by whom or by when."""
    _check_may(by)
    row = _changing(improvement)
    for name, value in _told(plan, by).items():
        setattr(row, name, value)
    return _kept(row, "changed", by, at)


@transaction.atomic
def move_improvement(
    improvement: Improvement, stage: Stage, *, by: Actor, at: datetime, done_on: date | None = None
) -> Improvement:
    """Say how far it is; done since a day, from which on it is looked whether it fell."""
    if not may_move(by, improvement):
        raise NotAllowed(_("Whoever sees to it says how far it is, or an owner or manager."))
    today = the_named_business().day_of(at)
    done_on = (done_on or today) if stage == Stage.DONE else None
    if done_on and not today - timedelta(days=3660) <= done_on <= today:
        raise ImprovementUnclear(
            _("It is done since a day that was: today, or before."),
            _("Choose the first day on which it held."),
        )
    row = _changing(improvement)
    row.stage, row.done_on = stage, done_on
    return _kept(row, stage.value, by, at)


@transaction.atomic
def take_back_improvement(
    improvement: Improvement, *, changed_at: datetime, by: Actor, at: datetime
) -> None:
    """Undo what was changed last, as long as nobody has changed it since."""
    row = Improvement.objects.select_for_update(of=("self",)).filter(pk=improvement.pk).first()
    if row is None or _stamp(row.changed_at) != _stamp(changed_at):
        raise ImprovementChangedSince(_("Somebody has changed this since. Look at it again."))
    if not may_improve(by) and (row.before is None or not may_move(by, row)):
        raise NotAllowed(_("Only owners and managers say what is done."))
    if row.before is None:
        audit.record("took back", row, by=by, at=at)
        row.delete()
        return
    _restore(row)
    _kept(row, "took back", by, at)


def _restore(row: Improvement) -> None:
    known = {
        "cause_id": Cause.objects.filter(pk=row.before["cause_id"]).exists(),
        "owner_id": Member.objects.filter(pk=row.before["owner_id"]).exists(),
    }
    if row.before["about"] == About.CAUSE and not known["cause_id"]:
        raise ImprovementChangedSince(_("What it was about is gone. Look at it again."))
    for name, told in row.before.items():
        is_day = name in ("due_on", "done_on") and told is not None
        value = date.fromisoformat(told) if is_day else told
        setattr(row, name, value if known.get(name, True) else None)
    row.before = None


def _check_may(by: Actor) -> None:
    if not may_improve(by):
        raise NotAllowed(_("Only owners and managers say what is done."))


def _stamp(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _told(plan: Plan, by: Actor) -> dict[str, Any]:
    action = " ".join(plan.action.replace("\0", "").split())
    if not action or len(action) > LONGEST:
        raise ImprovementUnclear(
            _("Say what you do about it."),
            _("In at most %(most)s signs: “Load the van the evening before”.") % {"most": LONGEST},
        )
    if plan.owner_id and not members_who_improve().filter(pk=plan.owner_id).exists():
        raise ImprovementUnclear(_("Choose one of us to see to it."))
    if plan.window_days not in WINDOWS:
        raise ImprovementUnclear(_("Choose how long it is looked at."))
    return {
        **_about(plan.about, by), "action": action, "owner_id": plan.owner_id,
        "due_on": plan.due_on, "window_days": plan.window_days,
    }  # fmt: skip


def _about(told: str, by: Actor) -> dict[str, Any]:
    kind, _colon, key = told.partition(":")
    is_number = key.isascii() and key.isdigit() and len(key) < 10
    if kind == About.CAUSE and is_number and may_see_causes(by):
        cause = Cause.objects.filter(pk=int(key)).first()
        if cause is not None:
            return {"about": About.CAUSE, "cause_id": cause.pk, "theme": ""}
    if kind == About.THEME and any(one.key == key for one in every_theme()):
        return {"about": About.THEME, "cause_id": None, "theme": key}
    raise ImprovementUnclear(_("Choose the cause or the theme that it is about."))


def _changing(improvement: Improvement) -> Improvement:
    """The row, held, with how it stood."""
    row = Improvement.objects.select_for_update(of=("self",)).get(pk=improvement.pk)
    row.before = {
        name: value.isoformat() if isinstance(value := getattr(row, name), date) else value
        for name in KEPT
    }
    return row


def _kept(row: Improvement, deed: str, by: Actor, at: datetime) -> Improvement:
    row.changed_at, row.changed_by_id = at, by.member_id
    row.save()
    audit.record(deed, row, by=by, at=at)
    looked_by = {name: str(getattr(row, name)) for name in _LOOKED_BY}
    before = {name: str((row.before or {}).get(name)) for name in _LOOKED_BY}
    if looked_by != before:
        row.looks.all().delete()
        if row.stage == Stage.DONE:
            jobs.enqueue(JOB, at=at, unique_key=f"{JOB}:{row.pk}:{at.isoformat()}")
    return row


def take_looks(*, at: datetime) -> int:
    """Look whether what was done about helped, on the days that are set for it: four looks, each
    with its part of the chance of a false alarm (`verdicts.looks`). Safe to run again."""
    business = the_named_business()
    books = {
        About.CAUSE: Order.objects.aggregate(last=Max("placed_on"))["last"],
        About.THEME: last_text_on(business),
    }
    rows = Improvement.objects.filter(stage=Stage.DONE).prefetch_related("looks")
    return sum(_look(one, books[About(one.about)], business, at) for one in rows)


def _look(row: Improvement, books: date | None, business: Business, at: datetime) -> int:
    assert row.done_on is not None
    due = latest_due(
        row.done_on, row.window_days, today=business.day_of(at), books_end_on=books
    )  # fmt: skip
    taken = {one.number for one in row.looks.all()}
    # A look that was missed is not made up for: the chance of a false alarm would be used twice.
    if not due or any(number >= due for number in taken):
        return 0
    _take(row, due, business, at)
    return 1


@transaction.atomic
def _take(row: Improvement, number: int, business: Business, at: datetime) -> None:
    assert row.done_on is not None
    until = day_of_look(row.done_on, row.window_days, number)
    found = beside(row, until, business)
    told = ratio_of(found.before, found.after, ALPHAS[number - 1])
    ImprovementLook.objects.get_or_create(
        improvement=row, number=number,
        defaults={
            "until_on": until, "before_count": found.before.count,
            "before_whole": found.before.whole, "after_count": found.after.count,
            "after_whole": found.after.whole, "ratio": told.ratio, "low": told.low,
            "high": None if isinf(told.high) else told.high, "word": told.word, "taken_at": at,
        },
    )  # fmt: skip
