"""Where this instance is reached, what is kept of it, and letting a held one act again."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.core import instance
from regulars.core.actor import COMMAND
from regulars.core.instance import Waiting
from regulars.core.models import Instance
from regulars.team.models import Member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
URL = "https://shop.example"
ELSEWHERE = {"host": "shop.example", "x-forwarded-proto": "https"}


@pytest.fixture
def counts() -> Iterator[dict[str, int]]:
    """What waits, as a room would count it."""
    kept = {"messages": 3}
    oldest = datetime.fromisoformat("2026-11-20T08:00+00:00")
    instance.waiting.register("test", lambda _at: Waiting("Messages", kept["messages"], oldest))
    yield kept
    instance.waiting._things.pop("test")


@pytest.fixture
def held(at: datetime) -> None:
    instance.settle_identity()
    instance.hold("copied", at=at)


@pytest.fixture
def public(settings: object) -> None:
    settings.PUBLIC_URL = URL  # type: ignore[attr-defined]
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    instance.settle_identity()


def proven(client: Client) -> Client:
    """Who has given the password once more, a moment ago."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session.save()
    return client


def link_on(client: Client) -> str:
    found = re.search(r'value="https://shop\.example(/team/address/[^"]+)"', text_of(client))
    assert found
    return found[1]


def text_of(client: Client) -> str:
    return client.get("/team/safety").content.decode()


@pytest.mark.usefixtures("held", "counts")
def test_every_page_says_that_nothing_leaves(client_of: ClientOf, owner: Member) -> None:
    page = client_of(owner).get("/team/people").content.decode()

    assert "Nothing leaves this instance until it is released." in page
    assert 'href="/team/safety"' in page


@pytest.mark.usefixtures("held", "counts")
def test_who_decides_sees_how_much_waits_and_how_old_it_is(
    client_of: ClientOf, owner: Member, viewer: Member
) -> None:
    assert "Messages: 3 wait." in text_of(client_of(owner))
    assert "The oldest is of 20 November 2026" in text_of(client_of(owner))
    assert "Release this instance" in text_of(client_of(owner))
    assert "Release this instance" not in text_of(client_of(viewer))


@pytest.mark.usefixtures("held", "counts")
@pytest.mark.parametrize("become", ["successor", "new"])
def test_an_owner_releases(client_of: ClientOf, owner: Member, become: str) -> None:
    before = Instance.objects.get().instance_id
    said = {"become": become, "seen": "Messages:3"}

    answer = proven(client_of(owner)).post("/team/safety/release", said)

    assert (answer.status_code, instance.why_held()) == (302, "")
    assert (Instance.objects.get().instance_id == before) is (become == "successor")


@pytest.mark.usefixtures("held", "counts")
def test_a_release_asks_for_the_password_once_more(client_of: ClientOf, owner: Member) -> None:
    owner.set_password("a loaf of rye, well baked")
    owner.save()
    here = client_of(owner)
    said = {"become": "successor", "seen": "Messages:3"}

    answer = here.post("/team/safety/release", said)
    held = instance.why_held()
    once_more = here.post(answer["Location"], {"password": "a loaf of rye, well baked"})

    assert answer["Location"].startswith("/account/reauthenticate/")
    assert held == "copied"
    # What was asked before the password goes on after it.
    assert (once_more.status_code, instance.why_held()) == (302, "")


@pytest.mark.usefixtures("held")
def test_nobody_releases_more_than_they_saw(
    client_of: ClientOf, owner: Member, counts: dict[str, int]
) -> None:
    counts["messages"] = 4
    said = {"become": "successor", "seen": "Messages:3"}

    answer = proven(client_of(owner)).post("/team/safety/release", said)

    assert (answer.status_code, instance.why_held()) == (422, "copied")
    assert "Meanwhile other messages wait" in answer.content.decode()


@pytest.mark.usefixtures("held")
def test_a_release_that_does_not_say_which_it_is_is_refused(
    client_of: ClientOf, owner: Member
) -> None:
    answer = proven(client_of(owner)).post("/team/safety/release", {"seen": ""})

    assert (answer.status_code, instance.why_held()) == (422, "copied")


@pytest.mark.usefixtures("held")
def test_a_manager_does_not_release(client_of: ClientOf, manager: Member) -> None:
    said = {"become": "successor", "seen": ""}

    answer = proven(client_of(manager)).post("/team/safety/release", said)

    assert (answer.status_code, instance.why_held()) == (403, "copied")


@pytest.mark.usefixtures("public")
def test_the_code_opens_a_page_that_proves_when_pressed(client_of: ClientOf, owner: Member) -> None:
    link, elsewhere = link_on(client_of(owner)), Client()

    shown = elsewhere.get(link, headers=ELSEWHERE)
    looked = instance.proved_public_url()
    pressed = elsewhere.post(link, headers=ELSEWHERE)

    assert (shown.status_code, looked) == (200, "")
    assert (pressed.status_code, instance.proved_public_url()) == (200, URL)
    assert "Proved on" in text_of(client_of(owner))


@pytest.mark.usefixtures("public")
def test_the_link_works_once(client_of: ClientOf, owner: Member, at: datetime) -> None:
    link = link_on(client_of(owner))
    Client().post(link, headers=ELSEWHERE)
    Instance.objects.update(public_url="")
    instance.forget_seen()

    answer = Client().post(link, headers=ELSEWHERE)

    assert (answer.status_code, instance.proved_public_url()) == (410, "")


@pytest.mark.usefixtures("public")
def test_another_address_proves_nothing(client_of: ClientOf, owner: Member) -> None:
    link = link_on(client_of(owner))

    answer = Client().post(link, headers={"host": "127.0.0.1:8000"})

    assert (answer.status_code, instance.proved_public_url()) == (422, "")


@pytest.mark.usefixtures("public")
def test_the_device_that_shows_the_code_proves_nothing(client_of: ClientOf, owner: Member) -> None:
    here = client_of(owner)

    answer = here.post(link_on(here), headers=ELSEWHERE)

    assert (answer.status_code, instance.proved_public_url()) == (422, "")


@pytest.mark.usefixtures("public")
def test_an_altered_or_old_link_proves_nothing(
    client_of: ClientOf, owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, now = link_on(client_of(owner)), time.time()

    altered = Client().post(link[:-2] + "xx", headers=ELSEWHERE)
    monkeypatch.setattr(time, "time", lambda: now + timedelta(minutes=31).total_seconds())
    late = Client().post(link, headers=ELSEWHERE)

    assert {altered.status_code, late.status_code} == {410}
    assert instance.proved_public_url() == ""


@pytest.mark.usefixtures("public")
def test_a_proof_lapses_with_the_address(
    client_of: ClientOf, owner: Member, settings: object, at: datetime
) -> None:
    instance.prove_public_url(URL, by=COMMAND, at=at)

    settings.PUBLIC_URL = "https://other.example"  # type: ignore[attr-defined]
    instance.forget_seen()

    assert instance.proved_public_url() == ""
    assert "Not proved yet." in text_of(client_of(owner))


def test_without_an_address_the_page_says_how_to_set_one(
    client_of: ClientOf, owner: Member
) -> None:
    assert "No public address is set." in text_of(client_of(owner))


def test_an_address_of_this_computer_shows_no_code(
    client_of: ClientOf, owner: Member, settings: object
) -> None:
    settings.PUBLIC_URL = "http://localhost:8961"  # type: ignore[attr-defined]
    settings.CSRF_TRUSTED_ORIGINS = ["http://localhost:8961"]  # type: ignore[attr-defined]

    page = text_of(client_of(owner))

    assert "leads to this computer alone" in page
    assert 'class="qr"' not in page


@pytest.mark.usefixtures("public")
def test_a_viewer_sees_no_code(client_of: ClientOf, viewer: Member) -> None:
    assert 'class="qr"' not in text_of(client_of(viewer))
