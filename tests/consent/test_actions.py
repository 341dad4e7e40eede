from typing import Any

import pytest

from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision
from regulars.consent.models import ConsentEvent, ConsentState
from regulars.consent.queries import permitted, standing_of
from regulars.core.actor import SYSTEM
from regulars.core.models import AuditEntry, Event
from regulars.customers.models import Customer
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db

GRANTED, WITHDRAWN, CLAIMED = Decision.GRANTED, Decision.WITHDRAWN, Decision.CLAIMED


YES: dict[str, Any] = {"wording": "You may.", "proof": "card 12"}


def tell(customer: Customer, *decisions: Decision) -> list[int]:
    return [
        record_decision([customer.pk], "email", one, source="test", by=SYSTEM, at=A_DAY, **YES)
        for one in decisions
    ]


@pytest.mark.parametrize(
    ("told", "stands", "events"),
    [
        ([CLAIMED], CLAIMED, 1),
        ([GRANTED, CLAIMED], GRANTED, 1),
        ([WITHDRAWN, CLAIMED], WITHDRAWN, 1),
        ([CLAIMED, GRANTED], GRANTED, 2),
        ([CLAIMED, WITHDRAWN], WITHDRAWN, 2),
        ([GRANTED, WITHDRAWN, GRANTED], GRANTED, 3),
        ([WITHDRAWN, WITHDRAWN], WITHDRAWN, 1),
    ],
)
def test_where_somebody_stands_follows_from_what_was_told(
    told: list[Decision], stands: Decision, events: int
) -> None:
    customer = make_customer()

    tell(customer, *told)

    assert standing_of(customer)["email"].decision == stands
    assert ConsentEvent.objects.count() == events


def test_a_whole_set_is_told_in_one_entry_and_one_fact() -> None:
    ids = [make_customer(f"Customer {number}").pk for number in range(3)]
    other = make_customer("Somebody Else")

    count = record_decision(
        [*ids, ids[0]], "text", GRANTED, source="card", by=SYSTEM, at=A_DAY, **YES
    )

    assert count == 3
    assert set(permitted("text")) == set(ids)
    assert other.pk not in permitted("text")
    assert AuditEntry.objects.get().detail == {
        "channel": "text", "decision": "granted", "count": 3,
    }  # fmt: skip
    assert Event.objects.get().payload == {
        "channel": "text", "decision": "granted", "count": 3, "purpose": "",
    }  # fmt: skip


def test_a_claim_is_no_permission_and_another_channel_is_another_question() -> None:
    customer = make_customer()

    tell(customer, CLAIMED)
    record_decision([customer.pk], "text", GRANTED, source="card", by=SYSTEM, at=A_DAY, **YES)

    assert list(permitted("email")) == []


def test_nothing_new_writes_nothing() -> None:
    customer = make_customer()

    assert tell(customer, GRANTED, GRANTED) == [1, 0]
    assert record_decision([], "email", GRANTED, source="x", by=SYSTEM, at=A_DAY) == 0
    assert (ConsentState.objects.count(), AuditEntry.objects.count()) == (1, 1)
