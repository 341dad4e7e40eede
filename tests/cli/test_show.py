import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from regulars.cli.show import show
from regulars.lists.actions.segments import refresh_segment, save_segment
from regulars.lists.actions.views import save_view
from regulars.lists.looks import Look
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.messaging import make_message
from tests.factories.promises import make_one

pytestmark = pytest.mark.django_db


def test_show_customers_and_touches_as_json(owner: Member, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", manager=owner)
    make_customer("Oscar Abernathy")
    for hours in range(3):
        make_touch(ruth, at - timedelta(hours=hours), by=owner.actor, body=f"{hours} hours ago")

    customers = json.loads(CliRunner().invoke(show, ["customers", "--json"]).stdout)
    touches = json.loads(CliRunner().invoke(show, ["touches", "--json", "--limit", "2"]).stdout)

    assert (customers["list"], customers["count"]) == ("customers", 2)
    assert [(one["name"], one["tier"], one["manager"]) for one in customers["items"]] == [
        ("Oscar Abernathy", "new", None), ("Ruth Calloway", "new", "Nora Lindqvist"),
    ]  # fmt: skip
    assert (touches["list"], touches["count"]) == ("touches", 3)
    assert [one["body"] for one in touches["items"]] == ["0 hours ago", "1 hours ago"]
    assert touches["items"][0]["customer"] == {"id": ruth.pk, "name": "Ruth Calloway"}


def test_show_messages_as_json(owner: Member, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    make_message(ruth, at=at, state="suppressed", why="no_ground")

    shown = json.loads(CliRunner().invoke(show, ["messages", "--json"]).stdout)
    lines = CliRunner().invoke(show, ["messages"]).stdout

    assert shown["count"] == 1
    [item] = shown["items"]
    assert item["customer"] == {"id": ruth.pk, "name": "Ruth Calloway"}
    assert (item["state"], item["subject"], bool(item["why"])) == ("suppressed", "Your loaf", True)
    assert lines == "2026-11-24T09:00  suppressed  Ruth Calloway  Your loaf\n"


def test_show_says_which_lists_there_are() -> None:
    answer = CliRunner().invoke(show, ["nonsense"])

    assert answer.exit_code == 2
    said = (
        "LIST is one of: customers, touches, segments, views, messages, duplicates, disruptions,"
        " promises, bulletins, recovery."
    )
    assert said in " ".join(answer.output.split())


def test_show_segments_and_views_as_json(owner: Member, at: datetime) -> None:
    make_customer("Ruth Calloway")
    tree = {"field": "insight.tier", "is": "is", "value": "new"}
    segment = save_segment("New ones", tree, by=owner.actor, at=at)
    refresh_segment(segment, at=at)
    save_view("All new", Look(tree), is_shared=True, by=owner.actor, at=at)
    save_view("My own", Look(tree), by=owner.actor, at=at)

    segments = json.loads(CliRunner().invoke(show, ["segments", "--json"]).stdout)
    views = json.loads(CliRunner().invoke(show, ["views", "--json"]).stdout)
    lines = CliRunner().invoke(show, ["segments"]).stdout

    assert [(one["name"], one["words"], one["customers"]) for one in segments["items"]] == [
        ("New ones", "Tier is New", 1)
    ]
    assert [(one["name"], one["customers"]) for one in views["items"]] == [("All new", None)]
    assert lines.endswith("1  New ones: Tier is New\n")


def test_show_promises_as_json(owner: Member, at: datetime) -> None:
    ruth = make_customer()
    make_one(at - timedelta(days=9), what="Bring the tins", to_whom="the market")
    make_one(at, what="Call back", customer=ruth, by=owner.actor)

    shown = json.loads(CliRunner().invoke(show, ["promises", "--json"]).stdout)
    lines = CliRunner().invoke(show, ["promises"]).stdout.splitlines()

    assert (shown["list"], shown["count"]) == ("promises", 2)
    assert [(one["what"], one["is_late"], one["keeper"]) for one in shown["items"]] == [
        ("Bring the tins", True, None), ("Call back", False, owner.name),
    ]  # fmt: skip
    assert shown["items"][1]["customer"] == {"id": ruth.pk, "name": ruth.name}
    assert lines[0] == "2026-11-17T09:00  late       the market  Bring the tins"
