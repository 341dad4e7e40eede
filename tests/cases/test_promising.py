"""Words that promise to do better, in English and German."""

import pytest

from regulars.cases.promising import is_vague


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
