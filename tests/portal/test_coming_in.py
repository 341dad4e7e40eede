"""In by a link that is exchanged at once, and what staff may do with such links."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from regulars.consent.actions import void_links
from regulars.consent.models import Wish
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from regulars.team.models import Member
from tests.factories.instance import all_rows
from tests.factories.portal import link_to

pytestmark = pytest.mark.django_db


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
