"""Reasons that other rooms give: weighed with the rest, told for a whole list at once."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import CharField, F, FloatField, Value
from django.db.models.functions import Cast
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_touch
from regulars.conversations.choices import Direction, Outcome
from regulars.core.actor import SYSTEM
from regulars.core.reasons import ReasonSource, Told, reason_sources
from regulars.customers.models import Customer
from regulars.lists.models import HiddenField
from regulars.messaging.counting import recount_everybody
from regulars.messaging.models import Hold, Rules
from regulars.planning.models import Pause
from regulars.planning.queries import list_of
from regulars.promises.actions import keep_promise
from regulars.promises.models import Promise
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_relation
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


# Serve before sell


@pytest.fixture
def _something_to_sell() -> Iterator[None]:
    """A source that sells, of everybody on the list: no room has one yet."""

    def rows(_asked: object) -> object:
        return Customer.objects.on_the_list().order_by().values(
            overdue=Value(1.0, output_field=FloatField()), due_on=Value(TODAY),
            subject=Cast("pk", CharField()), customer_id=F("pk"),
        )  # fmt: skip

    source = ReasonSource(
        name="to_sell", purpose="sell", urgency=1.0, rows=rows,  # type: ignore[arg-type]
        describe=lambda subjects: {one: Told("Something new.") for one in subjects},
    )  # fmt: skip
    reason_sources.register(source.name, source)
    yield
    del reason_sources._things[source.name]


def spoken(customer: Customer, purpose: str, days_ago: int, manager: Member) -> None:
    """Somebody called, and chose what for when they wrote it down."""
    log_touch(
        customer, channel=Channel.CALL, direction=Direction.OUT, purpose=Purpose(purpose),
        outcome=Outcome.REACHED, happened_at=MORNING - days_ago * DAY, by=manager.actor, at=MORNING,
    )  # fmt: skip


@pytest.mark.usefixtures("_something_to_sell")
@pytest.mark.parametrize(
    ("purposes", "is_planned"),
    [
        pytest.param((), False, id="never served"),
        pytest.param(("serve", "ask"), False, id="twice"),
        pytest.param(("serve", "ask", "thank"), True, id="three times"),
        pytest.param(("serve", "ask", "thank", "sell"), False, id="sold to since"),
        pytest.param(("sell", "serve", "ask", "thank", "serve", "ask", "thank"), True, id="again"),
    ],
)
def test_what_sells_is_planned_where_the_balance_stands(
    manager: Member, purposes: tuple[str, ...], is_planned: bool
) -> None:
    ruth = make_customer(manager=manager, phone="020 7946 0991")
    for nth, purpose in enumerate(purposes):
        spoken(ruth, purpose, 19 - nth, manager)

    plan_today()

    sold = [item for item in items_of(manager) if item.purpose == "sell"]
    assert [item.sentence for item in sold] == (["Something new."] if is_planned else [])


@pytest.mark.usefixtures("_something_to_sell")
def test_the_house_says_how_often_one_serves_before_one_sells(manager: Member) -> None:
    ruth = make_customer(manager=manager, phone="020 7946 0991")
    spoken(ruth, "serve", 10, manager)
    rules = Rules.objects.create(serve_per_sell=1)
    recount_everybody(MORNING)

    plan_today()
    assert [item.purpose for item in items_of(manager)] == ["sell"]

    rules.serve_per_sell = 2
    rules.save()
    plan_today()
    assert "sell" not in [item.purpose for item in items_of(manager)]


# Departments of ours


def kitchen_of(manager: Member, *names: str) -> Customer:
    kitchen = make_customer("The kitchen", kind="department", manager=manager, phone=None)
    for name in names:
        make_relation(kitchen, "serves", make_customer(name, manager=manager, phone=None))
    return kitchen


@pytest.mark.parametrize(
    ("served", "said"),
    [
        pytest.param((), "A department of ours waits. We promised", id="nobody"),
        pytest.param(("Ruth",), "waits, and with it Ruth. We promised", id="one"),
        pytest.param(("Ida", "Ruth", "Sam"), "waits, and with it Ida and 2 more. We", id="three"),
    ],
)
def test_a_department_that_waits_says_whom_it_serves(
    manager: Member, served: tuple[str, ...], said: str
) -> None:
    kitchen = kitchen_of(manager, *served)
    promised(kitchen)

    plan_today()

    (item,) = [one for one in items_of(manager) if one.customer == kitchen]
    assert (item.reason, item.purpose) == ("internal_waiting", "serve")
    assert said in item.sentence
    assert item.sentence.endswith("Call back about the rye. It is due today.")


@pytest.mark.parametrize(
    ("heard", "speaks"), [(None, True), (30, True), (3, False)], ids=["never", "long ago", "lately"]
)
def test_a_department_unheard_for_a_week_waits_though_the_day_is_not_there(
    manager: Member, heard: int | None, speaks: bool
) -> None:
    kitchen = kitchen_of(manager)
    first_touch(kitchen, date(2026, 12, 20))
    if heard is not None:
        touched(kitchen, days_ago=heard)
    promised(kitchen, NIGHT + 5 * DAY)

    plan_today()

    reasons = [one.reason for one in items_of(manager) if one.customer == kitchen]
    assert ("internal_waiting" in reasons) is speaks
    assert {one.due_on for one in items_of(manager) if one.reason == "internal_waiting"} <= {TODAY}


def test_todays_card_says_what_departments_behind_a_customer_wait_for(
    client_of: Callable[[Member], Client], manager: Member
) -> None:
    kitchen = kitchen_of(manager, "Ruth Calloway")
    make_due("Samuel Birch", manager=manager)
    ruth = Customer.objects.get(name="Ruth Calloway")
    first_touch(ruth)
    promised(kitchen, NIGHT + 2 * DAY)
    plan_today()
    cards = {item.customer.name: item.pk for item in items_of(manager)}

    here = client_of(manager)
    theirs = here.get(f"/?item={cards['Ruth Calloway']}").content.decode()
    others = here.get(f"/?item={cards['Samuel Birch']}").content.decode()

    assert "Departments that serve them wait for" in theirs
    assert "The kitchen, promised by Thu 26" in theirs
    assert "Departments that serve them" not in others
