import pytest

from regulars.bulletins.changes import Change, changes_between
from regulars.bulletins.choices import Box

KNOWN, OPEN, DOING = Box


def test_sentences_that_came_and_went_and_were_worded_anew() -> None:
    before = {"known": "Two ovens bake. Rye is sold out.", "doing": "We bake from midnight."}
    after = {"known": "All three ovens bake. Rye is sold out.\nStollen is here.", "doing": ""}

    assert changes_between(before, after) == [
        Change(KNOWN, "Two ovens bake.", "All three ovens bake."),
        Change(KNOWN, "", "Stollen is here."),
        Change(DOING, "We bake from midnight.", ""),
    ]


def test_what_was_not_known_and_is_now_is_said_as_settled() -> None:
    before = {"not_known": "The third oven comes in May."}
    after = {"known": "The third oven comes in May."}

    assert changes_between(before, after) == [
        Change(KNOWN, "", "The third oven comes in May.", is_settled=True)
    ]


@pytest.mark.parametrize(
    "after", ["Two ovens bake.", "- two ovens  bake.", "\n• Two ovens bake.\n"]
)
def test_spaces_signs_and_capitals_are_no_news(after: str) -> None:
    assert changes_between({"known": "Two ovens bake."}, {"known": after}) == []


def test_a_long_text_is_compared_quickly() -> None:
    before = {"known": " ".join(f"Sentence {n} of the first." for n in range(120))}
    after = {"known": " ".join(f"Another {n} of the second!" for n in range(120))}

    assert len(changes_between(before, after)) >= 120
