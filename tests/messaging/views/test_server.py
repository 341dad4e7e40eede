"""The one screen for mail, as its address answers."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import dns.exception
import dns.resolver
import pytest
from django.test import Client

from regulars.core.secrets import seal_secret
from regulars.messaging.models import MailServer
from regulars.team.models import Member
from tests.messaging.channels.smtp_server import Habits, Server

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
TYPED = {
    "kind": "smtp", "host": "mail.juniper.example", "port": "587", "security": "starttls",
    "username": "nora", "password": "s3cret-word", "from_name": "Juniper & Rye",
    "from_address": "hello@juniper.example", "reply_to": "", "pace": "",
}  # fmt: skip


@pytest.fixture
def mail_server() -> Iterator[Server]:
    with Server() as started:
        yield started


def kept(at: datetime, **over: Any) -> MailServer:
    values: dict[str, Any] = {
        name: value for name, value in TYPED.items() if name not in ("password", "pace")
    }
    values |= {"password_sealed": seal_secret("s3cret-word"), "changed_at": at}
    return MailServer.objects.create(pk=1, **{**values, **over})


def test_until_a_server_is_set_the_page_says_that_nobody_gets_anything(
    client_of: ClientOf, owner: Member
) -> None:
    page = client_of(owner).get("/messages/server/").content.decode()

    assert "Mail goes into files until a server is set." in page
    assert 'href="/messages/server/"' in client_of(owner).get("/team/").content.decode()


def test_a_server_is_kept_and_its_password_never_shown(client_of: ClientOf, owner: Member) -> None:
    here = client_of(owner)

    answer = here.post("/messages/server/describe", TYPED)

    assert (answer.status_code, answer["Location"]) == (302, "/messages/server/#test")
    assert MailServer.objects.get().host == "mail.juniper.example"
    page = here.get("/messages/server/").content.decode()
    assert "mail.juniper.example" in page
    assert "One is kept, and never shown." in page
    assert "s3cret-word" not in page
    assert MailServer.objects.get().password_sealed not in page


def test_a_refused_form_does_not_show_the_password_either(
    client_of: ClientOf, owner: Member
) -> None:
    answer = client_of(owner).post("/messages/server/describe", TYPED | {"host": ""})

    assert answer.status_code == 422
    assert "Which server takes the mail?" in answer.content.decode()
    assert "s3cret-word" not in answer.content.decode()
    assert not MailServer.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"from_address": ""}, "From which address does it come?"),
        ({"from_address": "用户@x.example"}, "not an address that mail can carry"),
        ({"reply_to": "a@b\r\nBcc: c@d.example"}, "not an address that mail can carry"),
        ({"host": "mail server"}, "not the name of a server"),
        ({"security": "none"}, "only a server on this computer itself"),
        ({"port": "70000"}, "less than or equal to 65535"),
        ({"password": ""}, "Enter the password"),
        ({"pace": "0"}, "greater than or equal to 1"),
        ({"kind": "fake"}, "not one of the available choices"),
    ],
)
def test_what_cannot_work_is_refused_in_words(
    client_of: ClientOf, owner: Member, typed: dict[str, str], said: str
) -> None:
    answer = client_of(owner).post("/messages/server/describe", TYPED | typed)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not MailServer.objects.exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_without_encryption_only_here(client_of: ClientOf, owner: Member, host: str) -> None:
    typed = TYPED | {"security": "none", "host": host}

    assert client_of(owner).post("/messages/server/describe", typed).status_code == 302


def test_the_password_may_stay_only_with_its_server(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    before = kept(at).password_sealed
    here = client_of(owner)

    same = here.post("/messages/server/describe", TYPED | {"password": "", "from_name": "Nora"})
    other = here.post("/messages/server/describe", TYPED | {"password": "", "host": "evil.example"})

    assert (same.status_code, other.status_code) == (302, 422)
    server = MailServer.objects.get()
    assert (server.password_sealed, server.host) == (before, "mail.juniper.example")


def test_the_test_says_what_the_server_said(
    client_of: ClientOf, owner: Member, at: datetime, mail_server: Server
) -> None:
    kept(at, host="127.0.0.1", port=mail_server.port, security="none", username="")
    here = client_of(owner)

    good = here.post("/messages/server/test")
    mail_server.habits = Habits(refuse=lambda _to: b"550 5.1.1 Nobody of that name here\r\n")
    bad = here.post("/messages/server/test")

    assert (good.status_code, bad.status_code) == (200, 422)
    assert "queued as Q000001" in good.content.decode()
    assert "550 5.1.1 Nobody of that name here" in bad.content.decode()
    assert "The mail server refused it." in bad.content.decode()
    assert [to for to, _content in mail_server.delivered] == [owner.email]


def test_into_files_a_test_is_a_file(client_of: ClientOf, owner: Member) -> None:
    answer = client_of(owner).post("/messages/server/test")

    assert answer.status_code == 200
    assert "It was written into a file." in answer.content.decode()


def test_a_key_is_made_shown_to_publish_and_given_up(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    kept(at)
    here = client_of(owner)

    assert here.post("/messages/server/key").status_code == 302
    page = here.get("/messages/server/").content.decode()
    assert "r20261124._domainkey.juniper.example" in page
    assert "v=DKIM1; k=rsa; p=MII" in page
    assert "PRIVATE KEY" not in page
    assert MailServer.objects.get().dkim_key_sealed not in page

    assert here.post("/messages/server/no-key").status_code == 302
    assert MailServer.objects.get().dkim_selector == ""


def test_without_a_sender_no_key_is_made(client_of: ClientOf, owner: Member) -> None:
    answer = client_of(owner).post("/messages/server/key")

    assert answer.status_code == 422
    assert "the sender" in answer.content.decode()


def test_a_pause_is_shown_with_their_words_and_ended(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    kept(at, paused_why="login 535 5.7.8 Bad credentials")
    here = client_of(owner)

    page = here.get("/messages/server/").content.decode()
    assert "The server does not let us in." in page
    assert "535 5.7.8 Bad credentials" in page

    assert here.post("/messages/server/resume").status_code == 302
    assert MailServer.objects.get().paused_why == ""


def test_the_dns_is_asked_by_a_click(
    client_of: ClientOf, owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_asked: object) -> None:
        raise dns.exception.Timeout

    monkeypatch.setattr(dns.resolver.Resolver, "resolve", silent)
    kept(at)

    answer = client_of(owner).post("/messages/server/dns")

    assert answer.status_code == 200
    assert "The DNS could not be asked" in answer.content.decode()


@pytest.mark.parametrize("role", ["manager", "helper", "viewer"])
def test_others_see_and_change_nothing(
    client_of: ClientOf, at: datetime, role: str, request: pytest.FixtureRequest
) -> None:
    here = client_of(request.getfixturevalue(role))
    before = kept(at)
    paths = ["describe", "test", "key", "no-key", "resume", "dns"]

    answers = [here.get("/messages/server/"), *(here.post(f"/messages/server/{p}") for p in paths)]

    assert [answer.status_code for answer in answers] == [403] * 7
    assert "Only an owner can change how mail leaves." in answers[0].content.decode()
    assert "mail.juniper.example" not in answers[0].content.decode()
    after = MailServer.objects.get()
    assert (after.changed_at, after.dkim_selector) == (before.changed_at, "")
