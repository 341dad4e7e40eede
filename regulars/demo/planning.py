"""How often Juniper & Rye gets in touch since the fire."""

from datetime import datetime

from regulars.core.actor import Actor
from regulars.insight.choices import Tier
from regulars.planning.actions import set_cadences
from regulars.planning.models import Cadence

# The core hears from them twice as often as usual.
SINCE_THE_FIRE = {Tier.CORE: 14, Tier.SLIPPING: 21}


def hear_more_often(*, by: Actor, at: datetime) -> None:
    """Turn the cadences up, as after a disruption."""
    set_cadences({tier.value: days for tier, days in SINCE_THE_FIRE.items()}, by=by, at=at)


def forget_cadences() -> None:
    """Back to what holds where nobody has said anything."""
    Cadence.objects.all().delete()
