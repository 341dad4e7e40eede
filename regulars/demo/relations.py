"""How customers stand to each other: who serves whom, works where, was sent by whom."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from regulars.customers.choices import RelationKind
from regulars.customers.models import Relation
from regulars.demo.personas import Persona
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.stories import HARBOUR, LEENA, MAREN, OAKFIELD, PILAR, RUTH, SAMUEL

COUPLES = 9
_WORKS_AT = (
    (MAREN, HARBOUR), (LEENA, OAKFIELD), ("Co001", HARBOUR), ("Co002", "T11"), ("Co003", "T13"),
    ("Fa001", OAKFIELD), ("Br001", "T15"),
)  # fmt: skip
_REFERRED_BY = (
    ("Ne001", RUTH), ("Ne002", RUTH), ("Ne003", SAMUEL), ("Ne004", "Co001"), ("Ne005", PILAR),
)  # fmt: skip

Tie = tuple[RelationKind, str, str, date | None]


@transaction.atomic
def write_relations(
    people: Sequence[Persona], ids: Mapping[str, int], scene: Scene, *, at: datetime
) -> None:
    """Write them all, from either end."""
    Relation.objects.bulk_create(
        Relation(
            kind=kind, of_id=ids[of], to_id=ids[to], since_on=since, source=SOURCE, created_at=at
        )
        for kind, of, to, since in [*_served(people), *_told(scene), *_couples(people, ids)]
    )


def _served(people: Sequence[Persona]) -> Iterator[Tie]:
    for person in people:
        for department in person.served_by:
            yield RelationKind.SERVES, department, person.key, None


def _told(scene: Scene) -> Iterator[Tie]:
    lot = scene.lot("relations")
    for of, to in _WORKS_AT:
        yield RelationKind.WORKS_AT, of, to, scene.ago(lot.randint(400, 2_000))
    for of, to in _REFERRED_BY:
        yield RelationKind.REFERRED_BY, of, to, None


def _couples(people: Sequence[Persona], ids: Mapping[str, int]) -> Iterator[Tie]:
    """Some of those who live by twos are married; the lower number stands first."""
    homes: defaultdict[str, list[str]] = defaultdict(list)
    for person in people:
        if person.household:
            homes[person.household].append(person.key)
    by_twos = [keys for _name, keys in sorted(homes.items()) if len(keys) == 2]
    for keys in by_twos[:COUPLES]:
        one, other = sorted(keys, key=lambda key: ids[key])
        yield RelationKind.MARRIED_TO, one, other, None
