"""Reasons that other rooms give: weighed with the rest, told for a whole list at once."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.core.reasons import ReasonSource, Told, reason_sources
from regulars.customers.models import Customer
from regulars.lists.models import HiddenField
from regulars.messaging.models import Hold
from regulars.planning.models import Pause
from regulars.planning.queries import list_of
from regulars.promises.actions import keep_promise
from regulars.promises.models import Promise
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.planning import (
    MORNING,
    TODAY,
    first_touch,
    items_of,
    make_due,
    make_facts,
    names_of,
    plan_today,
    touched,
)
from tests.factories.promises import make_one

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 24, 23, 59, tzinfo=MORNING.tzinfo)
DAY = timedelta(days=1)


def promised(customer: Customer, due_at: datetime = NIGHT, **over: object) -> Promise:
    made_at = due_at - 20 * DAY
    return make_one(made_at, days=20, customer=customer, **over)  # type: ignore[arg-type]


def test_a_promise_due_today_is_a_reason_though_they_were_called_yesterday(
    manager: Member,
) -> None:
    ruth = make_customer(manager=manager, phone="020 7946 0991")
    make_facts(ruth, tier="core")
    touched(ruth, days_ago=1)
    promise = promised(ruth)

    plan_today()

    [item] = items_of(manager)
    assert (item.reason, item.purpose, item.channel, item.due_on) == (
        "promise_due", "serve", "call", TODAY,
    )  # fmt: skip
    assert item.sentence == "We promised: Call back about the rye. It is due today."
    assert item.lines[0].text == "Tell them how it stands, done or not."
    assert item.given.page == f"/promises/{promise.pk}/"


@pytest.mark.parametrize(
    ("due_at", "speaks"),
    [
        pytest.param(NIGHT - 5 * DAY, True, id="late"),
        pytest.param(datetime(2026, 11, 25, 9, tzinfo=MORNING.tzinfo), True, id="early tomorrow"),
        pytest.param(NIGHT + DAY, False, id="tomorrow night"),
    ],
)
def test_a_promise_speaks_from_the_morning_on_which_it_is_due(
    manager: Member, due_at: datetime, speaks: bool
) -> None:
    ruth = make_customer(manager=manager, phone="020 7946 0991")
    first_touch(ruth, date(2026, 12, 20))
    promised(ruth, due_at)

    plan_today()

    assert [one.reason for one in items_of(manager)] == ["promise_due"] * speaks


def test_what_is_settled_held_or_put_off_since_is_left_alone(manager: Member) -> None:
    kept, held, put_off, before = (
        make_customer(name, manager=manager, phone="020 7946 0991")
        for name in ("Ada Byron", "Jo March", "Samuel Birch", "Ruth Calloway")
    )
    for one in (kept, held, put_off, before):
        first_touch(one, date(2026, 12, 20))
    keep_promise(promised(kept), by=SYSTEM, at=MORNING - 2 * DAY)
    Hold.objects.create(customer=held, kind="other", stops="all", why="", since=MORNING - 9 * DAY)
    for one in (held, put_off, before):
        promised(one, NIGHT - 3 * DAY)
    # Not now, said when it was due already; and said before anybody thought of it.
    for one, days in ((put_off, 1), (before, 9)):
        Pause.objects.create(customer=one, until=date(2026, 12, 9), put_off_at=MORNING - days * DAY)

    plan_today()

    assert names_of(manager) == ["Ruth Calloway"]


def test_of_several_the_latest_speaks_and_the_later_one_comes_first(manager: Member) -> None:
    ruth, ada = (make_due(name, manager=manager) for name in ("Ruth Calloway", "Ada Byron"))
    promised(ruth, what="Due today")
    promised(ada, NIGHT - 9 * DAY, what="Very late")
    promised(ada, what="Also due")

    plan_today()

    first, second = items_of(manager)
    assert [first.customer, second.customer] == [ada, ruth]
    assert first.sentence.startswith("We promised: Very late. It was due")


def test_a_list_asks_each_room_once(manager: Member) -> None:
    promised(make_due("Ruth Calloway", manager=manager))
    plan_today()
    with CaptureQueriesContext(connection) as of_one:
        [why] = [one.item.sentence for one in list_of(manager.actor, manager, TODAY).open]
    for name in ("Ada Byron", "Jo March"):
        promised(make_due(name, manager=manager))
    plan_today()

    with CaptureQueriesContext(connection) as of_three:
        found = [one.item.sentence for one in list_of(manager.actor, manager, TODAY).open]

    assert found == [why] * 3
    assert len(of_three) == len(of_one)


@pytest.fixture
def another_source() -> Iterator[None]:
    """A room that was registered after promises."""
    reason_sources.register(
        "late_source",
        ReasonSource(
            "late_source", "inform", 9.0, reason_sources["promise_due"].rows,
            lambda subjects: {one: Told("Something else.") for one in subjects},
        ),
    )  # fmt: skip
    yield
    del reason_sources._things["late_source"]


@pytest.mark.usefixtures("another_source")
def test_the_first_source_has_the_word_and_the_heaviest_weighs(manager: Member) -> None:
    make_due("Ada Byron", manager=manager, stake=60_000)
    promised(make_due("Ruth Calloway", manager=manager, stake=30_000))

    plan_today()

    # 30,000 at nine times is more than 60,000 at one and a half.
    assert [(one.customer.name, one.reason) for one in items_of(manager)] == [
        ("Ruth Calloway", "promise_due"), ("Ada Byron", "no_touch_yet"),
    ]  # fmt: skip


def test_the_card_leads_to_the_promise_unless_promises_are_hidden(
    client_of: Callable[[Member], Client], manager: Member, at: datetime
) -> None:
    promise = promised(make_due("Ruth Calloway", manager=manager))
    plan_today()
    here = client_of(manager)

    seen = here.get("/").content.decode()
    HiddenField.objects.create(role="manager", field="promise.what", hidden_at=at)
    hidden = here.get("/").content.decode()

    assert seen.count("We promised: Call back about the rye") == 2
    assert f'href="/promises/{promise.pk}/"' in seen
    assert "rye" not in hidden
    assert "It is time to be in touch." in hidden
