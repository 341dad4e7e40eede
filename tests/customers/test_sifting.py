"""Looking through the list: here and on an engine the same pairs, and families stay families."""

import random
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from regulars.customers.choices import Kind
from regulars.customers.likeness import Likeness, least_score, likeness_of
from regulars.customers.models import Customer
from regulars.customers.sieves import found_by_engine
from regulars.customers.sifting import likenesses, names_of, pairs_by_keys, phone_of, sifted_here
from regulars.customers.verdicts import Alike, clusters_of, words_of
from tests.factories.customers import make_customer

LEVELS = {
    "name": "same", "email": "same", "phone": "unknown", "born": "unknown", "marks": "unknown",
    "address": "unknown",
}  # fmt: skip


def sifted() -> list[Alike]:
    return sifted_here(likenesses(Customer.objects.on_the_list()))


def pairs_of(alike: list[Alike]) -> set[tuple[int, int]]:
    return {(one.low, one.high) for one in alike}


@pytest.mark.django_db
def test_one_customer_written_twice_is_found_and_speaks_for_itself() -> None:
    one = make_customer("Ruth Hale", email="ruth@hale.example", phone="020 7946 0018")
    other = make_customer("ruth  HALE", email="Ruth@Hale.example")

    found = sifted()

    assert [(pair.low, pair.high, pair.is_automatic) for pair in found] == [
        (one.pk, other.pk, True)
    ]
    assert words_of(found[0].levels) == ["same name", "same e-mail"]


@pytest.mark.django_db
def test_a_couple_who_share_address_and_phone_is_two() -> None:
    for name in ("Ruth Hale", "Tom Hale"):
        make_customer(
            name, email="the.hales@mail.example", phone="020 7946 0018", address="8 Weir Cottages"
        )

    assert sifted() == []


@pytest.mark.django_db
def test_father_and_son_of_one_name_are_never_merged_by_themselves() -> None:
    for name in ("John Smith", "John Smith jr"):
        make_customer(
            name, email="smith@mail.example", phone="020 7946 0018", address="8 Weir Cottages"
        )

    found = sifted()

    assert [pair.is_automatic for pair in found] == [False]


@pytest.mark.django_db
def test_a_telephone_and_a_name_alone_are_proposed_and_not_merged() -> None:
    make_customer("John Smith", phone="020 7946 0018")
    make_customer("John Smith", phone="+44 20 7946 0018")

    assert [pair.is_automatic for pair in sifted()] == [False]


def one_called(given: str, family: str = "hale", **said: Any) -> Likeness:
    return Likeness(1, "person", given, family, **said)


STRANGERS = {
    "a family at one address and number": (
        one_called("anna", phones=frozenset({"79460018"}), street="8weircottages", city="ambley"),
        one_called("emma", phones=frozenset({"79460018"}), street="8weircottages", city="ambley"),
    ),
    "addresses that are near for the family's name": (
        one_called("celia", emails=frozenset({"celia.hale@mail.example"})),
        one_called("felix", emails=frozenset({"felix.hale@mail.example"})),
    ),
    "next doors of a small town": (
        one_called("ruth", street="8weircottages", city="ambley"),
        one_called("tom", "pike", street="9weircottages", city="ambley"),
    ),
    "two offices": (
        one_called("ruth", emails=frozenset({"info@hale.example"})),
        one_called("tom", "pike", emails=frozenset({"info@pike.example"})),
    ),
    "one first name, one street": (
        one_called("ruth", street="8weircottages", city="ambley"),
        one_called("ruth", "pike", street="9weircotages", city="ambley"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("pair", STRANGERS.values(), ids=STRANGERS)
def test_what_strangers_and_families_have_in_common_is_not_proposed(
    pair: tuple[Likeness, Likeness],
) -> None:
    first, second = pair

    assert sifted_here([first, replace(second, id=2)]) == []


SAME = {
    "a first name in a muddle, one address": (
        one_called("charlie", emails=frozenset({"charlieh@mail.example"})),
        one_called("cahlrae", emails=frozenset({"charlieh@mail.example"})),
    ),
    "a first name in a muddle, addresses with a slip": (
        one_called("harvey", emails=frozenset({"harveyhale32@mail.example"})),
        one_called("hehray", emails=frozenset({"harveyhael32@mail.example"})),
    ),
    "no first name, addresses with a slip": (
        one_called("", emails=frozenset({"a.hale20@mail.example"})),
        one_called("alfie", emails=frozenset({"a.hael20@mail.example"})),
    ),
}


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_a_name_that_was_typed_in_a_muddle_or_not_at_all_is_no_second_name(
    pair: tuple[Likeness, Likeness],
) -> None:
    first, second = pair

    assert [one.is_automatic for one in sifted_here([first, replace(second, id=2)])] == [False]


@pytest.mark.django_db(transaction=True)
def test_an_engine_finds_what_python_finds() -> None:
    _made_up_list()

    people = likenesses(Customer.objects.on_the_list())
    sharing = {(people[a].id, people[b].id) for a, b in pairs_by_keys(people)}
    # In a short list everybody is compared with everybody; an engine goes by keys.
    here = {pair: one for one in sifted() if (pair := (one.low, one.high)) in sharing}
    there = {(one.low, one.high): one for one in found_by_engine(None, step=lambda _word: None)}

    assert here.keys() == there.keys()
    assert here.keys()
    assert {pair: _told(one) for pair, one in here.items()} == {
        pair: _told(one) for pair, one in there.items()
    }


def _told(one: Alike) -> tuple[object, ...]:
    return (round(one.score, 1), dict(one.levels), one.is_automatic, one.is_household)


def _made_up_list() -> None:
    """Everything that people write differently, on some forty cards."""
    lot = random.Random(7)
    names = (
        "Ruth Hale", "Ruth Halle", "Hale Ruth", "R Hale", "John Smith jr", "John Smith",
        "Dr John O'Neill", "John ONeill", "Zoë Müller", "Zoe Mueller", "Hale", "Anne Strauß",
        "Htru Hale",
    )  # fmt: skip
    emails = (None, "ruth.hale@mail.example", "john@smith.example", "rhale@x.example")
    for turn in range(40):
        make_customer(
            names[turn % len(names)],
            email=lot.choice(emails),
            phone=lot.choice((None, "020 7946 0018", "+442079460018", "0161 496 0999")),
            address=lot.choice((None, "8 Weir Cottages", "8 Weir Cotages", "17 High Street")),
        )
    for name in ("Bramble & Co Ltd", "Bramble & Co", "Bramble and Company"):
        make_customer(name, kind=Kind.ORGANISATION, phone="020 7946 0555")


@pytest.mark.parametrize(
    ("given", "family", "expected"),
    [
        ("Ruth", "Hale", ("ruth", "hale", "")),
        ("John Smith", "Jr.", ("john", "smith", "2")),
        ("John", "Smith Sr", ("john", "smith", "1")),
        ("Dr. Mary-Jane", "O’Neill", ("maryjane", "oneill", "")),
        ("", "", ("", "asnamed", "")),
    ],
)  # fmt: skip
def test_names_are_compared_without_titles_ages_and_signs(
    given: str, family: str, expected: tuple[str, str, str]
) -> None:
    assert names_of(Kind.PERSON, "As named", given, family) == expected


def test_an_organisation_is_compared_without_its_legal_form() -> None:
    assert names_of(Kind.ORGANISATION, "Bramble & Söhne GmbH & Co. KG", "", "") == (
        "", "bramblesohne", "",
    )  # fmt: skip


def test_a_number_is_the_same_with_the_code_of_the_country_and_without() -> None:
    assert phone_of("+442079460018") == phone_of("02079460018") == "079460018"
    assert phone_of("12345") == ""


def test_a_score_is_what_the_levels_count_together() -> None:
    one = Likeness(1, "person", "ruth", "hale", born="19710624")
    other = Likeness(2, "person", "ruth", "hale", born="19710625")

    score, levels = likeness_of(one, other)

    assert levels == {
        "name": "same", "email": "unknown", "phone": "unknown", "born": "close",
        "marks": "unknown", "address": "unknown",
    }  # fmt: skip
    assert round(score, 1) == 15.1


def test_in_a_longer_list_a_pair_must_count_more() -> None:
    assert [round(least_score(count), 1) for count in (30, 1_000, 1_000_000)] == [3.8, 4.9, 14.9]


def test_a_chain_of_likenesses_is_no_group() -> None:
    first = Alike(1, 2, 20.0, LEVELS, own_email=True)
    second = Alike(2, 3, 19.0, LEVELS, own_email=True)
    third = Alike(1, 3, 18.0, LEVELS, own_email=True)

    assert clusters_of([first, second]) == [[1, 2]]
    assert clusters_of([first, second, third]) == [[1, 2, 3]]


def test_a_chain_never_joins_two_who_disagree_on_a_number_or_a_birthday() -> None:
    ruth = partial(
        one_called, "ruth", emails=frozenset({"ruth@hale.example"}), street="8weircottages",
        city="ambley",
    )  # fmt: skip
    chain = [
        ruth(marks=frozenset({"1:4711"}), born="19710624"),
        ruth(),
        ruth(marks=frozenset({"1:4712"})),
        ruth(born="19440101"),
    ]
    people = [replace(one, id=place) for place, one in enumerate(chain)]

    found = sifted_here(people)

    assert {(one.low, one.high) for one in found if one.is_automatic} >= {(0, 1), (1, 2), (1, 3)}
    groups = clusters_of(found)
    assert groups
    for group in groups:
        members = [people[place] for place in group]
        assert len(frozenset().union(*(one.marks for one in members))) <= 1
        assert len({one.born for one in members if one.born}) <= 1
