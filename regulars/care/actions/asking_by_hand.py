"""What people decide about check-ins: somebody was asked, need not be; and how we ask at all."""

from datetime import datetime

from django.db import transaction

from regulars.care.arrivals import quiet_arrivals
from regulars.care.choices import AskingWay, CheckInState, WayWhy
from regulars.care.errors import CheckInPast
from regulars.care.models import AskingRules, CheckIn
from regulars.care.queries.check_ins import the_rules
from regulars.care.queries.questions import asking_of
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.orders.actions import let_follow
from regulars.team.queries import the_named_business


@transaction.atomic
def mark_asked(check_in: CheckIn, *, by: Actor, at: datetime) -> CheckIn:
    """One of us asked, by phone or face to face; their answer may come later."""
    marks = asking_of(check_in).marks
    return _moved(
        check_in, by, at, "asked", state=CheckInState.ASKED, asked_at=at, scale=marks.scale,
        measure=marks.measure,
    )  # fmt: skip


@transaction.atomic
def leave_out(check_in: CheckIn, *, by: Actor, at: datetime) -> CheckIn:
    """Nobody asks about this one."""
    return _moved(
        check_in, by, at, "left out", state=CheckInState.DROPPED, way=AskingWay.NOBODY,
        why=WayWhy.BY_HAND,
    )  # fmt: skip


@transaction.atomic
def ask_after_all(check_in: CheckIn, *, by: Actor, at: datetime) -> CheckIn:
    """Take back that somebody was asked, or left out: the next round asks, in the way that fits."""
    found = CheckIn.objects.select_for_update().get(pk=check_in.pk)
    by_hand = found.state == CheckInState.DROPPED and found.why == WayWhy.BY_HAND
    if not by_hand and not (found.state == CheckInState.ASKED and found.message_id is None):
        raise CheckInPast
    found.state, found.way, found.asked_at = CheckInState.DUE, AskingWay.CALL, None
    found.why = WayWhy.CORE
    found.save(update_fields=["state", "way", "why", "asked_at"])
    audit.record("took back", found, by=by, at=at, customer=found.customer_id)
    return found


def ask_after_quiet(*, by: Actor, at: datetime) -> int:
    """Ask after what files brought in without it, as far as it arrived lately; how many orders."""
    return let_follow(quiet_arrivals(at), by=by, at=at)


def _moved(check_in: CheckIn, by: Actor, at: datetime, verb: str, **values: object) -> CheckIn:
    found = CheckIn.objects.select_for_update().get(pk=check_in.pk)
    if found.state != CheckInState.DUE:
        raise CheckInPast
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=list(values))
    audit.record(verb, found, by=by, at=at, customer=found.customer_id)
    return found


@transaction.atomic
def set_asking(
    *, is_on: bool, after_days: int, pause_days: int, silent_days: int, by: Actor, at: datetime
) -> AskingRules:
    """Say whether we ask after deliveries, and when. What was asked already stays as it is."""
    rules = the_rules()
    if is_on and not rules.is_on:
        # Nobody is asked about what arrived while asking was switched off.
        rules.since_on = the_named_business().day_of(at)
    rules.is_on, rules.after_days = is_on, after_days
    rules.pause_days, rules.silent_days = pause_days, silent_days
    rules.save()
    audit.record("changed", rules, by=by, at=at, is_on=is_on, after_days=after_days)
    return rules
