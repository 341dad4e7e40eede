"""Days that files correct, what customers' pages show of check-ins, marks to tap in the mail."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.care.actions.check_ins import start_check_ins
from regulars.care.actions.correcting import correct_days
from regulars.care.fields import marks_asked
from regulars.care.models import Answer, AnswerRules, CheckIn, ProductQuestions
from regulars.messaging.starters import starters
from regulars.messaging.texts import compile_version, preview_of
from regulars.orders.models import Order
from regulars.team.models import Member
from tests.factories.care import make_answer, make_check_in
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)
HTMX = {"HX-Request": "true"}


def noon(on: date) -> datetime:
    return datetime.combine(on, time(12), UTC)


def delivered(on: date, promised: date | None = TODAY - DAY) -> Order:
    customer = make_customer("Ruth", email=f"n{Order.objects.count()}@example.org")
    return make_order(customer, on - 5 * DAY, delivered_at=noon(on), promised_on=promised)


def test_a_corrected_day_moves_what_is_to_be_asked_and_what_was_answered(at: datetime) -> None:
    orders = [delivered(TODAY - 2 * DAY) for _ in range(3)]
    start_check_ins(at=at)
    answered = CheckIn.objects.get(orders__order=orders[1])
    make_answer(at, 4, answered)
    assert correct_days(at=at) == 0

    Order.objects.filter(pk__in=[one.pk for one in orders[:2]]).update(delivered_at=noon(TODAY))
    assert correct_days(at=at) == 2
    assert correct_days(at=at) == 0

    told = CheckIn.objects.order_by("orders__order").values_list("due_on", "is_late")
    # Of what was answered the day of the question is over.
    assert list(told) == [
        (TODAY + 3 * DAY, True), (TODAY + DAY, True), (TODAY + DAY, False)
    ]  # fmt: skip
    assert Answer.objects.get().was_late is True
    Order.objects.update(delivered_at=noon(TODAY - 3 * DAY))
    assert correct_days(at=at) == 3
    assert Answer.objects.get().was_late is False


def test_a_new_promise_makes_it_late_and_an_answer_from_a_file_too(at: datetime) -> None:
    order = delivered(TODAY - 2 * DAY)
    start_check_ins(at=at)
    loose = Answer.objects.create(
        customer_id=order.customer_id or 0, order=order, mark=3, source="import", said_at=at,
        recorded_at=at, was_late=False,
    )  # fmt: skip

    Order.objects.update(promised_on=TODAY - 9 * DAY)
    assert correct_days(at=at) == 2

    loose.refresh_from_db()
    assert (CheckIn.objects.get().is_late, loose.was_late) == (True, True)


def test_where_nobody_promised_anything_nobody_knows_whether_it_was_late(at: datetime) -> None:
    for promised in (None, TODAY):
        order = delivered(TODAY - 4 * DAY, promised)
        start_check_ins(at=at)
        make_answer(at, 5, CheckIn.objects.get(orders__order=order))
    guessed = make_check_in(at, is_guessed=True)
    make_answer(at, 5, guessed)

    assert list(Answer.objects.order_by("pk").values_list("was_late", flat=True)) == [
        None, False, None,
    ]  # fmt: skip


def test_correcting_asks_as_often_for_three_as_for_one(at: datetime) -> None:
    counts = []
    for number in (1, 3):
        orders = [delivered(TODAY - 2 * DAY) for _ in range(number)]
        start_check_ins(at=at)
        Order.objects.filter(pk__in=[one.pk for one in orders]).update(delivered_at=noon(TODAY))
        with CaptureQueriesContext(connection) as asked:
            assert correct_days(at=at) == number
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_panel_of_a_customer_fetches_itself_and_leads_on(
    client_of: ClientOf, helper: Member, viewer: Member, at: datetime
) -> None:
    ruth = make_customer("Ruth", manager=helper)
    due, asked = make_check_in(at, ruth, state="due"), make_check_in(at, ruth)
    here, panel = client_of(helper), f"/care/check-ins/of/{ruth.pk}"

    page = here.get(panel).content.decode()
    whole = here.get(f"/customers/{ruth.pk}/").content.decode()
    moved = here.post(f"/care/check-ins/{due.pk}/asked", headers=HTMX)
    listed = here.get("/care/check-ins/?state=asked").content.decode()

    assert "check-in-changed from:body" in page
    assert page.count("I have asked") == 1
    assert "I have asked" in whole
    assert (moved.status_code, "check-in-changed" in moved["HX-Trigger"]) == (204, True)
    assert "I have asked" not in here.get(panel).content.decode()
    assert listed.count("Write down what they say") == 2
    assert f"/customers/{asked.customer_id}/#went" in listed
    assert client_of(viewer).get(panel).status_code == 200
    assert "I have asked" not in client_of(viewer).get(panel).content.decode()


@pytest.mark.parametrize(("best", "marks"), [("5", range(1, 6)), ("10", range(11))])
def test_the_text_has_its_marks_to_tap_and_the_plain_link(best: str, marks: range) -> None:
    text = next(one for one in starters() if one.key == "after-delivery")
    made = preview_of(compile_version(text.subject, text.preheader, text.body))
    link = "https://j.example/k/token"
    said = made.render({
        "checkin_url": link, "checkin_marks": best, "greeting": "Hello", "signature": "Nora",
    })  # fmt: skip

    for part in (said.html, said.text):
        found = [int(one) for one in re.findall(rf"{link}\?m=(\d+)", part)]
        assert sorted(set(found)) == list(marks)
        assert re.search(rf"{link}[^?]", part)
    none = made.render({"greeting": "Hello", "signature": "Nora"})
    assert "?m=" not in none.text


def test_the_marks_are_those_of_the_product_else_the_usual(at: datetime) -> None:
    cake, rye = make_check_in(at, product="Cake"), make_check_in(at)
    ProductQuestions.objects.create(words="Cake", key="cake", scale=5)
    AnswerRules.objects.create(pk=1, scale=10)

    assert marks_asked([cake.customer_id, rye.customer_id, 99], at) == {
        cake.customer_id: "5", rye.customer_id: "10",
    }  # fmt: skip
