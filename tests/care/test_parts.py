"""Orders that come in parts, of which the rest never comes, or of which something goes back."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from regulars.care.actions.asking import Asked, ask_due
from regulars.care.actions.check_ins import Started, start_check_ins
from regulars.care.models import CheckIn, CheckInOrder
from regulars.care.reasons import describe
from regulars.core import clock
from regulars.orders.models import Order, OrderLine
from tests.factories.care import answer_path, make_check_in
from tests.factories.customers import make_customer
from tests.factories.intake import bring
from tests.factories.orders import make_line, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)


def noon(on: date) -> datetime:
    return datetime.combine(on, time(12), UTC)


def parts(*came: int | None, promised: int | None = None) -> Order:
    """An order of some goods, each with them since so many days, or not yet."""
    customer = make_customer("Ruth", email=f"n{Order.objects.count()}@example.org")
    order = make_order(
        customer, TODAY - 20 * DAY, source="shop",
        promised_on=None if promised is None else TODAY - promised * DAY,
    )  # fmt: skip
    for nth, ago in enumerate(came):
        line = make_line(order, f"Part {nth}", 900 - nth)
        line.delivered_at = None if ago is None else noon(TODAY - ago * DAY)
        line.save()
    return order


def test_it_is_asked_after_when_the_last_part_is_there(at: datetime) -> None:
    order = parts(5, None, promised=4)
    assert start_check_ins(at=at) == Started()

    OrderLine.objects.filter(order=order, delivered_at=None).update(delivered_at=noon(TODAY))
    assert start_check_ins(at=at) == Started(to_ask=1, dropped=0, orders=1)

    check_in = CheckIn.objects.get()
    assert (check_in.delivered_on, check_in.due_on) == (TODAY, TODAY + 3 * DAY)
    assert (check_in.is_late, check_in.is_partial) == (True, False)


def test_for_the_rest_we_wait_ten_days_and_ask_once(at: datetime) -> None:
    order = parts(9, 7, None, promised=30)
    assert start_check_ins(at=at) == Started()

    assert start_check_ins(at=at + DAY) == Started(to_ask=1, dropped=0, orders=1)
    check_in = CheckIn.objects.get()
    assert (check_in.delivered_on, check_in.is_partial, check_in.is_late) == (
        TODAY - 7 * DAY, True, True,
    )  # fmt: skip
    OrderLine.objects.filter(order=order, delivered_at=None).update(delivered_at=noon(TODAY + DAY))
    assert start_check_ins(at=at + 9 * DAY) == Started()
    told = describe([str(check_in.pk)])[str(check_in.pk)].sentence
    assert told.startswith("“Part 0” came only in part until 17 November")
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckInOrder.objects.create(check_in=check_in, order=order, delivered_on=TODAY)


def test_a_part_that_comes_in_the_future_has_not_come(at: datetime) -> None:
    parts(2, -3)
    parts(-1, -2)

    assert start_check_ins(at=at) == Started()
    assert start_check_ins(at=at + 4 * DAY) == Started(to_ask=2, dropped=0, orders=2)
    assert not CheckIn.objects.filter(is_partial=True).exists()


def test_what_went_back_is_not_asked_after_and_how_that_went_is(at: datetime) -> None:
    kept, whole = parts(3, 3), parts(3)
    OrderLine.objects.filter(order=kept, description="Part 0").update(returned_quantity=1)
    OrderLine.objects.filter(order=whole).update(returned_quantity=1)

    start_check_ins(at=at)

    found = {one.orders.get().order_id: one for one in CheckIn.objects.all()}
    assert (found[kept.pk].product, found[kept.pk].returned) == ("Part 1", "Part 0")
    lines = [line.text for line in describe([str(found[kept.pk].pk)])[str(found[kept.pk].pk)].lines]
    assert lines[-1] == "“You sent Part 0 back. How did that go?”"
    assert (found[whole.pk].product, found[whole.pk].returned) == ("", "Part 0")


def test_what_went_back_after_it_was_to_be_asked_is_seen_on_the_day(at: datetime) -> None:
    order = parts(1, 1)
    start_check_ins(at=at)
    OrderLine.objects.filter(order=order).update(returned_quantity=1)

    assert ask_due(at=at + 2 * DAY) == Asked(messages=1)

    check_in = CheckIn.objects.get()
    assert (check_in.product, check_in.returned) == ("", "Part 1, Part 0")


def test_the_page_asks_how_the_return_went_and_names_nothing(at: datetime) -> None:
    check_in = make_check_in(at, returned="Simnel cake", is_partial=True)
    with clock.stopped_at(at):
        page = Client().get(f"{answer_path(check_in, at)}?l=en").content.decode()

    assert "You sent something back. How did that go?" in page
    assert "Something of your order has not come yet." in page
    assert "Simnel" not in page


@pytest.mark.parametrize("seed", range(6))
def test_however_parts_are_told_and_told_again_there_is_one_check_in(
    at: datetime, seed: int
) -> None:
    lot = Random(seed)
    orders = [parts(*[None] * lot.randint(1, 3)) for _ in range(4)]
    lines = list(OrderLine.objects.filter(order__in=orders))
    for day in range(40):
        for line in lot.sample(lines, 3):
            deed = lot.random()
            if deed < 0.5:
                line.delivered_at = noon(TODAY + lot.randint(-3, 12) * DAY)
            elif deed < 0.6:
                line.returned_quantity = 1
            line.save()
        start_check_ins(at=at + day * DAY)
    OrderLine.objects.update(delivered_at=noon(TODAY), returned_quantity=None)
    start_check_ins(at=at + 40 * DAY)

    assert sorted(CheckInOrder.objects.values_list("order", flat=True)) == sorted(
        one.pk for one in orders
    )


def test_a_file_tells_when_each_article_came_and_how_many_came_back() -> None:
    head = "Order ID,Date,Customer ID,Name,Item,Qty,Price,Line delivered at,Returned quantity"
    file = f"""{head}
1,2026-11-02,7,Ruth,Rye,1,3.40,2026-11-05,
1,2026-11-02,7,Ruth,Bun,2,1.00,,
"""
    bring("orders", file)
    told = OrderLine.objects.order_by("line_no").values_list("delivered_at", "returned_quantity")
    assert [(came is not None, back) for came, back in told] == [(True, None), (False, None)]

    again = bring("orders", file.replace("1.00,,", "1.00,2026-11-09,1"))
    assert again.report["updated"] == 1
    assert [(came is not None, back) for came, back in told.all()] == [(True, None), (True, 1)]
    assert bring("orders", file).report["updated"] == 0


def test_where_rows_of_an_order_tell_several_days_it_came_with_the_last(at: datetime) -> None:
    head = "Order ID,Date,Customer ID,Name,Item,Qty,Price,Delivered"
    bring(
        "orders",
        f"""{head}
1,2026-11-02,7,Ruth,Rye,1,3.40,2026-11-05
1,2026-11-02,7,Ruth,Bun,2,1.00,2026-11-09
1,2026-11-02,7,Ruth,Tart,2,1.00,
""",
    )
    came = Order.objects.get().delivered_at
    assert came is not None
    assert came.date() == date(2026, 11, 9)
