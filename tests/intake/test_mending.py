"""Rows that were not taken are put right by hand, in an import of their own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from regulars.core import jobs
from regulars.core.actor import COMMAND
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.models import ContactPoint, Customer
from regulars.intake import actions
from regulars.intake.models import Import, UntakenRow
from regulars.intake.queries import files_to_mend, rows_to_mend
from regulars.orders.models import Order
from regulars.team.models import Member
from tests.factories.intake import A_DAY, bring, counts

pytestmark = pytest.mark.django_db

TILL = (
    "Receipt,Date,Customer ID,Total,Till\n1,13/11/2026,7,4.00,a\n2,31/02/2026,7,5.00,b\n"
    "3,03/11/2026,8,6.00,a\n4,soon,9,7.00,b\n"
)


def work(at: Any) -> None:
    while claimed := jobs.claim("tests", at=at):
        jobs.run(claimed, at=at)


@pytest.mark.parametrize("dry", [False, True], ids=["brought in", "looked at"])
def test_rows_that_are_put_right_come_in_by_themselves(business: object, dry: bool) -> None:
    item = bring("orders", TILL, dry=dry)
    first, second = rows_to_mend(item)
    assert (first.row_no, first.cells) == (3, ["2", "31/02/2026", "7", "5.00", "b"])

    # Alone, 02/03 could be either day; the file it comes from tells.
    cells = {first.pk: ["2", "02/03/2026", "7", "5.00", "b"]}
    anew = actions.mend_rows(item, cells, by=COMMAND, at=A_DAY)
    work(A_DAY)
    anew.refresh_from_db()

    assert (anew.mends, counts(anew)) == (item, (1, 0, 0, 0, 0))
    actions.bring_in_now(anew, by=COMMAND, at=A_DAY)
    assert str(Order.objects.get(total_minor=500).placed_on) == "2026-03-02"
    assert list(rows_to_mend(item)) == [second]
    assert Order.objects.count() == (1 if dry else 3)


def test_an_import_of_mended_rows_that_is_left_opens_them_again(business: object) -> None:
    item = bring("orders", TILL)
    row = rows_to_mend(item)[0]
    anew = actions.mend_rows(item, {row.pk: ["2", "1/2/2026", "7", "5", ""]}, by=COMMAND, at=A_DAY)
    assert rows_to_mend(item).count() == 1
    work(A_DAY)
    anew.refresh_from_db()

    actions.leave_it(anew, by=COMMAND, at=A_DAY)

    assert rows_to_mend(item).count() == 2


def test_nothing_put_right_is_refused(business: object, helper: Member) -> None:
    item = bring("orders", TILL)
    other = rows_to_mend(bring("customers", "Name,Rating\n,5\nRuth,4\n")).get()

    for cells in ({}, {other.pk: ["Ada", "5"]}):
        with pytest.raises(Refusal, match="No row was put right"):
            actions.mend_rows(item, cells, by=COMMAND, at=A_DAY)
    with pytest.raises(NotAllowed):
        actions.mend_rows(item, {}, by=helper.actor, at=A_DAY)


def test_rows_are_put_right_on_the_screen(
    client_of: Callable[[Member], Client], owner: Member, at: Any
) -> None:
    item = bring("orders", TILL)
    row, other = rows_to_mend(item)
    client, address = client_of(owner), reverse("intake:mend", args=[item.pk])

    page = client.get(address).content.decode()
    same = client.post(address, {f"{row.pk}:1": "31/02/2026"})
    posted = client.post(address, {f"{row.pk}:1": "28/02/2026", f"{other.pk}:1": "soon"})

    assert "The calendar has no 31.2.2026" in page
    assert f'name="{row.pk}:4"' not in page
    assert (same.status_code, posted.status_code) == (422, 302)
    anew = Import.objects.get(mends=item)
    work(at)
    anew.refresh_from_db()
    assert counts(anew) == (1, 0, 0, 0, 0)
    assert (
        "that were put right" in client.get(reverse("intake:show", args=[anew.pk])).content.decode()
    )


def test_a_slipped_row_is_shown_put_together(
    client_of: Callable[[Member], Client], owner: Member
) -> None:
    good = "".join(f"{n},Ruth {n},{n} Quay Street,Amble,NE65 0A{n}\n" for n in range(1, 9))
    slipped = "9,Samuel Birch,Flat 2, 9 Mill Lane,Amble,NE66 1BB\n"
    item = bring("customers", f"id,Name,Street,City,Zip\n{good}{slipped}")
    client, address = client_of(owner), reverse("intake:mend", args=[item.pk])

    page = client.get(address).content.decode()
    client.post(address, {})

    assert 'value="Flat 2, 9 Mill Lane"' in page
    work(A_DAY)
    anew = Import.objects.get(mends=item)
    actions.bring_in_now(anew, by=COMMAND, at=A_DAY)
    samuel = Customer.objects.get(name="Samuel Birch")
    assert ContactPoint.objects.get(customer=samuel, kind="address").street == "Flat 2, 9 Mill Lane"


def test_rows_not_taken_are_downloaded_in_their_columns(
    client_of: Callable[[Member], Client], owner: Member
) -> None:
    item = bring("orders", TILL.replace("soon", "=cmd"))

    answer = client_of(owner).get(reverse("intake:untaken", args=[item.pk]))

    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert lines[0] == "Receipt,Date,Customer ID,Total,Till,Why"
    assert lines[1] == "2,31/02/2026,7,5.00,b,The calendar has no 31.2.2026."
    assert lines[2].startswith("4,'=cmd,9,7.00,b,")


def test_what_was_taken_has_nothing_to_mend(
    client_of: Callable[[Member], Client], owner: Member
) -> None:
    item = bring("customers", "Name\nRuth\n")

    answer = client_of(owner).get(reverse("intake:mend", args=[item.pk]))

    assert (answer.status_code, answer["Location"]) == (302, reverse("intake:show", args=[item.pk]))
    assert not UntakenRow.objects.exists()


SHOP: dict[str, str | bytes] = {
    "orders": "orderID,customerID,orderDate\n1,A,2026-11-02\n2,B,2026-31-31\n3,C,2026-11-04\n",
    "lines": "orderID,productID,unitPrice,quantity\n1,P,4.00,1\n2,P,4.00,2\n2,Q,1.50,2\n"
    "3,P,4.00,many\n",
}


def test_files_that_belong_together_are_put_right_one_after_the_other(
    client_of: Callable[[Member], Client], owner: Member
) -> None:
    item = bring("orders", SHOP)
    client, address = client_of(owner), reverse("intake:mend", args=[item.pk])
    orders, lines = item.files.order_by("id")
    assert [(file.role, count) for file, count in files_to_mend(item)] == [
        ("orders", 1), ("lines", 1)
    ]  # fmt: skip
    page = client.get(address).content.decode()
    assert f'href="?file={lines.pk}"' in page
    row = rows_to_mend(item).get(file=orders)

    client.post(f"{address}?file={orders.pk}", {f"{row.pk}:2": "2026-11-03"})
    work(A_DAY)

    first = Import.objects.get(mends=item)
    actions.bring_in_now(first, by=COMMAND, at=A_DAY)
    # The goods of the order that was wrong come in with it.
    totals = dict(Order.objects.values_list("external_id", "total_minor"))
    assert (totals["1"], totals["2"]) == (400, 1100)
    assert not rows_to_mend(item).exists()
    left = rows_to_mend(first).get()
    address = reverse("intake:mend", args=[first.pk])
    client.post(f"{address}?file={left.file_id}", {f"{left.pk}:3": "5"})
    work(A_DAY)
    second = Import.objects.get(mends=first)
    actions.bring_in_now(second, by=COMMAND, at=A_DAY)
    assert Order.objects.get(external_id="3").total_minor == 2000
    assert not rows_to_mend(second).exists()


def test_rows_of_one_of_several_files_are_downloaded_in_its_columns(
    client_of: Callable[[Member], Client], owner: Member
) -> None:
    item = bring("orders", SHOP)
    lines = item.files.get(role="lines")

    answer = client_of(owner).get(
        reverse("intake:untaken", args=[item.pk]), {"file": str(lines.pk)}
    )

    told = b"".join(answer).decode("utf-8-sig").splitlines()
    assert told[0] == "orderID,productID,unitPrice,quantity,Why"
    assert [line[:13] for line in told[1:]] == ["3,P,4.00,many"]
