"""What the bakery knows about its customers: tags, fields of its own, what they said they need."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from regulars.customers.choices import CustomKind, InterestKind, Kind, TagColour
from regulars.customers.models import CustomerTag, CustomField, CustomValue, Interest, Tag
from regulars.customers.naming import folded_name
from regulars.demo.personas import Persona
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.stories import BRYN, LEENA, ODILE, PILAR, RUTH, SAMUEL, TOVE

# By the first letters of their keys (demo/crowd.py), who may have a tag, and how many of a hundred.
_TAGS = (
    ("Loaf kept back", TagColour.AMBER, (RUTH, BRYN), ("Br", "Fa"), 22),
    ("Cake customer", TagColour.PLUM, (PILAR,), ("Bi",), 100),
    ("Asked about the bakers", TagColour.RED, (RUTH, SAMUEL), ("Co", "We"), 14),
    ("Invoice monthly", TagColour.BLUE, (), ("T",), 60),
    ("Market Saturdays", TagColour.GREEN, (BRYN, TOVE), ("We",), 35),
)
# Fields that a business makes for itself have other keys: so they stay when the sample goes.
OWN_KEY = f"{SOURCE}_"
_COLLECTS = (("early", "Before work"), ("late", "Late morning"), ("school", "After school"))
_FIELDS: Mapping[str, tuple[str, CustomKind]] = {
    "demo_collects": ("Usually collects", CustomKind.CHOICE),
    "demo_cake_day": ("Next cake", CustomKind.DAY),
    "demo_own_bag": ("Brings a bag", CustomKind.FLAG),
    "demo_account_limit": ("Account limit", CustomKind.MONEY),
}
_INTEREST, _NEED = InterestKind.INTEREST, InterestKind.NEED
_SAID = (
    (RUTH, _NEED, "Nothing with nuts", "My sister would be ill for a week."),
    (RUTH, _INTEREST, "Seeded rye", "The crust end, if nobody has asked for it."),
    (SAMUEL, _INTEREST, "Oat milk", "I'd walk past three cafés for that flat white."),
    (TOVE, _NEED, "Buns for the choir", "Twenty on a Thursday, and they never say thank you."),
    (ODILE, _INTEREST, "Baguettes", "Crisp enough that the neighbours hear it."),
    (PILAR, _NEED, "A cake on 12 December", "She will be nine, and she has views."),
    (LEENA, _NEED, "Gluten-free", "Really free, please, not nearly."),
)
_HEARD = (
    (_INTEREST, "Starter and flour", "Mine sulks when it rains. What do you do?"),
    (_INTEREST, "Baking courses", "If you ever show how, I'll bring my own apron."),
    (_NEED, "Half loaves", "There is only me now."),
    (_NEED, "Open earlier", "My train leaves at ten to seven."),
    (_INTEREST, "Seeded rye", "Two days old is when it is best."),
    (_NEED, "Delivery", "The hill is longer than it was."),
)


@transaction.atomic
def write_what_is_known(
    people: Sequence[Persona], ids: Mapping[str, int], scene: Scene, *, at: datetime
) -> None:
    """Stick the tags on, fill the fields in, and note what was said, set by set."""
    _write_tags(people, ids, scene, at)
    _write_values(people, ids, scene, at)
    Interest.objects.bulk_create(_interests(people, ids, scene, at))


def forget_unused_tags(tag_ids: Sequence[int]) -> None:
    """Throw away those of these tags that nobody has, and the sample's fields without values."""
    Tag.objects.filter(pk__in=tag_ids, tagged=None).delete()
    CustomField.objects.filter(key__startswith=OWN_KEY, values=None).delete()


def tags_of_the_sample() -> list[int]:
    """Tags that the sample has stuck on somebody."""
    stuck = CustomerTag.objects.filter(source=SOURCE).order_by()
    return list(stuck.values_list("tag_id", flat=True).distinct())


def _write_tags(
    people: Sequence[Persona], ids: Mapping[str, int], scene: Scene, at: datetime
) -> None:
    # A tag of that name that stands here already is the business's own, and stays out of it.
    taken = set(Tag.objects.values_list("folded", flat=True))
    chosen = [row for row in _TAGS if folded_name(row[0]) not in taken]
    tags = Tag.objects.bulk_create(
        Tag(name=name, folded=folded_name(name), colour=colour, created_at=at)
        for name, colour, *_who in chosen
    )
    lot = scene.lot("tags")
    CustomerTag.objects.bulk_create(
        CustomerTag(customer_id=ids[person.key], tag=tag, source=SOURCE, tagged_at=at)
        for tag, (_name, _colour, told, groups, share) in zip(tags, chosen, strict=True)
        for person in people
        if person.key in told or (person.key.startswith(groups) and lot.random() * 100 < share)
    )


def _write_values(
    people: Sequence[Persona], ids: Mapping[str, int], scene: Scene, at: datetime
) -> None:
    first = (CustomField.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    # As with tags: no second field of one name.
    there = CustomField.objects.values_list("key", "label")
    taken = {key for key, _label in there} | {folded_name(label) for _key, label in there}
    rows = CustomField.objects.bulk_create(
        CustomField(
            key=key, label=label, kind=kind, position=place, created_at=at,
            choices=[{"key": k, "label": said} for k, said in _COLLECTS]
            if kind == CustomKind.CHOICE else [],
        )
        for place, (key, (label, kind)) in enumerate(_FIELDS.items(), first)
        if not taken & {key, folded_name(label)}
    )  # fmt: skip
    fields = {row.key: row for row in rows}
    lot = scene.lot("fields of our own")
    CustomValue.objects.bulk_create(
        CustomValue(customer_id=ids[person.key], field=fields[key], **column)
        for person in people
        for key, column in _values(person, scene, lot)
        if key in fields
    )


def _values(
    person: Persona, scene: Scene, lot: random.Random
) -> Iterator[tuple[str, dict[str, str | date | bool | int]]]:
    if person.kind == Kind.ORGANISATION:
        yield "demo_account_limit", {"minor": lot.choice((15_000, 25_000, 40_000))}
        return
    if person.key.startswith(("Co", "Fa", "S")):
        yield "demo_collects", {"text": lot.choice(_COLLECTS)[0]}
    if person.key.startswith(("Br", "S")) and lot.random() < 0.4:
        yield "demo_own_bag", {"flag": lot.random() < 0.7}
    if person.key.startswith("Bi"):
        yield "demo_cake_day", {"day": scene.day + timedelta(days=lot.randint(3, 300))}


def _interests(
    people: Sequence[Persona], ids: Mapping[str, int], scene: Scene, at: datetime
) -> Iterator[Interest]:
    lot = scene.lot("interests")
    told = [(key, kind, topic, words) for key, kind, topic, words in _SAID]
    told += [
        (person.key, *lot.choice(_HEARD))
        for person in people
        if person.key.startswith(("Co", "Fa", "Br", "We")) and lot.random() < 0.25
    ]
    for key, kind, topic, words in told:
        noted = lot.randint(40, 300)
        is_over = topic == "Open earlier" and noted > 200
        yield Interest(
            customer_id=ids[key], kind=kind, topic=topic, folded=folded_name(topic), words=words,
            source=SOURCE, noted_on=scene.ago(noted), created_at=at, is_still_true=not is_over,
            ended_on=scene.ago(30) if is_over else None,
            confirmed_on=scene.ago(lot.randint(4, 35)) if noted > 150 and not is_over else None,
        )  # fmt: skip
