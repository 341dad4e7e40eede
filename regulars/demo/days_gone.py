"""The lists of earlier days: whom a reason put on them, and who of those was reached.

Who was reached is read from what was said by then; who then came, from the till. Nothing is
arranged but who did not fit into a day.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from django.db import transaction

from regulars.consent.choices import PERSONAL, Channel, Purpose
from regulars.conversations.choices import Direction
from regulars.conversations.models import Touch
from regulars.demo.orders import Sale
from regulars.demo.personas import Persona
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.touches import Contact
from regulars.orders.choices import OrderKind
from regulars.planning.choices import ItemState
from regulars.planning.models import Plan, PlanItem
from regulars.team.models import Member

# Lists whose thirty days are over, back to where the count begins.
NEWEST_AGO, OLDEST_AGO = 31, 119
# So many could wait for each who was reached.
WAITED = 2
_WHAT_FOR = {
    "first_purchase": Purpose.THANK, "rhythm_late": Purpose.ASK, "cadence_due": Purpose.SERVE,
}  # fmt: skip
_MINUTES = {Channel.VISIT: 15, Channel.CALL: 6, Channel.NOTE: 6}
# Purchases that make a rhythm; somebody is late once a gap is twice their usual one.
A_RHYTHM, LATE = 4, 2.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of an earlier list; `contact` is none for whoever did not fit into the day."""

    key: str
    reason: str
    contact: Contact | None = None


@transaction.atomic
def write_days_gone(
    people: Sequence[Persona], till: Sequence[Sale], spoken: Sequence[Contact],
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene,
) -> None:  # fmt: skip
    """Write the lists of the days from which the product counts how often a reason helped."""
    lists = dict(_lists(people, till, spoken, scene))
    touches = _touches(ids, scene)
    for (who, ago), shown in lists.items():
        # The list of an owner who was here before is their own.
        if staff[who].source != SOURCE:
            continue
        made_at = scene.moment(scene.ago(ago), 5, 10)
        plan = Plan.objects.create(
            member=staff[who], day=scene.ago(ago), due_count=len(shown), made_at=made_at,
            minutes=sum(_minutes(one) for one in shown if one.contact),
        )  # fmt: skip
        PlanItem.objects.bulk_create(
            _item(plan, position, one, ids, touches.get((ids[one.key], plan.day)))
            for position, one in enumerate(shown)
        )


def _lists(
    people: Sequence[Persona], till: Sequence[Sale], spoken: Sequence[Contact], scene: Scene
) -> Iterator[tuple[tuple[str, int], list[Shown]]]:
    bought = _days_bought(till)
    days: dict[tuple[str, int], list[Contact]] = defaultdict(list)
    for contact in spoken:
        is_ours = contact.direction == Direction.OUT and contact.channel in PERSONAL
        is_open = scene.is_open(scene.ago(contact.ago))
        if is_ours and is_open and NEWEST_AGO <= contact.ago <= OLDEST_AGO:
            days[contact.who, contact.ago].append(contact)
    looked_after: dict[str, list[str]] = defaultdict(list)
    for person in people:
        if person.habit is not None:
            looked_after[person.manager].append(person.key)
    lot = scene.lot("earlier lists")
    for (who, ago), contacts in sorted(days.items()):
        reached = {one.key: one for one in contacts}
        others = [key for key in looked_after[who] if key not in reached]
        waiting = lot.sample(others, min(len(others), WAITED * len(reached)))
        on = scene.ago(ago)
        shown = [
            Shown(key, reason, reached.get(key))
            for key in (*reached, *waiting)
            if (reason := _reason(bought.get(key, []), on))
        ]
        yield (who, ago), shown


def _days_bought(till: Sequence[Sale]) -> dict[str, list[date]]:
    found: dict[str, list[date]] = defaultdict(list)
    for sale in till:
        if sale.key and sale.kind == OrderKind.SALE:
            found[sale.key].append(sale.placed_at.date())
    return found


def _reason(bought: Sequence[date], on: date) -> str:
    """Why they would have been on the list of that day; nothing for whoever was not there yet."""
    before = sorted(set(bought[: bisect_left(bought, on)]))
    if not before:
        return ""
    silent = (on - before[-1]).days
    if len(before) == 1:
        return "first_purchase" if silent <= 14 else "cadence_due"
    gaps = [(later - day).days for day, later in pairwise(before)]
    is_late = len(before) >= A_RHYTHM and silent >= LATE * median(gaps)
    return "rhythm_late" if is_late else "cadence_due"


def _touches(ids: Mapping[str, int], scene: Scene) -> dict[tuple[int, date], Touch]:
    since = scene.moment(scene.ago(OLDEST_AGO), 0, 0)
    until = scene.moment(scene.ago(NEWEST_AGO - 1), 0, 0)
    zone = ZoneInfo(scene.zone)
    told = Touch.objects.filter(
        source=SOURCE, customer__in=ids.values(), channel__in=PERSONAL,
        happened_at__gte=since, happened_at__lt=until,
    ).order_by("happened_at", "pk")  # fmt: skip
    return {(one.customer_id, one.happened_at.astimezone(zone).date()): one for one in told}


def _item(
    plan: Plan, position: int, one: Shown, ids: Mapping[str, int], touch: Touch | None
) -> PlanItem:
    is_done = touch is not None and one.contact is not None
    return PlanItem(
        plan=plan, customer_id=ids[one.key], position=position, reason=one.reason,
        channel=one.contact.channel if one.contact else Channel.CALL,
        purpose=_WHAT_FOR[one.reason], minutes=_minutes(one), due_on=plan.day,
        state=ItemState.DONE if is_done else ItemState.WAITING,
        touch=touch if is_done else None,
        settled_at=touch.happened_at if is_done and touch else None,
    )  # fmt: skip


def _minutes(one: Shown) -> int:
    return _MINUTES[one.contact.channel if one.contact else Channel.CALL]
