"""What offers do when others were counted or came into a segment; whom mailings to waves mean."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.events import receives
from regulars.insight.events import FactsRefreshed
from regulars.lists.events import CustomersEntered
from regulars.messaging.audiences import audiences
from regulars.offers.actions.planning import CHOOSE_JOB
from regulars.offers.choices import WAVE_AUDIENCE
from regulars.offers.queries.meant import live_waves_at
from regulars.offers.queries.offers import keeps_amounts
from regulars.offers.queries.told import InOneWave
from regulars.team.queries import amounts_kept


@receives(FactsRefreshed, name="offers.look_again", only_last=True)
def look_again(_fact: FactsRefreshed, at: datetime) -> None:
    """Whoever became core just now comes into the live wave for the core."""
    _choose_again(None, at)


@receives(CustomersEntered, name="offers.look_at_segment")
def look_at_segment(fact: CustomersEntered, at: datetime) -> None:
    """Whoever came into a segment comes into the live waves that mean it."""
    _choose_again(fact.segment_id, at)


def _choose_again(segment_id: int | None, at: datetime) -> None:
    waves = live_waves_at(at)
    meant = [one for one in waves if one.segment_id == segment_id]
    for offer_id in sorted({one.offer_id for one in meant}):
        jobs.enqueue(CHOOSE_JOB, at=at, offer_id=offer_id)


audiences.register(WAVE_AUDIENCE, InOneWave())
amounts_kept.register("offers", keeps_amounts)
