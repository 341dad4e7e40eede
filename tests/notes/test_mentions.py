"""Facts worth a mention: only what is known, and only to whoever may see it."""

from datetime import date, datetime, timedelta

import pytest

from regulars.customers.actions.interests import Heard, note_interest
from regulars.customers.choices import InterestKind
from regulars.customers.models import Customer
from regulars.lists.models import HiddenField
from regulars.notes.mentions import Mention, mentions_of
from regulars.promises.actions import keep_promise
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.notes import at_home
from tests.factories.orders import make_line, make_order
from tests.factories.planning import make_facts
from tests.factories.promises import make_one

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def ruth(manager: Member, at: datetime) -> Customer:
    ruth = at_home(manager=manager)
    make_touch(ruth, at - timedelta(days=3), by=manager.actor, said="My son starts school")
    promise = make_one(at, customer=ruth, what="Two seeded rye", by=manager.actor)
    keep_promise(promise, by=manager.actor, at=at)
    make_facts(ruth, first_on=date(2024, 5, 3), purchase_count=12)
    make_line(make_order(ruth, date(2026, 11, 18), 840), "Seeded rye", 840)
    heard = Heard(InterestKind.INTEREST, "sourdough", "", "desk")
    note_interest(ruth, heard, by=manager.actor, at=at, noted_on=TODAY)
    return ruth


def test_facts_come_with_a_sentence_for_the_note(ruth: Customer, manager: Member) -> None:
    found = mentions_of(ruth, manager.actor, TODAY)

    assert found == [
        Mention("Sat 21 they said: “My son starts school”", "I still think of what you told me: "),
        Mention(
            "What we promised them came true: Two seeded rye",
            "I am glad that we could keep our word.",
        ),
        Mention("Bought on 12 days since May 2024.", "Thank you for coming to us since May 2024."),
        Mention(
            "Last bought on 18 November 2026. Seeded rye", "I hope that you liked the Seeded rye."
        ),
        Mention("Cares about: sourdough", "I thought of you because of the sourdough."),
    ]


def test_what_is_hidden_from_a_role_is_not_mentioned(
    ruth: Customer, manager: Member, at: datetime
) -> None:
    for name in ("touch", "promise", "order", "customer.interests"):
        HiddenField.objects.create(role="manager", field=name, hidden_at=at)

    assert mentions_of(ruth, manager.actor, TODAY) == []


@pytest.mark.parametrize(
    ("first_on", "sentence"),
    [
        (date(2024, 12, 1), "It is 2 years now since you first came to us. Thank you."),
        (date(2024, 2, 29), "Thank you for coming to us since February 2024."),
        (date(2026, 11, 20), "Thank you for coming to us since November 2026."),
    ],
)
def test_an_anniversary_comes_before_since_when(
    manager: Member, first_on: date, sentence: str
) -> None:
    vera = at_home("Vera Lund")
    make_facts(vera, first_on=first_on)

    assert [one.sentence for one in mentions_of(vera, manager.actor, TODAY)] == [sentence]


def test_nothing_known_is_nothing_to_mention(manager: Member) -> None:
    assert mentions_of(at_home(), manager.actor, TODAY) == []
