"""How a parcel is handed to whoever carries it, and how sure one can be of what became of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from regulars.core.registry import Registry
from regulars.messaging.choices import Result, ServerKind
from regulars.messaging.models import MailServer
from regulars.team.models import Business, Member

if TYPE_CHECKING:
    from regulars.messaging.gate import GateTicket


@dataclass(frozen=True, slots=True)
class Keyed:
    """The provider knows our key again: the same parcel twice is one delivery, for a while."""

    window: timedelta
    # Does it refuse the same key with another body, instead of taking it for the first one?
    compares_body: bool


@dataclass(frozen=True, slots=True)
class Searchable:
    """The provider can be asked, after a delay, whether it has a parcel with our key."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class Blind:
    """Where the answer is lost, nobody can say whether the parcel left."""


Certainty = Keyed | Searchable | Blind


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message for one recipient, ready for the wire. The key is the same at every attempt."""

    message_id: UUID
    provider_key: str
    recipient: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one parcel (RELIABILITY M4).

    The first word of `code` is short (20 characters at most): a number of the provider's, or one
    of our own words (`stopped`, `dns`, `connect`, `login`, `lost` ...); after it, their sentence.
    """

    message_id: UUID
    result: Result
    code: str
    provider_id: str = ""
    retry_after: timedelta | None = None
    # They will say no to every parcel: a person must look before anything else leaves.
    channel_is_broken: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found under our key."""

    provider_id: str
    found_at: datetime | None = None


MayGoOn = Callable[[Parcel], bool]
STOPPED = "stopped"


class Adapter(Protocol):
    """A provider, as the sender sees it. `tests/messaging/channels/adapter_contract.py` holds it
    to this.

    `hand_over` gives exactly one outcome per parcel, in any order, and never raises for what a
    provider does. It asks `may_go_on` right before a parcel's content touches the wire: False
    ends as NOT_SENT with the code `stopped`. What is certain may be tried again inside; what is
    in doubt never is.
    """

    name: str
    certainty: Certainty

    def hand_over(
        self, ticket: "GateTicket", parcels: Sequence[Parcel], *, may_go_on: MayGoOn
    ) -> Iterator[Outcome]: ...

    def find(self, provider_key: str) -> Found | None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class StaffParcel:
    """A mail to one of ourselves. The address is the member's own: there is no way to name one."""

    member: Member
    key: UUID
    raw: bytes

    def __post_init__(self) -> None:
        if self.member.pk is None or not self.member.is_active:
            raise ValueError("Mail to staff goes to members who may sign in, and to nobody else.")

    def as_parcel(self) -> Parcel:
        return Parcel(self.key, str(self.key), self.member.email, self.raw)


class StaffCarrier(Protocol):
    """Those who also carry mail to staff, past the gate: only `staff_mail.py` asks them to."""

    def hand_to_staff(self, parcels: Sequence[StaffParcel]) -> Iterator[Outcome]: ...

    def close(self) -> None: ...


# How each kind of server is reached; `channels/<kind>/client.py` registers itself.
adapters: Registry[Callable[[MailServer], Adapter]] = Registry("adapters")


def adapter_for(server: MailServer) -> Adapter:
    """The way in which mail leaves now: into files until a server is set, and from a sample."""
    kind = ServerKind.FILE.value if _is_sample() else server.kind
    if kind not in adapters:
        import_module(f"regulars.messaging.channels.{kind}.client")
    return adapters[kind](server)


def _is_sample() -> bool:
    return Business.objects.filter(pk=1, is_sample=True).exists()


def demand(ticket: object) -> None:
    """Nothing is carried without the gate's own ticket (RELIABILITY C1)."""
    # The gate reads the same tables as the sender; adapters are below both.
    from regulars.messaging.gate import GateTicket

    if not isinstance(ticket, GateTicket):
        raise TypeError("A parcel leaves with a ticket of the gate, or not at all.")
