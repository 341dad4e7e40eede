"""What it costs to win one back beside what it costs to find a new one."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.departures.actions.costs import Spend, note_spent
from regulars.departures.choices import WON_BACK, Aim
from regulars.departures.errors import SpendUnclear
from regulars.departures.models import Departure, Letter, Spent
from regulars.departures.queries.costs import (
    cost_of_back,
    cost_of_new,
    count_between,
    extra_of_letters,
)
from regulars.insight.models import CustomerFacts
from regulars.team.models import Member
from regulars.verdicts.models import Trial, Verdict
from tests.factories.customers import make_customer
from tests.factories.departures import make_departure
from tests.factories.messaging import make_mailing, make_message, make_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
TODAY, DAY = date(2026, 11, 24), timedelta(days=1)


def spend(at: datetime, aim: Aim, low: int, high: int | None = None, **over: Any) -> Spent:
    days = {"from_on": TODAY - 99 * DAY, "until_on": TODAY}
    told = Spend(aim, "Leaflets", low, low if high is None else high, **(days | over))
    return note_spent(told, by=SYSTEM, at=at)


def newcomers(count: int, first_on: date = TODAY) -> None:
    for _ in range(count):
        CustomerFacts.objects.create(customer=make_customer(), first_on=first_on)


def came_back(count: int, at: datetime) -> None:
    for _ in range(count):
        make_departure(make_customer(), at)
    Departure.objects.standing().update(state="back", ended_at=at, back_on=TODAY)


def test_what_was_spent_over_those_who_came_with_the_bounds_of_chance(at: datetime) -> None:
    spend(at, Aim.NEW, 80_000, 120_000)
    # Half of these days are more than a year ago.
    spend(at, Aim.NEW, 20_000, from_on=TODAY - 729 * DAY, until_on=TODAY)
    newcomers(100)
    newcomers(1, TODAY - 365 * DAY)

    found = cost_of_new(TODAY)

    # The exact bounds of a count of 100 are 81.4 and 121.6 (Garwood 1936); Byar's come as near.
    low, high = count_between(100)
    assert (round(low, 1), round(high, 1)) == (81.4, 121.6)
    assert (found.count, found.spent_low, found.spent_high) == (100, 90_000, 130_000)
    assert (found.each, found.low, found.high) == (1_100, 740, 1_598)
    assert found.is_told
    assert not found.is_entered


def test_of_few_nothing_is_told_and_what_is_entered_is_told_at_once(at: datetime) -> None:
    newcomers(9)
    spend(at, Aim.NEW, 50_000)
    few = cost_of_new(TODAY)
    spend(at, Aim.NEW, 1_500, 2_500, is_each=True)
    entered = cost_of_new(TODAY)

    assert (few.is_told, few.each) == (False, 0)
    assert (entered.low, entered.each, entered.high, entered.is_entered) == (
        1_500, 2_000, 2_500, True,
    )  # fmt: skip


def test_what_letters_gave_to_those_who_came_back_for_it_counts_too(at: datetime) -> None:
    version = make_version("sell")
    letter = Letter.objects.create(
        reason="price", give="discount", gift="a loaf", cost_minor=290, currency="GBP",
        written_at=at - 9 * DAY,
    )  # fmt: skip
    mailing = make_mailing(
        at=at, version=version, audience=WON_BACK, definition={"letter": letter.pk}
    )
    came_back(12, at)
    for place, gone in enumerate(Departure.objects.order_by("pk")[:5]):
        state = "accepted" if place < 4 else "suppressed"
        make_message(
            gone.customer, at=at, version=version, state=state, mailing=mailing,
            occasion=f"mailing:{mailing.pk}",
        )  # fmt: skip
    spend(at, Aim.BACK, 1_000)

    found = cost_of_back(TODAY)

    assert (found.count, found.spent_low, found.each) == (12, 1_000 + 4 * 290, 180)


def test_as_many_questions_for_three_letters_as_for_one(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    here.get("/departures/costs")

    def asked() -> int:
        letter = Letter.objects.create(
            reason="price", give="discount", cost_minor=290, currency="GBP", written_at=at - DAY
        )
        make_mailing(at=at, audience=WON_BACK, definition={"letter": letter.pk})
        with CaptureQueriesContext(connection) as seen:
            here.get("/departures/costs")
        return len(seen)

    first = asked()
    asked()

    assert asked() == first


def test_lots_say_how_many_came_because_of_letters(at: datetime) -> None:
    letter = Letter.objects.create(reason="price", give="nothing", currency="GBP", written_at=at)
    mailing = make_mailing(at=at, audience=WON_BACK, definition={"letter": letter.pk})
    before = extra_of_letters(TODAY)
    trial = Trial.objects.create(
        occasion=f"mailing:{mailing.pk}", name="x", purpose="sell", channel="email", list_count=150,
        left_out_count=50, planned_at=at, seed=1,
    )  # fmt: skip
    rate = {"difference": 0.1, "variance": 0.0004, "got_count": 100, "left_count": 50}
    Verdict.objects.create(
        trial=trial, look=4, is_last=True, as_of=TODAY, alpha=0.05, word="helped",
        money_word="cannot", rate=rate, counted_at=at,
    )  # fmt: skip

    found = extra_of_letters(TODAY)

    assert before is None
    assert found is not None
    # A tenth of a hundred, with a standard error of two of them, worked by hand.
    assert (round(found.count, 6), round(found.low, 2), round(found.high, 2)) == (10, 6.08, 13.92)


@pytest.mark.parametrize(
    "over",
    [
        {"low": -1}, {"low": 5, "high": 4}, {"low": 1, "from_on": None},
        {"low": 1, "from_on": TODAY + DAY}, {"low": 10**16},
    ],
)  # fmt: skip
def test_what_cannot_have_been_spent_is_refused(at: datetime, over: dict[str, Any]) -> None:
    with pytest.raises(SpendUnclear):
        spend(at, Aim.BACK, **over)
    assert Spent.objects.count() == 0


def test_both_stand_beside_each_other_and_what_was_typed_can_be_taken_away(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    empty = here.get("/departures/costs").content.decode()
    newcomers(12)
    came_back(12, at)
    given = {
        "aim": "new", "name": "<b>Leaflets</b>", "low": "4000", "high": "", "kind": "total",
        "from_on": "2026-10-01", "until_on": "2026-10-31",
    }  # fmt: skip

    made = here.post("/departures/costs", given)
    here.post("/departures/costs", given | {"aim": "back", "low": "400"})
    wrong = here.post("/departures/costs", given | {"high": "3"})
    page = here.get("/departures/costs").content.decode()
    row = Spent.objects.order_by("pk")[0]
    here.post(f"/departures/spent/{row.pk}/gone")
    gone = here.get("/departures/costs").content.decode()
    here.post(f"/departures/spent/{row.pk}/back")

    assert "Cannot tell yet which costs less" in empty
    assert (made.status_code, wrong.status_code) == (302, 422)
    assert "Winning one back costs less than finding a new one." in page
    assert "&lt;b&gt;Leaflets" in page
    assert "Cannot tell yet which costs less" in gone
    assert Spent.objects.filter(removed_at=None).count() == 2


def test_who_sees_only_part_of_the_list_sees_no_costs(
    client_of: ClientOf, helper: Member, viewer: Member, at: datetime
) -> None:
    row = spend(at, Aim.NEW, 100)

    assert client_of(helper).get("/departures/costs").status_code == 403
    looks = client_of(viewer)
    assert looks.get("/departures/costs").status_code == 200
    said = [
        looks.post(path).status_code
        for path in (
            "/departures/costs", f"/departures/spent/{row.pk}/gone",
            f"/departures/spent/{row.pk}/back",
        )
    ]  # fmt: skip
    assert said == [403] * 3
