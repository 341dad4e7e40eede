"""What Juniper & Rye promised: kept, late and broken; some still open; and its pledge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.demo import stories
from regulars.demo.scene import Scene
from regulars.promises.actions import publish_pledge, write_pledge
from regulars.promises.choices import PromiseState
from regulars.promises.models import Pledge, Promise
from regulars.promises.pledge import put_out, starter_body, starter_title
from regulars.team.models import Member


@dataclass(frozen=True, slots=True)
class Given:
    """One promise: to whom, how many days ago it was made and due, and when it was settled."""

    key: str
    ago: int
    due: int
    what: str
    who: str = "tomasz"
    # Days ago; nothing for one that is open.
    settled: int | None = None
    words: str = ""


# Those still open are due after today, but for the first, which is on today's list.
TOLD = (
    Given(stories.HARBOUR, 6, 0, "Say which day the Harbour’s standing order can start again"),
    Given(stories.RUTH, 15, -4, "Put two seeded rye by, once there is seeded rye"),
    Given(stories.OAKFIELD, 9, -2, "A new price list for the school, with the smaller loaves"),
    Given(stories.WINSLOW, 12, -9, "Trays for the Christmas party, with a note on allergies"),
    Given("", 8, 1, "Say when the ovens run at full again", who="nora"),
    Given(stories.SAMUEL, 40, 33, "Ring Samuel the day before the door opens", settled=34),
    Given(stories.FLORIAN, 44, 40, "Call back about the christening cake", settled=41,
          words="He moved the day; nothing lost."),
    Given(stories.MAREN, 44, 37, "Money back for the order that burnt", who="nora", settled=35,
          words="Two days late: the bank was slow. Told her on the day."),
    Given(stories.JOSS, 30, 25, "Keep a rye at the back on Fridays", settled=26),
    Given(stories.HALLORAN, 50, 43, "Deliver from the other bakery’s oven", who="nora",
          settled=44, words="Their oven was taken. Said so, and paid for another baker."),
    Given(stories.OAKFIELD, 60, 53, "A bill without the bank holiday", settled=54),
    Given(stories.WINSLOW, 90, 84, "A tasting of the four new loaves", settled=85),
)  # fmt: skip
BROKEN = {stories.HALLORAN}


@transaction.atomic
def write_promises(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, at: datetime
) -> None:
    """Write down what was promised, and what had come of it by the day of the scene."""
    Promise.objects.bulk_create(_promise(one, ids, staff, scene, at) for one in TOLD)


@transaction.atomic
def put_the_pledge_out(*, by: Actor, at: datetime) -> None:
    """The words to begin with, for everybody to read, with the kept rate."""
    write_pledge(title=starter_title(), body=starter_body(), shows_rate=True, by=by, at=at)
    publish_pledge(by=by, at=at)


def _promise(
    given: Given, ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, at: datetime
) -> Promise:
    due_at = scene.moment(scene.ago(given.due), 23, 59)
    settled_at = None if given.settled is None else scene.moment(scene.ago(given.settled), 15, 20)
    return Promise(
        what=given.what, customer_id=ids[given.key] if given.key else None,
        to_whom="" if given.key else _("everybody who asks at the counter"), due_at=due_at,
        first_due_at=due_at, keeper=staff[given.who], made_by=staff[given.who],
        made_at=scene.moment(scene.ago(given.ago), 10, 5), state=_state(given, due_at, settled_at),
        settled_at=settled_at, recorded_at=at if settled_at else None,
        settled_by=staff[given.who] if settled_at else None, words=given.words,
    )  # fmt: skip


def _state(given: Given, due_at: datetime, settled_at: datetime | None) -> PromiseState:
    if settled_at is None:
        return PromiseState.OPEN
    if given.key in BROKEN:
        return PromiseState.BROKEN
    return PromiseState.KEPT if settled_at <= due_at else PromiseState.KEPT_LATE


def forget_promises(customer_ids: Sequence[int]) -> None:
    """Those to customers of the sample, and the one that was made to everybody."""
    to_everybody = Q(customer=None, what__in=[one.what for one in TOLD if not one.key])
    Promise.objects.filter(Q(customer__in=customer_ids) | to_everybody).delete()


def forget_the_pledge(*, at: datetime) -> None:
    """Off the public page, with what was written."""
    Pledge.objects.all().delete()
    transaction.on_commit(lambda: put_out(at=at))
