"""Who left Juniper & Rye, and why, as far as the bakery heard."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from regulars.demo import stories
from regulars.demo.scene import Scene
from regulars.departures.choices import DepartureState, Reason, SaidBy, Sureness
from regulars.departures.models import Departure
from regulars.team.models import Member


@dataclass(frozen=True, slots=True)
class Gone:
    """One departure: who, why, how many days ago they left and the bakery heard of it."""

    key: str
    reason: Reason
    left: int
    heard: int
    words: str = ""
    said_by: SaidBy = SaidBy.THEY
    sureness: Sureness = Sureness.SURE
    who: str = "nora"
    link: str = ""


GONE = (
    Gone(stories.ANSEL, Reason.CLOSED, 59, 6, "We were shut, and the kiosk by the station was not.",
         link="sample:ansel"),
    Gone(stories.ODILE, Reason.MOVED, 73, 8, "She stays with her sister until spring.",
         said_by=SaidBy.STAFF, sureness=Sureness.LIKELY),
    Gone(stories.TOVE, Reason.UNKNOWN, 65, 3, said_by=SaidBy.GUESSED, sureness=Sureness.MAYBE,
         who="tomasz"),
)  # fmt: skip


@transaction.atomic
def write_departures(ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene) -> None:
    """One said why by their link, of one the bakery heard, of one nobody knows."""
    Departure.objects.bulk_create(_row(one, ids[one.key], staff, scene) for one in GONE)


def _row(one: Gone, customer_id: int, staff: Mapping[str, Member], scene: Scene) -> Departure:
    heard_on = scene.ago(one.heard)
    return Departure(
        customer_id=customer_id, reason=one.reason, said_by=one.said_by, sureness=one.sureness,
        words=one.words, left_on=scene.ago(one.left), state=DepartureState.STANDING,
        recorded_at=scene.moment(heard_on, 16, 20), recorded_on=heard_on,
        recorded_by=None if one.link else staff[one.who], link=one.link,
    )  # fmt: skip
