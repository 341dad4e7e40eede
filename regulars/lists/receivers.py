"""What lists do when they hear of something below them, and what lower rooms ask of them."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.events import receives
from regulars.core.list_fields import hiding
from regulars.customers.events import CustomerAdded, CustomerChanged
from regulars.customers.queries.people import seeking
from regulars.insight.events import FactsRefreshed
from regulars.intake.events import ImportFinished
from regulars.lists import tasks  # noqa: F401
from regulars.lists.actions.learning import learn_words_of
from regulars.lists.audience import FILTER, SEGMENT, Filtered, InOneSegment
from regulars.lists.queries.search import matching_for
from regulars.lists.rules import hidden_from
from regulars.messaging.audiences import audiences


@receives(FactsRefreshed, name="lists.refresh_after_count", only_last=True)
def refresh_after_count(_fact: FactsRefreshed, at: datetime) -> None:
    """Orders have come in, or a day has passed: segments are worked out anew."""
    jobs.enqueue(
        "lists.refresh_segments", at=at, unique_key=f"lists.refresh_segments:{at.isoformat()}"
    )


@receives(CustomerAdded, name="lists.learn_added")
def learn_added(fact: CustomerAdded, _at: datetime) -> None:
    """A new name may hold words that nobody was called by."""
    learn_words_of(fact.customer_id)


@receives(CustomerChanged, name="lists.learn_changed")
def learn_changed(fact: CustomerChanged, _at: datetime) -> None:
    """So may a changed one."""
    learn_words_of(fact.customer_id)


@receives(ImportFinished, name="lists.learn_imported")
def learn_imported(fact: ImportFinished, at: datetime) -> None:
    """Many names at once are learned in the background."""
    if fact.created or fact.updated:
        jobs.enqueue("lists.learn_words", at=at, unique_key=f"lists.learn_words:{fact.import_id}")


hiding.register("lists", hidden_from)
seeking.register("lists", matching_for)
audiences.register(FILTER, Filtered())
audiences.register(SEGMENT, InOneSegment())
