"""How well an article fits a topic, or goods."""

import pytest

from regulars.library.fitting import FITS, fit_of, fitting, told_of
from regulars.library.terms import telling_words, words_of

BODY = (
    "A starter sulks when it is cold. Feed the starter with rye flour twice on the day before you "
    "bake. See [our page](https://x.example/chocolate) or https://x.example/nuts for more."
)
TOLD = told_of("When the starter sulks", BODY, ["Baking courses"])


@pytest.mark.parametrize(
    ("topic", "fits"),
    [
        pytest.param("baking courses", True, id="named as a topic"),
        pytest.param("Starter and flour", True, id="both words"),
        pytest.param("Starters", True, id="another form of the word"),
        pytest.param("STARTER", True, id="another case"),
        pytest.param("Oat milk", False, id="nothing of it"),
        pytest.param("With the", False, id="words that say nothing"),
        pytest.param("Chocolate", False, id="only in an address"),
        pytest.param("Start", True, id="a shorter form"),
        pytest.param("Starting a choir club", False, id="one of three words"),
    ],
)
def test_a_topic_fits_by_the_words_that_an_article_says(topic: str, fits: bool) -> None:
    found = fitting([topic, "Seeded rye", "Buns for the choir", "A club"], TOLD, FITS)

    assert (topic in found) == fits


def test_what_is_said_once_in_a_long_text_is_not_what_it_is_about() -> None:
    short = told_of("Bread", "Rye.", [])
    long = told_of("Bread", "Rye. " + "Wheat and spelt are something else. " * 200, [])

    assert fit_of("rye", short, {}) > FITS > fit_of("rye", long, {})


def test_addresses_and_marks_are_no_words() -> None:
    assert words_of("Café [crème](https://a.example/x) www.b.example ![pic](y.png)!") == [
        "cafe", "creme", "pic",
    ]  # fmt: skip
    assert telling_words("Buns for the choir") == ["buns", "choir"]
