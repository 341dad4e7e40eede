"""Our own SMTP client, before servers that are honest, slow, rude or lying."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest

from regulars.messaging.channels.adapters import Outcome
from regulars.messaging.channels.smtp.client import MailServerClient
from regulars.messaging.channels.smtp.session import Way
from regulars.messaging.choices import Result
from tests.messaging.channels.adapter_contract import AdapterContract, Trouble
from tests.messaging.channels.parcels import (
    RAW,
    make_parcel,
    make_parcels,
    outcomes_of,
    ticket,
)
from tests.messaging.channels.smtp_server import CHUNKS, OFFERS, Habits, Server

WAYS = ["data", "one by one", "chunks"]
Start = Callable[..., tuple[Server, MailServerClient]]


@pytest.fixture
def start() -> Iterator[Start]:
    """`start(way, **habits)` -> a server with these habits, and a client for it."""
    servers, clients = [], []

    def begin(way: str = "data", **habits: Any) -> tuple[Server, MailServerClient]:
        offers = {"data": OFFERS, "one by one": ("SIZE 1000000",), "chunks": CHUNKS}[way]
        server = Server(Habits(**{"offers": offers, **habits})).__enter__()
        servers.append(server)
        client = client_of(server, far=0.0 if way == "chunks" else 1e9)
        clients.append(client)
        return server, client

    yield begin
    for client in clients:
        client.close()
    for server in servers:
        server.__exit__()


def client_of(server: Server, **options: Any) -> MailServerClient:
    way = Way("127.0.0.1", server.port, "none", sender="nora@juniper.example")
    return MailServerClient(way, **{"timeout": 2.0, **options})


def results_by_recipient(outcomes: list[Outcome], parcels: list[Any]) -> dict[str, Result]:
    names = {p.message_id: p.recipient for p in parcels}
    return {names[o.message_id]: o.result for o in outcomes}


class SmtpContract(AdapterContract):
    way: str

    @pytest.fixture(autouse=True)
    def _set_up(self, start: Start) -> None:
        self.server, self.adapter = start(self.way)

    def delivered(self) -> list[str]:
        return [recipient for recipient, _content in self.server.delivered]

    def make_trouble(self, kind: Trouble) -> bool:
        habits = self.server.habits
        if kind == "drop":
            habits.after_content = lambda _number: "drop"
        elif kind == "vanish":
            habits.after_content = lambda _number: "close"
        elif kind == "refuse":
            habits.refuse = lambda _recipient: b"550 5.1.1 Nobody here\r\n"
        elif kind == "later":
            habits.refuse = lambda _recipient: b"450 4.2.0 Greylisted\r\n"
        else:
            self.server.stop_listening()
            self.server.close_connections()
        return True


class TestWithData(SmtpContract):
    way = "data"


class TestOneByOne(SmtpContract):
    way = "one by one"


class TestWithChunks(SmtpContract):
    way = "chunks"


@pytest.mark.parametrize("way", WAYS)
def test_what_arrives_is_what_was_sent(start: Start, way: str) -> None:
    """Lines that begin with a dot included."""
    server, client = start(way)
    odd = b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\nlast"

    outcomes_of(client, [make_parcel(raw=RAW), make_parcel(raw=odd)])

    end = b"" if way == "chunks" else b"\r\n"
    assert [content for _to, content in server.delivered] == [RAW, odd + end]


@pytest.mark.parametrize("way", WAYS)
def test_one_in_ten_refused_and_every_outcome_is_its_own(start: Start, way: str) -> None:
    server, client = start(way)
    server.habits.refuse = lambda to: b"550 5.1.1 No\r\n" if to[1] == "7" else None
    parcels = make_parcels(40)

    outcomes = outcomes_of(client, parcels)

    refused = {p.recipient for p in parcels if p.recipient[1] == "7"}
    assert results_by_recipient(outcomes, parcels) == {
        p.recipient: Result.REFUSED if p.recipient in refused else Result.ACCEPTED for p in parcels
    }
    assert {to for to, _content in server.delivered} == {p.recipient for p in parcels} - refused
    assert server.connections == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("deed", "result"),
    [
        ("accept", Result.ACCEPTED), ("late", Result.ACCEPTED), ("refuse", Result.REFUSED),
        ("later", Result.NOT_SENT), ("drop", Result.IN_DOUBT), ("close", Result.IN_DOUBT),
        ("garbage", Result.IN_DOUBT), ("silent", Result.IN_DOUBT),
    ],
)  # fmt: skip
def test_what_the_server_does_with_one_content(
    start: Start, way: str, deed: str, result: Result
) -> None:
    """RELIABILITY M4; the others of the batch are sent, once."""
    server, client = start(way)
    client._timeout = 0.5
    server.habits.after_content = lambda number: deed if number == 2 else "accept"
    parcels = make_parcels(2)

    outcomes = outcomes_of(client, parcels)
    # Trouble with one leaves the next call as it was.
    more = make_parcels(3)
    outcomes += outcomes_of(client, more)

    results = Counter(o.result for o in outcomes)
    assert results[result] >= 1
    assert results[result] + (results[Result.ACCEPTED] if result != Result.ACCEPTED else 0) == 5
    assert max(Counter(id(content) for content in server.delivered).values()) == 1
    got = Counter(to for to, _content in server.delivered)
    assert got["c2@x.example"] == 1


@pytest.mark.parametrize("ahead", [1, 8])
def test_with_chunks_at_most_those_ahead_are_in_doubt(start: Start, ahead: int) -> None:
    server, client = start("chunks")
    client._ahead = ahead
    server.habits.after_content = lambda number: "drop" if number == 5 else "accept"
    parcels = make_parcels(30)

    outcomes = outcomes_of(client, parcels)

    counts = Counter(o.result for o in outcomes)
    assert 1 <= counts[Result.IN_DOUBT] <= ahead
    assert counts[Result.ACCEPTED] == 30 - counts[Result.IN_DOUBT]
    assert max(Counter(to for to, _content in server.delivered).values()) == 1


def test_with_data_one_is_in_doubt_and_the_announced_one_is_sent(start: Start) -> None:
    server, client = start("data")
    server.habits.after_content = lambda number: "drop" if number == 2 else "accept"
    parcels = make_parcels(5)

    outcomes = outcomes_of(client, parcels)

    doubt, fine = Result.IN_DOUBT, Result.ACCEPTED
    assert list(results_by_recipient(outcomes, parcels).values()) == [fine, doubt, fine, fine, fine]
    assert [to for to, _content in server.delivered] == [p.recipient for p in parcels]
    assert server.connections == 2


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_said_twice_never_belongs_to_the_next_parcel(start: Start, way: str) -> None:
    server, client = start(way)
    server.habits.after_content = lambda number: "twice" if number == 1 else "accept"
    server.habits.refuse = lambda to: b"550 No\r\n" if to == "c1@x.example" else None
    parcels = make_parcels(4)

    results = results_by_recipient(outcomes_of(client, parcels), parcels)

    got = Counter(to for to, _content in server.delivered)
    assert results["c0@x.example"] == Result.ACCEPTED
    assert results["c1@x.example"] != Result.ACCEPTED
    for parcel in parcels:
        if results[parcel.recipient] in {Result.NOT_SENT, Result.REFUSED}:
            assert got[parcel.recipient] == 0
        assert got[parcel.recipient] <= 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("silently", [True, False])
def test_a_connection_that_slept_is_opened_again(start: Start, way: str, silently: bool) -> None:
    server, client = start(way)
    first = outcomes_of(client, make_parcels(1))
    server.habits.most, server.habits.closes_silently = 1, silently

    second = outcomes_of(client, make_parcels(1))
    server.close_connections()
    third = outcomes_of(client, make_parcels(1))

    # Who hangs up without a word while contents are on their way leaves a doubt about them.
    is_told = way != "chunks" or not silently
    fine, doubt = Result.ACCEPTED, Result.IN_DOUBT
    assert [o.result for o in first + second + third] == [fine, fine if is_told else doubt, fine]
    assert server.connections == 2 + is_told
    assert len(server.delivered) == 2 + is_told


@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_takes_few_a_connection_gets_several(start: Start, way: str) -> None:
    server, client = start(way, most=3)

    outcomes = outcomes_of(client, make_parcels(10))

    assert Counter(o.result for o in outcomes) == {Result.ACCEPTED: 10}
    assert (server.connections, len(server.delivered)) == (4, 10)


def test_a_server_that_always_hangs_up_is_not_asked_for_ever(start: Start) -> None:
    server, client = start("data", most=0)

    outcomes = outcomes_of(client, make_parcels(2))

    assert [o.result for o in outcomes] == [Result.NOT_SENT] * 2
    assert outcomes[0].code.startswith("421")
    assert server.connections == 4


def test_chunks_that_are_offered_and_not_understood_become_data(start: Start) -> None:
    server, client = start("chunks", understands_chunks=False)

    outcomes = outcomes_of(client, make_parcels(6))

    assert Counter(o.result for o in outcomes) == {Result.ACCEPTED: 6}
    assert len(server.delivered) == 6


def test_a_near_server_is_given_data_and_a_far_one_chunks(start: Start) -> None:
    server, _client = start("chunks")
    near, far = client_of(server, far=10.0), client_of(server, far=0.0)

    outcomes_of(near, make_parcels(1))
    assert not any(line.startswith(b"BDAT") for line in server.heard)
    outcomes_of(far, make_parcels(1))

    assert any(line.startswith(b"BDAT") for line in server.heard)
    near.close()
    far.close()


def test_no_content_leaves_before_the_server_wants_it(start: Start) -> None:
    """RFC 2920: a refused DATA keeps the content at home."""
    server, client = start("data", to_data=b"451 4.3.0 Not now\r\n")

    outcomes = outcomes_of(client, make_parcels(3))

    assert [o.result for o in outcomes] == [Result.NOT_SENT] * 3
    assert [line for line in server.heard if line.startswith(b"Subject")] == []


def test_stopping_after_the_announcement_sends_not_even_an_empty_mail(start: Start) -> None:
    server, client = start("data")
    parcels = make_parcels(3)

    def may_go_on(_parcel: object) -> bool:
        return len(server.delivered) < 1

    outcomes = client.hand_over(ticket(), parcels, may_go_on=may_go_on)

    assert [o.code.partition(" ")[0] for o in outcomes] == ["250", "stopped", "stopped"]
    assert len(server.delivered) == 1
    # The connection that waits for a content is not used for another one.
    assert [o.result for o in outcomes_of(client, make_parcels(1))] == [Result.ACCEPTED]
    assert server.delivered[1][1] == RAW


def test_a_caller_who_stops_listening_leaves_no_half_parcel(start: Start) -> None:
    server, client = start("data")

    list(islice(client.hand_over(ticket(), make_parcels(4), may_go_on=lambda _p: True), 1))
    after = outcomes_of(client, make_parcels(1))

    assert [o.result for o in after] == [Result.ACCEPTED]
    assert server.connections == 2


def test_a_sender_that_is_refused_pauses_the_channel(start: Start) -> None:
    """Their no to our own address meets everybody; no customer's message fails for it."""
    server, client = start("data", to_mail=b"550 5.7.1 You may not send as this\r\n")

    outcomes = outcomes_of(client, make_parcels(2))

    assert [(o.result, o.channel_is_broken) for o in outcomes] == [(Result.NOT_SENT, True)] * 2
    assert server.delivered == []


@pytest.mark.parametrize(
    ("recipient", "raw"),
    [
        ("a@x.example>\r\nRCPT TO:<b@x.example", RAW), ("no address", RAW), ("a@", RAW),
        ("用户@x.example", RAW), ("a@x.example", RAW + b"\n.\nMAIL FROM:<x@y.example>\r\n"),
        ("a@x.example", RAW + b"\r.\r"),
    ],
)  # fmt: skip
def test_what_could_smuggle_a_line_in_is_refused_at_home(
    start: Start, recipient: str, raw: bytes
) -> None:
    server, client = start("data")

    outcomes = outcomes_of(client, [make_parcel(recipient, raw), make_parcel()])

    assert [o.result for o in outcomes] == [Result.REFUSED, Result.ACCEPTED]
    assert outcomes[0].code.startswith("bad_")
    assert len(server.delivered) == 1


def test_a_domain_in_other_letters_reaches_the_server_in_ascii(start: Start) -> None:
    server, client = start("data")

    outcomes_of(client, [make_parcel("info@bäckerei-faß.example")])

    # By the newer rule: the older one would turn it into the domain of somebody else (fass).
    assert [to for to, _content in server.delivered] == ["info@xn--bckerei-fa-f4a4c.example"]


def test_the_servers_name_for_a_mail_is_kept(start: Start) -> None:
    _server, client = start("data")

    assert [o.provider_id for o in outcomes_of(client, make_parcels(2))] == ["Q000001", "Q000002"]


def test_an_answer_letter_by_letter_has_no_more_time_than_another(start: Start) -> None:
    _server, client = start("data", greeting=b"220-x\r\n" * 3 + b"220 x\r\n", delay=0.4)
    client._timeout = 0.2
    began = time.monotonic()

    outcomes = outcomes_of(client, make_parcels(2))

    assert [o.result for o in outcomes] == [Result.NOT_SENT] * 2
    assert time.monotonic() - began < 2
