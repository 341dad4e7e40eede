"""What asks how we can help is known in each language in which customers are written to."""

import pytest

from regulars.core.selling_words import asks_how_to_help


@pytest.mark.parametrize(
    "words",
    [
        "So, how can we help?", "Is there something that we could do for you?",
        "Wie können wir Ihnen helfen?", "Gibt es etwas, das wir für Sie tun können?",
        "Comment pouvons-nous vous aider ?", "¿Cómo podemos ayudarle?",
        "Come possiamo aiutarvi?", "Waarmee kunnen we u helpen?",
    ],
)  # fmt: skip
def test_it_asks(words: str) -> None:
    assert asks_how_to_help(words)


@pytest.mark.parametrize(
    "words", ["Help yourself.", "How was it?", "Wir helfen gern.", "We can help with moving."]
)
def test_it_asks_nothing(words: str) -> None:
    assert not asks_how_to_help(words)
