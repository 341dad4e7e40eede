import json
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner

from regulars.care.choices import Heard
from regulars.cli.show import show
from regulars.insight.choices import Tier
from regulars.lists.actions.segments import refresh_segment, save_segment
from regulars.lists.actions.views import save_view
from regulars.lists.looks import Look
from regulars.notes.models import Note
from regulars.planning.agreeing import Whose, agree_on
from regulars.planning.models import RaisedCadence, ReasonRecord
from regulars.planning.silences import silence_reason
from regulars.team.models import Member
from tests.factories.care import make_answer
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.messaging import make_message
from tests.factories.offers import make_offer
from tests.factories.planning import make_facts
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
        " promises, bulletins, recovery, cadences, reasons, notes, check-ins, help-requests,"
        " answers, cases, delays, mentions, departures, offers, break-even, goals,"
        " satisfaction, improvements, causes, themes, prices, campaigns."
    )
    assert said in " ".join(answer.output.split())


def test_show_offers_as_json(business: object, at: datetime) -> None:
    make_facts(make_customer("Ruth Calloway"), tier="core")
    offer = make_offer(at)

    answer = CliRunner().invoke(show, ["offers", "--json"])

    [item] = json.loads(answer.output)["items"]
    assert (item["id"], item["standing"]) == (offer.pk, "open")
    assert [(one["meant"], one["customers"], one["used"]) for one in item["waves"]] == [
        ("Core", 1, 0), ("everybody", None, 0),
    ]  # fmt: skip


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


def test_show_cadences_as_json(owner: Member, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway")
    december = Whose(tier="active", months=1 << 11)
    agree_on(december, at_least=30, at_most=None, by=owner.actor, at=at)
    own = Whose(customer_id=ruth.pk, worth="personal")
    agree_on(own, at_least=21, at_most=7, by=owner.actor, at=at)
    RaisedCadence.objects.create(
        tier="core", at_least_every_days=10, source="disruption:1", since=at
    )

    shown = json.loads(CliRunner().invoke(show, ["cadences", "--json"]).stdout)
    few = json.loads(CliRunner().invoke(show, ["cadences", "--json", "--limit", "2"]).stdout)
    lines = CliRunner().invoke(show, ["cadences"]).stdout.splitlines()

    tiers = [one for one in shown["items"] if one["minutes_a_week"] is not None]
    assert [(one["tier"], one["at_least_every_days"]) for one in tiers][:2] == [
        ("core", 30), ("active", 60),
    ]  # fmt: skip
    assert (shown["count"], len(shown["items"]), len(tiers)) == (9, 9, len(Tier))
    assert sum(one["customers"] for one in tiers) == 1
    raised, season, hers = shown["items"][6:]
    assert (raised["whose"], raised["tier"], raised["source"]) == ("raised", "core", "disruption:1")
    assert (season["tier"], season["at_least_every_days"], season["months"]) == ("active", 30, [12])
    assert hers == {
        "whose": "customer", "tier": None, "segment": None, "worth": "personal",
        "customer": {"id": ruth.pk, "name": "Ruth Calloway"}, "at_least_every_days": 21,
        "at_most_every_days": 7, "months": [], "customers": None, "minutes_a_week": None,
        "source": None,
    }  # fmt: skip
    assert len(few["items"]) == 2
    assert lines[-1].split() == (
        "customer Ruth Calloway personal at least every 21 days, at most every 7".split()
    )


def test_show_reasons_as_json(owner: Member, at: datetime) -> None:
    ReasonRecord.objects.create(
        reason="rhythm_late", reached_count=40, came_count=30, left_count=50, left_came_count=20
    )
    silence_reason("anniversary", None, by=owner.actor, at=at)
    silence_reason("rhythm_late", make_customer(), by=owner.actor, at=at)

    shown = json.loads(CliRunner().invoke(show, ["reasons", "--json"]).stdout)
    lines = CliRunner().invoke(show, ["reasons"]).stdout.splitlines()

    by_name = {one["reason"]: one for one in shown["items"]}
    assert shown["count"] == len(by_name) == len(lines)
    late = by_name["rhythm_late"]
    counts = [late[key] for key in ("reached", "came", "not_reached", "not_reached_came")]
    assert (counts, late["is_off"], late["off_for"]) == ([40, 30, 50, 20], False, 1)
    assert (late["purpose"], late["is_enough"]) == ("ask", True)
    assert [name for name, one in by_name.items() if one["is_off"]] == ["anniversary"]
    assert [line[:3] for line in lines].count("off") == 1


def test_show_notes_as_json(owner: Member, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway")
    Note.objects.create(
        customer=ruth, writer=owner, source="customer", words="Dear Ruth,\n\nthe rye is back.",
        asked_at=at, state_at=at,
    )  # fmt: skip

    shown = json.loads(CliRunner().invoke(show, ["notes", "--json"]).stdout)
    lines = CliRunner().invoke(show, ["notes"]).stdout

    [note] = shown["items"]
    assert shown["count"] == 1
    assert (note["customer"], note["writer"]) == ({"id": ruth.pk, "name": ruth.name}, owner.name)
    assert (note["state"], note["is_ready"], note["hand"]) == ("waiting", True, "font")
    assert lines == "2026-11-24T09:00  waiting   Ruth Calloway  Dear Ruth, the rye is back.\n"


def test_show_answers_as_json(owner: Member, at: datetime) -> None:
    make_answer(at, 2, not_right="Dry", by=owner.actor, source=Heard.PHONE)
    make_answer(at, 5, doubt="soon")

    shown = json.loads(CliRunner().invoke(show, ["answers", "--json"]).stdout)
    lines = CliRunner().invoke(show, ["answers"]).stdout.splitlines()

    aside, heard = shown["items"]
    assert (shown["count"], len(lines)) == (2, 2)
    assert (heard["mark"], heard["not_right"], heard["by"]) == (2, "Dry", owner.name)
    assert (aside["counts"], aside["set_aside_because"][:22]) == (False, "It came within ten sec")
    assert lines[1] == "2026-11-24T09:00    2/5  Ruth Calloway  Dry"
