"""What conversations do when a message has left, or has come back."""

from datetime import datetime

from regulars.conversations.actions import note_messages, take_back_messages
from regulars.core.events import receives
from regulars.messaging.events import MessagesAccepted, MessagesBounced


@receives(MessagesAccepted, name="conversations.note_messages")
def note_what_left(fact: MessagesAccepted, at: datetime) -> None:
    """A message that was handed over is a touch, like one that a person wrote down."""
    note_messages(fact.message_ids, at=at)


@receives(MessagesBounced, name="conversations.take_back_messages")
def take_back_what_came_back(fact: MessagesBounced, at: datetime) -> None:
    """A message that came back reached nobody: it no longer counts as being in touch."""
    take_back_messages(fact.message_ids, at=at)
