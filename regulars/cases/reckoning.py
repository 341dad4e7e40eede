"""By when somebody who waits hears from us, reckoned by the days that are closed as we know now."""

from datetime import datetime

from django.db import transaction

from regulars.cases.hours import WorkingClock, working_clock
from regulars.cases.models import Case
from regulars.cases.queries import levels
from regulars.team.queries import the_named_business

CLOCK = ("answer_due_at", "resolve_due_at", "due_at", "warn_at")
# In one short transaction: others who write are let in between.
TOGETHER = 200


def reckon(case: Case, clock: WorkingClock) -> None:
    """Both moments that we set ourselves, and the next of them with its warning."""
    since = case.wound_at or case.opened_at
    usual = levels()[case.tier] if case.answer_minutes is None else (0, 0)
    answer, resolve = case.answer_minutes or usual[0], case.resolve_minutes or usual[1]
    case.answer_due_at = clock.after(since, answer)
    case.resolve_due_at = clock.after(since, resolve)
    left = answer if case.answered_at is None else resolve
    case.due_at, case.warn_at = clock.after(since, left), clock.after(since, left * 3 // 4)


def reckon_waiting() -> int:
    """Reckon the clocks of all who wait anew; returns how many changed. Safe to run again."""
    changed, last = 0, 0
    while True:
        with transaction.atomic():
            rows = Case.objects.waiting().filter(pk__gt=last).order_by("pk")
            held = list(rows.select_for_update(of=("self",))[:TOGETHER])
            if not held:
                return changed
            since = min(one.wound_at or one.opened_at for one in held)
            clock, before = working_clock(the_named_business(), since), [_clock_of(c) for c in held]
            for one in held:
                reckon(one, clock)
            news = [one for one, old in zip(held, before, strict=True) if _clock_of(one) != old]
            Case.objects.bulk_update(news, CLOCK)
        changed, last = changed + len(news), held[-1].pk


def _clock_of(case: Case) -> tuple[datetime, ...]:
    return tuple(getattr(case, name) for name in CLOCK)
