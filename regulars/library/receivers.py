"""What the library does when messages have left, and whom a mailing of an article is meant for."""

from datetime import datetime

from regulars.core.events import receives
from regulars.library.actions.mailing import count_mailed
from regulars.library.choices import WHOM_IT_FITS
from regulars.library.queries.mailed import WhomItFits
from regulars.messaging.audiences import audiences
from regulars.messaging.events import MessagesAccepted


@receives(MessagesAccepted, name="library.count_mailed")
def count_what_left(fact: MessagesAccepted, at: datetime) -> None:
    """An article that went to many was shared with each of them."""
    count_mailed(fact.message_ids, at=at)


audiences.register(WHOM_IT_FITS, WhomItFits())
