"""How we may reach somebody: a link exchanged at once, a no at once, a yes by their mailbox."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from regulars.consent.actions import set_wishes, void_links
from regulars.consent.choices import Decision
from regulars.consent.models import ConsentEvent, ConsentState, OptInRequest, Wish
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from regulars.team.models import Business, Member
from tests.factories.consent import make_decision
from tests.factories.customers import make_customer
from tests.factories.instance import all_rows
from tests.factories.portal import link_to, make_ruth, prove_address

pytestmark = pytest.mark.django_db

BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
PHONE = "01632 960100"
KEPT = {"way": "", "every_days": "", "pause_to": ""}


@pytest.fixture
def ruth(business: Business) -> Customer:
    customer = make_ruth()
    make_decision(customer)
    return customer


@pytest.fixture
def reached(at: datetime, settings: Any) -> None:
    """A mail that asks for a yes can leave."""
    prove_address(settings, at)


@pytest.fixture
def there(client: Client, ruth: Customer, at: datetime) -> Client:
    """A browser on her page."""
    client.post(link_to("preferences", ruth, at))
    return client


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


# In by the link


def test_the_link_shows_nobody_and_gives_nothing_until_the_press(
    client: Client, ruth: Customer, at: datetime
) -> None:
    path, before = link_to("preferences", ruth, at), all_rows()

    answers = [client.get(path), client.head(path), client.get(path)]

    assert [a.status_code for a in answers] == [200] * 3
    assert all_rows() == before
    assert client.cookies == {}
    text = answers[0].content.decode()
    assert "Open my page" in text
    for hidden in ("Ruth", "Calloway", "ruth", "…@", "960214", "Weir", "214"):
        assert hidden not in text


def test_the_press_takes_the_token_out_of_the_address(
    client: Client, ruth: Customer, at: datetime
) -> None:
    path = link_to("preferences", ruth, at)

    answer = client.post(path)

    assert (answer.status_code, answer["Location"]) == (303, "/p/")
    cookie = client.cookies["regulars_visit"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (
        True, "Strict", "/", 1800,
    )  # fmt: skip
    page = client.get("/p/")
    assert "How may we reach you, Ruth?" in page.content.decode()
    assert path.rpartition("/")[2] not in page.content.decode()


def test_over_tls_the_cookie_is_bound_to_this_host(
    client: Client, ruth: Customer, at: datetime, settings: Any
) -> None:
    settings.BEHIND_TLS = True

    client.post(link_to("preferences", ruth, at), secure=True)

    cookie = client.cookies["__Host-regulars_visit"]
    assert (bool(cookie["secure"]), cookie["path"], cookie["domain"]) == (True, "/", "")


def test_the_page_closes_after_half_an_hour(there: Client, at: datetime) -> None:
    with clock.stopped_at(at + timedelta(minutes=29)):
        assert there.get("/p/").status_code == 200
    with clock.stopped_at(at + timedelta(minutes=30)):
        assert there.get("/p/").status_code == 410


def test_the_link_opens_for_a_week_and_again(client: Client, ruth: Customer, at: datetime) -> None:
    path = link_to("preferences", ruth, at)

    with clock.stopped_at(at + timedelta(days=6)):
        assert [client.post(path).status_code for _ in range(2)] == [303, 303]
    with clock.stopped_at(at + timedelta(days=7)):
        assert (client.get(path).status_code, client.post(path).status_code) == (410, 410)


def test_nobody_comes_in_without_a_link_of_this_kind(
    client: Client, ruth: Customer, at: datetime
) -> None:
    unknown = [
        "wrong",
        make_link("unsubscribe", ruth.pk, "", at),
        make_link("visit", ruth.pk, "", at),
    ]

    answers = [client.get("/p/"), client.post("/p/"), client.post("/p/undo")]
    answers += [client.post(f"/p/{token}") for token in unknown]

    assert {a.status_code for a in answers} == {410}
    assert len({a.content for a in answers}) == 1


def test_void_links_and_open_pages_close(there: Client, ruth: Customer, at: datetime) -> None:
    path = link_to("preferences", ruth, at)

    void_links(ruth, by=SYSTEM, at=at)

    assert (there.get("/p/").status_code, there.post(path).status_code) == (410, 410)
    assert there.post(link_to("preferences", ruth, at + timedelta(seconds=1))).status_code == 303


def test_the_door_closes_behind_whoever_leaves(there: Client) -> None:
    there.post("/p/leave")

    assert there.get("/p/").status_code == 410


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


# For staff


def test_staff_see_the_page_and_press_nothing(
    client_of: Any, manager: Member, ruth: Customer
) -> None:
    here = client_of(manager)
    here.get("/team/")
    before = all_rows()

    text = here.get(f"/customers/{ruth.pk}/as-they-see-it").content.decode()

    assert "You are looking at the page as Ruth sees it." in text
    assert '<fieldset class="bare" disabled>' in text
    assert ('name="guard"' in text, "/p/leave" in text) == (False, False)
    assert all_rows() == before


def test_a_helper_sees_only_their_own(client_of: Any, helper: Member, ruth: Customer) -> None:
    here = client_of(helper)

    assert here.get(f"/customers/{ruth.pk}/as-they-see-it").status_code == 404
    assert here.post(f"/customers/{ruth.pk}/links/void").status_code == 404


def test_staff_make_links_void(
    client_of: Any, manager: Member, ruth: Customer, there: Client, at: datetime
) -> None:
    here = client_of(manager)
    shown = here.get(f"/customers/{ruth.pk}/consent/").content.decode()

    answer = here.post(f"/customers/{ruth.pk}/links/void")

    assert f'action="/customers/{ruth.pk}/links/void"' in shown
    assert f'href="/customers/{ruth.pk}/as-they-see-it"' in shown
    assert answer["Location"] == f"/customers/{ruth.pk}/consent/"
    assert Wish.objects.get().links_void_before == at
    assert there.get("/p/").status_code == 410


def test_a_viewer_makes_no_links_void(client_of: Any, viewer: Member, ruth: Customer) -> None:
    assert client_of(viewer).post(f"/customers/{ruth.pk}/links/void").status_code == 403
    assert Wish.objects.count() == 0
