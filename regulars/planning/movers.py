"""What plans hold for a customer goes over; one day's list names them once."""

from regulars.core.movers import OneEach, Reparent, register_mover
from regulars.planning.kept import NextContact, Silence
from regulars.planning.models import Cadence, FirstTouch, OfflineTouch, Pause, PlanItem

Dated = FirstTouch | NextContact


def _sooner(survivor: Dated, merged: Dated) -> None:
    survivor.due_on = min(survivor.due_on, merged.due_on)


def _longer(survivor: Pause, merged: Pause) -> None:
    if merged.until > survivor.until:
        survivor.until, survivor.why = merged.until, merged.why
        survivor.put_off_by, survivor.put_off_at = merged.put_off_by, merged.put_off_at


register_mover(Reparent(Cadence, same=("worth", "months")))
register_mover(Reparent(PlanItem, same=("plan_id",)))
register_mover(OneEach(FirstTouch, _sooner))
register_mover(OneEach(NextContact, _sooner))
register_mover(OneEach(Pause, _longer, moment="put_off_at"))
register_mover(Reparent(OfflineTouch))
register_mover(Reparent(Silence, same=("reason",)))
