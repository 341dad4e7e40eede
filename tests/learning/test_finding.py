"""Themes in a text: which words, in which mood, and where."""

import pytest

from regulars.learning.choices import Mood
from regulars.learning.finding import (
    LONGEST,
    as_words,
    dictionary_of,
    sentence_around,
    themes_in,
    tokens_of,
)
from regulars.learning.taxonomy import OURS

WORDS = dictionary_of(
    {
        key: {Mood.BAD: one.bad, Mood.GOOD: one.good, Mood.PLAIN: one.plain}
        for key, one in OURS.items()
    }
)


def told(text: str, leaning: Mood = Mood.PLAIN) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in themes_in(text, WORDS, leaning):
        found.setdefault(one.theme, set()).add(one.mood.value)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The parcel came late.", {"late": {"bad"}}),
        ("It was not late at all", {"late": {"good"}}),
        ("Não recebi o produto", {"missing": {"bad"}, "quality": {"plain"}}),
        ("Entregue antes do prazo", {"late": {"good"}}),
        ("the delivery was terrible", {"late": {"bad"}, "overall": {"bad"}}),
        ("the delivery wasn't terrible", {"late": {"good"}, "overall": {"good"}}),
        ("The bread was great, but the delivery", {"taste": {"good"}, "overall": {"good"},
                                                    "late": {"plain"}}),
        ("no problem", {"overall": {"good"}}),
        ("CAIXA ABERTA!", {"packing": {"bad"}}),
        ("Muito obrigada", {"thanks": {"good"}}),
        ("", {}),
        ("\N{GRINNING FACE} \ufdfa \u202e", {}),
    ],
)  # fmt: skip
def test_each_word_says_its_theme_and_mood(text: str, expected: dict[str, set[str]]) -> None:
    found = told(text)
    found.get("late", set()).discard("none")

    assert found == expected


def test_what_is_only_named_is_meant_as_it_was_asked() -> None:
    assert told("The staff", Mood.BAD) == {"service": {"bad"}}
    assert told("The staff was great", Mood.BAD)["service"] == {"good"}


def test_places_are_those_of_the_text_as_it_was_written() -> None:
    text = "Já faz um mês! Não RECEBI nada; ﬁne."

    [one] = [one for one in themes_in(text, WORDS) if one.theme == "missing"]

    assert text[one.start : one.end] == "Não RECEBI"
    assert sentence_around(text, one.start, one.end) == ("", "Não RECEBI", " nada;")


def test_the_longest_phrase_of_a_theme_wins() -> None:
    found = [one for one in themes_in("out of stock", WORDS) if one.theme == "stock"]

    assert [(one.start, one.end) for one in found] == [(0, 12)]


def test_a_very_long_text_is_read_in_part_and_quickly() -> None:
    tokens = tokens_of("late " * 300_000)

    assert len(tokens) == LONGEST // 5


def test_typed_words_are_kept_as_they_are_compared() -> None:
    assert as_words("Delay*, On  Time\nnão chegou\n, *,\nOn time") == [
        "delay*", "on time", "nao chegou",
    ]  # fmt: skip


def test_words_that_come_along_are_folded_and_each_speaks_in_one_mood() -> None:
    for key, one in OURS.items():
        lists = [one.bad, one.good, one.plain]
        for listed in lists:
            assert [as_words(word) for word in listed] == [[word] for word in listed], key
        assert len({*one.bad, *one.good, *one.plain}) == sum(map(len, lists)), key
