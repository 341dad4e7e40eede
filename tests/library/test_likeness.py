"""What a text is about, told from those nearest to it."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

from regulars.library.likeness import likenesses, shelve, topics_by_nearness
from regulars.library.terms import terms_of


def test_the_nearest_texts_say_what_a_text_is_about() -> None:
    shelf = [
        terms_of("Feeding a starter", "Rye flour and water, twice a day."),
        terms_of("A sulking starter", "Cold water makes the starter sulk."),
        terms_of("Delivery", "The van goes up the hill on Tuesdays."),
        terms_of("The hill", "No van in winter, and no delivery up the hill."),
    ]
    new = terms_of("My starter", "It sulks; I gave it water and flour.")

    near = likenesses(new, shelve([*shelf, new]))[:4]

    ranked = topics_by_nearness(near, [["a"], ["a"], ["b"], ["b"]])
    assert [topic for topic, _weight in ranked] == ["a", "b"]
    # With the last it shares one word that most of them have.
    assert min(near[:2]) > 3 * near[3] > near[2] == 0


def test_a_text_by_itself_is_near_to_nothing() -> None:
    assert likenesses(terms_of("One", "word"), shelve([terms_of("Other", "words")])) == [0.0]
    assert topics_by_nearness([0.0], [["a"]]) == []


def _ranked(texts: Sequence[tuple[str, str]], topics: Sequence[str]) -> list[list[str]]:
    """For each text its topics, the likeliest first, told from all the others."""
    terms = [terms_of(title, body) for title, body in texts]
    shelf = shelve(terms)
    of_each = [[topic] for topic in topics]
    return [
        [t for t, _w in topics_by_nearness(likenesses(text, shelf), of_each, but=place)]
        for place, text in enumerate(terms)
    ]


@pytest.mark.realdata
def test_the_topic_of_a_real_article_is_told_from_the_others(real_data: Path) -> None:
    """Each of 76 articles of 16 topics, left out in turn; the tuning is in docs/matching.md."""
    folder = real_data / "content"
    with (folder / "index.csv").open(encoding="utf-8") as index:
        rows = list(csv.DictReader(index))
    texts = [(row["title"], (folder / row["file"]).read_text("utf-8")) for row in rows]
    topics = [row["topic"] for row in rows]

    ranked = _ranked(texts, topics)

    first = sum(found[:1] == [true] for found, true in zip(ranked, topics, strict=True))
    among_three = sum(true in found[:3] for found, true in zip(ranked, topics, strict=True))
    assert (len(rows), len(set(topics))) == (76, 16)
    assert first / len(rows) >= 0.65
    assert among_three / len(rows) >= 0.87
