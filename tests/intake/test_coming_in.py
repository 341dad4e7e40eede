"""Files that come in by themselves, from a watched folder or an address."""

import os
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from regulars.core import fetching, jobs
from regulars.core.actor import COMMAND
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.fetching import Fetched
from regulars.core.models import Job
from regulars.customers.models import Customer
from regulars.intake import actions, coming_in, inlets
from regulars.intake.coming_in import LOOK_JOB, add_inlet, look_at_inlet, remove_inlet
from regulars.intake.models import Import, Inlet
from regulars.team.models import Member
from tests.factories.intake import A_DAY, bring

pytestmark = pytest.mark.django_db

LIST = "Name,Email\nRuth Calloway,ruth@example.com\n"


@pytest.fixture
def inbox(tmp_path: Path, settings: Any) -> Path:
    settings.INBOX = tmp_path / "inbox"
    return tmp_path / "inbox"


@pytest.fixture
def watched(inbox: Path, business: object) -> Inlet:
    return add_inlet("customers", "till", source="till", by=COMMAND, at=A_DAY)


def put(folder: Path, content: str, *, seconds_ago: int = 300, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(content)
    written = A_DAY.timestamp() - seconds_ago
    os.utime(path, (written, written))
    return path


def look(inlet: Inlet, *, times: int = 2) -> Inlet:
    for _nth in range(times):
        look_at_inlet(inlet, at=A_DAY)
    inlet.refresh_from_db()
    return inlet


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_a_file_of_a_known_shape_comes_in_and_is_put_aside(watched: Inlet, inbox: Path) -> None:
    bring("customers", "Name,Email\nAda,ada@example.com\n")
    put(inbox / "till", LIST)

    look(watched)

    assert Customer.objects.filter(name="Ruth Calloway").exists()
    assert watched.said == "list.csv: 1 new, 0 changed, 0 not readable."
    assert watched.last_import == Import.objects.latest("id")
    assert names_in(inbox / "till") == []
    assert names_in(inbox / "till" / "taken") == ["2026-11-24 090000 list.csv"]


def test_a_file_of_a_new_shape_waits_with_a_sentence(watched: Inlet, inbox: Path) -> None:
    put(inbox / "till", LIST)

    look(watched, times=4)

    assert "no file with its columns came in before" in watched.said
    assert names_in(inbox / "till") == ["list.csv"]
    assert not Import.objects.exists()
    bring("customers", "Name,Email\nAda,ada@example.com\n")
    look(watched)
    assert Customer.objects.count() == 2


@pytest.mark.parametrize("seconds_ago", [5, 300], ids=["just written", "seen once"])
def test_a_file_that_may_still_grow_is_left(watched: Inlet, inbox: Path, seconds_ago: int) -> None:
    bring("customers", "Name,Email\nAda,ada@example.com\n")
    put(inbox / "till", LIST, seconds_ago=seconds_ago)

    look(watched, times=1 if seconds_ago > 60 else 3)

    assert Customer.objects.count() == 1
    assert names_in(inbox / "till") == ["list.csv"]


def test_a_file_that_changes_while_it_is_read_is_left(
    watched: Inlet, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring("customers", "Name,Email\nAda,ada@example.com\n")
    path = put(inbox / "till", LIST)
    begin = actions.begin_import

    def begin_slowly(*args: Any, **more: Any) -> Import:
        item = begin(*args, **more)
        put(inbox / "till", LIST + "Zoë,zoe@example.com\n", seconds_ago=1)
        return item

    monkeypatch.setattr(coming_in, "begin_import", begin_slowly)

    look(watched)

    assert path.exists()
    assert Customer.objects.count() == 1


def test_a_file_that_is_refused_is_put_aside_with_its_reason(watched: Inlet, inbox: Path) -> None:
    put(inbox / "till", "%PDF-1.7")

    look(watched)

    assert "type PDF" in watched.said
    assert names_in(inbox / "till" / "not taken") == ["2026-11-24 090000 list.csv"]


def test_what_an_address_gives_comes_in_once(
    inbox: Path, business: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring("customers", "Name,Email\nAda,ada@example.com\n")
    inlet = add_inlet(
        "customers", "https://till.example/list.csv", source="till", by=COMMAND, at=A_DAY
    )
    monkeypatch.setattr(
        coming_in, "fetch_inlet", lambda _inlet: Fetched(LIST.encode(), "7", "list.csv")
    )

    look(inlet, times=2)

    assert (inlet.etag, inlet.said) == ("7", "list.csv: 1 new, 0 changed, 0 not readable.")
    assert Import.objects.filter(source="till").count() == 1
    monkeypatch.setattr(coming_in, "fetch_inlet", lambda _inlet: Fetched(None))
    look(inlet)
    assert Import.objects.filter(source="till").count() == 1


@pytest.mark.parametrize(
    "place", ["https://[::1", "https://till.example:99999/x", "https://:443/x"]
)
def test_an_address_that_is_none_is_refused(inbox: Path, business: object, place: str) -> None:
    with pytest.raises(Refusal, match="begins with https"):
        add_inlet("customers", place, source="till", by=COMMAND, at=A_DAY)

    assert not Inlet.objects.exists()


def test_an_address_that_nobody_can_have_holds_no_other_up(inbox: Path, business: object) -> None:
    place = f"https://{'t' * 70}.example/list.csv"
    inlet = add_inlet("customers", place, source="till", by=COMMAND, at=A_DAY)

    look(inlet)

    assert "cannot be reached" in inlet.said


@pytest.mark.parametrize("number", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fd00::1"])
def test_a_machine_in_our_own_network_is_not_asked(
    inbox: Path, business: object, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    inlet = add_inlet("customers", "https://till.example/x", source="till", by=COMMAND, at=A_DAY)
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)

    look(inlet, times=1)

    assert inlet.said.startswith("The address is that of a machine in our own network.")


ANSWERS = [
    ('200 OK\r\nETag: "7"\r\nContent-Length: 5', "Name\n", Fetched(b"Name\n", '"7"', "x.csv")),
    ("304 Not Modified", "", Fetched(None)),
    ("302 Found\r\nLocation: https://127.0.0.1/", "", "answered 302"),
    ("200 OK\r\nContent-Length: 50", "Name\n" * 10, "larger than 0 MB"),
    ("nonsense", "", "cannot be reached"),
]


@pytest.mark.parametrize(
    ("heading", "body", "outcome"), ANSWERS, ids=["new", "same", "leads away", "huge", "nonsense"]
)
def test_an_address_is_asked_with_its_mark_and_led_nowhere_else(
    settings: Any, monkeypatch: pytest.MonkeyPatch, heading: str, body: str, outcome: Any
) -> None:
    settings.MAX_UPLOAD_BYTES = 20
    ours, theirs = socket.socketpair()
    theirs.sendall(f"HTTP/1.1 {heading}\r\nConnection: close\r\n\r\n{body}".encode())
    monkeypatch.setattr(fetching, "machines_of", lambda _host, _port, *, allows_private: [])
    monkeypatch.setattr(fetching, "connected", lambda _machine, _host: ours)
    inlet = Inlet(place="https://till.example/a/x.csv?k=1", etag='"6"')

    if isinstance(outcome, Fetched):
        assert inlets.fetch_inlet(inlet) == outcome
    else:
        with pytest.raises(Refusal, match=outcome):
            inlets.fetch_inlet(inlet)

    asked = theirs.recv(4096).decode()
    theirs.close()
    assert asked.startswith("GET /a/x.csv?k=1 HTTP/1.1\r\nHost: till.example")
    assert 'If-None-Match: "6"' in asked


@pytest.mark.parametrize(
    ("place", "sentence"),
    [("../../etc", "lies outside"), ("http://till.example/x", "begins with https"),
     (" ", "Say what comes in"), ("till", "come in from there already")],
)  # fmt: skip
def test_places_that_cannot_be_are_refused(watched: Inlet, place: str, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        add_inlet("customers", place, source="till", by=COMMAND, at=A_DAY)


def test_only_an_owner_allows_our_own_network(
    inbox: Path, business: object, manager: Member, helper: Member
) -> None:
    for member, private in ((manager, True), (helper, False)):
        with pytest.raises(NotAllowed):
            add_inlet("customers", "https://x.example/y", source="x", by=member.actor, at=A_DAY,
                      allows_private=private)  # fmt: skip


def test_looking_leaves_the_next_look_while_there_is_something_to_look_at(watched: Inlet) -> None:
    jobs.run_now(LOOK_JOB, at=A_DAY)

    left = Job.objects.filter(name=LOOK_JOB, due_at=A_DAY + timedelta(minutes=15))
    assert left.count() == 1
    remove_inlet(watched, by=COMMAND, at=A_DAY)
    assert jobs.run_now(LOOK_JOB, at=A_DAY).state == Job.State.DONE


def test_inlets_are_made_and_removed_on_the_screen(
    client_of: Callable[[Member], Client], owner: Member, inbox: Path
) -> None:
    client, address = client_of(owner), reverse("intake:inlets")
    wanted = {"kind": "customers", "place": "till", "source": "till"}

    made, again = client.post(address, wanted), client.post(address, wanted)

    assert (made.status_code, again.status_code) == (302, 422)
    assert "watched folder" in client.get(address).content.decode()
    assert client.post(reverse("intake:look")).status_code == 302
    client.post(reverse("intake:remove_inlet", args=[Inlet.objects.get().pk]))
    assert not Inlet.objects.exists()


def test_an_address_that_trickles_is_waited_for_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each byte comes in time, and the whole never does."""
    ours, theirs = socket.socketpair()
    theirs.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nName\n")
    monkeypatch.setattr(fetching, "MOST_SECONDS", 0.05)
    monkeypatch.setattr(fetching, "machines_of", lambda _host, _port, *, allows_private: [])
    monkeypatch.setattr(fetching, "connected", lambda _machine, _host: ours)

    with pytest.raises(Refusal, match="too slowly"):
        inlets.fetch_inlet(Inlet(place="https://till.example/x.csv"))

    theirs.close()


def test_what_is_put_aside_fits_into_its_folder_and_replaces_nothing(tmp_path: Path) -> None:
    names = [f"{'ü' * 120}.csv", "list.csv", "list.csv"]
    for name in names:
        path = tmp_path / name
        path.write_text(name)
        inlets.put_aside(path, inlets.TAKEN, at=A_DAY)

    kept = sorted(path.name for path in (tmp_path / inlets.TAKEN).iterdir())

    assert len(kept) == 3
    assert all(name.endswith(".csv") and len(name.encode()) <= 255 for name in kept)


def test_nothing_comes_in_by_the_right_of_somebody_who_left(
    inbox: Path, business: object, manager: Member
) -> None:
    inlet = add_inlet("customers", "till", source="till", by=manager.actor, at=A_DAY)
    (inbox / "till" / "list.csv").write_text(LIST)
    Member.objects.filter(pk=manager.pk).update(is_active=False)

    look(Inlet.objects.get(pk=inlet.pk))

    inlet.refresh_from_db()
    assert inlet.said.startswith(f"{manager.name}, who set this up, is no longer on the team")
    assert not Import.objects.exists()
