"""Whoever is erased is in no table and in no file: every column and every folder is read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from regulars.core import jobs
from regulars.core.actor import COMMAND
from regulars.core.errors import Refusal
from regulars.core.models import Operation
from regulars.core.undo import undo_now
from regulars.customers.actions.bulk import begin_bulk_change
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.people import describe_customer
from regulars.customers.actions.points import change_contact_point, remove_contact_point
from regulars.customers.choices import PointKind
from regulars.customers.models import Customer
from regulars.customers.traces import NOBODY
from regulars.exports.models import Export
from regulars.intake.actions import leave_it
from regulars.intake.models import Import, ImportFile
from regulars.intake.queries import rows_to_mend
from regulars.intake.storing import folder_of
from regulars.lists.actions.answers import ask_for_answer, work_out
from regulars.lists.actions.learning import learn_all_words
from regulars.lists.actions.segments import save_segment
from regulars.lists.actions.views import save_view
from regulars.lists.looks import Look
from regulars.lists.models import HiddenField
from regulars.lists.queries.filters import compile_filter
from regulars.lists.trees import read
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer, make_point
from tests.factories.intake import bring, make_workbook
from tests.factories.messaging import make_mailing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

ClientOf = Callable[[Member], Client]
HEAD = "Customer number,Name,E-mail,Phone,Note,Customer since\n"
WORDS = ("zqmail", "zqolder", "4045550177", "zqgiven", "zqfamily", "zqnote", "zqsecond", "zqfound")


def _held_in_tables() -> list[tuple[str, str, str]]:
    """Every column of every table that says one of the words."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.values():
            found |= {
                (model._meta.label, column, word)
                for column, value in row.items()
                for word in WORDS
                if word in str(value).lower()
            }
    return sorted(found)


def _held_in_files() -> list[str]:
    files = [path for path in Path(settings.HOME).rglob("*") if path.is_file()]
    return [
        str(path)
        for path in files
        if any(word in path.read_bytes().decode("latin-1").lower() for word in WORDS)
    ]


def _brought(at: datetime) -> Customer:
    """Somebody who came in by files: taken, changed, refused in part, put right by hand."""
    one = "7,Zqgiven Zqfamily,zqolder@x.example,+1 404 555 0177,Zqnote,2020-01-01\n"
    bring("customers", HEAD + one + "8,Ada Byron,ada@x.example,,,\n", at=at)
    bring("customers", HEAD + one.replace("Zqnote", "Zqsecond"), at=at)
    bring("customers", HEAD + one.replace("2020-01-01", "zqfound is no day"), at=at)
    found = Customer.objects.get(name="Zqgiven Zqfamily")
    old = found.contact_points.get(kind="email")
    change_contact_point(old, "zqmail@x.example", by=COMMAND, at=at)
    order = "Order number,Order date,E-mail,Item,Line total\n"
    bring("orders", order + "1,no day at all,zqmail@x.example,Rye,4.60\n", at=at)
    book = make_workbook([["Customer number", "E-mail"], ["7", "zqmail@x.example"]])
    bring("customers", book, at=at)
    return found


def _looked_for(at: datetime, owner: Member) -> None:
    """Whoever looks for somebody writes down who: in filters, their names and their words."""
    mail = {"field": "customer.email", "is": "is", "value": "ZQmail@x.example"}
    name = {"field": "customer.name", "is": "contains", "value": "zqgiven zqfamily"}
    tree = {"all": [mail, {"not": name}, {"text": "zqmail@x.example"}]}
    save_view("About Zqgiven Zqfamily", Look(tree=tree), by=owner.actor, at=at)
    save_segment("Zqmail@x.example", tree, by=owner.actor, at=at)
    ask_for_answer(read(tree), at=at)
    work_out(read(tree), at=at)
    chosen = {"audience": "filter", "definition": {"tree": tree}}
    begin_bulk_change("archive", "", selection=chosen, total=1, by=owner.actor, at=at)
    Export.objects.create(
        what="customers", format="csv", selection=chosen, words="Zqgiven Zqfamily", asked_at=at,
        asked_by=owner,
    )  # fmt: skip
    make_mailing(at=at, definition={"tree": tree}, audience_words="E-mail is zqmail@x.example")


def test_nothing_of_somebody_erased_is_in_any_table_or_file(
    at: datetime, owner: Member, django_capture_on_commit_callbacks: Any
) -> None:
    """RELIABILITY D8: what is left is a number, what was sold, and seals that cannot be read."""
    one = _brought(at)
    make_touch(one, at, by=owner.actor, body="Zqnote", said="Zqfound")
    describe_customer(one, "Zqsecond thing", by=COMMAND, at=at)
    learn_all_words()
    undo_now(Operation.objects.order_by("pk")[1], by=COMMAND, at=at)
    for point in one.contact_points.filter(kind="phone"):
        remove_contact_point(point, by=COMMAND, at=at)
    _looked_for(at, owner)
    assert {table for table, _column, _word in _held_in_tables()} >= {
        "core.Image", "core.Operation", "intake.RowProblem", "intake.UntakenRow",
        "customers.Customer", "customers.ContactPoint", "lists.Spelling", "lists.View",
        "lists.Segment", "lists.Answer", "customers.BulkChange", "exports.Export",
        "messaging.Mailing", "core.Job",
    }  # fmt: skip
    # The fifth is a workbook, which is packed.
    assert len(_held_in_files()) == 4

    with django_capture_on_commit_callbacks(execute=True):
        erase_customer(one, by=owner.actor, at=at)

    assert _held_in_tables() == []
    assert _held_in_files() == []
    # Whoever was not asked about is still there, and can still be undone.
    assert Customer.objects.filter(name="Ada Byron", erased_at=None).exists()


def test_files_that_do_not_hold_them_stay(at: datetime, owner: Member) -> None:
    one = _brought(at)
    other = bring("customers", HEAD + "9,Charles Babbage,charles@x.example,,,\n", at=at)

    erase_customer(one, by=owner.actor, at=at)

    kept = ImportFile.objects.exclude(stored_as="")
    assert list(kept.values_list("of_id", flat=True)) == [other.pk]
    assert len(list(folder_of(other.pk).iterdir())) == 1


def test_a_file_that_waits_to_be_brought_in_is_settled_first(at: datetime, owner: Member) -> None:
    one = make_customer("Zqgiven Zqfamily", email="zqmail@x.example")
    waiting = bring("customers", HEAD + "1,Somebody,ZQMAIL@x.example,,,\n", at=at, dry=True)

    with pytest.raises(Refusal, match=f"Import {waiting.pk}"):
        erase_customer(one, by=owner.actor, at=at)
    leave_it(waiting, by=owner.actor, at=at)
    erase_customer(one, by=owner.actor, at=at)

    one.refresh_from_db()
    assert one.name == ""


def test_files_go_after_thirty_days_and_what_was_said_of_them_stays(at: datetime) -> None:
    item = bring("customers", HEAD + "9,Charles Babbage,charles@x.example,,,x\n", at=at)
    lying = bring("customers", HEAD + "9,Charles Babbage,charles@x.example,,,\n", at=at, dry=True)

    jobs.run_now("intake.forget_files", at=at + timedelta(days=29))
    assert folder_of(item.pk).exists()
    assert folder_of(lying.pk).exists()
    jobs.run_now("intake.forget_files", at=at + timedelta(days=31))

    assert not folder_of(item.pk).exists()
    assert not folder_of(lying.pk).exists()
    assert list(Import.objects.all()) == [item]
    assert [file.stored_as for file in item.files.all()] == [""]
    assert Import.objects.get().report["created"] == 1
    assert item.files.get().problems.exists()


def test_the_report_says_how_long_the_file_is_kept(
    at: datetime, owner: Member, client_of: ClientOf
) -> None:
    item = bring("customers", HEAD + "9,Charles Babbage,charles@x.example,,,\n", at=at)
    here = client_of(owner)

    kept = here.get(f"/imports/{item.pk}/").content.decode()
    jobs.run_now("intake.forget_files", at=at + timedelta(days=31))
    gone = here.get(f"/imports/{item.pk}/").content.decode()

    assert "is kept until 24 Dec" in kept
    assert "is not kept any more" in gone


def test_who_sees_not_everything_does_not_see_what_stood_there_before(
    at: datetime, manager: Member, client_of: ClientOf
) -> None:
    bring("customers", HEAD + "7,Ada Byron,ada@x.example,,Zqnote,\n", at=at)
    item = bring("customers", HEAD + "7,Ada Byron,ada@x.example,,Zqsecond,\n", at=at)
    here = client_of(manager)
    assert "Zqnote" in here.get(f"/imports/{item.pk}/").content.decode()

    HiddenField.objects.create(role="manager", field="customer.about", hidden_at=at)

    assert "Zqnote" not in here.get(f"/imports/{item.pk}/").content.decode()


NAMED = "First name,Family name,Name,Rating,Customer since\n"


def test_rows_that_say_a_name_alone_go_and_those_of_a_namesake_stay(
    at: datetime, owner: Member
) -> None:
    """What was not taken of a file says who they were without any address, too."""
    one = make_customer("Zqgiven Zqfamily")
    twin = make_customer("Zqsecond Zqfound")
    make_customer("Zqsecond Zqfound")
    rows = "{},{},{},5,2020-01-01,x\n"
    text = rows.format("ZQGIVEN", "Zqfamily", "") + rows.format("", "", "zqgiven zqfamily")
    text += rows.format("Zqgiven", "Somebody", "") + rows.format("", "", "Zqsecond Zqfound")
    item = bring("customers", NAMED + "Ada,Byron,,5,2020-01-01\n" * 9 + text, at=at)
    assert rows_to_mend(item).count() == 4

    erase_customer(one, by=owner.actor, at=at)
    erase_customer(twin, by=owner.actor, at=at)

    left = [row.cells[:3] for row in rows_to_mend(item)]
    assert left == [["Zqgiven", "Somebody", ""], ["", "", "Zqsecond Zqfound"]]


@pytest.mark.parametrize(
    ("content", "goes"),
    [
        ("Name,City\nZqgiven Zqfamily,Mill\n", True),
        ("First name,City,Family name\nZQGIVEN,Mill,zqfamily\n", True),
        ("Family name;First name\nZqfamily;Zqgiven\n", True),
        ("First name,Family name\nZqgiven,Other\nOther,Zqfamily\n", False),
        ("First name,Family name\nZqgivena,Zqfamilyb\n", False),
    ],
    ids=["whole", "apart", "back to front", "of two people", "longer words"],
)
def test_files_that_say_a_name_alone_go(
    at: datetime, owner: Member, content: str, goes: bool,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    one = make_customer("Zqgiven Zqfamily")
    item = bring("customers", content, at=at)

    with django_capture_on_commit_callbacks(execute=True):
        erase_customer(one, by=owner.actor, at=at)

    assert folder_of(item.pk).exists() != goes


def test_a_filter_that_asks_for_others_as_well_stays(at: datetime, owner: Member) -> None:
    """A number that two share, a name of two, a street: whoever is left is still meant."""
    one = make_customer("Zqgiven Zqfamily", email="zqmail@x.example")
    other = make_customer("Zqgiven Zqfamily", email="other@x.example")
    for who in (one, other):
        make_point(who, PointKind.PHONE, "+1 404-555-0177", normal="+14045550177")
    make_point(one, PointKind.PHONE, "+1 404-555-0199", normal="+14045550199")
    tree = {"any": [
        {"field": "customer.phone", "is": "is", "value": "404 555 0177"},
        {"field": "customer.name", "is": "is", "value": "Zqgiven Zqfamily"},
        {"field": "customer.phone", "is": "is", "value": "(404) 555-0199"},
        {"field": "customer.email", "is": "is_not", "value": "zqmail@x.example"},
    ]}  # fmt: skip
    view = save_view("Both", Look(tree=tree), by=owner.actor, at=at)

    erase_customer(one, by=owner.actor, at=at)

    view.refresh_from_db()
    kept = [one["value"] for one in view.tree["any"]]
    assert kept == ["404 555 0177", "Zqgiven Zqfamily", NOBODY, NOBODY]
    assert list(compile_filter(view.tree, owner.actor, at)) == [other]
