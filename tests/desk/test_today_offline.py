"""What a device is given for the time without a connection, and what it brings back."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.consent.choices import Decision
from regulars.conversations.models import Touch
from regulars.core.keys import kept_key
from regulars.lists.models import HiddenField
from regulars.planning.actions import finish_item, put_off_item, undo_item
from regulars.planning.models import OfflineTouch, PlanItem
from regulars.team.models import Business, Member
from tests.factories.consent import make_decision
from tests.factories.conversations import make_touch
from tests.factories.customers import make_point
from tests.factories.planning import TODAY, items_of, make_due, plan_today

ClientOf = Callable[[Member], Client]
database = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
pytestmark = database


def sent(manager: Member, at: datetime, **over: Any) -> dict[str, Any]:
    [item, *_others] = items_of(manager)
    return {
        "client_id": str(uuid4()), "customer": item.customer_id, "item": item.pk,
        "channel": "call", "outcome": "reached", "line": "On Friday.",
        "device_at": (at - timedelta(minutes=30)).timestamp() * 1000,
        "sent_at": at.timestamp() * 1000, "listed_at": (at - timedelta(hours=1)).timestamp() * 1000,
        **over,
    }  # fmt: skip


def test_a_device_gets_the_cards_of_its_member_and_their_keys(
    manager: Member, client_of: ClientOf, at: datetime
) -> None:
    ruth = make_due(manager=manager, tier="core")
    for days in range(5):
        make_touch(ruth, at - timedelta(days=60 + days), said=f"Said {days}.")
    plan_today()

    answer = client_of(manager).get("/today/kept")

    given = answer.json()
    [card] = given["list"]["items"]
    assert "no-store" in answer["Cache-Control"]
    assert (given["member"], given["day"], len(given["touch_keys"])) == (
        manager.pk, "2026-11-24", 14,
    )  # fmt: skip
    assert (card["name"], card["tier"], card["href"]) == (
        "Ruth Calloway", "core", "tel:+442079460991",
    )  # fmt: skip
    assert [way["channel"] for way in card["ways"]] == ["call"]
    assert [touch["said"] for touch in card["touches"]] == ["Said 0.", "Said 1.", "Said 2."]


def test_a_long_list_is_asked_for_as_a_short_one(manager: Member, client_of: ClientOf) -> None:
    make_due("Ruth Calloway", manager=manager)
    plan_today()
    client = client_of(manager)
    client.get("/today/kept")

    with CaptureQueriesContext(connection) as few:
        client.get("/today/kept")
    make_due("Samuel Birch", manager=manager)
    make_due("Joss Tully", manager=manager)
    plan_today()
    with CaptureQueriesContext(connection) as more:
        answer = client.get("/today/kept")

    assert len(answer.json()["list"]["items"]) == 3
    assert len(more) == len(few)
    assert len(few) <= 16


def test_what_is_hidden_from_a_role_is_on_none_of_its_devices(
    manager: Member, client_of: ClientOf, at: datetime
) -> None:
    ruth = make_due(manager=manager, tier="core")
    make_touch(ruth, at - timedelta(days=60), said="Zqsaid.")
    plan_today()
    for field in ("customer.phone", "insight.tier", "conversation.notes", "insight.usual_gap"):
        HiddenField.objects.create(role="manager", field=field, hidden_at=at)

    text = client_of(manager).get("/today/kept").content.decode()

    assert "Zqsaid" not in text
    assert "79460991" not in text
    [card] = json.loads(text)["list"]["items"]
    assert (card["tier"], card["rhythm"], card["touches"], card["lines"]) == ("", "", [], [])


def test_who_said_no_to_calls_is_offered_none(manager: Member, client_of: ClientOf) -> None:
    ruth = make_due(manager=manager)
    make_point(ruth, "address", "1 Mill Lane", street="1 Mill Lane", city="Bath")
    make_decision(ruth, "text")
    make_decision(ruth, "call", Decision.WITHDRAWN)
    plan_today()

    [card] = client_of(manager).get("/today/kept").json()["list"]["items"]

    assert [way["channel"] for way in card["ways"]] == ["text", "visit"]


def test_the_list_opens_in_its_session_alone_and_touches_in_every_one(
    manager: Member, owner: Member, client_of: ClientOf
) -> None:
    first, second = client_of(manager).get("/today/kept"), client_of(manager).get("/today/kept")
    others = client_of(owner).get("/today/kept").json()

    one, two = first.json(), second.json()
    assert one["list_key"] != two["list_key"]
    assert one["touch_keys"] == two["touch_keys"]
    assert set(one["touch_keys"].values()).isdisjoint(others["touch_keys"].values())
    assert kept_key("offline").hex() not in first.content.decode()


def test_a_viewer_gets_no_list(viewer: Member, client_of: ClientOf, business: Business) -> None:
    assert client_of(viewer).get("/today/kept").json()["list"] is None


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("Europe/London", 25), ("Europe/Berlin", 25), ("Asia/Tokyo", 24)],
    ids=["London", "Berlin", "Tokyo"],
)
def test_the_day_ends_at_its_own_midnight_on_the_day_the_clocks_go_back(
    business: Business, zone: str, hours: int
) -> None:
    business.time_zone = zone
    day = TODAY.replace(month=10, day=25)

    length = business.day_ends_at(day) - business.day_ends_at(day - timedelta(days=1))

    # Between two moments of one zone Python reckons by the wall clock: by UTC it is longer.
    ends, began = business.day_ends_at(day), business.day_ends_at(day - timedelta(days=1))
    assert (ends.timestamp() - began.timestamp()) / 3600 == hours
    assert length == timedelta(days=1)


def test_what_a_device_brings_is_taken_in_once(
    manager: Member, client_of: ClientOf, at: datetime
) -> None:
    make_due(manager=manager)
    plan_today()
    client, one = client_of(manager), sent(manager, at)

    answers = [client.post("/today/arrive", one) for _again in range(2)]

    assert [answer.json() for answer in answers] == [{"state": "written"}] * 2
    assert Touch.objects.get().said == "On Friday."


@pytest.mark.parametrize(
    "over",
    [
        {"client_id": "seven"},
        {"channel": "smoke"},
        {"channel": "visit", "outcome": "sent"},
        {"outcome": ""},
        {"device_at": "1e300"},
        {"listed_at": "nan"},
        {"line": "x" * 2001},
        {"customer": "0"},
        {"act": "dance"},
        {"act": "later", "until": "some day"},
        {"act": "later"},
    ],
    ids=[
        "number",
        "channel",
        "outcome",
        "no outcome",
        "endless",
        "no time",
        "long",
        "nobody",
        "act",
        "day",
        "no day",
    ],
)
def test_what_no_page_of_ours_sends_is_refused_with_a_sentence(
    manager: Member, client_of: ClientOf, at: datetime, over: dict[str, Any]
) -> None:
    make_due(manager=manager)
    plan_today()

    answer = client_of(manager).post("/today/arrive", sent(manager, at, **over))

    assert answer.status_code == 422
    assert answer.json()["sentence"]
    assert Touch.objects.count() == 0


def test_somebody_was_faster_and_one_is_asked_what_to_do(
    manager: Member, owner: Member, client_of: ClientOf, at: datetime
) -> None:
    make_due(manager=manager)
    plan_today()
    one = sent(manager, at)
    finish_item(items_of(manager)[0], outcome="reached", by=owner.actor, at=at)
    client = client_of(manager)

    answer = client.post("/today/arrive", one)
    shown = client.get("/").content.decode()
    arrived = OfflineTouch.objects.get()
    client.post(f"/today/arrived/{arrived.pk}", {"keep": "no"})

    assert answer.json() == {"state": "beside"}
    assert f"{owner.name} was in touch with Ruth Calloway at 09:00" in shown
    assert f"/today/arrived/{arrived.pk}" not in client.get("/").content.decode()
    assert [touch.member for touch in Touch.objects.standing()] == [owner]
    assert client.post(f"/today/arrived/{arrived.pk}").status_code == 404


def test_later_arrives_and_whoever_was_slower_is_told(
    manager: Member, owner: Member, client_of: ClientOf, at: datetime
) -> None:
    make_due("Ruth Calloway", manager=manager)
    plan_today()
    [item] = items_of(manager)
    later = {"act": "later", "until": "tomorrow", "channel": "", "outcome": ""}
    one = sent(manager, at, **later)
    again = sent(manager, at, **later, client_id=str(uuid4()))
    client = client_of(manager)

    done = client.post("/today/arrive", one).json()
    undo_item(PlanItem.objects.get(pk=item.pk), by=manager.actor, at=at)
    finish_item(PlanItem.objects.get(pk=item.pk), outcome="reached", by=owner.actor, at=at)
    late = client.post("/today/arrive", again).json()
    shown = client.get("/").content.decode()

    assert (done, late) == ({"state": "written"}, {"state": "settled"})
    assert "somebody settled it first" in shown
    client.post(f"/today/arrived/{OfflineTouch.objects.get(state='settled').pk}")
    assert "somebody settled it first" not in client.get("/").content.decode()


def test_nothing_of_anybody_is_on_the_page_that_everybody_may_keep(
    client: Client, manager: Member, client_of: ClientOf, business: Business
) -> None:
    make_due(manager=manager)
    plan_today()

    with CaptureQueriesContext(connection) as seen:
        shown = [client.get(path) for path in ("/offline", "/worker.js", "/app.webmanifest")]
    own = client_of(manager).get("/offline")

    assert [answer.status_code for answer in shown] == [200, 200, 200]
    assert len(seen) == 0
    assert own.content == shown[0].content
    assert b"csrf" not in own.content
    assert business.name not in own.content.decode()
    script = shown[1].content.decode()
    for part in json.loads(script.split(";\n")[0].removeprefix("const GIVEN = "))["kept"]:
        assert client.head(part).status_code == 200, part


def test_whoever_is_slower_sees_the_list_and_why(
    manager: Member, owner: Member, client_of: ClientOf, at: datetime
) -> None:
    make_due(manager=manager)
    plan_today()
    [item] = items_of(manager)
    put_off_item(item, by=owner.actor, at=at)

    answer = client_of(manager).post(
        f"/today/{item.pk}/later", {"until": "tomorrow"}, headers={"HX-Request": "true"}
    )

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Someone has settled this one already." in shown
    assert 'id="today"' in shown


def test_the_card_offers_every_way_that_is_open_at_one_tap(
    manager: Member, client_of: ClientOf
) -> None:
    ruth = make_due(manager=manager, email="ruth@x.example")
    make_point(ruth, "address", "1 Mill Lane", street="1 Mill Lane", postcode="AM4", city="Bath")
    make_decision(ruth, "email")
    make_decision(ruth, "text")
    plan_today()
    client = client_of(manager)

    shown = client.get("/").content.decode()
    [item] = items_of(manager)
    asked = client.get(f"/?item={item.pk}&act=done&by=text").content.decode()

    taps = shown.partition('class="taps"')[2].partition("</div>")[0]
    assert 'href="sms:+442079460991"' in taps
    assert 'data-place="1 Mill Lane, AM4 Bath"' in taps
    assert reverse("messaging:write", args=[ruth.pk]) in taps
    assert 'name="channel" value="text"' in asked
    assert ">Sent<" in asked


def test_a_text_that_is_planned_opens_the_telephone(manager: Member, client_of: ClientOf) -> None:
    make_due(manager=manager)
    plan_today()
    PlanItem.objects.update(channel="text")
    client = client_of(manager)

    shown, [card] = client.get("/"), client.get("/today/kept").json()["list"]["items"]

    assert "Text Ruth" in shown.content.decode()
    assert card["href"] == "sms:+442079460991"
