"""Why somebody left is written down, written anew, undone; who buys again has come back."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.models import ConsentState
from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal
from regulars.core.models import AuditEntry, Event
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers, unmerge_customers
from regulars.customers.choices import Kind
from regulars.departures.actions.leaving import (
    Why,
    end_departure,
    note_departure,
    note_staying,
    note_who_came_back,
    take_back,
)
from regulars.departures.choices import Reason
from regulars.departures.errors import (
    DepartmentStays,
    DepartureChangedSince,
    DepartureOver,
    LeftInTheFuture,
    ReasonUnheard,
)
from regulars.departures.models import Departure
from regulars.departures.receivers import see_who_is_back
from regulars.insight.events import FactsRefreshed
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.departures import make_departure
from tests.factories.orders import make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)


def _stands() -> list[tuple[str, str]]:
    return list(Departure.objects.order_by("pk").values_list("reason", "state"))


def test_left_on_the_day_of_their_last_purchase_where_nobody_says_otherwise(
    owner: Member, at: datetime
) -> None:
    ruth, jo = make_customer(), make_customer("Jo")
    make_order(ruth, date(2026, 9, 1))
    make_order(ruth, date(2026, 10, 1), kind=OrderKind.CANCELLATION)

    left = make_departure(ruth, at, words=" Too dear. ", by=owner.actor)

    assert (left.left_on, left.words, left.recorded_by) == (date(2026, 9, 1), "Too dear.", owner)
    assert make_departure(jo, at).left_on == at.date()
    told = Event.objects.filter(kind="departures.DepartureNoted").order_by("pk")[0].payload
    assert told == {"departure_id": left.pk, "customer_id": ruth.pk, "reason": "price"}
    assert AuditEntry.objects.filter(verb="noted", thing="departures.departure").count() == 2


def test_a_department_of_ours_does_not_leave(at: datetime) -> None:
    """By no door: neither written down by one of us nor answered by a link."""
    rounds = make_customer("The round", kind=Kind.DEPARTMENT)

    with pytest.raises(DepartmentStays, match="does not leave"):
        make_departure(rounds, at)
    with pytest.raises(DepartmentStays, match="does not leave"):
        note_staying(rounds, by=SYSTEM, at=at, wants_peace=True)

    assert (_stands(), ConsentState.objects.count()) == ([], 0)


def test_written_anew_one_stands_and_undoing_lets_the_earlier_stand(at: datetime) -> None:
    ruth = make_customer()
    make_departure(ruth, at, left_on=date(2026, 8, 8))

    anew = make_departure(ruth, at + DAY, reason=Reason.SERVICE)

    assert anew.left_on == date(2026, 8, 8)
    assert _stands() == [("price", "corrected"), ("service", "standing")]
    take_back(anew, state="standing", by=SYSTEM, at=at + DAY)
    assert _stands() == [("price", "standing")]
    with pytest.raises(DepartureChangedSince):
        take_back(anew, state="standing", by=SYSTEM, at=at + DAY)


def test_answered_again_by_the_same_link_is_one_answer(at: datetime) -> None:
    ruth = make_customer()
    first = make_departure(ruth, at, link="one")

    again = make_departure(ruth, at + DAY, link="one", reason=Reason.MOVED)

    assert again.pk == first.pk
    assert _stands() == [("moved", "standing")]


@pytest.mark.parametrize(
    ("over", "refusal"),
    [({"left_on": date(2027, 1, 1)}, LeftInTheFuture), ({"reason": Reason.UNKNOWN}, ReasonUnheard)],
)
def test_what_cannot_be_is_refused(
    at: datetime, over: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        make_departure(make_customer(), at, **over)  # type: ignore[arg-type]
    assert _stands() == []


def test_back_by_hand_and_undone(at: datetime) -> None:
    left = make_departure(make_customer(), at)

    back = end_departure(left, by=SYSTEM, at=at)

    with pytest.raises(DepartureOver):
        end_departure(left, by=SYSTEM, at=at)
    note_who_came_back(at=at + DAY)
    assert (back.state, back.back_on, _stands()) == ("back", None, [("price", "back")])
    take_back(back, state="back", by=SYSTEM, at=at)
    assert _stands() == [("price", "standing")]


def test_back_is_not_undone_where_they_left_again(at: datetime) -> None:
    ruth = make_customer()
    back = end_departure(make_departure(ruth, at), by=SYSTEM, at=at)
    make_departure(ruth, at, reason=Reason.QUALITY)

    with pytest.raises(DepartureChangedSince):
        take_back(back, state="back", by=SYSTEM, at=at)


@pytest.mark.parametrize("many", [1, 3])
def test_who_bought_since_came_back_all_in_one_go(at: datetime, many: int) -> None:
    today = at.date()
    for number in range(many):
        back = make_customer(f"Back {number}")
        make_departure(back, at)
        make_order(back, today + 2 * DAY)
        make_order(back, today + DAY)
    gone, returned = make_customer("Gone"), make_customer("Returns goods")
    make_order(gone, today)
    make_departure(gone, at)
    make_departure(returned, at)
    make_order(returned, today + DAY, kind=OrderKind.CANCELLATION)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        see_who_is_back(FactsRefreshed(today.isoformat(), many), at + 3 * DAY)

    # Whose coming back was undone, asked and written; who came back; and what is held for nothing.
    assert len([one for one in asked if "departures_departure" in one["sql"]]) == 4
    came = Departure.objects.filter(state="back")
    assert set(came.values_list("back_on", flat=True)) == {today + DAY}
    assert came.count() == many
    assert Event.objects.get(kind="departures.CustomersCameBack").payload == {"count": many}
    assert note_who_came_back(at=at + 4 * DAY) == 0


def test_a_purchase_that_is_taken_out_again_brought_nobody_back(at: datetime) -> None:
    ruth = make_customer()
    make_departure(ruth, at)
    bought = make_order(ruth, at.date() + DAY)
    note_who_came_back(at=at + DAY)

    Order.objects.filter(pk=bought.pk).delete()
    note_who_came_back(at=at + 2 * DAY)

    assert _stands() == [("price", "standing")]


def test_of_two_who_are_one_the_newer_stands(at: datetime) -> None:
    ruth, twin = make_customer(), make_customer("Ruth C.")
    make_departure(ruth, at)
    make_departure(twin, at + DAY, reason=Reason.MOVED)

    merge_customers(ruth, twin, by=SYSTEM, at=at + DAY)

    assert _stands() == [("price", "corrected"), ("moved", "standing")]
    assert set(Departure.objects.values_list("customer", flat=True)) == {ruth.pk}


def test_after_a_merge_undoing_the_newer_lets_the_older_stand(at: datetime) -> None:
    ruth, twin = make_customer(), make_customer("Ruth C.")
    make_departure(twin, at - DAY, reason=Reason.SERVICE)
    make_departure(ruth, at)
    newer = make_departure(twin, at + DAY, reason=Reason.MOVED)
    merge = merge_customers(ruth, twin, by=SYSTEM, at=at + DAY)

    take_back(newer, state="standing", by=SYSTEM, at=at + DAY)

    assert _stands() == [("service", "corrected"), ("price", "standing")]
    earliest = Departure.objects.get(reason="service")
    assert earliest.corrected_by == Departure.objects.get(reason="price")
    assert merge.survivor == ruth


def test_taken_apart_each_has_left_for_their_own_reason(at: datetime) -> None:
    ruth, twin = make_customer(), make_customer("Ruth C.")
    make_departure(ruth, at)
    make_departure(twin, at + DAY, reason=Reason.MOVED)

    unmerge_customers(merge_customers(ruth, twin, by=SYSTEM, at=at + DAY), by=SYSTEM, at=at + DAY)

    assert _stands() == [("price", "standing"), ("moved", "standing")]
    assert Departure.objects.filter(corrected_by__isnull=False).count() == 0


def test_peace_stays_when_the_departure_is_taken_back(at: datetime) -> None:
    ruth = make_customer()
    left = note_departure(ruth, Why(Reason.MOVED, wants_peace=True), by=SYSTEM, at=at)

    take_back(left, state="standing", by=SYSTEM, at=at)

    decisions = set(ConsentState.objects.filter(customer=ruth).values_list("decision", flat=True))
    assert (_stands(), decisions) == ([], {"withdrawn"})


def test_erased_with_them(at: datetime) -> None:
    ruth = make_customer()
    make_departure(ruth, at, words="Because of the noise")

    erase_customer(ruth, by=SYSTEM, at=at)

    assert Departure.objects.count() == 0
