"""What conversations do when a message has left."""

from datetime import datetime

from regulars.conversations.actions import note_messages
from regulars.core.events import receives
from regulars.messaging.events import MessagesAccepted


@receives(MessagesAccepted, name="conversations.note_messages")
def note_what_left(fact: MessagesAccepted, at: datetime) -> None:
    """A message that was handed over is a touch, like one that a person wrote down."""
    note_messages(fact.message_ids, at=at)
