"""How we may reach somebody: a link exchanged at once, a no at once, a yes by their mailbox."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from regulars.consent.actions import set_wishes
from regulars.consent.choices import Decision
from regulars.consent.models import ConsentEvent, ConsentState, OptInRequest, Wish
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.team.models import Business
from tests.factories.consent import make_decision
from tests.factories.customers import make_customer
from tests.factories.instance import all_rows
from tests.factories.portal import link_to

pytestmark = pytest.mark.django_db

BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
PHONE = "01632 960100"
KEPT = {"way": "", "every_days": "", "pause_to": ""}


def hidden_in(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found, f"no field {name}"
    return found[1]


def take_back(browser: Client, answer: Any) -> Any:
    given = {"guard": hidden_in(answer, "guard"), "undo": hidden_in(answer, "undo")}
    return browser.post("/p/undo", given)


def by_way(names: set[str]) -> dict[str, set[str]]:
    pairs = [name.split(":") for name in names]
    return {way: {what for other, what in pairs if other == way} for way, _what in pairs}


def ticked_in(answer: Any) -> set[str]:
    return set(re.findall(r'name="may" value="([^"]+)" checked', answer.content.decode()))


def keep(browser: Client, **over: object) -> Any:
    """Send the form as it stands, but for what is said."""
    shown = browser.get("/p/")
    may = ticked_in(shown)
    given = {**KEPT, "guard": hidden_in(shown, "guard"), "may": sorted(may), **over}
    return browser.post("/p/", given)


def states() -> set[tuple[str, str, str]]:
    return set(ConsentState.objects.values_list("channel", "purpose", "decision"))


# What stands there


def test_the_page_shows_what_reaches_them_and_hides_how(there: Client) -> None:
    text = there.get("/p/").content.decode()

    assert (
        "This comes whatever you choose, because you need it: What you bought or asked for." in text
    )
    assert "r…@m….example" in text
    assert "… 214" in text
    for hidden in ("ruth@", "Calloway", "01632", "Weir"):
        assert hidden not in text


def test_boxes_are_ticked_as_the_gate_would_judge(
    client: Client, ruth: Customer, at: datetime
) -> None:
    """Great Britain: mail that advertises rests on a yes, calls and letters until a no."""
    make_decision(ruth, purpose="sell", decision=Decision.WITHDRAWN)
    client.post(link_to("preferences", ruth, at))

    on = ticked_in(client.get("/p/"))

    care, sells = {"inform", "reassure", "ask", "thank"}, {"educate", "recover", "sell"}
    assert by_way(on) == {
        "call": care | sells, "email": care | sells - {"sell"}, "text": care,
        "letter": care | sells,
    }  # fmt: skip


# Keeping


def test_a_no_counts_at_once_with_its_words_and_its_proof(
    there: Client, ruth: Customer, at: datetime
) -> None:
    may = ticked_in(there.get("/p/")) - {"email:sell", "email:educate"}

    answer = keep(there, may=sorted(may))

    assert answer.status_code == 200
    assert "Your choices are kept." in answer.content.decode()
    assert states() == {
        ("email", "", "granted"), ("email", "sell", "withdrawn"), ("email", "educate", "withdrawn"),
    }  # fmt: skip
    event = ConsentEvent.objects.get(purpose="sell")
    assert (event.source, event.wording, event.proof, event.recorded_at) == (
        "preferences page", "I want no more by e-mail: Offers.",
        "link of 2026-11-24 09:00 UTC", at,
    )  # fmt: skip


def test_nothing_left_by_one_way_is_a_no_to_all_of_it(there: Client) -> None:
    may = {name for name in ticked_in(there.get("/p/")) if not name.startswith("letter")}

    keep(there, may=sorted(may))

    assert states() == {
        ("email", "", "granted"), ("letter", "", "withdrawn"), ("note", "", "withdrawn"),
    }  # fmt: skip


@pytest.mark.usefixtures("reached")
def test_a_yes_waits_for_the_mailbox(there: Client, ruth: Customer, at: datetime) -> None:
    make_decision(ruth, purpose="sell", decision=Decision.WITHDRAWN)
    before = states()
    may = ticked_in(there.get("/p/")) | {"email:sell", "text:educate"}

    answer = keep(there, may=sorted(may))

    assert states() == before
    request = OptInRequest.objects.get()
    assert (request.address, request.purposes, request.wording, request.source) == (
        "ruth@mail.example", ["sell"], "I would like to hear by e-mail about: Offers.",
        "preferences page",
    )  # fmt: skip
    assert "Look into your mailbox r…@m….example and press the button" in answer.content.decode()
    assert 'value="text:educate" disabled' in answer.content.decode()


def test_how_often_which_way_and_a_pause_are_kept(there: Client, ruth: Customer) -> None:
    set_wishes(
        ruth,
        by=SYSTEM,
        at=datetime(2026, 11, 1, tzinfo=UTC),
        topics=["sell"],
        time_zone="Asia/Tokyo",
    )

    keep(there, way="letter", every_days="30", pause_to="2027-01-10")

    wish = Wish.objects.get()
    assert (wish.channel, wish.every_days, wish.paused_until) == (
        "letter", 30, datetime(2027, 1, 10, tzinfo=UTC),
    )  # fmt: skip
    assert (wish.topics, wish.time_zone) == (["sell"], "Asia/Tokyo")


def test_sending_the_page_as_it_stands_changes_nothing(there: Client) -> None:
    keep(there, every_days="30", pause_to="2027-01-10")
    before = all_rows()

    answer = keep(there, every_days="30", pause_to="2027-01-10")

    assert "You changed nothing" in answer.content.decode()
    assert all_rows() == before


@pytest.mark.parametrize("day", ["2026-02-30", "soon", "2036-01-01"])
def test_a_day_that_cannot_be_is_said_and_nothing_is_kept(there: Client, day: str) -> None:
    before = all_rows()

    answer = keep(there, may=[], pause_to=day)

    assert answer.status_code == 422
    assert "Nothing was changed yet." in answer.content.decode()
    assert ticked_in(answer) == set()
    assert all_rows() == before


@pytest.mark.usefixtures("reached")
def test_undo_wishes_as_before_and_asks_their_mailbox(there: Client, ruth: Customer) -> None:
    keep(there, every_days="14")
    may = ticked_in(there.get("/p/")) - {"email:sell"}
    answer = keep(there, may=sorted(may), every_days="90", pause_to="2027-01-10")

    undone = there.post(
        "/p/undo", {"guard": hidden_in(answer, "guard"), "undo": hidden_in(answer, "undo")}
    )

    wish = Wish.objects.get()
    assert (wish.every_days, wish.paused_until) == (14, None)
    assert states() == {("email", "", "granted"), ("email", "sell", "withdrawn")}
    assert OptInRequest.objects.get().purposes == ["sell"]
    text = undone.content.decode()
    assert "Which way, how often and from when are as they were before." in text
    assert "Look into your mailbox r…@m….example" in text
    assert "This stays stopped:" not in text


@pytest.mark.usefixtures("reached")
def test_undo_says_what_stays_stopped(there: Client) -> None:
    """A no for calls comes back by telling us alone, and the page does not claim otherwise."""
    may = ticked_in(there.get("/p/")) - {"call:inform", "email:sell"}
    answer = keep(there, may=sorted(may), every_days="90")

    undone = take_back(there, answer)

    text = undone.content.decode()
    assert Wish.objects.get().every_days is None
    assert "Which way, how often and from when are as they were before." in text
    assert "This stays stopped:" in text
    assert "By telephone: tell us, and we call again." in text
    assert "By e-mail: tell us" not in text
    assert "call:inform" not in ticked_in(undone)
    assert OptInRequest.objects.get().purposes == ["sell"]


def test_undo_promises_no_mail_that_cannot_leave(there: Client) -> None:
    may = ticked_in(there.get("/p/")) - {"email:sell"}

    text = take_back(there, keep(there, may=sorted(may), every_days="90")).content.decode()

    assert "By e-mail: tell us, and we write again." in text
    assert "Look into your mailbox" not in text
    assert OptInRequest.objects.count() == 0


@pytest.mark.usefixtures("reached")
def test_where_nothing_comes_back_by_a_button_there_is_none(there: Client) -> None:
    Business.objects.update(phone=PHONE)
    may = ticked_in(there.get("/p/")) - {"call:inform"}

    text = keep(there, may=sorted(may)).content.decode()

    assert "News: what changes here, by telephone" in text
    assert 'name="undo"' not in text
    assert f"It was a slip? Tell us, and we put it on again. Call us: {PHONE}." in text


def test_undo_is_for_whoever_did_it(there: Client, at: datetime) -> None:
    answer = keep(there, every_days="14")
    bread = make_customer("Ada Bread", email="ada@mail.example")
    other = Client()
    other.post(link_to("preferences", bread, at))
    before = all_rows()

    other.post(
        "/p/undo",
        {"guard": hidden_in(other.get("/p/"), "guard"), "undo": hidden_in(answer, "undo")},
    )
    other.post("/p/undo", {"guard": hidden_in(other.get("/p/"), "guard"), "undo": "made up"})

    assert all_rows() == before


def test_a_form_from_elsewhere_changes_nothing(there: Client, ruth: Customer, at: datetime) -> None:
    """RELIABILITY F50: the cookie alone is not enough, nor is another visit's guard."""
    with clock.stopped_at(at + timedelta(seconds=5)):
        other = Client()
        other.post(link_to("preferences", ruth, at))
        foreign = hidden_in(other.get("/p/"), "guard")
    before = all_rows()

    answers = [
        there.post(path, {**KEPT, "guard": guard})
        for path in ("/p/", "/p/undo")
        for guard in ("", foreign)
    ]

    assert [a.status_code for a in answers] == [403] * 4
    assert all_rows() == before


def test_a_customer_without_any_way_can_still_pause(
    client: Client, business: Business, at: datetime
) -> None:
    lone = make_customer("Ada Bread")
    client.post(link_to("preferences", lone, at))

    keep(client, every_days="7")

    assert Wish.objects.get().every_days == 7
    assert "<table" not in client.get("/p/").content.decode()


def test_a_name_with_signs_is_shown_as_written(
    client: Client, business: Business, at: datetime
) -> None:
    customer = make_customer("<script>alert(1)</script> & Sons", email="x@mail.example")
    client.post(link_to("preferences", customer, at))

    text = client.get("/p/").content.decode()

    assert "<script" not in text
    assert "&lt;script&gt;" in text


# All of it at once, and addresses that are only for buttons


def test_one_press_stops_all_that_they_did_not_ask_for(there: Client, ruth: Customer) -> None:
    set_wishes(ruth, by=SYSTEM, at=BEFORE, every_days=14)
    shown = there.get("/p/")
    assert "Stop all that I did not ask for" in shown.content.decode()

    answer = there.post("/p/", {"guard": hidden_in(shown, "guard"), "stop": "all"})

    assert ticked_in(answer) == set()
    assert states() == {
        (channel, "", "withdrawn") for channel in ("call", "email", "text", "letter", "note")
    }
    assert Wish.objects.get().every_days == 14
    assert "Nothing that you did not ask for comes to you any more." in answer.content.decode()
    events = ConsentEvent.objects.count()
    there.post("/p/", {"guard": hidden_in(answer, "guard"), "stop": "all"})
    assert ConsentEvent.objects.count() == events


def test_stopping_all_needs_a_form_of_this_visit(there: Client) -> None:
    before = all_rows()

    assert there.post("/p/", {"guard": "", "stop": "all"}).status_code == 403
    assert all_rows() == before


@pytest.mark.parametrize("path", ["/p/undo", "/p/leave"])
def test_looking_at_a_button_leads_to_its_page(there: Client, path: str) -> None:
    before = all_rows()

    answers = [there.get(path), there.head(path)]

    assert [(a.status_code, a["Location"], a["Cache-Control"]) for a in answers] == [
        (302, "/p/", "no-store")
    ] * 2
    assert there.put(path).status_code == 405
    assert all_rows() == before
    assert there.get("/p/").status_code == 200


def test_without_a_proved_address_a_yes_is_told_and_not_ticked(
    there: Client, ruth: Customer
) -> None:
    Business.objects.update(phone=PHONE)
    make_decision(ruth, purpose="sell", decision=Decision.WITHDRAWN)
    before = states()
    shown = there.get("/p/")

    keep(there, may=sorted(ticked_in(shown) | {"email:sell"}))

    text = shown.content.decode()
    assert 'value="email:sell" disabled' in text
    assert "we send a mail with a button" not in text
    assert f"What is off is put on again by telling us. Call us: {PHONE}." in text
    assert states() == before
    assert OptInRequest.objects.count() == 0
