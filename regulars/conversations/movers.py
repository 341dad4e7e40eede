"""Every touch goes over as it was: who said what, to whom and when."""

from regulars.conversations.models import Clock, StagedTouch, Touch
from regulars.core.movers import OneEach, Redirect, Reparent, register_mover


def _latest_touch(survivor: Clock, merged: Clock) -> None:
    if merged.last_touch_at > survivor.last_touch_at:
        survivor.last_touch_at, survivor.last_channel = merged.last_touch_at, merged.last_channel
    personal = [at for at in (survivor.last_personal_at, merged.last_personal_at) if at]
    survivor.last_personal_at = max(personal, default=None)


register_mover(Reparent(Touch))
register_mover(Redirect(StagedTouch))
register_mover(OneEach(Clock, _latest_touch))
