"""Declaring a disruption, changing what is said of it, and writing down one that is over."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.bulletins.actions.writing import draft_bulletin
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.core.jobs import enqueue
from regulars.insight.actions import ask_for_count
from regulars.insight.choices import Tier
from regulars.lists.audience import SEGMENT, definition_of_segment
from regulars.lists.models import Segment
from regulars.messaging.actions.holds import place_hold
from regulars.messaging.actions.many_holds import hold_until_looked_at
from regulars.messaging.choices import HoldKind
from regulars.planning.actions import LONGEST_CADENCE, SHORTEST_CADENCE, raise_cadence
from regulars.recovery.actions.closing import close_days
from regulars.recovery.errors import DisruptionNotPossible, DisruptionOver
from regulars.recovery.events import DisruptionDeclared
from regulars.recovery.models import Disruption
from regulars.recovery.rules import may_declare

LOOK_JOB = "recovery.look_whom_it_hits"
PLAN_JOB = "planning.make_plans"
# Two clocks may differ by so much: what begins in that time begins now.
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of a disruption."""

    what: str
    since: datetime
    expected_end: datetime | None = None
    # None: everybody.
    segment: Segment | None = None
    places: str = ""
    products: str = ""
    works_still: str = ""
    is_closed: bool = False
    core_every_days: int | None = 7


@transaction.atomic
def declare_disruption(
    told: Told, *, by: Actor, at: datetime, is_drill: bool = False, source: str = "desk"
) -> Disruption:
    """Say that the business is interrupted: nothing that sells leaves from this moment on.

    What serves goes on, the core is due more often. A drill shows the same and changes nothing.
    """
    _check_may(by)
    told = _begun(told, at)
    _check(told)
    disruption = _write(told, by=by, at=at, is_drill=is_drill, source=source)
    audit.record("declared disruption", disruption, by=by, at=at, drill=is_drill)
    announce(DisruptionDeclared(disruption.pk, is_drill), at=at)
    if not is_drill:
        _switch_on(disruption, by, at)
    _open_bulletin(disruption, by, at)
    return disruption


def _open_bulletin(disruption: Disruption, by: Actor, at: datetime) -> None:
    """A draft for those who are hit; nobody reads it before somebody publishes it."""
    segment = disruption.segment
    draft_bulletin(
        title=disruption.what, audience=SEGMENT if segment else "everybody",
        definition=definition_of_segment(segment) if segment else {},
        by=by, at=at, source=disruption.name, is_drill=disruption.is_drill,
    )  # fmt: skip


def _switch_on(disruption: Disruption, by: Actor, at: datetime) -> None:
    if disruption.is_everybody:
        place_hold(None, HoldKind.CRISIS, by=by, at=at, why=disruption.what, source=disruption.name)
    else:
        # Everybody waits until it is known who is hit, so that nothing slips through before.
        hold_until_looked_at(
            HoldKind.CRISIS, source=disruption.name, by=by, at=at, why=disruption.what
        )
        enqueue(LOOK_JOB, at=at, disruption=disruption.pk)
    _follow(disruption, by, at)


def _follow(disruption: Disruption, by: Actor, at: datetime) -> None:
    """What the other rooms hold for it is as it says now."""
    raise_cadence(
        Tier.CORE, disruption.core_every_days, source=disruption.name, by=by, at=at
    )  # fmt: skip
    close_days(disruption, by=by, at=at)
    enqueue(PLAN_JOB, at=at, unique_key=f"{PLAN_JOB}:{disruption.name}:{at.isoformat()}")


@transaction.atomic
def change_disruption(disruption: Disruption, told: Told, *, by: Actor, at: datetime) -> Disruption:
    """Put right what is said of a disruption; whom it hits stays, so that nobody slips out."""
    _check_may(by)
    disruption = Disruption.objects.select_for_update().get(pk=disruption.pk)
    if not disruption.is_standing and not disruption.is_entered_late:
        raise DisruptionOver(
            _("It is over, so what was said of it stays."), _("Declare a new one if it is back.")
        )
    told = replace(_begun(told, at), segment=disruption.segment)
    _check(told)
    if (disruption.ended_at or at) < told.since:
        raise DisruptionNotPossible(_ENDS_FIRST())
    for name in _SAID:
        setattr(disruption, name, getattr(told, name))
    disruption.save(update_fields=_SAID)
    audit.record("changed disruption", disruption, by=by, at=at)
    if not disruption.is_drill:
        if disruption.is_standing:
            _follow(disruption, by, at)
        else:
            close_days(disruption, by=by, at=at)
    return disruption


@transaction.atomic
def enter_past_disruption(
    told: Told, *, ended_at: datetime, by: Actor, at: datetime, source: str = "desk"
) -> Disruption:
    """Write down a disruption that is over: history gets its place, and nothing is started."""
    _check_may(by)
    if ended_at > at:
        raise DisruptionNotPossible(
            _("It is not over yet by that day."), _("Declare it, so that selling waits.")
        )
    _check(replace(told, expected_end=None))
    if ended_at < told.since:
        raise DisruptionNotPossible(_ENDS_FIRST())
    disruption = _write(
        told, by=by, at=at, source=source, ended_at=ended_at, is_entered_late=True
    )  # fmt: skip
    close_days(disruption, by=by, at=at)
    # Weeks are told beside the time before it from now on.
    ask_for_count(by=by, at=at)
    audit.record("entered past disruption", disruption, by=by, at=at)
    return disruption


_SAID = (
    "what", "since", "expected_end", "places", "products", "works_still", "is_closed",
    "core_every_days",
)  # fmt: skip


def _write(told: Told, *, by: Actor, at: datetime, **more: object) -> Disruption:
    said = {name: getattr(told, name) for name in _SAID}
    return Disruption.objects.create(
        **said, segment=told.segment, is_everybody=told.segment is None, declared_at=at,
        declared_by_id=by.member_id, **more,
    )  # fmt: skip


def _ENDS_FIRST() -> str:  # noqa: N802
    return _("It would end before it begins.")


def _begun(told: Told, at: datetime) -> Told:
    if told.since > at + AHEAD:
        raise DisruptionNotPossible(
            _("It has not begun yet, and nothing should wait before it has."),
            _("Declare it when it begins. Days closed in advance are noted in the settings."),
        )
    return replace(told, since=min(told.since, at))


def _check(told: Told) -> None:
    if not told.what.strip():
        raise DisruptionNotPossible(_("Say what has happened."))
    if told.expected_end is not None and told.expected_end <= told.since:
        raise DisruptionNotPossible(
            _ENDS_FIRST(), _("Look at both moments; leave the end empty if nobody knows it.")
        )
    if told.segment is not None and told.segment.archived_at is not None:
        raise DisruptionNotPossible(
            _("That segment was put away."), _("Choose another one, or everybody.")
        )
    every = told.core_every_days
    if every is not None and not SHORTEST_CADENCE <= every <= LONGEST_CADENCE:
        raise DisruptionNotPossible(
            _("The core cannot hear from you every %(days)s days.") % {"days": every},
            _("Choose from 1 day to 10 years (3,650 days)."),
        )


def _check_may(by: Actor) -> None:
    if not may_declare(by):
        raise NotAllowed(
            _("Only an owner or a manager declares a disruption."),
            _("Ask one of them. Anybody who works here can stop all sending."),
        )
