"""Parcels, and a ticket to hand them over with: what adapters are tried with."""

from collections.abc import Sequence
from uuid import uuid4

from regulars.messaging.channels.adapters import Adapter, Outcome, Parcel
from regulars.messaging.gate import GateTicket

RAW = b"From: nora@juniper.example\r\nSubject: Bread\r\n\r\nHello,\r\n.a dot first\r\n..two\r\n"


def ticket() -> GateTicket:
    """A ticket past the gate, for adapters that are tried alone."""
    return object.__new__(GateTicket)


def make_parcel(recipient: str = "ruth@x.example", raw: bytes = RAW) -> Parcel:
    return Parcel(uuid4(), str(uuid4()), recipient, raw)


def make_parcels(count: int) -> list[Parcel]:
    return [make_parcel(f"c{number}@x.example") for number in range(count)]


def outcomes_of(adapter: Adapter, parcels: Sequence[Parcel]) -> list[Outcome]:
    return list(adapter.hand_over(ticket(), parcels, may_go_on=lambda _parcel: True))
