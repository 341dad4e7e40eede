"""Cards that an older till made of people who are on the list: who may be one, and two who left."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from regulars.core.models import Operation
from regulars.core.operations import begin_operation
from regulars.customers.actions.finding import find_duplicates
from regulars.customers.actions.leaving import delete_customers
from regulars.customers.actions.merging import merge_customers
from regulars.customers.models import Customer
from regulars.demo.personas import Persona
from regulars.demo.stories import BRYN, FLORIAN, MAREN, ODILE
from regulars.team.models import Member

# Whose card it is, and how the older till spelled them.
SPELLED = {
    MAREN: ("Maren", "Oduja"), FLORIAN: ("Florian", "Achtenberg"),
    ODILE: ("Odille", "Fournier"), BRYN: ("Brynn", "Ellis"),
}  # fmt: skip
MERGED, THROWN_AWAY = "X01", "X02"


def with_second_cards(told: Sequence[Persona], crowd: Sequence[Persona]) -> list[Persona]:
    """The crowd, in which four who left long ago are older cards of some of those told of."""
    known = {person.key: person for person in told}
    old = [person.key for person in crowd if person.key[:2] == "Lo" and not person.household]
    whose = dict(zip(old[-len(SPELLED) :], SPELLED, strict=True))
    return [
        _spelled(person, known[whose[person.key]]) if person.key in whose else person
        for person in crowd
    ]


def _spelled(person: Persona, known: Persona) -> Persona:
    given, family = SPELLED[known.key]
    return replace(
        person, name=f"{given} {family}", given=given, family=family, about="",
        street=known.street, postcode=known.postcode, card_of=known.key,
    )  # fmt: skip


def leavers(people: Sequence[Persona]) -> list[Persona]:
    """Two cards more than the list has customers: one to be merged, one for the Trash."""
    kept = _merged_into(people)
    return [
        Persona(
            MERGED, f"{kept.given[0]}. {kept.family}", None, given=f"{kept.given[0]}.",
            family=kept.family, since_ago=300, about="Cake for twelve, no marzipan.",
            phone=kept.phone, email=f"{kept.family.lower()}@home.example",
        ),
        Persona(
            THROWN_AWAY, "Till Test", None, given="Till", family="Test", since_ago=40,
            about="Put down while trying out the new till.",
        ),
    ]  # fmt: skip


def _merged_into(people: Sequence[Persona]) -> Persona:
    return next(
        person for person in people
        if person.key[:2] == "Fa" and person.phone and person.email and not person.household
    )  # fmt: skip


def tidy_up(
    people: Sequence[Persona], ids: Mapping[str, int], staff: Mapping[str, Member], *, at: datetime
) -> None:
    """Merge two, throw one away, as Tomasz would, so it can be undone; and look who may be one."""
    tomasz, earlier = staff["tomasz"], at - timedelta(days=2)
    kept, merged, thrown = ids[_merged_into(people).key], ids[MERGED], ids[THROWN_AWAY]
    cards = Customer.objects.in_bulk([kept, merged, thrown])
    merge_customers(cards[kept], cards[merged], by=tomasz.actor, at=earlier)
    operation = begin_operation(
        Operation.Kind.DELETE, subject_id=thrown, by=tomasz.actor, at=earlier,
        words=cards[thrown].name,
    )  # fmt: skip
    delete_customers(
        Customer.objects.filter(pk=thrown), by=tomasz.actor, at=earlier, operation=operation
    )
    find_duplicates(by=tomasz.actor, at=at)


def forget_what_could_be_undone(leaving: Sequence[int]) -> None:
    """Throw away what was kept for taking back merges and deletions of these customers."""
    kinds = (Operation.Kind.MERGE, Operation.Kind.DELETE)
    Operation.objects.filter(kind__in=kinds, subject_id__in=leaving).delete()
