"""Writing down what customers decided about being written to."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from regulars.consent.choices import Decision
from regulars.consent.events import ConsentRecorded
from regulars.consent.models import ConsentEvent, ConsentState
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.customers.models import Customer

CHUNK = 1000


@transaction.atomic
def record_decision(
    customer_ids: Iterable[int],
    channel: str,
    decision: Decision,
    *,
    source: str,
    by: Actor,
    at: datetime,
    wording: str = "",
    happened_at: datetime | None = None,
) -> int:
    """Write down that customers agreed, said no, or are said to have agreed.

    Returns for how many that is news.
    A claim from a file is kept, and never stands above what a customer told us themselves
    (RELIABILITY C3). Whoever stands there already gets no second event.
    """
    # Locked in one order, as whoever sends will lock them: a no that comes first counts first.
    locked = Customer.objects.select_for_update().filter(pk__in=sorted(set(customer_ids)))
    ids = list(locked.order_by("pk").values_list("pk", flat=True))
    standing = _standing(ids, channel)
    news = [pk for pk in ids if _is_news(standing.get(pk), decision)]
    if not news:
        return 0
    ConsentEvent.objects.bulk_create(
        (
            ConsentEvent(
                customer_id=pk,
                channel=channel,
                decision=decision,
                source=source,
                wording=wording,
                happened_at=happened_at,
                recorded_at=at,
                recorded_by_id=by.member_id,
            )
            for pk in news
        ),
        batch_size=CHUNK,
    )
    _stand(news, channel, decision, at)
    audit.record(
        "recorded consent", "consent.consentevent", by=by, at=at,
        channel=channel, decision=decision, count=len(news),
    )  # fmt: skip
    announce(ConsentRecorded(channel, decision, len(news)), at=at)
    return len(news)


def _standing(ids: list[int], channel: str) -> dict[int, str]:
    states = ConsentState.objects.filter(customer_id__in=ids, channel=channel)
    return dict(states.values_list("customer_id", "decision"))


def _is_news(standing: str | None, decision: str) -> bool:
    if decision == Decision.CLAIMED:
        return standing is None
    return standing != decision


def _stand(ids: list[int], channel: str, decision: Decision, at: datetime) -> None:
    ConsentState.objects.bulk_create(
        (
            ConsentState(customer_id=pk, channel=channel, decision=decision, changed_at=at)
            for pk in ids
        ),
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["customer", "channel", "purpose"],
        update_fields=["decision", "changed_at"],
    )
