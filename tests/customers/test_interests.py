from datetime import date

import pytest

from regulars.core.actor import SYSTEM
from regulars.core.models import AuditEntry, Event
from regulars.customers.actions.interests import (
    Heard,
    confirm_interest,
    end_interest,
    forget_interest,
    note_interest,
)
from regulars.customers.choices import InterestKind
from regulars.customers.errors import InterestNotFound, InterestRefused
from regulars.customers.models import Customer, Interest
from regulars.customers.queries.interests import interest_of, interests_of, topics_known
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db

SPRING, AUTUMN = date(2026, 4, 1), date(2026, 10, 1)
NEED, INTEREST = InterestKind.NEED, InterestKind.INTEREST


def note(
    customer: Customer, topic: str, words: str = "", *, kind: InterestKind = INTEREST
) -> Interest:
    heard = Heard(kind, topic, words, source="counter")
    return note_interest(customer, heard, by=SYSTEM, at=A_DAY, noted_on=SPRING)


def shown(customer: Customer, *, with_ended: bool = False) -> list[tuple[str, str]]:
    found = interests_of([customer.pk], with_ended=with_ended).get(customer.pk, [])
    return [(one.kind, one.topic) for one in found]


def test_note_interest_keeps_topic_words_source_and_day() -> None:
    ruth = make_customer()

    made = note(ruth, " Rye  bread ", "I only eat what has no wheat in it.", kind=NEED)

    assert (made.topic, made.folded, made.source, made.noted_on, made.is_still_true) == (
        "Rye bread", "rye bread", "counter", SPRING, True,
    )  # fmt: skip
    assert made.words == "I only eat what has no wheat in it."
    assert AuditEntry.objects.values_list("verb", "detail").get() == (
        "noted",
        {"customer": ruth.pk},
    )
    assert Event.objects.values_list("kind", "payload").get() == (
        "customers.CustomerChanged",
        {"customer_id": ruth.pk},
    )


@pytest.mark.parametrize("topic", ["", "  ", "x" * 121], ids=["empty", "blank", "long"])
def test_note_interest_refuses_what_is_no_topic(topic: str) -> None:
    with pytest.raises(InterestRefused):
        note(make_customer(), topic)


def test_what_is_said_again_is_found_still_true_and_takes_the_newer_words() -> None:
    ruth = make_customer()
    first = note(ruth, "Rye bread", "Any rye.")

    again = note_interest(
        ruth, Heard(INTEREST, "RYE bread", "Dark rye."), by=SYSTEM, at=A_DAY, noted_on=AUTUMN
    )

    assert again.pk == first.pk
    assert (again.topic, again.words, again.noted_on, again.confirmed_on) == (
        "Rye bread", "Dark rye.", SPRING, AUTUMN,
    )  # fmt: skip


def test_what_is_over_is_kept_and_may_come_back() -> None:
    ruth = make_customer()
    made = note(ruth, "Rye bread")

    end_interest(made, by=SYSTEM, at=A_DAY, day=AUTUMN)

    assert (shown(ruth), shown(ruth, with_ended=True)) == ([], [("interest", "Rye bread")])
    assert made.ended_on == AUTUMN
    again = confirm_interest(made, by=SYSTEM, at=A_DAY, day=AUTUMN)
    assert (shown(ruth), again.ended_on, again.confirmed_on) == (
        [("interest", "Rye bread")], None, AUTUMN,
    )  # fmt: skip


def test_what_came_back_by_another_note_does_not_come_back_twice() -> None:
    ruth = make_customer()
    over = end_interest(note(ruth, "Rye bread"), by=SYSTEM, at=A_DAY, day=AUTUMN)
    note(ruth, "Rye bread")

    with pytest.raises(InterestRefused):
        confirm_interest(over, by=SYSTEM, at=A_DAY, day=AUTUMN)


def test_what_was_noted_by_mistake_is_forgotten() -> None:
    ruth = make_customer()
    made = note(ruth, "Rye bread")

    forget_interest(made, by=SYSTEM, at=A_DAY)

    assert not Interest.objects.exists()
    with pytest.raises(InterestNotFound):
        interest_of(ruth, made.pk)


def test_needs_stand_before_interests_and_topics_are_known_once() -> None:
    ruth, george = make_customer(), make_customer("George Calloway")
    note(ruth, "Cakes")
    note(ruth, "No nuts", kind=NEED)
    note(george, "Cakes")

    assert shown(ruth) == [("need", "No nuts"), ("interest", "Cakes")]
    assert topics_known(SYSTEM, InterestKind.values) == ["Cakes", "No nuts"]


def test_a_helper_is_told_the_topics_of_their_own_customers_alone(helper: Member) -> None:
    ruth, george = make_customer(manager=helper), make_customer("George Calloway")
    note(ruth, "Cakes")
    note(ruth, "No nuts", kind=NEED)
    note(george, "Cheese")

    assert topics_known(helper.actor, InterestKind.values) == ["Cakes", "No nuts"]
    assert topics_known(helper.actor, [NEED]) == ["No nuts"]
    assert topics_known(SYSTEM, InterestKind.values) == ["Cakes", "Cheese", "No nuts"]
