"""Facts that messaging announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessagesAccepted:
    """A provider has taken these messages; at most one window of them."""

    message_ids: list[str]


@dataclass(frozen=True, slots=True)
class MessagesBounced:
    """These messages came back after they had been handed over: nobody has read them."""

    message_ids: list[str]


@dataclass(frozen=True, slots=True)
class AddressBounced:
    """There is no such mailbox; the address is named by its seal alone."""

    seal: str


@dataclass(frozen=True, slots=True)
class SendingStopped:
    """Somebody stopped everything that leaves."""

    why: str


@dataclass(frozen=True, slots=True)
class SendingResumed:
    """Messages leave again."""


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    """Messages to a customer are held; to everybody where there is none."""

    hold_id: int
    customer_id: int | None
    kind: str


@dataclass(frozen=True, slots=True)
class HoldLifted:
    """What a hold kept back may leave again."""

    hold_id: int
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """The house writes at other hours, or more or less often."""
