import gzip
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from regulars.core import jobs
from regulars.core.actor import COMMAND
from regulars.core.column_sets import column_sets
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.models import AuditEntry, Event, Job
from regulars.customers.models import Customer, StagedCustomer
from regulars.intake import actions, bringing_in, looking
from regulars.intake.errors import ImportNotOpen
from regulars.intake.models import Import, ImportFile, RowProblem
from regulars.intake.storing import folder_of
from regulars.orders.models import Order, OrderLine
from regulars.team.models import Member
from tests.factories.intake import A_DAY, bring, counts, make_file, make_workbook

pytestmark = pytest.mark.django_db

LIST = "id,Name,Email\n7,Ruth Calloway,ruth@example.com\n8,Ada,bad\n"


def begun(content: str = LIST, **more: Any) -> Import:
    return actions.begin_import("customers", [make_file(content)], by=COMMAND, at=A_DAY, **more)


def test_begin_import_keeps_the_file_under_a_generated_name_and_guesses(business: object) -> None:
    item = begun()

    file = item.files.get()
    folder = Path(settings.MEDIA_ROOT) / "imports" / str(item.pk)
    assert [path.name for path in folder.iterdir()] == [file.stored_as]
    assert (folder / file.stored_as).read_text() == LIST
    assert (file.name, file.size) == ("list.csv", len(LIST))
    assert file.mapping == {"reference": "id", "name": "Name", "email": "Email"}
    assert item.state == Import.State.MAPPING


@pytest.mark.parametrize("content", ["", "%PDF-1.7", "\n\n"])
def test_begin_import_keeps_nothing_of_a_file_it_refuses(business: object, content: str) -> None:
    with pytest.raises(Refusal):
        begun(content)

    assert not Import.objects.exists()
    assert not ImportFile.objects.exists()
    assert not [p for p in (Path(settings.MEDIA_ROOT)).rglob("*") if p.is_file()]


def test_begin_import_reads_only_the_beginning_of_a_large_file(
    business: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web request looks at the first rows; all of it is the worker's."""
    monkeypatch.setattr(looking, "FIRST_BYTES", 64)
    rows = LIST + "".join(f"{n},Zoë {n},\n" for n in range(9, 500))
    packed = gzip.compress(rows.encode(), mtime=0)

    item = actions.begin_import("customers", [make_file(packed)], by=COMMAND, at=A_DAY)

    file = item.files.get()
    names = {path.name for path in folder_of(item.pk).iterdir()}
    assert names == {file.stored_as, f"{file.stored_as}.head"}
    assert [number for number, _cells in file.reading["shown"]] == [2, 3]
    actions.check_now(item, by=COMMAND, at=A_DAY)
    assert counts(item) == (493, 0, 0, 0, 0)


def test_a_packed_file_that_is_damaged_further_on_is_refused_while_checking(
    business: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "FIRST_BYTES", 64)
    rows = LIST + "".join(f"{n},{n * 7919},\n" for n in range(9, 20_000))
    packed = gzip.compress(rows.encode(), mtime=0)[:-5000]
    item = actions.begin_import("customers", [make_file(packed)], by=COMMAND, at=A_DAY)

    with pytest.raises(Refusal, match="The packed file is damaged"):
        actions.check_now(item, by=COMMAND, at=A_DAY)


@pytest.mark.parametrize(
    ("kind", "roles", "sentence"),
    [
        ("weather", ["weather"], "“weather” is nothing that can be brought in."),
        ("orders", ["reviews"], "There is no file called “reviews” among orders."),
        ("orders", ["orders", "orders"], "Each file needs a role of its own."),
        ("orders", [], "Each file needs a role of its own."),
    ],
)
def test_begin_import_refuses_what_it_does_not_know(
    business: object, kind: str, roles: list[str], sentence: str
) -> None:
    files = [make_file(LIST, role=role) for role in roles]

    with pytest.raises(Refusal) as refused:
        actions.begin_import(kind, files, by=COMMAND, at=A_DAY)

    assert refused.value.sentence == sentence


def test_begin_import_refuses_a_file_that_is_too_large(business: object, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 10

    with pytest.raises(Refusal, match="larger than"):
        begun()

    assert not Import.objects.exists()


def test_a_helper_may_not_bring_in(helper: Member) -> None:
    with pytest.raises(NotAllowed, match="Only the owner and managers bring in files"):
        actions.begin_import("customers", [make_file(LIST)], by=helper.actor, at=A_DAY)


def test_a_mapping_names_columns_by_name_or_number(business: object) -> None:
    content = "A,B\nRuth,ruth@example.com\n"

    item = begun(content, mapping={"customers": {"name": "a", "email": "2"}})

    assert item.files.get().mapping == {"name": "A", "email": "B"}
    with pytest.raises(Refusal, match="It has no column “C”"):
        begun(content, mapping={"customers": {"name": "C"}})


def test_columns_may_be_chosen_anew_after_looking(business: object) -> None:
    item = begun()
    actions.check_now(item, by=COMMAND, at=A_DAY)

    actions.choose_columns(item, {"customers": {"name": "Name", "email": "gone"}}, by=COMMAND)
    actions.check_now(item, by=COMMAND, at=A_DAY)

    assert item.files.get().mapping == {"name": "Name"}
    assert counts(item) == (2, 0, 0, 0, 0)
    assert not RowProblem.objects.exists()
    assert StagedCustomer.objects.count() == 2


def test_an_import_is_announced_and_audited_once(business: object, owner: Member) -> None:
    item = bring("customers", LIST, by=owner.actor)

    jobs.run_now("intake.bring_in", at=A_DAY, import_id=item.pk)

    assert list(
        Event.objects.filter(kind="intake.ImportFinished").values_list("payload", flat=True)
    ) == [{"import_id": item.pk, "kind": "customers", "created": 2, "updated": 0}]
    assert list(AuditEntry.objects.values_list("verb", "actor_name", "thing_id")) == [
        ("brought in", owner.name, str(item.pk))
    ]
    with pytest.raises(ImportNotOpen):
        actions.ask_to_bring_in(item, by=owner.actor, at=A_DAY)


def test_a_refusal_while_checking_leaves_nothing(business: object) -> None:
    item = begun("Rating\n5\n")

    with pytest.raises(Refusal, match="No column says who"):
        actions.check_now(item, by=COMMAND, at=A_DAY)

    assert not Import.objects.exists()
    assert not StagedCustomer.objects.exists()
    assert not list((Path(settings.MEDIA_ROOT) / "imports").glob("*"))


def test_a_heading_without_rows_is_refused(business: object) -> None:
    with pytest.raises(Refusal, match="The file has a heading and no rows below it"):
        begun("Name,Email\n")


def test_a_row_with_more_cells_than_the_heading_is_reported_not_shifted(business: object) -> None:
    item = begun("Name,City,Note\nRuth,Elko,a\nAda,Elko,Nevada,b\nIda,Reno,,\n")

    actions.check_now(item, by=COMMAND, at=A_DAY)

    assert counts(item) == (2, 0, 0, 1, 0)
    problem = RowProblem.objects.get()
    assert (problem.row_no, problem.is_rejected) == (3, True)
    assert problem.message.startswith("The row has 4 cells, but the heading names 3:")


def test_columns_without_a_name_are_no_slips(business: object) -> None:
    item = begun("Name,City\nRuth,Elko,x\nAda,Elko,y\nIda,Reno\n")

    actions.check_now(item, by=COMMAND, at=A_DAY)

    assert counts(item) == (3, 0, 0, 0, 0)


def test_a_phone_number_is_read_where_its_own_row_is(business: object) -> None:
    item = begun(
        "Name,Phone,Country\nRuth,(775) 555-0154,US\nAda,(801) 555-0188,United States\n"
        "Ida,020 7946 0018,\n"
    )

    actions.check_now(item, by=COMMAND, at=A_DAY)

    staged = StagedCustomer.objects.order_by("row_no")
    assert list(staged.values_list("phone_normal", "phone_state")) == [
        ("+17755550154", "usable"), ("+18015550188", "usable"), ("+442079460018", "usable"),
    ]  # fmt: skip
    assert not RowProblem.objects.exists()


def test_a_file_of_numbers_alone_makes_customers_called_by_them(business: object) -> None:
    item = begun("4411\n4412\n4413\n")

    actions.check_now(item, by=COMMAND, at=A_DAY)
    actions.bring_in_now(item, by=COMMAND, at=A_DAY)

    names = Customer.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == ["Customer 4411", "Customer 4412", "Customer 4413"]


def test_leave_it_forgets_the_file_and_what_waited(business: object) -> None:
    item = begun()
    actions.check_now(item, by=COMMAND, at=A_DAY)
    pk = item.pk

    actions.leave_it(item, by=COMMAND, at=A_DAY)

    assert not Import.objects.exists()
    assert not StagedCustomer.objects.exists()
    assert not (Path(settings.MEDIA_ROOT) / "imports" / str(pk)).exists()


TILL = "Receipt,Date,Customer ID,Total\n" + "".join(
    f"{n},2026-11-02,{n % 40},{n}.00\n" for n in range(1, 121)
)


class Killed(RuntimeError):
    """Stands for a worker that is killed between two transactions."""


@pytest.mark.parametrize("nth", range(1, 9))
def test_an_import_that_was_interrupted_goes_on_where_it_was(
    business: object, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    """RELIABILITY K15: killed after any step, run again, the end is the same."""
    from regulars.customers import taking_in as customers_steps
    from regulars.orders import taking_in as orders_steps

    for module, name in (
        (customers_steps, "TAKEN"),
        (orders_steps, "ORDERS"),
        (orders_steps, "LINES"),
    ):
        monkeypatch.setattr(module, name, 30)
    item = bring("orders", TILL, dry=True)
    Import.objects.filter(pk=item.pk).update(state=Import.State.APPLYING)
    item.refresh_from_db()
    running = jobs.RunningJob(0, "intake.bring_in", {"import_id": item.pk}, 0)
    monkeypatch.setattr(jobs.RunningJob, "progress", lambda *_args, **_more: None)
    steps = column_sets["orders"].apply(bringing_in.terms_of(item, by=COMMAND))
    for at, step in enumerate(steps, start=1):
        step()
        if at == nth:
            break

    bringing_in.bring_in(item, running, by=COMMAND)

    assert (Order.objects.count(), OrderLine.objects.count(), Customer.objects.count()) == (
        120, 120, 40,
    )  # fmt: skip
    assert sum(Order.objects.values_list("total_minor", flat=True)) == 100 * sum(range(1, 121))
    assert Event.objects.filter(kind="intake.ImportFinished").count() == 1
    assert counts(bring("orders", TILL)) == (0, 0, 120, 0, 0)


def test_a_check_that_was_interrupted_begins_again(business: object) -> None:
    item = begun()
    actions.check_now(item, by=COMMAND, at=A_DAY)
    assert StagedCustomer.objects.count() == 2

    Import.objects.filter(pk=item.pk).update(state=Import.State.CHECKING)
    done = jobs.run_now("intake.check", at=A_DAY, import_id=item.pk)

    item.refresh_from_db()
    assert done.state == Job.State.DONE
    assert counts(item) == (2, 0, 0, 0, 0)
    assert StagedCustomer.objects.count() == 2
    assert RowProblem.objects.count() == 1


def test_a_workbook_comes_in(business: object, at: datetime) -> None:
    content = make_workbook(
        [["Receipt", "Date", "Customer ID", "Total"], [1, 46000, 17850, 3.4], [2, 46001, 17850, 2]]
    )

    item = bring("orders", content, at=at)

    assert counts(item) == (2, 0, 0, 0, 0)
    days = Order.objects.order_by("id").values_list("placed_on", flat=True)
    assert [str(day) for day in days] == ["2025-12-09", "2025-12-10"]
    assert Customer.objects.get().name == "Customer 17850"


def test_an_import_works_before_the_business_is_named(db: None) -> None:
    item = bring("orders", "Receipt,Date,Total\n1,2026-11-02,£5.00\n2,2026-11-03,£1.00\n")

    assert item.report["total"] == {"GBP": 600}


def test_an_import_cut_short_anywhere_is_made_whole_by_the_same_file(
    business: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Customers with a number alone: nothing but that tells them from new ones."""
    from regulars.core.column_sets import column_sets
    from regulars.customers import taking_in as people
    from regulars.intake.bringing_in import terms_of
    from regulars.orders import taking_in as goods
    from regulars.orders.models import Order, OrderLine

    monkeypatch.setattr(people, "TAKEN", 2)
    monkeypatch.setattr(goods, "ORDERS", 2)
    monkeypatch.setattr(goods, "LINES", 2)
    content = "Order,Date,Customer ID,Price\n" + "".join(
        f"{nth},2026-11-02,k{nth},{nth}\n{nth},2026-11-02,k{nth},1\n" for nth in range(5)
    )
    steps = 0
    while True:
        Order.objects.all().delete()
        Customer.objects.all().delete()
        cut = bring("orders", content, dry=True)
        waiting = list(column_sets["orders"].apply(terms_of(cut, by=COMMAND)))
        for step in waiting[:steps]:
            step()

        bring("orders", content)

        assert (Customer.objects.count(), Order.objects.count()) == (5, 5)
        assert OrderLine.objects.count() == 10
        assert Order.objects.filter(customer=None).count() == 0
        if steps >= len(waiting):
            break
        steps += 1
    assert steps > 10
