"""What departures does when customers were counted and messages have left; whom letters mean."""

from datetime import datetime

from regulars.core.events import receives
from regulars.departures.actions.leaving import note_who_came_back
from regulars.departures.actions.letting_go import close_after_last_word
from regulars.departures.choices import FAREWELL, WON_BACK
from regulars.departures.queries.winning import WhomLettersMean
from regulars.insight.events import FactsRefreshed
from regulars.messaging.audiences import audiences
from regulars.messaging.events import MessagesAccepted


@receives(FactsRefreshed, name="departures.note_who_came_back")
def see_who_is_back(fact: FactsRefreshed, at: datetime) -> None:
    """Whoever had left and bought again has come back."""
    note_who_came_back(at=at)


@receives(MessagesAccepted, name="departures.close_after_last_word")
def let_nothing_follow(fact: MessagesAccepted, at: datetime) -> None:
    """Whoever had a kind last word hears nothing further from us."""
    close_after_last_word(fact.message_ids, at=at)


for _name in (WON_BACK, FAREWELL):
    audiences.register(_name, WhomLettersMean())
