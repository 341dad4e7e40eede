import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from regulars.customers import naming
from regulars.customers.choices import Kind, PointKind, PointState
from regulars.customers.naming import (
    normal_email,
    normal_phone,
    search_text_of,
    sort_name_of,
    sought_words,
    state_of,
)


def test_a_person_sorts_by_family_name_and_an_organisation_by_its_own() -> None:
    assert sort_name_of(Kind.PERSON, "Ruth  Calloway", "Ruth", "Calloway") == "calloway ruth"
    assert sort_name_of(Kind.ORGANISATION, "Winslow & Sons", "", "") == "winslow & sons"
    assert sort_name_of(Kind.PERSON, "ẞ" * 300, "", "") == "s" * 200


def test_search_text_holds_folded_words_of_names_addresses_and_numbers() -> None:
    text = search_text_of(
        ["Ciarán O'Neill-Smith", "山田 太郎"], ["ruth.c@calloway.example"], ["+441632960214"]
    )

    assert text.split() == [
        "ciaran", "o", "neill", "smith", "oneillsmith", "山", "田", "太", "郎", "ruth", "c",
        "calloway", "example", "441632960214", "1632960214", "960214",
    ]  # fmt: skip
    assert text.startswith(" ")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Cal ru", ["cal", "ru"]),
        ("o’ne", ["o", "ne"]),
        ("01632 960 214", ["1632960214"]),
        ("+44 (0)1632", ["441632"]),
        ("太郎", ["太", "郎"]),
        ("RÚTH ruth", ["ruth"]),
        ('"*^ OR NEAR(', ["or", "near"]),
        ("000", []),
        ("  ", []),
        ("';--", []),
    ],
)
def test_what_is_typed_becomes_beginnings_of_words(typed: str, words: list[str]) -> None:
    assert sought_words(typed) == words


def test_no_word_is_longer_than_an_index_takes() -> None:
    assert [len(word) for word in search_text_of(["x" * 5000], [], []).split()] == [60]
    assert len(search_text_of([" ".join(map(str, range(1, 3000)))], [], []).split()) == 400


def test_addresses_and_numbers_are_compared_in_their_normal_form() -> None:
    assert normal_email(" <Ruth@Calloway.Example> ") == "ruth@calloway.example"
    assert normal_phone("020 7946 0018", "GB") == "+442079460018"
    assert normal_phone("+44 20 7946 0018", "") == "+442079460018"
    assert normal_phone("ext. 12", "GB") == "12"
    assert state_of(PointKind.EMAIL, "ruth@calloway.example") == PointState.USABLE
    assert state_of(PointKind.EMAIL, "ruth@calloway") == PointState.DOUBTFUL
    assert state_of(PointKind.PHONE, "+442079460018") == PointState.USABLE
    assert state_of(PointKind.PHONE, "12") == PointState.DOUBTFUL


# What names are made of, with all that may stand between words; rarely any sign at all.
WRITTEN = st.text(st.sampled_from("aZe09 \t\n\x1f-.'’`&_éß½İ²太") | st.characters(), max_size=70)


@settings(max_examples=300)
@example("Wilson")
@example("C0000001")
@example("0044 7")
@example("a\x1fb\x0bc")
@given(WRITTEN)
def test_the_short_way_to_the_words_of_a_name_ends_where_the_long_one_does(text: str) -> None:
    assert list(naming._written_words(text)) == list(naming._words_in_full(text))
