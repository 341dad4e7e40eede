"""The end of a disruption: what was confirmed goes on, and nothing else."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.core.faults import fault
from regulars.core.jobs import enqueue
from regulars.insight.choices import Tier
from regulars.messaging.actions.many_holds import let_go_of, let_go_of_single_holds
from regulars.messaging.actions.waiting import leave_waking
from regulars.messaging.restarting import Waiting, keep_back
from regulars.planning.actions import raise_cadence
from regulars.recovery.actions.closing import close_days
from regulars.recovery.actions.disruptions import PLAN_JOB
from regulars.recovery.errors import DisruptionOver, MoreWaitsNow
from regulars.recovery.events import DisruptionEnded
from regulars.recovery.models import Disruption, Restart
from regulars.recovery.queries.disruptions import restarting, stop_of
from regulars.recovery.rules import may_declare

END_JOB = "recovery.carry_out_ending"
# What a sender holds in its hands comes back within this, or with its lease.
LOOKS_AGAIN_SECONDS = 2


def end_disruption(
    disruption: Disruption, *, confirmed: Collection[str], seen: Collection[str], by: Actor,
    at: datetime,
) -> Disruption:  # fmt: skip
    """Say that it is over. Of what waited only what is confirmed goes on; the rest is kept back.

    `seen` is all that was shown: where more waits by now, it asks again.
    """
    if not may_declare(by):
        raise NotAllowed(
            _("Only an owner or a manager ends a disruption."), _("Ask one of them.")
        )  # fmt: skip
    # Counting a million takes a second: nobody else's writing waits for it. What is written down
    # meanwhile was confirmed by nobody, so it is kept back with the rest.
    waiting = restarting(disruption, at)
    _refuse_unseen(waiting, seen)
    return _ended(disruption, waiting, confirmed, by, at)


@transaction.atomic
def _ended(
    disruption: Disruption, waiting: Collection[Waiting], confirmed: Collection[str], by: Actor,
    at: datetime,
) -> Disruption:  # fmt: skip
    disruption = Disruption.objects.select_for_update().get(pk=disruption.pk)
    if not disruption.is_standing or disruption.ending_at is not None:
        raise DisruptionOver(_("Somebody has ended it already."), _("Load the page again."))
    disruption.ending_at, disruption.ended_by_id = at, by.member_id
    if disruption.is_drill:
        disruption.ended_at = at
        announce(DisruptionEnded(disruption.pk, is_drill=True), at=at)
    else:
        _decide(disruption, waiting, confirmed, by, at)
    disruption.save(update_fields=["ending_at", "ended_at", "ended_by"])
    audit.record(
        "ended disruption", disruption, by=by, at=at, waited=len(waiting),
        confirmed=sum(one.key in confirmed for one in waiting),
    )  # fmt: skip
    return disruption


def _refuse_unseen(waiting: Collection[Waiting], seen: Collection[str]) -> None:
    count = sum(one.key not in seen for one in waiting)
    if count:
        said = ngettext(
            "%(count)s more would start again than you saw.",
            "%(count)s more would start again than you saw.",
            count,
        )
        raise MoreWaitsNow(said % {"count": count}, _("Look at the list once more, then end it."))


def _decide(
    disruption: Disruption, waiting: Collection[Waiting], confirmed: Collection[str], by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    Restart.objects.bulk_create(
        Restart(
            disruption=disruption, key=one.key, name=one.name[:200], detail=one.detail[:300],
            count=one.count, is_confirmed=one.key in confirmed,
        )
        for one in waiting
    )  # fmt: skip
    enqueue(END_JOB, at=at, unique_key=f"{END_JOB}:{disruption.pk}", disruption=disruption.pk)


def carry_out_ending(
    disruption: Disruption, *, by: Actor, at: datetime, heard: Callable[[int], None] | None = None
) -> bool:
    """Keep back what nobody confirmed, then let the rest go; whether that is done.

    In short transactions, and safe to begin again wherever it was broken off: the hold stands
    until nothing that was not confirmed can leave any more.
    """
    if disruption.ending_at is None or not disruption.is_standing:
        return True
    confirmed = set(
        disruption.restarts.filter(is_confirmed=True).values_list("key", flat=True)
    )  # fmt: skip
    stop = stop_of(disruption)
    if not keep_back(stop, confirmed, decided_at=disruption.ending_at, by=by, at=at):
        return False
    fault("ending.kept_back")
    if not disruption.is_everybody:
        let_go_of_single_holds(disruption.name, at=at, heard=heard)
    fault("ending.let_go")
    _end(disruption, by, at)
    return True


@transaction.atomic
def _end(disruption: Disruption, by: Actor, at: datetime) -> None:
    disruption = Disruption.objects.select_for_update().get(pk=disruption.pk)
    if not disruption.is_standing:
        return
    disruption.ended_at = disruption.ending_at
    disruption.save(update_fields=["ended_at"])
    let_go_of(disruption.name, by=by, at=at)
    leave_waking(["held"], at=at)
    raise_cadence(Tier.CORE, None, source=disruption.name, by=by, at=at)
    close_days(disruption, by=by, at=at)
    enqueue(PLAN_JOB, at=at, unique_key=f"{PLAN_JOB}:{disruption.name}:{at.isoformat()}")
    announce(DisruptionEnded(disruption.pk, is_drill=False), at=at)
