import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from regulars.cli.disruption import card, disruption
from regulars.core.actor import SYSTEM
from regulars.recovery.actions.cards import keep_card
from regulars.recovery.continuity import FILE
from regulars.recovery.models import Disruption
from tests.factories.customers import make_customer
from tests.factories.planning import make_override
from tests.factories.recovery import make_segment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business", "at")]


def run(*words: str) -> Result:
    return CliRunner().invoke(disruption, list(words))


def read(*words: str) -> Any:
    answer = run(*words, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def test_a_disruption_is_opened_stands_and_is_closed() -> None:
    opened = read("open", "A fire", "--since", "2026-11-24T08:00", "--works-still", "Loaves.")
    standing = read("state")
    closed = read("close", str(opened["id"]), "--all")

    one = Disruption.objects.get()
    assert opened == {
        "id": one.pk, "what": "A fire", "since": "2026-11-24T08:00:00+00:00", "segment": None,
        "expected_end": None, "ended_at": None, "works_still": "Loaves.", "is_drill": False,
        "is_entered_late": False,
    }  # fmt: skip
    assert standing == {"selling_waits": True, "standing": [opened]}
    assert closed["ended_at"] == "2026-11-24T09:00:00+00:00"
    assert read("state") == {"selling_waits": False, "standing": []}


def test_only_some_are_hit_and_a_drill_lets_selling_go_on(at: datetime) -> None:
    make_segment(at=at)

    some = read("open", "A road is closed", "--segment", "Named Ruth", "--drill")
    told = run("state").stdout

    assert (some["segment"], some["is_drill"]) == ("Named Ruth", True)
    assert read("state")["selling_waits"] is False
    assert told.rstrip().endswith("A road is closed  (drill)")


def test_what_cannot_be_is_refused() -> None:
    nobody, none = run("open", "A fire", "--segment", "Whoever"), run("close", "99")

    assert "There is no segment called Whoever." in str(nobody.exception)
    assert "There is no such disruption." in str(none.exception)
    assert Disruption.objects.count() == 0
    assert run("state").stdout == "Nothing is interrupted.\n"


def test_the_card_is_written_and_says_where_it_lies(tmp_path: Path, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", phone="+44 20 7946 0321")
    make_override(ruth, "core")
    unkept = CliRunner().invoke(card, [])
    keep_card(str(tmp_path), password="rye bread on a bad day", by=SYSTEM, at=at)

    written = CliRunner().invoke(card, ["--json"])

    assert "No continuity card is kept." in str(unkept.exception)
    assert (tmp_path / FILE).exists()
    assert json.loads(written.stdout) == {
        "folder": str(tmp_path), "written_at": "2026-11-24T09:00:00+00:00", "trouble": "",
        "customers": 1,
    }  # fmt: skip


def test_a_card_that_cannot_be_written_says_why(tmp_path: Path, at: datetime) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    keep_card(str(folder), password="rye bread on a bad day", by=SYSTEM, at=at)
    for lies in folder.iterdir():
        lies.unlink()
    folder.rmdir()

    answer = CliRunner().invoke(card, ["--json"])

    assert answer.exit_code != 0
    assert json.loads(answer.stdout)["trouble"]
