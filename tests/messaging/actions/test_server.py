"""Describing the mail server: who may, what is kept, what is never told again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from regulars.core import jobs
from regulars.core.errors import NotAllowed
from regulars.core.models import AuditEntry, Job
from regulars.core.secrets import change_key, open_secret
from regulars.messaging.actions.server import (
    Described,
    describe_server,
    make_dkim_key,
    pause_server,
    resume_server,
    send_test,
    stop_signing,
)
from regulars.messaging.choices import Result, Security
from regulars.messaging.dkim import Signer
from regulars.messaging.errors import NoServerYet
from regulars.messaging.models import MailServer
from regulars.team.models import Member
from tests.factories.team import make_member
from tests.messaging.channels.smtp_server import Habits, Server

pytestmark = pytest.mark.django_db

USUAL = Described(
    kind="smtp", host="mail.juniper.example", port=587, security=Security.STARTTLS,
    username="nora", from_name="Juniper & Rye", from_address="hello@juniper.example",
)  # fmt: skip


@pytest.fixture
def mail_server() -> Iterator[Server]:
    with Server() as started:
        yield started


def here(server: Server, **over: object) -> Described:
    return replace(USUAL, host="127.0.0.1", port=server.port, security="none", **over)  # type: ignore[arg-type]


def test_a_server_is_kept_and_its_password_sealed(owner: Member, at: datetime) -> None:
    server = describe_server(USUAL, password="s3cret", by=owner.actor, at=at)

    kept = MailServer.objects.get()
    assert (kept.host, kept.username, kept.changed_at) == ("mail.juniper.example", "nora", at)
    assert open_secret(kept.password_sealed) == "s3cret"
    assert "s3cret" not in kept.password_sealed
    entry = AuditEntry.objects.get(thing="messaging.mailserver")
    assert (entry.verb, entry.thing_id) == ("described the mail server", str(server.pk))
    assert "password" in entry.detail["changed"]
    assert "s3cret" not in repr(entry.detail)


@pytest.mark.parametrize(
    ("changes", "stays"),
    [
        ({"from_name": "Nora"}, True), ({"pace": 60}, True), ({"host": "evil.example"}, False),
        ({"port": 2525}, False), ({"username": "eve"}, False), ({"security": "tls"}, False),
        ({"username": ""}, False),
    ],
)  # fmt: skip
def test_a_kept_password_goes_to_no_other_server(
    owner: Member, at: datetime, changes: dict[str, object], stays: bool
) -> None:
    """Whoever may change the name of the server must not learn the password by it."""
    describe_server(USUAL, password="s3cret", by=owner.actor, at=at)

    server = describe_server(replace(USUAL, **changes), by=owner.actor, at=at)  # type: ignore[arg-type]

    assert bool(server.password_sealed) == stays


@pytest.mark.parametrize("role", ["manager", "helper", "viewer"])
def test_only_an_owner_changes_how_mail_leaves(owner: Member, at: datetime, role: str) -> None:
    by = make_member(role).actor

    for change in (
        lambda: describe_server(USUAL, by=by, at=at), lambda: make_dkim_key(by=by, at=at),
        lambda: stop_signing(by=by, at=at), lambda: resume_server(by=by, at=at),
        lambda: send_test(owner, by=by, at=at),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            change()

    assert not MailServer.objects.exists()


def test_a_key_is_made_and_signs(owner: Member, at: datetime) -> None:
    describe_server(USUAL, by=owner.actor, at=at)

    first = make_dkim_key(by=owner.actor, at=at)
    second = make_dkim_key(by=owner.actor, at=at)

    assert (first.dkim_selector, second.dkim_selector) == ("r20261124", "r20261124-2")
    pem = open_secret(second.dkim_key_sealed)
    signed = Signer("juniper.example", second.dkim_selector, pem).sign(b"From: a@b.example\r\n\r\n")
    assert signed.startswith(b"DKIM-Signature: ")
    assert "PRIVATE" not in second.dkim_key_sealed

    stopped = stop_signing(by=owner.actor, at=at)
    assert (stopped.dkim_selector, stopped.dkim_key_sealed) == ("", "")


def test_without_a_sender_there_is_no_key(owner: Member, at: datetime) -> None:
    with pytest.raises(NoServerYet):
        make_dkim_key(by=owner.actor, at=at)


def test_secrets_are_sealed_anew_when_the_key_changes(owner: Member, at: datetime) -> None:
    describe_server(USUAL, password="s3cret", by=owner.actor, at=at)
    make_dkim_key(by=owner.actor, at=at)

    assert change_key(by=owner.actor, at=at) == 2

    kept = MailServer.objects.get()
    assert (kept.password_sealed[:2], kept.dkim_key_sealed[:2]) == ("2.", "2.")
    assert open_secret(kept.password_sealed) == "s3cret"


def test_a_pause_stays_until_somebody_looked_and_tells_the_owners_once(
    owner: Member, at: datetime, mail_server: Server
) -> None:
    make_member("manager")
    gone = make_member("owner", name="Gone Owner")
    Member.objects.filter(pk=gone.pk).update(is_active=False)
    describe_server(here(mail_server, username=""), by=owner.actor, at=at)

    pause_server("550 5.7.1 You may not send as this", at=at)
    pause_server("another word", at=at)

    kept = MailServer.objects.get()
    assert kept.paused_why == "550 5.7.1 You may not send as this"
    queued = Job.objects.get()
    running = jobs.claim("here", at=at)
    assert running is not None
    assert running.id == queued.pk
    assert jobs.run(running, at=at).result == {"told": 1}
    assert [to for to, _content in mail_server.delivered] == [owner.email]
    assert resume_server(by=owner.actor, at=at).paused_why == ""


def test_a_test_reaches_oneself_and_ends_a_pause(
    owner: Member, at: datetime, mail_server: Server
) -> None:
    describe_server(here(mail_server, username=""), by=owner.actor, at=at)
    pause_server("login 535", at=at)

    outcome = send_test(owner, by=owner.actor, at=at)

    kept = MailServer.objects.get()
    assert outcome.result == Result.ACCEPTED
    assert (kept.tested_at, kept.paused_why) == (at, "")
    assert [to for to, _content in mail_server.delivered] == [owner.email]


def test_a_test_that_fails_says_why_and_proves_nothing(
    owner: Member, at: datetime, mail_server: Server
) -> None:
    mail_server.habits = Habits(login=("nora", "right"))
    describe_server(here(mail_server), password="wrong", by=owner.actor, at=at)

    outcome = send_test(owner, by=owner.actor, at=at)

    assert (outcome.result, outcome.code[:9]) == (Result.NOT_SENT, "login 535")
    assert MailServer.objects.get().tested_at is None


def test_a_password_whose_key_is_gone_is_asked_for_again(owner: Member, at: datetime) -> None:
    describe_server(USUAL, password="s3cret", by=owner.actor, at=at)
    MailServer.objects.update(password_sealed="1.AAAA")

    assert send_test(owner, by=owner.actor, at=at).code == "secret"
