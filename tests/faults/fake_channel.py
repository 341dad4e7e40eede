"""The adapter for `tests/faults/provider.py`, as a real provider's would be written.

`REGULARS_FAKE_PROVIDER` names the provider (`keyed@127.0.0.1:4711`); importing this module puts
the kind `fake` among the adapters and the event source `fake` among those that call us.
"""

import base64
import json
import os
import socket
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import UUID

from regulars.core.faults import fault
from regulars.messaging.channels.adapters import (
    STOPPED,
    Blind,
    Certainty,
    Found,
    Keyed,
    MayGoOn,
    Outcome,
    Parcel,
    Searchable,
    adapters,
    demand,
)
from regulars.messaging.channels.hearing import EventSource, Heard, event_sources
from regulars.messaging.choices import Result
from regulars.messaging.models import MailServer

if TYPE_CHECKING:
    from regulars.messaging.gate import GateTicket

SETTING = "REGULARS_FAKE_PROVIDER"
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
CERTAINTIES: dict[str, Certainty] = {
    "keyed": Keyed(window=timedelta(hours=24), compares_body=False),
    "searchable": Searchable(delay=timedelta(seconds=1)),
    "blind": Blind(),
}


class Unsaid(Exception):
    """They ended the connection instead of answering."""


class FakeChannel:
    """One parcel, one question, one answer, over a connection that stays open."""

    name = "fake"

    def __init__(self, kind: str, port: int, *, timeout: float = 25.0) -> None:
        self.certainty = CERTAINTIES[kind]
        self._port, self._timeout = port, timeout
        self._socket: socket.socket | None = None
        self._heard: BinaryIO | None = None

    def hand_over(
        self, ticket: "GateTicket", parcels: Sequence[Parcel], *, may_go_on: MayGoOn
    ) -> Iterator[Outcome]:
        demand(ticket)
        for parcel in parcels:
            yield self._carry(parcel, may_go_on)

    def find(self, provider_key: str) -> Found | None:
        if not isinstance(self.certainty, Searchable):
            return None
        said = self._ask({"op": "find", "key": provider_key})
        return Found(said["id"], datetime.fromtimestamp(said["at"], UTC)) if "id" in said else None

    def behave(self, **rates: float) -> None:
        self._ask({"op": "behave", **rates})

    def close(self) -> None:
        if self._socket is not None and self._heard is not None:
            self._heard.close()
            self._socket.close()
        self._socket = self._heard = None

    def _carry(self, parcel: Parcel, may_go_on: MayGoOn) -> Outcome:
        try:
            self._open()
        except OSError as error:
            return Outcome(parcel.message_id, Result.NOT_SENT, f"connect {error}"[:300])
        if not may_go_on(parcel):
            return Outcome(parcel.message_id, Result.NOT_SENT, STOPPED)
        try:
            said = self._send(parcel)
        except (OSError, Unsaid, ValueError) as error:
            self.close()
            return Outcome(parcel.message_id, Result.IN_DOUBT, f"lost {error}"[:300])
        return _outcome(parcel, said)

    def _send(self, parcel: Parcel) -> dict[str, Any]:
        assert self._socket
        asked = {
            "op": "send", "key": parcel.provider_key, "message_id": str(parcel.message_id),
            "to": parcel.recipient, "size": len(parcel.raw),
        }  # fmt: skip
        whole = json.dumps(asked).encode() + b"\n" + parcel.raw
        half = len(whole) // 2
        self._socket.sendall(whole[:half])
        fault("wire.half")
        self._socket.sendall(whole[half:])
        fault("wire.sent")
        return self._hear()

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._open()
        assert self._socket
        self._socket.sendall(json.dumps(asked).encode() + b"\n")
        return self._hear()

    def _open(self) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), self._timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._heard = self._socket.makefile("rb")

    def _hear(self) -> dict[str, Any]:
        assert self._heard
        line = self._heard.readline()
        if not line:
            raise Unsaid("they hung up")
        said: dict[str, Any] = json.loads(line)
        return said


def _outcome(parcel: Parcel, said: dict[str, Any]) -> Outcome:
    """RELIABILITY M4, for a provider that answers like HTTP."""
    if "id" in said:
        return Outcome(parcel.message_id, Result.ACCEPTED, "200", said["id"])
    code = int(said["error"])
    if code == 429:
        wait = timedelta(seconds=1)
        return Outcome(parcel.message_id, Result.NOT_SENT, "429", retry_after=wait)
    result = Result.IN_DOUBT if code >= 500 else Result.REFUSED
    return Outcome(parcel.message_id, result, str(code), channel_is_broken=code in {401, 403})


def parse_event(body: bytes) -> Heard:
    said = json.loads(body)
    return Heard(
        said["type"], datetime.fromisoformat(said["at"]), UUID(said["message_id"]), said["key"],
        said["id"], said["to"],
    )  # fmt: skip


def fake_channel(_server: MailServer | None = None) -> FakeChannel:
    kind, _at, place = os.environ[SETTING].partition("@")
    return FakeChannel(kind, int(place.rpartition(":")[2]))


if FakeChannel.name not in adapters:
    adapters.register(FakeChannel.name, fake_channel)
    event_sources.register(FakeChannel.name, EventSource(lambda: [SECRET], parse_event))
