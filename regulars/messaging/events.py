"""Facts that messaging announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessagesAccepted:
    """A provider has taken these messages; at most one window of them."""

    message_ids: list[str]


@dataclass(frozen=True, slots=True)
class SendingStopped:
    """Somebody stopped everything that leaves."""

    why: str


@dataclass(frozen=True, slots=True)
class SendingResumed:
    """Messages leave again."""
