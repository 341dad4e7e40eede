"""The library from the command line."""

import json
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner, Result

from regulars.cli.library import library
from tests.factories.customers import make_customer
from tests.factories.library import STARTER, make_article, make_interest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def run(*words: str, said: str = "") -> Result:
    return CliRunner().invoke(library, list(words), input=said)


def read(*words: str, said: str = "") -> Any:
    answer = run(*words, "--json", said=said)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_the_shelf_is_listed_in_words_and_as_json(at: datetime) -> None:
    assert run("shelf").stdout == "The shelf is empty.\n"
    article = make_article(at, topics=["Starter"])

    assert run("shelf").stdout == f"{article.pk:>5}  When the starter sulks  (0 shared)\n"
    assert read("shelf") == {
        "articles": [{
            "id": article.pk, "title": "When the starter sulks", "kind": "text",
            "topics": ["Starter"], "true_until": None, "shared": 0, "thanked": 0,
        }]
    }  # fmt: skip


def test_it_says_who_would_thank_us_for_an_article_and_for_a_pasted_text(at: datetime) -> None:
    article, ruth = make_article(at), make_customer()
    assert "Nobody of whom we know" in run("who", str(article.pk)).stdout
    make_interest(ruth, "Starter", at)

    told = run("who", str(article.pk)).stdout
    pasted = read("who", "--text", "-", "--title", "On starters", said=STARTER)

    assert told == f"{ruth.pk:>9}  Ruth Calloway  They care about this: Starter (noted today).\n"
    assert [(one["customer_id"], one["because"]) for one in pasted["people"]] == [
        (ruth.pk, "interest")
    ]


@pytest.mark.parametrize("words", [(), ("1", "--text", "-")], ids=["neither", "both"])
def test_it_is_asked_about_one_thing(words: tuple[str, ...]) -> None:
    assert run("who", *words).exit_code == 2
