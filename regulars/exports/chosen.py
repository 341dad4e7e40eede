"""The customers who go out, in chunks, with all that is known of them in a few queries each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from regulars.consent.models import ConsentState
from regulars.core.actor import SYSTEM, Actor
from regulars.customers.choices import MUTUAL, PointKind, RelationKind
from regulars.customers.models import ContactPoint, Customer, CustomerQuerySet, Relation
from regulars.customers.queries.custom import custom_fields, custom_values_of, value_to_write
from regulars.customers.queries.interests import interests_of
from regulars.customers.queries.people import customers_for
from regulars.customers.queries.tags import tags_of
from regulars.insight.choices import Tier
from regulars.lists.queries.fields import list_fields_now
from regulars.messaging.audiences import audiences

CHUNK = 2000
CHANNELS = ("email", "text")
# An address is written as a whole, so that all of it must be seen.
PLACE = {f"customer.{part}" for part in ("street", "postcode", "city", "region", "country")}


# What it is, and its parts by name, as `core.several` writes them.
Noted = tuple[str, dict[str, object]]


@dataclass(slots=True)
class Person:
    """One customer as a file says them."""

    id: int
    kind: str
    name: str
    given_name: str
    family_name: str
    about: str
    since_on: date | None
    updated_at: datetime
    household: str = ""
    manager: str = ""
    tier: str = ""
    last_on: date | None = None
    purchase_count: int = 0
    year_spend_minor: int = 0
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    address: ContactPoint | None = None
    social: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    # Fields of the business's own, by key, as our import reads them.
    own: dict[str, str] = field(default_factory=dict)
    # What they care about, and what they need.
    topics: dict[str, list[str]] = field(default_factory=dict)
    # Whom they stand to, by how.
    others: dict[str, list[str]] = field(default_factory=dict)
    # The same with all that was noted of them, over or not.
    topics_noted: dict[str, list[Noted]] = field(default_factory=dict)
    others_noted: list[Noted] = field(default_factory=list)
    # For each channel what was decided, and when.
    consent: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    @property
    def uid(self) -> str:
        return f"regulars-{self.id}"


def chosen_customers(selection: dict[str, Any], actor: Actor = SYSTEM) -> CustomerQuerySet:
    """Everybody on the list, or those whom an audience finds."""
    if not selection.get("audience"):
        return customers_for(actor).on_the_list()
    found = audiences[selection["audience"]].customers(selection["definition"])
    return customers_for(actor).filter(pk__in=found.order_by().values("pk"))


def people_in_chunks(rows: CustomerQuerySet) -> Iterator[list[Person]]:
    """By name, each page beginning where the last one ended."""
    shown = rows.select_related("household", "manager", "facts", "tier_override")
    shown = shown.order_by("sort_name", "pk")
    after: tuple[str, int] | None = None
    while found := list((shown if after is None else shown.filter(_beyond(*after)))[:CHUNK]):
        yield _people(found)
        after = (found[-1].sort_name, found[-1].pk)


def _beyond(name: str, pk: int) -> Q:
    return Q(sort_name__gte=name) & (Q(sort_name__gt=name) | Q(pk__gt=pk))


def _people(found: Sequence[Customer]) -> list[Person]:
    people = {one.pk: _person(one) for one in found}
    points = ContactPoint.objects.filter(customer__in=list(people))
    for point in points.order_by("customer_id", "-is_primary", "id"):
        _add_point(people[point.customer_id], point)
    states = ConsentState.objects.filter(
        customer__in=list(people), channel__in=CHANNELS, purpose=""
    )
    for state in states:
        people[state.customer_id].consent[state.channel] = (state.decision, state.changed_at)
    _add_tags(people)
    _add_own(people)
    _add_others(people)
    _add_topics(people)
    return list(people.values())


def _add_tags(people: dict[int, Person]) -> None:
    for pk, tags in tags_of(list(people)).items():
        people[pk].tags = [tag.name for tag in tags]


def _add_own(people: dict[int, Person]) -> None:
    fields = {one.key: one for one in custom_fields()}
    for pk, held in custom_values_of(list(people), fields.values()).items():
        people[pk].own = {key: value_to_write(fields[key], value) for key, value in held.items()}


def _add_others(people: dict[int, Person]) -> None:
    for here, there in (("of", "to"), ("to", "of")):
        kinds = RELATIONS if here == "of" else list(MUTUAL)
        rows = Relation.objects.filter(kind__in=kinds, **{f"{here}__in": list(people)})
        for one in rows.select_related(there).order_by("pk"):
            person, other = people[getattr(one, f"{here}_id")], getattr(one, there)
            if one.until_on is None:
                person.others.setdefault(one.kind, []).append(other.name)
            parts: dict[str, object] = {
                "name": other.name, "number": other.pk, "since": one.since_on,
                "until": one.until_on, "source": one.source,
            }  # fmt: skip
            person.others_noted.append((one.kind, parts))


RELATIONS = list(RelationKind)


def _add_topics(people: dict[int, Person]) -> None:
    for pk, interests in interests_of(list(people), with_ended=True).items():
        for one in sorted(interests, key=lambda one: one.pk):
            if one.is_still_true:
                people[pk].topics.setdefault(one.kind, []).append(one.topic)
            parts: dict[str, object] = {
                "noted": one.noted_on, "confirmed": one.confirmed_on,
                "ended": "" if one.is_still_true else one.ended_on or one.noted_on,
                "source": one.source, "words": one.words,
            }  # fmt: skip
            people[pk].topics_noted.setdefault(one.kind, []).append((one.topic, parts))


def _person(one: Customer) -> Person:
    facts, by_hand = getattr(one, "facts", None), getattr(one, "tier_override", None)
    tier = by_hand.tier if by_hand else facts.tier if facts else Tier.NEW.value
    person = Person(
        one.pk, one.kind, one.name, one.given_name, one.family_name, one.about, one.since_on,
        one.updated_at, tier=str(Tier(tier).label),
        household=one.household.name if one.household else "",
        manager=one.manager.name if one.manager else "",
    )  # fmt: skip
    if facts is not None:
        person.last_on, person.purchase_count = facts.last_on, facts.purchase_count
        person.year_spend_minor = facts.year_spend_minor
    return person


def _add_point(person: Person, point: ContactPoint) -> None:
    if point.kind == PointKind.ADDRESS:
        person.address = person.address or point
        return
    kept = {
        PointKind.EMAIL.value: person.emails, PointKind.PHONE.value: person.phones,
    }.get(point.kind, person.social)  # fmt: skip
    kept.append(point.value)


def seen_by(actor: Actor, people: list[Person]) -> list[Person]:
    """The same people without what is hidden from this person's role."""
    seen = list_fields_now(actor)
    for one in people:
        one.emails = one.emails if "customer.email" in seen else []
        one.phones = one.phones if "customer.phone" in seen else []
        one.address = one.address if seen.keys() >= PLACE else None
        one.about = one.about if "customer.about" in seen else ""
        one.given_name = one.given_name if "customer.first_name" in seen else ""
        one.family_name = one.family_name if "customer.family_name" in seen else ""
        one.tags = one.tags if "customer.tags" in seen else []
    return people
