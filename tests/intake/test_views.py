from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.core import jobs
from regulars.customers.models import Customer
from regulars.intake.models import Import
from regulars.team.models import Member
from tests.factories.intake import bring

pytestmark = pytest.mark.django_db

LIST = "id,Name,Email\n7,Ruth Calloway,ruth@example.com\n8,Ada,=cmd|' /C calc'!A0\n,,\n"
Signed = Callable[[Member], Client]


def upload(client: Client, content: str = LIST, kind: str = "customers") -> Any:
    file = SimpleUploadedFile("till export.csv", content.encode())
    return client.post(f"{reverse('intake:new')}?kind={kind}", {kind: file, "source": "till"})


def work(at: datetime) -> None:
    while claimed := jobs.claim("tests", at=at):
        jobs.run(claimed, at=at)


def test_a_file_goes_from_upload_to_report(
    client_of: Signed, manager: Member, at: datetime
) -> None:
    client = client_of(manager)

    answer = upload(client)

    item = Import.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("intake:show", args=[item.pk]))
    columns = client.get(answer.url).content.decode()
    assert "till export.csv" in columns
    assert "Ruth Calloway" in columns
    posted = {"customers:reference": "id", "customers:name": "Name", "customers:email": "Email"}
    client.post(reverse("intake:columns", args=[item.pk]), posted)
    assert 'class="progress"' in client.get(answer.url).content.decode()
    polled = client.get(reverse("intake:progress", args=[item.pk]))
    assert (polled.status_code, "<html" in polled.content.decode()) == (200, False)
    work(at)
    done = client.get(reverse("intake:progress", args=[item.pk]))
    assert (done.status_code, done["HX-Redirect"]) == (204, answer.url)
    look = client.get(answer.url).content.decode()
    assert "Nothing has been changed yet." in look
    assert "Bring in 2 of them" in look
    assert not Customer.objects.exists()
    client.post(reverse("intake:bring_in", args=[item.pk]))
    work(at)
    assert Customer.objects.count() == 2
    assert "Of 2 rows 2 were new" in client.get(answer.url).content.decode()


def test_a_file_that_is_refused_answers_422_with_the_remedy(
    client_of: Signed, owner: Member
) -> None:
    answer = upload(client_of(owner), "%PDF-1.7")

    assert answer.status_code == 422
    text = answer.content.decode()
    assert "type PDF" in text
    assert "Save the list as CSV or XLSX" in text
    assert not Import.objects.exists()


def test_no_file_and_an_empty_file_answer_422(client_of: Signed, owner: Member) -> None:
    client = client_of(owner)

    without = client.post(reverse("intake:new"), {"source": "till"})
    empty = upload(client, "")

    assert (without.status_code, empty.status_code) == (422, 422)
    assert "Choose the file that should be brought in." in without.content.decode()
    assert "The file is empty." in empty.content.decode()


def test_columns_that_say_nobody_answer_422(client_of: Signed, owner: Member) -> None:
    client = client_of(owner)
    upload(client)

    answer = client.post(
        reverse("intake:columns", args=[Import.objects.get().pk]), {"customers:city": "Email"}
    )

    assert answer.status_code == 422
    assert "No column says who the customers are." in answer.content.decode()


ADDRESSES = [
    ("get", "intake:list", False), ("get", "intake:new", False), ("post", "intake:new", False),
    ("get", "intake:show", True), ("post", "intake:columns", True),
    ("get", "intake:progress", True), ("post", "intake:bring_in", True),
    ("post", "intake:leave", True), ("get", "intake:rows", True),
]  # fmt: skip


@pytest.mark.parametrize(("method", "name", "has_id"), ADDRESSES)
@pytest.mark.parametrize("who", ["helper", "viewer"])
def test_only_owner_and_managers_come_in(
    client_of: Signed,
    request: pytest.FixtureRequest,
    method: str,
    name: str,
    has_id: bool,
    who: str,
) -> None:
    item = bring("customers", LIST, dry=True)
    client = client_of(request.getfixturevalue(who))

    answer = getattr(client, method)(reverse(name, args=[item.pk] if has_id else []))

    assert answer.status_code == 403
    assert Import.objects.filter(state=Import.State.CHECKED).count() == 1


def test_an_import_that_is_not_there_is_refused(client_of: Signed, owner: Member) -> None:
    assert client_of(owner).get(reverse("intake:show", args=[99])).status_code == 422


def test_the_list_begins_with_one_action(client_of: Signed, owner: Member) -> None:
    text = client_of(owner).get(reverse("intake:list")).content.decode()

    assert "Bring in a file" in text
    assert 'class="ledger"' not in text


def test_the_list_asks_as_often_for_three_as_for_one(client_of: Signed, owner: Member) -> None:
    client = client_of(owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("intake:list")).status_code == 200
        return len(asked)

    bring("customers", LIST, by=owner.actor)
    queries()
    one = queries()
    bring("customers", LIST, by=owner.actor)
    bring("customers", LIST, by=owner.actor)

    assert queries() == one


def test_the_download_is_no_formula_in_any_spreadsheet(client_of: Signed, owner: Member) -> None:
    """RELIABILITY U3."""
    item = bring("customers", LIST)

    answer = client_of(owner).get(reverse("intake:rows", args=[item.pk]))

    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")
    assert "customers.csv,3,Email,'=cmd|' /C calc'!A0," in text
    assert len(text.splitlines()) == 2


def test_leave_it_forgets_the_import(client_of: Signed, owner: Member) -> None:
    item = bring("customers", LIST, dry=True)

    answer = client_of(owner).post(reverse("intake:leave", args=[item.pk]))

    assert (answer.status_code, Import.objects.count()) == (302, 0)


def test_a_refused_import_says_why(client_of: Signed, owner: Member, at: datetime) -> None:
    item = bring("customers", LIST, dry=True)
    Import.objects.filter(pk=item.pk).update(
        state=Import.State.REFUSED, report={"sentence": "No.", "remedy": "Do this."}
    )

    text = client_of(owner).get(reverse("intake:show", args=[item.pk])).content.decode()

    assert "nothing has been changed" in text
    assert "Do this." in text


SLIPPED = (
    "id,Name,Street,City,Zip\n7,Ruth Calloway,8 Weir Cottages,Amble,NE65 0AA\n"
    "8,Ada Oduya,12 Quay Street,Amble,NE65 0BB\n9,Florian Stone,3 Mill Lane,Alnwick,NE66 1AA\n"
    "10,Samuel Birch,Flat 2, 9 Mill Lane,Alnwick,NE66 1BB\n"
)


def test_slipped_rows_are_put_together_where_it_is_said_that_they_slipped(
    client_of: Signed, manager: Member, at: datetime
) -> None:
    item = bring("customers", SLIPPED, by=manager.actor, dry=True)
    client, page = client_of(manager), reverse("intake:show", args=[item.pk])
    together = reverse("intake:put_together", args=[item.pk])
    assert f'action="{together}"' in client.get(page).content.decode()

    client.post(together)
    work(at)

    looked = client.get(page).content.decode()
    assert "4 new, 0 would change" in looked
    assert together not in looked
    assert client.post(reverse("intake:leave", args=[item.pk])).status_code == 302
    assert client.post(together).status_code == 422


def test_the_sum_of_the_goods_is_said(client_of: Signed, owner: Member) -> None:
    rows = "order,date,customer_id,total\n1,2026-11-13,7,1204.00\n2,2026-11-14,7,5.50\n"
    item = bring("orders", rows, by=owner.actor)

    page = client_of(owner).get(reverse("intake:show", args=[item.pk])).content.decode()

    assert "The goods come to £1,209.50." in page


def test_what_was_taken_back_says_so_in_the_list_and_above_its_report(
    client_of: Signed, owner: Member, at: datetime
) -> None:
    item = bring("customers", LIST, by=owner.actor)
    client, page = client_of(owner), reverse("intake:show", args=[item.pk])
    assert "Taken back" not in client.get(page).content.decode()

    client.post(reverse("intake:undo", args=[item.pk]))
    work(at)

    assert "Taken back" in client.get(page).content.decode()
    listed = client.get(reverse("intake:list")).content.decode()
    assert ("taken back" in listed, "brought in</span>" in listed) == (True, False)
