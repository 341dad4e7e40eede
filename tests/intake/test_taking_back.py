"""An import that is undone leaves the database as it was before it; what came since stays."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision
from regulars.consent.models import ConsentState
from regulars.core import jobs
from regulars.core.actor import COMMAND, SYSTEM
from regulars.core.errors import NotAllowed
from regulars.core.events import deliver_events
from regulars.core.models import AuditEntry, Event, Image, Job, Operation
from regulars.core.operations import TooLateToUndo, UndoneAlready, operation_of
from regulars.customers.actions.people import describe_customer
from regulars.customers.models import ContactPoint, Customer, Reference
from regulars.customers.queries.people import matching
from regulars.intake import actions
from regulars.intake.errors import ImportNotOpen
from regulars.intake.models import Import
from regulars.intake.queries import Left, import_for, left_in_words, undoing_of
from regulars.orders.models import Order, OrderLine
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.digests import digests
from tests.factories.intake import bring

pytestmark = pytest.mark.django_db
Signed = Callable[[Member], Client]

FIRST = (
    "id,Name,Email,Phone,City,Note\n"
    "7,Ruth Calloway,ruth@example.com,020 7946 0011,London,rye\n"
    "8,Ada Loft,ada@example.com,,,\n"
    "9,Bea Moor,,020 7946 0012,,tea\n"
)
SECOND = (
    "id,Name,Email,Phone,City,Note\n"
    "7,Ruth Calloway-Hill,ruth@example.org,020 7946 0013,York,rye and spelt\n"
    "9,Bea Moor,,,,\n"
    "10,Cleo Wren,cleo@example.com,,,new\n"
)
ORDERS = "Receipt,Date,Customer ID,Total\n1,2026-11-02,7,5.00\n2,2026-11-03,77,7.50\n"
CHANGED_ORDERS = "Receipt,Date,Customer ID,Total\n1,2026-11-02,7,6.00\n3,2026-11-04,7,9.00\n"


def work(at: datetime) -> None:
    while deliver_events(at=at):
        pass
    while claimed := jobs.claim("tests", at=at):
        # What other rooms count afterwards is theirs to try.
        if not claimed.name.startswith(("insight.", "desk.")):
            jobs.run(claimed, at=at)


@pytest.mark.parametrize(
    ("kind", "before", "content"),
    [
        ("customers", "", FIRST), ("customers", FIRST, SECOND), ("orders", "", ORDERS),
        ("orders", ORDERS, CHANGED_ORDERS), ("customers", FIRST, FIRST),
    ],
    ids=["new list", "changed list", "new orders", "changed orders", "the same again"],
)  # fmt: skip
def test_an_undone_import_leaves_everything_as_it_was(
    kind: str, before: str, content: str, business: object, at: datetime
) -> None:
    make_customer("Dora Stone", email="dora@example.com")
    if before:
        bring(kind, before, source="till", at=at)
    held = digests()
    item = bring(kind, content, source="till", at=at + timedelta(hours=1))
    assert (digests() == held) == (before == content)

    actions.undo_now(item, by=COMMAND, at=at + timedelta(hours=2))

    assert digests() == held


def test_what_was_changed_and_used_since_stays_and_is_told(
    business: object, at: datetime, manager: Member
) -> None:
    bring("customers", FIRST, source="till", at=at)
    item = bring("customers", SECOND, source="till", at=at)
    later = at + timedelta(days=1)
    ruth = Reference.objects.get(value="7").customer
    describe_customer(ruth, "no rye any more", by=manager.actor, at=later)
    make_touch(Reference.objects.get(value="10").customer, later)

    operation = actions.undo_now(item, by=COMMAND, at=later)

    ruth.refresh_from_db()
    assert (ruth.name, ruth.about) == ("Ruth Calloway", "no rye any more")
    cleo = Customer.objects.get(name="Cleo Wren")
    assert cleo.contact_points.count() == 1
    assert operation.report["in_use"] == 3
    assert {one["field"]: (one["ours"], one["now"], one["who"])
            for one in operation.report["examples"]}["about"] == (
        "rye and spelt", "no rye any more", manager.name
    )  # fmt: skip
    said = left_in_words(item, undoing_of(item, at=later))
    assert Left("Ruth Calloway", "Note", "rye and spelt", "no rye any more", manager.name) in said


def test_search_finds_again_what_was_there_before(business: object, at: datetime) -> None:
    bring("customers", FIRST, source="till", at=at)
    item = bring("customers", SECOND, source="till", at=at)
    assert matching(Customer.objects.all(), "hill").count() == 1

    actions.undo_now(item, by=COMMAND, at=at)

    assert [
        matching(Customer.objects.all(), words).count() for words in ("hill", "wren", "calloway")
    ] == [0, 0, 1]


def test_a_permission_that_a_file_lowered_stays_lowered(business: object, at: datetime) -> None:
    """RELIABILITY C3."""
    ruth = make_customer("Ruth", email="ruth@example.com")
    record_decision(
        [ruth.pk], "email", Decision.GRANTED, source="form", by=SYSTEM, at=at,
        wording="Yes please", proof="form 1",
    )  # fmt: skip
    item = bring("customers", "Name,Email,newsletter\nRuth,ruth@example.com,no\n", at=at)

    actions.undo_now(item, by=COMMAND, at=at)
    work(at)

    assert ConsentState.objects.get().decision == Decision.WITHDRAWN


def test_a_permission_that_a_file_raised_is_taken_back(business: object, at: datetime) -> None:
    """RELIABILITY C3."""
    ruth = make_customer("Ruth", email="ruth@example.com")
    item = bring(
        "customers",
        "Name,Email,newsletter,Consent Source,Consent Date\n"
        "Ruth,ruth@example.com,yes,shop,2026-01-03\n",
        at=at,
    )
    assert ConsentState.objects.get(customer=ruth).decision == Decision.GRANTED

    actions.undo_now(item, by=COMMAND, at=at)
    work(at)

    assert ConsentState.objects.get(customer=ruth).decision == Decision.WITHDRAWN


def test_nobody_undoes_an_import_twice_or_too_late(business: object, at: datetime) -> None:
    item = bring("customers", FIRST, at=at)
    other = bring("orders", ORDERS, at=at)
    looked_at = bring("customers", SECOND, at=at, dry=True)
    actions.undo_now(item, by=COMMAND, at=at)

    with pytest.raises(UndoneAlready):
        actions.undo_now(item, by=COMMAND, at=at)
    with pytest.raises(TooLateToUndo):
        actions.undo_now(other, by=COMMAND, at=at + timedelta(days=31))
    with pytest.raises(ImportNotOpen):
        actions.undo_now(looked_at, by=COMMAND, at=at)


def test_an_undone_import_can_be_brought_in_again(business: object, at: datetime) -> None:
    item = bring("customers", FIRST, source="till", at=at)
    actions.undo_now(item, by=COMMAND, at=at)

    again = bring("customers", FIRST, source="till", at=at)

    assert again.report["created"] == 3
    assert (Customer.objects.count(), Reference.objects.count()) == (3, 3)
    assert ContactPoint.objects.filter(kind="email").count() == 2


def test_a_helper_undoes_no_import(business: object, at: datetime, helper: Member) -> None:
    item = bring("customers", FIRST, at=at)

    with pytest.raises(NotAllowed):
        actions.ask_to_undo(item, by=helper.actor, at=at)

    assert not Job.objects.filter(name="intake.undo").exists()


def test_the_page_of_an_import_undoes_it_in_the_background(
    client_of: Signed, manager: Member, at: datetime
) -> None:
    item = bring("orders", ORDERS, by=manager.actor, at=at)
    client, page = client_of(manager), reverse("intake:show", args=[item.pk])
    assert "It brought 10 rows" in client.get(page).content.decode()

    answer = client.post(reverse("intake:undo", args=[item.pk]))
    client.post(reverse("intake:undo", args=[item.pk]))

    assert (answer.status_code, answer["Location"]) == (302, page)
    assert Job.objects.filter(name="intake.undo").count() == 1
    assert "Waiting for its turn" in client.get(page).content.decode()
    work(at)
    assert not Order.objects.exists()
    shown = client.get(page).content.decode()
    assert "This import was undone" in shown
    assert "10 rows that it had brought were taken away" in shown
    done = client.get(reverse("intake:progress", args=[item.pk]))
    assert done["HX-Redirect"] == page
    again = client.post(reverse("intake:undo", args=[item.pk]))
    assert again.status_code == 422
    assert "has been undone already" in again.content.decode()


def test_a_helper_sees_no_button_and_may_not_press_it(
    client_of: Signed, helper: Member, at: datetime
) -> None:
    item = bring("customers", FIRST, at=at)

    assert client_of(helper).post(reverse("intake:undo", args=[item.pk])).status_code == 403

    operation = operation_of("import", item.pk)
    assert operation is not None
    assert operation.undone_at is None


def test_undoing_is_told_once_to_those_who_listen(business: object, at: datetime) -> None:
    item = bring("customers", FIRST, at=at)

    actions.undo_now(item, by=COMMAND, at=at)
    jobs.run_now("intake.undo", at=at, import_id=item.pk, member_id=None)

    fact = Event.objects.get(kind="intake.ImportUndone")
    assert fact.payload == {
        "import_id": item.pk, "kind": "customers", "taken_away": 11, "put_back": 0,
    }  # fmt: skip
    assert AuditEntry.objects.filter(verb="undid").count() == 1
    work(at)
    assert Job.objects.filter(name="insight.refresh", unique_key__contains="undo").count() == 1


def test_the_same_file_again_keeps_no_images(business: object, at: datetime) -> None:
    bring("orders", ORDERS, source="till", at=at)
    count = Image.objects.count()

    again = bring("orders", ORDERS, source="till", at=at)

    assert Image.objects.count() == count
    assert Operation.objects.get(subject_id=again.pk).count == 0
    assert import_for(COMMAND, again.pk).state == Import.State.FINISHED
    assert OrderLine.objects.count() == 2
