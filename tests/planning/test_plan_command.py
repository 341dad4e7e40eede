"""`regulars plan`, as a program and as a person reads it."""

import json
from datetime import date, datetime

import pytest
from click.testing import CliRunner

from regulars.cli.main import main
from regulars.planning.models import Plan
from regulars.team.models import Business, Member
from tests.factories.planning import make_due, plan_today
from tests.factories.team import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["plan", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_json_holds_the_published_keys(business: Business) -> None:
    member = make_member("manager", minutes=7)
    ruth = make_due("Ruth Calloway", manager=member, stake=900)
    make_due("Samuel Birch", manager=member, stake=100)

    code, out, _err = run("--json")

    shown = json.loads(out)
    assert code == 0
    assert list(shown) == ["date", "managers", "automatic", "not_today", "refused"]
    assert (shown["date"], shown["automatic"]) == ("2026-11-24", [])
    [of_member] = shown["managers"]
    item = {
        "customer": "Ruth Calloway",
        "customer_id": ruth.pk,
        "why": "Has bought from us since 3 May 2024, and we have not been in touch yet.",
        "channel": "call",
        "purpose": "ask",
        "minutes": 6,
        "due_on": "2026-11-24",
        "last_touch_on": None,
        "state": "open",
    }
    assert of_member == {
        "manager": member.name,
        "minutes": 7,
        "used_minutes": 6,
        "items": [item],
    }
    [waiting] = shown["not_today"]
    assert (waiting["customer"], waiting["why_not"]) == (
        "Samuel Birch",
        "Can wait: 1 minute was left, and this takes 6.",
    )


def test_a_list_that_stands_is_not_made_again(manager: Member, at: datetime) -> None:
    plan_today()
    made_at = Plan.objects.get().made_at
    make_due(manager=manager)

    run()

    assert Plan.objects.get().made_at == made_at


def test_people_get_a_list(manager: Member, owner: Member) -> None:
    make_due(manager=manager)

    code, out, _err = run("--manager", "tomasz")

    assert code == 0
    assert "Tomasz Wilk: 6 of 60 minutes" in out
    assert "[ ]   6 min  call   Ruth Calloway: Has bought from us" in out
    assert owner.name not in out


def test_another_day(manager: Member) -> None:
    run("--date", "2026-11-26")

    assert Plan.objects.get().day == date(2026, 11, 26)


def test_an_unknown_manager_is_refused(manager: Member) -> None:
    code, out, err = run("--manager", "Ruth")

    assert (code, out) == (1, "")
    assert "Choose one of: Tomasz Wilk" in err
