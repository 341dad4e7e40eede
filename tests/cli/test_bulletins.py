import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from regulars.bulletins.models import Bulletin, Version
from regulars.cli.bulletins import bulletin
from regulars.promises.models import Promise
from tests.factories.bulletins import make_bulletin, make_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business", "at")]
SAID = ("--known", "Two ovens bake.", "--next-update-by", "2026-11-25T17:00")


def run(*words: str) -> Result:
    return CliRunner().invoke(bulletin, list(words))


def read(*words: str) -> Any:
    answer = run(*words, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_a_bulletin_is_opened_updated_and_closed() -> None:
    opened = read("open", "The fire", *SAID)
    number = str(opened["id"])
    updated = read("update", number, "--doing", "We bake at night.", "--not-known", "Till when.",
                   "--next-update-by", "2026-11-26T17:00")  # fmt: skip
    standing = read("state")
    closed = read("close", number, "--words", "All ovens bake again.")

    made = Bulletin.objects.get()
    assert (made.title, made.audience, made.is_drill) == ("The fire", "everybody", False)
    assert opened["next_update_by"] == "2026-11-25T17:00:00+00:00"
    assert [one["number"] for one in updated["versions"]] == [1, 2]
    assert updated["versions"][1]["texts"]["en"]["doing"] == "We bake at night."
    assert [one["id"] for one in standing["open"]] == [made.pk]
    assert (closed["is_open"], read("state")) == (False, {"open": []})
    assert {one.state for one in Promise.objects.all()} == {"kept"}


def test_in_plain_words_it_says_what_is_open_late_and_that_nothing_is(at: datetime) -> None:
    nothing = run("state")
    make_version(make_bulletin(at), at - timedelta(hours=30), hours=24)

    late = run("state")

    assert (nothing.exit_code, nothing.stdout) == (0, "No bulletin is open.\n")
    assert late.stdout.split()[1:4] == ["late", "2026-11-24T03:00", "1"]
    assert "How we are doing after the fire" in late.stdout


def test_a_drill_stands_on_no_page_and_promises_nothing() -> None:
    tried = read("open", "The fire", "--drill", *SAID)

    assert (tried["is_drill"], tried["page"]) == (True, None)
    assert Promise.objects.count() == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("open", "The fire", "--known", "x", "--next-update-by", "soon"),
                     "“soon” is no moment.", id="no moment"),
        pytest.param(("open", "The fire", "--known", "x", "--next-update-by", "2026-11-23T17:00"),
                     "Choose a moment to come.", id="past"),
        pytest.param(("open", "The fire", "--next-update-by", "2026-11-25T17:00"),
                     "Every box is empty", id="empty"),
        pytest.param(("update", "99", *SAID), "no such bulletin", id="none"),
        pytest.param(("close", "99"), "no such bulletin", id="none to close"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_leaves_nothing(words: tuple[str, ...], said: str) -> None:
    answer = run(*words)

    assert answer.exit_code != 0
    assert said in str(answer.exception)
    assert (Bulletin.objects.count(), Version.objects.count()) == (0, 0)
