import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.models import ConsentEvent, ConsentState
from regulars.core.errors import Refusal
from regulars.customers.models import ContactPoint, Customer, Reference, StagedCustomer
from regulars.intake.models import RowProblem
from tests.factories.intake import bring, counts

pytestmark = pytest.mark.django_db

LIST = "id,Name,Email,Phone,City\n7,Ruth Calloway,ruth@example.com,020 7946 0018,Elko\n8,Ada,,,\n"


def points() -> list[tuple[str, str, str, bool]]:
    return list(
        ContactPoint.objects.order_by("id").values_list("kind", "value", "normal", "is_primary")
    )


def test_a_list_makes_customers_with_all_that_it_says(business: object) -> None:
    item = bring("customers", LIST)

    assert counts(item) == (2, 0, 0, 0, 0)
    assert item.report["customers"] == 2
    assert list(Customer.objects.order_by("id").values_list("name", "sort_name", "source")) == [
        ("Ruth Calloway", "ruth calloway", "files"),
        ("Ada", "ada", "files"),
    ]
    assert points() == [
        ("email", "ruth@example.com", "ruth@example.com", True),
        ("phone", "020 7946 0018", "+442079460018", True),
        ("address", "Elko", "||Elko||", True),
    ]
    assert set(Reference.objects.values_list("source", "value")) == {("files", "7"), ("files", "8")}
    assert not StagedCustomer.objects.exists()


def test_the_same_list_twice_changes_nothing(business: object) -> None:
    bring("customers", LIST)
    before = list(Customer.objects.values()), points()

    with CaptureQueriesContext(connection) as queries:
        again = bring("customers", LIST)

    assert counts(again) == (0, 0, 2, 0, 0)
    assert (list(Customer.objects.values()), points()) == before
    written = [q["sql"] for q in queries if 'customers_customer" SET' in q["sql"]]
    assert written == []


def test_a_dry_run_changes_nothing(business: object) -> None:
    item = bring("customers", LIST, dry=True)

    assert counts(item) == (2, 0, 0, 0, 0)
    assert not Customer.objects.exists()
    assert not ContactPoint.objects.exists()


@pytest.mark.parametrize(
    "row",
    ["7,Ruth,,,", ",Ruth,RUTH@example.com,,", ",Ruth,,+44 20 7946 0018,", ",RUTH  calloway,,,"],
)
def test_a_customer_is_known_by_number_then_address_then_phone_then_name(
    business: object, row: str
) -> None:
    bring("customers", LIST)

    bring("customers", f"id,Name,Email,Phone,City\n{row}\n")

    assert Customer.objects.count() == 2


def test_a_shared_phone_is_not_enough_where_addresses_differ(business: object) -> None:
    bring("customers", LIST)

    item = bring("customers", "Name,Email,Phone\nBo,bo@example.com,020 7946 0018\n")

    assert counts(item) == (1, 0, 0, 0, 0)


def test_what_differs_is_said_from_and_to_and_then_changed(business: object) -> None:
    bring("customers", LIST)

    item = bring("customers", "id,Name,Email\n7,Ruth Achterberg,ruth@new.example\n8,,\n")

    assert counts(item) == (0, 1, 1, 0, 0)
    assert item.report["changes"] == [
        {"row": 2, "thing": "Ruth Calloway", "field": "Name", "old": "Ruth Calloway",
         "new": "Ruth Achterberg"},
        {"row": 2, "thing": "Ruth Calloway", "field": "E-mail", "old": "ruth@example.com",
         "new": "ruth@new.example"},
    ]  # fmt: skip
    ruth = Customer.objects.get(references__value="7")
    assert (ruth.name, ruth.sort_name) == ("Ruth Achterberg", "ruth achterberg")
    assert {"achterberg", "new", "example"} <= set(ruth.search_text.split())
    assert Customer.objects.get(references__value="8").name == "Ada"


def test_rows_of_one_customer_are_put_together(business: object) -> None:
    item = bring("customers", "id,Name,Email\n3,Cy Ng,CY@example.com\n4,Cy Ng,cy@example.com\n")

    assert counts(item) == (1, 1, 0, 0, 0)
    assert item.report["customers"] == 1
    customer = Customer.objects.get()
    assert set(customer.references.values_list("value", flat=True)) == {"3", "4"}
    assert counts(bring("customers", "id,Email\n3,cy@example.com\n4,cy@example.com\n")) == (
        0, 0, 2, 0, 0
    )  # fmt: skip


def test_a_row_that_names_nobody_is_reported_and_the_rest_taken(business: object) -> None:
    item = bring("customers", "Name,Email,City\nRuth,,Elko\n,,Reno\n")

    assert counts(item) == (1, 0, 0, 1, 0)
    assert list(RowProblem.objects.values_list("row_no", "message")) == [
        (3, "Nobody is named: no name, no address, no phone number.")
    ]


def test_an_address_in_doubt_is_kept_and_reported(business: object) -> None:
    item = bring("customers", "Name,Email\nDi,not-an-email\n")

    assert counts(item) == (1, 0, 0, 0, 0)
    point = ContactPoint.objects.get()
    assert (point.value, point.state) == ("not-an-email", "doubtful")
    problem = RowProblem.objects.get()
    assert (problem.row_no, problem.column, problem.is_rejected) == (2, "Email", False)


def test_a_list_without_anyones_name_or_address_is_refused_whole(business: object) -> None:
    with pytest.raises(Refusal, match="No column says who the customers are"):
        bring("customers", "Rating,Colour\n5,red\n")

    assert not Customer.objects.exists()
    assert not StagedCustomer.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_rows(business: object) -> None:
    def queries_for(count: int, source: str) -> int:
        rows = "".join(f"{n},Name {n} {source},n{n}@{source}.example\n" for n in range(count))
        with CaptureQueriesContext(connection) as queries:
            bring("customers", f"id,Name,Email\n{rows}", source=source)
        return len([q for q in queries if not _is_one_of_many(q["sql"])])

    # The first file of its shape is remembered, those after it are known.
    queries_for(1, "first")
    # One chunk of either size.
    assert queries_for(290, "one") == queries_for(3, "three")


def _is_one_of_many(sql: str) -> bool:
    # `executemany` is one round trip that the log of queries shows as such.
    return sql.startswith(("SAVEPOINT", "RELEASE"))


@pytest.mark.realdata
def test_naughty_strings_are_taken_unchanged(business: object, real_data: Path) -> None:
    naughty = [
        text
        for text in json.loads((real_data / "nasty" / "blns" / "blns.json").read_text())
        if text.strip()
    ]
    rows = ["id,Name,Note"] + [
        '{},"{}","{}"'.format(n, text.replace('"', '""'), text.replace('"', '""'))
        for n, text in enumerate(naughty)
    ]

    item = bring("customers", "\n".join(rows))

    assert counts(item) == (len(naughty), 0, 0, 0, 0)
    by_number = dict(Customer.objects.values_list("references__value", "name"))
    notes = dict(Customer.objects.values_list("references__value", "about"))
    assert [by_number[str(n)] for n in range(len(naughty))] == naughty
    assert [notes[str(n)] for n in range(len(naughty))] == naughty


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "expected", "customers"),
    [
        ("customers_export_co_metafields.csv", (1, 0, 0, 0, 0), 1),
        ("customers_export_consent_dups.csv", (5, 1, 0, 0, 0), 5),
        ("customers_export_us.csv", (2, 0, 0, 0, 0), 2),
    ],
)
def test_shopifys_customers_come_in(
    business: object, real_data: Path, name: str, expected: Any, customers: int
) -> None:
    content = (real_data / "exports" / "shopify_customers" / name).read_bytes()

    item, again = bring("customers", content), bring("customers", content)

    assert counts(item) == expected
    assert Customer.objects.count() == customers
    assert counts(again) == (0, 0, sum(expected), 0, 0)
    assert not any(
        value.startswith("'") for value in Reference.objects.values_list("value", flat=True)
    )


def test_a_day_that_cannot_be_read_leaves_the_customer(business: object, at: datetime) -> None:
    item = bring("customers", "Name,Created at\nRuth,2020-05-01\nAda,31.02.2020\n", at=at)

    assert counts(item) == (2, 0, 0, 0, 0)
    since = dict(Customer.objects.values_list("name", "since_on"))
    assert str(since["Ruth"]) == "2020-05-01"
    assert since["Ada"] is None
    assert RowProblem.objects.get().message == "The calendar has no 31.2.2020."


def test_what_a_file_says_about_permission_lowers_it_and_never_raises_it(business: object) -> None:
    """RELIABILITY C3: a yes is a claim, a no is a no, blank leaves."""
    told = "id,Name,Accepts Email Marketing,Accepts SMS Marketing\n"
    bring("customers", f"{told}1,Ruth,yes,\n2,Ada,no,no\n3,Bo,,\n")
    states = Customer.objects.filter(consents__isnull=False).order_by("name", "consents__channel")
    standing = states.values_list("name", "consents__channel", "consents__decision")
    assert list(standing) == [
        ("Ada", "email", "withdrawn"),
        ("Ada", "text", "withdrawn"),
        ("Ruth", "email", "claimed"),
    ]

    item = bring("customers", f"{told}1,Ruth,no,\n2,Ada,yes,\n3,Bo,,\n")

    assert counts(item) == (0, 1, 2, 0, 0)
    assert list(standing.all()) == [
        ("Ada", "email", "withdrawn"),
        ("Ada", "text", "withdrawn"),
        ("Ruth", "email", "withdrawn"),
    ]


SAID = (
    "id,Name,Accepts Email Marketing,Accepts SMS Marketing,Consent source,Consent date,"
    "SMS consent date\n"
)
RUTHS = "1,Ruth,yes,yes,Newsletter form,2021-03-04,2022-12-06\n"


def told() -> dict[tuple[str, str], str]:
    rows = ConsentState.objects.values_list("customer__name", "channel", "decision")
    return {(name, channel): decision for name, channel, decision in rows}


def test_a_yes_that_says_where_and_when_counts(business: object) -> None:
    item = bring("customers", f"{SAID}{RUTHS}2,Ada,yes,,,2021-03-04,\n3,Bo,yes,,Form,,\n")

    assert told() == {
        ("Ruth", "email"): "granted", ("Ruth", "text"): "granted", ("Ada", "email"): "claimed",
        ("Bo", "email"): "claimed",
    }  # fmt: skip
    agreed = ConsentEvent.objects.filter(decision="granted").order_by("channel")
    rows = agreed.values_list("channel", "wording", "proof", "happened_at__date")
    assert list(rows) == [
        ("email", "Newsletter form", f"import {item.pk}, row 2", date(2021, 3, 4)),
        ("text", "Newsletter form", f"import {item.pk}, row 2", date(2022, 12, 6)),
    ]
    rules = {note["rule"]: note["count"] for note in item.report["notes"]}
    assert rules == {"claimed_permission": 2, "proven_permission": 1}


def test_the_same_yes_twice_is_told_once(business: object) -> None:
    bring("customers", f"{SAID}{RUTHS}")

    again = bring("customers", f"{SAID}{RUTHS}")

    assert counts(again) == (0, 0, 1, 0, 0)
    assert ConsentEvent.objects.count() == 2


def test_a_dated_yes_does_not_undo_a_later_no(business: object) -> None:
    """F34: what a customer said since then stands."""
    bring("customers", f"{SAID}1,Ruth,no,no,,,\n")

    again = bring("customers", f"{SAID}{RUTHS}")

    assert counts(again) == (0, 0, 1, 0, 0)
    assert set(told().values()) == {"withdrawn"}


@pytest.mark.parametrize(
    "rows",
    [
        "1,Ruth,no,,,,\n1,Ruth,yes,,Form,2021-03-04,\n",
        "1,Ruth,yes,,Form,2021-03-04,\n1,Ruth,no,,,,\n",
    ],
)
def test_of_two_rows_the_stricter_speaks(business: object, rows: str) -> None:
    bring("customers", f"{SAID}{rows}")

    assert told() == {("Ruth", "email"): "withdrawn"}


def test_a_word_keeps_its_own_source_and_date(business: object) -> None:
    """What one row says of a yes proves nothing for the yes of another."""
    bring("customers", f"{SAID}1,Ruth,yes,,Form,2021-03-04,\n1,Ruth,yes,,,,\n")

    assert told() == {("Ruth", "email"): "claimed"}


def test_a_yes_from_the_future_is_a_claim(business: object) -> None:
    bring("customers", f"{SAID}1,Ruth,yes,,Form,2921-03-04,\n")

    assert told() == {("Ruth", "email"): "claimed"}


def test_a_file_says_who_of_it_looks_like_somebody_on_the_list(business: object) -> None:
    bring("customers", "id,Name,Email\n7,Ruth Calloway,ruth@example.com\n")

    item = bring(
        "customers", "Name,Email\nRuth Calloway,ruth@work.example\nAda,a@x.example\n", dry=True
    )

    said = [note["sentence"] for note in item.report["notes"] if note["rule"] == "twins"]
    assert len(said) == 1
    assert said[0].startswith("1 new customer looks like somebody who is on the list already (Ruth")
