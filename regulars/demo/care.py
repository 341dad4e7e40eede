"""What customers of Juniper & Rye said matters most to them, since the fire."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from regulars.care.choices import Matter, Source
from regulars.care.models import Expectation
from regulars.care.queries.expectations import product_key
from regulars.demo import stories
from regulars.demo.personas import Persona
from regulars.demo.scene import REOPENED_AGO, Scene
from regulars.team.models import Member

# One of five had been asked in the spring, when prices rose.
ASKED_BEFORE, BEFORE = 0.2, 190
MATTERED = (*[Matter.PRICE] * 3, Matter.DELIVERY, Matter.HOURS)
# Of ten who were asked since the doors opened again, three answered.
SHARE = 0.3
MATTERS = (
    *[Matter.DELIVERY] * 8, *[Matter.HOURS] * 6, *[Matter.CONTACT] * 3, *[Matter.SAFETY] * 2,
    Matter.PRICE, Matter.PAYMENT,
)  # fmt: skip
TOLD = {
    stories.RUTH: (Matter.OTHER, "A chair to wait on, while my hip mends.", "tomasz"),
    stories.SAMUEL: (Matter.HOURS, "Seven, not eight. I start at half past.", "tomasz"),
    stories.HARBOUR: (Matter.DELIVERY, "One day on which we can count.", "nora"),
    stories.OAKFIELD: (Matter.CONTACT, "Somebody who picks up before nine.", "tomasz"),
    stories.MAREN: (Matter.PAYMENT, "My money back came late.", "nora"),
}
# What they said of one thing that they buy.
OF_ONE = (
    (stories.RUTH, Matter.SAFETY, "No nuts, for her sister.", "Lemon tart", "tomasz"),
    (stories.HALLORAN, Matter.DELIVERY, "Before seven, or not at all.", "Bread roll", "ife"),
    (stories.PILAR, Matter.CONTACT, "A call before it is iced.", "Celebration cake", "nora"),
    (stories.JOSS, Matter.CONTACT, "", "Celebration cake", "tomasz"),
)


@transaction.atomic
def write_expectations(
    people: Sequence[Persona], ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene,
    *, at: datetime,
) -> None:  # fmt: skip
    """Some told somebody, others answered by the link of a mailing."""
    lot = scene.lot("expectations")
    rows = [_row(ids[key], *told, scene, 9, at, staff) for key, told in TOLD.items() if key in ids]
    for key, what, words, product, who in OF_ONE:
        if key in ids:
            rows.append(_row(ids[key], what, words, who, scene, 15, at, staff))
            rows[-1].product, rows[-1].key = product, product_key(product)
    for person in people:
        if person.key in TOLD or person.card_of or lot.random() > SHARE:
            continue
        ago, what = lot.randrange(1, REOPENED_AGO), lot.choice(MATTERS)
        rows.append(_row(ids[person.key], what, "", "", scene, ago, at, staff))
    Expectation.objects.bulk_create([*rows, *_said_before(rows, lot)])


def _said_before(rows: Sequence[Expectation], lot: Random) -> list[Expectation]:
    """Some had been asked before the fire; to most of them something else mattered then."""
    asked = [one for one in rows if not one.key and lot.random() < ASKED_BEFORE]
    return [
        Expectation(
            customer_id=one.customer_id, what=lot.choice(MATTERED), source=Source.LINK,
            said_at=one.said_at - timedelta(days=BEFORE), recorded_at=one.recorded_at,
            is_current=False,
        )
        for one in asked
    ]  # fmt: skip


def _row(
    customer_id: int, what: Matter, words: str, who: str, scene: Scene, ago: int, at: datetime,
    staff: Mapping[str, Member],
) -> Expectation:  # fmt: skip
    return Expectation(
        customer_id=customer_id, what=what, words=words, key="", member=staff[who] if who else None,
        source=Source.STAFF if who else Source.LINK, link="" if who else f"demo:{customer_id}",
        said_at=scene.moment(scene.ago(ago), 18, 12), recorded_at=at,
    )  # fmt: skip
