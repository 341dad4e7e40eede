"""What is hidden from a role stands in no file that somebody else handed over."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from regulars.core import jobs
from regulars.core.column_sets import column_sets
from regulars.core.list_fields import every_list_field, list_events
from regulars.intake.models import Import, UntakenRow
from regulars.lists.models import HiddenField
from regulars.team.models import Member
from tests.factories.intake import A_DAY, bring

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
# The fields of files that no list can hide: who somebody is, and what only leads to them.
PLAIN = {
    "customers": {
        "name",
        "given_name",
        "family_name",
        "organisation",
        "number_here",
    },
    "orders": {"name", "given_name", "family_name", "organisation"},
    "touches": {"name", "given_name", "family_name", "organisation"},
    "answers": {"name", "given_name", "family_name", "organisation", "order"},
    # What an offer is called, and when it was, stands in every window.
    "redemptions": {
        "closes",
        "code",
        "name",
        "number",
        "offer",
        "opens",
        "receipt",
        "sort",
    },
    # What stands on a price tag is hidden from nobody.
    "prices": {
        "amount",
        "closes",
        "code",
        "currency",
        "kind",
        "least",
        "name",
        "opens",
        "product",
    },
}
# A bad day, a bad address that is doubtful, a cell too many, and a column taken for nothing.
LIST = (
    "Name,Email,Phone,Rating,Customer since,Loyalty card\n"
    "Ruth,qruth@x.example,not qphone,5,3 May 2021,qcard\n"
    ",,,,qsoon,qcard\n"
    "Ada,qada@x.example,,4,5 May 2021,qcard,qcell\n"
)
WORDS = ("qruth", "qphone", "qsoon", "qcard", "qada", "qcell")


@pytest.fixture
def _hidden(at: datetime) -> None:
    HiddenField.objects.bulk_create(
        HiddenField(role="manager", field=f"customer.{name}", hidden_at=at)
        for name in ("email", "phone", "since_on")
    )


def _pages(item: Import) -> list[str]:
    page = f"/imports/{item.pk}/"
    return [page, f"{page}?columns", f"{page}mend", f"{page}rows.csv", f"{page}not-taken.csv"]


def _words_on(here: Client, item: Import) -> set[str]:
    found = set()
    for path in _pages(item):
        answer = here.get(path, follow=True)
        assert answer.status_code == 200, path
        body = b"".join(answer) if answer.streaming else answer.content
        found |= {word for word in WORDS if word in body.decode()}
    return found


@pytest.mark.usefixtures("business", "_hidden")
@pytest.mark.parametrize("dry", [True, False], ids=["looked at", "brought in"])
def test_somebody_elses_rows_show_nothing_that_is_hidden(
    client_of: ClientOf, owner: Member, manager: Member, dry: bool
) -> None:
    item = bring("customers", LIST, by=owner.actor, dry=dry)

    assert _words_on(client_of(owner), item) >= {"qphone", "qcell"}
    assert _words_on(client_of(manager), item) == set()


@pytest.mark.usefixtures("business", "_hidden")
def test_what_somebody_handed_over_themselves_they_see(
    client_of: ClientOf, manager: Member
) -> None:
    item = bring("customers", LIST, by=manager.actor, dry=True)

    assert {"qruth", "qcard"} <= _words_on(client_of(manager), item)


@pytest.mark.usefixtures("business", "_hidden")
def test_a_hidden_column_cannot_be_taken_for_another_field(
    client_of: ClientOf, owner: Member, manager: Member
) -> None:
    """Otherwise whoever may not see addresses would have them brought in as notes."""
    item = bring("customers", LIST, by=owner.actor, dry=True)
    chosen = {
        "customers:name": "Name",
        "customers:about": "Email",
        "customers:city": "Loyalty card",
    }

    refused = client_of(manager).post(f"/imports/{item.pk}/columns/", chosen)
    client_of(manager).post(f"/imports/{item.pk}/columns/", {"customers:name": "Name"})

    assert refused.status_code == 422
    mapping = item.files.get().mapping
    assert mapping == {
        "name": "Name", "email": "Email", "phone": "Phone", "since": "Customer since",
    }  # fmt: skip


@pytest.mark.usefixtures("business", "_hidden")
def test_rows_that_a_manager_puts_right_keep_what_they_did_not_see(
    client_of: ClientOf, owner: Member, manager: Member
) -> None:
    text = "Name,Email,Rating,Customer since\nRuth,qruth@x.example,5,3 May 2021\n,,4,qsoon\n"
    item = bring("customers", text, by=owner.actor)
    row = UntakenRow.objects.get()

    client_of(manager).post(f"/imports/{item.pk}/mend/", {f"{row.pk}:0": "Ada", f"{row.pk}:3": "x"})

    anew = Import.objects.latest("pk")
    assert (anew.mends, anew.brought_by) == (item, manager)
    kept = next(iter(anew.files.get().reading["shown"]))
    assert kept[1] == ["Ada", "", "4", "qsoon"]
    jobs.run_now("intake.check", at=A_DAY, import_id=anew.pk)
    anew.refresh_from_db()
    assert _words_on(client_of(manager), anew) == set()


@pytest.mark.usefixtures("business")
def test_every_field_of_a_file_says_what_lists_call_it() -> None:
    """A field that says nothing is seen by everybody: only what cannot be hidden may do so."""
    hideable = {name for name, one in every_list_field().items() if not one.is_plain}
    hideable |= set(list_events.names())
    silent: dict[str, set[str]] = {}
    unknown: set[str] = set()
    for columns in column_sets:
        for field in (field for role in columns.roles for field in role.fields):
            unknown |= set(field.listed) - hideable
            if not field.listed:
                silent.setdefault(columns.kind, set()).add(field.name)

    assert silent == PLAIN
    assert unknown == set()
