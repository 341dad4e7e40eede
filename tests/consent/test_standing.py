"""P2: where somebody stands, against a model that knows only what was told."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision
from regulars.consent.models import ConsentEvent, ConsentState
from regulars.consent.standing import Told, rebuilt_standing, standing_after
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.team.models import Member
from tests.factories.consent import make_decision
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db

NO, YES, CLAIM = Decision.WITHDRAWN, Decision.GRANTED, Decision.CLAIMED
PURPOSES = ("", "sell", "inform")


@dataclass(frozen=True)
class Telling:
    """What was told, in the order in which it was written down."""

    purpose: str
    decision: Decision
    recorded_at: datetime
    given_at: datetime


def expected(tellings: list[Telling]) -> dict[str, str]:
    """The model: a purpose is open where a yes came after every no, by order and by date."""
    stands: dict[str, str] = {}
    for purpose in PURPOSES:
        refused_at: list[datetime] = []
        answer = None
        is_theirs = False
        for one in tellings:
            if one.decision == NO and one.purpose in (purpose, ""):
                refused_at.append(one.recorded_at)
                answer = NO
                is_theirs = is_theirs or one.purpose == purpose
            elif one.purpose == purpose:
                counts = one.given_at >= max(refused_at, default=one.given_at)
                if one.decision == YES and counts:
                    answer, is_theirs = YES, True
                elif one.decision == CLAIM and answer is None:
                    answer, is_theirs = CLAIM, True
        if answer and is_theirs:
            stands[purpose] = answer.value
    return stands


class Conversations(RuleBasedStateMachine):
    """Two customers tell us things in any order, under a clock that may jump."""

    def __init__(self) -> None:
        super().__init__()
        self.at = A_DAY
        self.told: dict[int, list[Telling]] = {
            make_customer(f"Ruth {number}").pk: [] for number in range(2)
        }

    @rule(hours=st.integers(-30, 200))
    def wait(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule(
        who=st.sampled_from([[0], [1], [0, 1]]),
        purpose=st.sampled_from(PURPOSES),
        decision=st.sampled_from([NO, YES, CLAIM]),
        ago=st.sampled_from([None, 0, 1, 24, 1000, -50]),
    )
    def tell(self, who: list[int], purpose: str, decision: Decision, ago: int | None) -> None:
        ids = [list(self.told)[number] for number in who]
        happened_at = None if ago is None else self.at - timedelta(hours=ago)
        record_decision(
            ids, "email", decision, purpose=purpose, source="test", wording="You may.",
            proof="card 12", happened_at=happened_at, by=SYSTEM, at=self.at,
        )  # fmt: skip
        given_at = min(happened_at or self.at, self.at)
        for pk in ids:
            self.told[pk].append(Telling(purpose, decision, self.at, given_at))

    @invariant()
    def derived_is_what_the_model_says(self) -> None:
        for pk, tellings in self.told.items():
            states = ConsentState.objects.filter(customer_id=pk)
            assert dict(states.values_list("purpose", "decision")) == expected(tellings)

    @invariant()
    def derived_is_what_the_events_say(self) -> None:
        assert kept() == rebuilt()


def kept() -> set[tuple[object, ...]]:
    rows = ConsentState.objects.values_list(
        "customer_id", "channel", "purpose", "decision", "changed_at"
    )
    return set(rows)


def rebuilt() -> set[tuple[object, ...]]:
    return {
        (one.customer_id, one.channel, one.purpose, one.decision, one.changed_at)
        for one in rebuilt_standing()
    }


def test_the_strictest_wins_and_the_order_is_total(business: object) -> None:
    run_state_machine_as_test(
        Conversations,
        settings=settings(
            max_examples=25, stateful_step_count=12, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def at_hour(hour: int) -> datetime:
    return A_DAY + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        ([("", YES, 1, 1), ("", NO, 2, 2)], {"": NO}),
        ([("", NO, 2, 2), ("", YES, 3, 1)], {"": NO}),
        ([("", NO, 2, 2), ("", YES, 3, 2)], {"": YES}),
        ([("", NO, 2, 1), ("", YES, 3, 1)], {"": NO}),
        ([("", YES, 3, 3), ("", NO, 2, 2)], {"": NO}),
        ([("sell", NO, 1, 1), ("", YES, 2, 2)], {"sell": NO, "": YES}),
        ([("sell", YES, 1, 1), ("", NO, 2, 2)], {"sell": NO, "": NO}),
        ([("sell", YES, 1, 1), ("", NO, 2, 2), ("sell", YES, 3, 3)], {"sell": YES, "": NO}),
        ([("", NO, 1, 1), ("sell", CLAIM, 2, 2)], {"": NO}),
        ([("", CLAIM, 1, 1), ("", CLAIM, 2, 2)], {"": CLAIM}),
    ],
)
def test_what_stands_after_what_was_told(
    told: list[tuple[str, Decision, int, int]], stands: dict[str, Decision]
) -> None:
    after = standing_after(
        Told(purpose, decision, at_hour(recorded), at_hour(given))
        for purpose, decision, recorded, given in told
    )

    assert {purpose: decision for purpose, (decision, _at) in after.items()} == stands


@pytest.mark.parametrize("change", [{"decision": "granted"}, {"proof": "none"}, {"wording": ""}])
def test_the_database_refuses_to_rewrite_a_decision(change: dict[str, str]) -> None:
    make_decision(make_customer(), decision=NO)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        ConsentEvent.objects.update(**change)

    assert ConsentEvent.objects.get().decision == "withdrawn"


def test_a_decision_goes_with_its_customer_and_stays_without_its_member(owner: Member) -> None:
    leaving, staying = make_customer(), make_customer("Oscar")
    make_decision(leaving)
    record_decision([staying.pk], "text", NO, source="desk", by=owner.actor, at=A_DAY)

    with connection.cursor() as cursor:
        cursor.execute("UPDATE consent_consentevent SET recorded_by_id = NULL")
    Customer.objects.filter(pk=leaving.pk).delete()

    assert ConsentEvent.objects.get().customer_id == staying.pk
