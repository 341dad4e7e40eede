"""What words promise, in English and German."""

from datetime import date

import pytest

from regulars.cases.promising import day_said, is_vague

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("You have it by Friday.", date(2026, 11, 27)),
        ("by the next Tuesday", date(2026, 12, 1)),
        ("I call you back by tomorrow", date(2026, 11, 25)),
        ("until tonight", TUESDAY),
        ("by 3 December", date(2026, 12, 3)),
        ("by December 3", date(2026, 12, 3)),
        ("by the 2nd of March", date(2027, 3, 2)),
        ("Bis Freitag ist es da", date(2026, 11, 27)),
        ("bis übermorgen", date(2026, 11, 26)),
        ("spätestens am 3. Dezember", date(2026, 12, 3)),
        ("by 31 February", None),
        ("It came on Friday", None),
        ("", None),
        ("by " * 1_000_000, None),
    ],
)
def test_a_day_that_is_said(words: str, said: date | None) -> None:
    assert day_said(words, TUESDAY) == said


@pytest.mark.parametrize(
    "words",
    [
        "We promise to do better.", "We’ll do better", "I will try harder", "we will be better",
        "It won't happen again", "That will never happen again.",
        "Das kommt nicht wieder vor.", "Wir versprechen Ihnen Besserung", "Wir werden uns bessern",
    ],
)  # fmt: skip
def test_betterment_that_nobody_can_see(words: str) -> None:
    assert is_vague(words)


@pytest.mark.parametrize(
    "words", ["A new loaf is on its way.", "You know better than we do", "", "Ein neues Brot"]
)
def test_plain_words_promise_nothing(words: str) -> None:
    assert not is_vague(words)
