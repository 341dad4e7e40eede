"""Who left Juniper & Rye, and why, as far as the bakery heard."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from regulars.demo import stories
from regulars.demo.scene import SOURCE, Scene
from regulars.departures.choices import Aim, DepartureState, Reason, SaidBy, Sureness
from regulars.departures.models import Change, Departure, Spent
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


# Spent on finding newcomers and on those who stayed away: name, for what, in all, over which days.
SPENT = (
    ("Leaflets and a stall at the market", Aim.NEW, 42_000, 100, 10),
    ("Cards and stamps to those who stayed away", Aim.BACK, 3_800, 40, 5),
)
OPEN_AGAIN = "We are open again, and on Sundays too"


@transaction.atomic
def write_departures(ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene) -> None:
    """One said why by their link, of one the bakery heard, of one nobody knows; what it did."""
    noted_at = scene.moment(scene.ago(2), 9, 15)
    Change.objects.create(
        reason=Reason.CLOSED, words=OPEN_AGAIN, changed_on=scene.reopened_on, source=SOURCE,
        recorded_at=noted_at, recorded_by=staff["nora"],
    )  # fmt: skip
    Spent.objects.bulk_create(
        Spent(
            aim=aim, name=name, low_minor=minor, high_minor=minor, currency=scene.currency,
            from_on=scene.ago(first), until_on=scene.ago(last), source=SOURCE,
            recorded_at=noted_at, recorded_by=staff["nora"],
        )
        for name, aim, minor, first, last in SPENT
    )  # fmt: skip
    Departure.objects.bulk_create(_row(one, ids[one.key], staff, scene) for one in GONE)


@transaction.atomic
def forget_what_changed() -> None:
    """Take out what the sample wrote of no customer."""
    Change.objects.filter(source=SOURCE).delete()
    Spent.objects.filter(source=SOURCE).delete()


def _row(one: Gone, customer_id: int, staff: Mapping[str, Member], scene: Scene) -> Departure:
    heard_on = scene.ago(one.heard)
    return Departure(
        customer_id=customer_id, reason=one.reason, said_by=one.said_by, sureness=one.sureness,
        words=one.words, left_on=scene.ago(one.left), state=DepartureState.STANDING,
        recorded_at=scene.moment(heard_on, 16, 20), recorded_on=heard_on,
        recorded_by=None if one.link else staff[one.who], link=one.link,
    )  # fmt: skip
