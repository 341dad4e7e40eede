"""Writing the list: customers, the homes they share, how to reach them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from regulars.customers.choices import Kind, PointKind
from regulars.customers.models import ContactPoint, Customer, Household, Reference
from regulars.customers.naming import normal_of, seal_of, search_text_of, sort_name_of
from regulars.demo.crowd import crowd
from regulars.demo.personas import Persona, PhoneBook, address_of
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.second_cards import with_second_cards
from regulars.demo.stories import named_organisations, named_people
from regulars.demo.trade import DEPARTMENTS, organisations
from regulars.team.models import Member

CITY = "Ambley"


def everyone(scene: Scene) -> list[Persona]:
    """All 412, each with numbers and addresses of their own, but for the older cards of some."""
    told = [*named_people(scene), *named_organisations()]
    untold = [*with_second_cards(told, crowd(scene)), *organisations(scene), *DEPARTMENTS]
    phones = PhoneBook(scene, {person.phone for person in told} | {"01632 960 100"})
    taken: set[str] = set()
    people = told + [_reachable(person, phones, taken) for person in untold]
    return [_with_number_of(person, told) if person.card_of else person for person in people]


def _with_number_of(person: Persona, told: Sequence[Persona]) -> Persona:
    """What tells that two cards are of one."""
    return replace(person, phone=next(one.phone for one in told if one.key == person.card_of))


def _reachable(person: Persona, phones: PhoneBook, taken: set[str]) -> Persona:
    is_trade = person.kind == Kind.ORGANISATION
    return replace(
        person,
        phone=phones.next() if person.phone or is_trade else "",
        email=address_of(person.name, taken) if person.email or is_trade else "",
    )


@transaction.atomic
def write_customers(
    people: Sequence[Persona], staff: Mapping[str, Member], scene: Scene, *, at: datetime
) -> dict[str, int]:
    """Put everyone on the list; returns their ids by key."""
    homes = _write_households(people)
    rows = [_customer(person, staff, homes, scene, at) for person in people]
    Customer.objects.bulk_create(rows)
    ids = {person.key: row.pk for person, row in zip(people, rows, strict=True)}
    Reference.objects.bulk_create(
        Reference(customer_id=pk, source=SOURCE, value=key) for key, pk in ids.items()
    )
    ContactPoint.objects.bulk_create(
        point for person in people for point in _points(person, ids[person.key], at)
    )
    return ids


def _write_households(people: Sequence[Persona]) -> dict[str, int]:
    heads = {person.household: person for person in people if person.household}
    homes = Household.objects.bulk_create(
        Household(
            name=name, address=_address(head), street=head.street, postcode=head.postcode,
            city=CITY, country="GB", source=SOURCE,
        )
        for name, head in sorted(heads.items())
    )  # fmt: skip
    return {home.name: home.pk for home in homes}


def _customer(
    person: Persona,
    staff: Mapping[str, Member],
    homes: Mapping[str, int],
    scene: Scene,
    at: datetime,
) -> Customer:
    emails = [person.email] if person.email else []
    phones = [normal_of(PointKind.PHONE, person.phone, "GB")] if person.phone else []
    return Customer(
        kind=person.kind,
        name=person.name,
        given_name=person.given,
        family_name=person.family,
        sort_name=sort_name_of(person.kind, person.name, person.given, person.family),
        search_text=search_text_of([person.name], emails, phones),
        household_id=homes.get(person.household),
        manager=staff.get(person.manager),
        since_on=scene.ago(person.since_ago),
        about=person.about,
        source=SOURCE,
        created_at=at,
        updated_at=at,
    )


def _address(person: Persona) -> str:
    return ", ".join(part for part in (person.street, CITY, person.postcode) if part)


def _points(person: Persona, customer_id: int, at: datetime) -> list[ContactPoint]:
    address = _address(person)
    reach = {
        PointKind.PHONE: (person.phone, normal_of(PointKind.PHONE, person.phone, "GB")),
        PointKind.EMAIL: (person.email, person.email.casefold()),
        PointKind.ADDRESS: (address if person.street else "", address.casefold()),
    }
    return [
        ContactPoint(
            customer_id=customer_id,
            kind=kind,
            value=value,
            normal=normal,
            seal=seal_of(kind, normal),
            street=person.street if kind == PointKind.ADDRESS else "",
            postcode=person.postcode if kind == PointKind.ADDRESS else "",
            city=CITY if kind == PointKind.ADDRESS else "",
            country="GB" if kind == PointKind.ADDRESS else "",
            is_primary=True,
            source=SOURCE,
            created_at=at,
        )
        for kind, (value, normal) in reach.items()
        if value
    ]
