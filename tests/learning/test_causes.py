"""Why things go wrong: causes in order, whom they touched, what they cost, and their cases."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.cases.choices import CaseKind, MakeGoodKind, MakeGoodState
from regulars.cases.models import Case, Cause, MakeGood
from regulars.cli.show import show
from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.learning.queries.causes import causes_told
from regulars.lists.models import HiddenField
from regulars.team.models import Member
from tests.factories.cases import make_case
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]


def wrong(
    at: datetime, cause: str = "", customer: Customer | None = None, cost: int = 0, **over: Any
) -> Case:
    """A case that came about by a cause, and cost so much to put right."""
    currency, state = over.pop("currency", "GBP"), over.pop("state", MakeGoodState.GIVEN)
    made = make_case(at, customer=customer, **over)
    if cause:
        made.cause, _new = Cause.objects.get_or_create(name=cause, folded=cause.lower())
        made.save()
    if cost:
        MakeGood.objects.create(
            case=made, kind=MakeGoodKind.REFUND, cost_minor=cost, currency=currency, state=state,
            month=at.date().replace(day=1), asked_at=at, given_at=at,
        )  # fmt: skip
    return made


@pytest.fixture
def some(owner: Member, at: datetime) -> Customer:
    """Late four times for two customers, burnt once and dear, and one without a cause."""
    ruth = make_customer("Ruth Calloway")
    for _time in range(3):
        wrong(at, "Van late", ruth, 100)
    wrong(at, "Van late", None, 50, currency="EUR")
    wrong(at, "Oven too hot", ruth, 3_150)
    wrong(at, "Oven too hot", ruth, 9_999, state=MakeGoodState.ASKED)
    wrong(at, "", ruth)
    wrong(at, "Van late", ruth, kind=CaseKind.QUESTION)
    wrong(at - timedelta(days=400), "Van late", ruth)
    return ruth


@pytest.mark.usefixtures("some")
def test_causes_are_told_with_customers_and_cost(owner: Member, at: datetime) -> None:
    told = causes_told(owner.actor, at - timedelta(days=365))

    assert [
        (one.name, one.cases.count, one.cases.whole, one.customers, list(one.costs))
        for one in told.rows
    ] == [
        ("Van late", 4, 6, 2, [Money(50, "EUR"), Money(300, "GBP")]),
        ("Oven too hot", 2, 6, 1, [Money(3_150, "GBP")]),
    ]
    assert [round(one.running, 3) for one in told.rows] == [0.667, 1.0]
    assert (told.few, told.cases, told.customers) == (2, 7, 2)
    assert (told.unnamed.cases.count, told.unnamed.customers) == (1, 1)
    assert told.costs == [Money(50, "EUR"), Money(3_450, "GBP")]


@pytest.mark.usefixtures("some")
def test_by_cost_the_dear_one_is_first(owner: Member, at: datetime) -> None:
    told = causes_told(owner.actor, at - timedelta(days=365), by="cost")

    assert [one.name for one in told.rows] == ["Oven too hot", "Van late"]
    assert round(told.rows[0].part, 4) == round(3_150 / 3_450, 4)
    assert (told.few, round(told.behind, 4)) == (1, round(3_150 / 3_450, 4))


def test_nothing_went_wrong(client_of: ClientOf, owner: Member, at: datetime) -> None:
    page = client_of(owner).get("/learning/causes/").content.decode()

    assert "Nobody has complained in this time." in page
    assert causes_told(owner.actor, None).behind == 0.0


def test_without_a_cause_the_page_leads_to_those_cases(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    made = wrong(at)
    here = client_of(owner)

    assert "No case names its cause yet." in here.get("/learning/causes/").content.decode()
    assert f"/cases/{made.pk}/" in here.get("/learning/causes/none/").content.decode()


@pytest.mark.usefixtures("some")
def test_each_cause_opens_its_cases(client_of: ClientOf, owner: Member, at: datetime) -> None:
    here = client_of(owner)
    van = Cause.objects.get(name="Van late")

    home = here.get("/learning/causes/").content.decode()
    rows = here.get(f"/learning/causes/{van.pk}/").context["rows"]
    every = here.get(f"/learning/causes/{van.pk}/?span=all").context["rows"]

    assert f"/learning/causes/{van.pk}/?span=year" in home
    assert "£3.00" in home
    assert [len(rows), len(every)] == [4, 5]
    assert rows[0].costs == [Money(50, "EUR")]
    assert here.get("/learning/causes/999999/").status_code == 404


def test_pages_of_cases_go_on_where_the_last_ended(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    ruth = make_customer()
    for ago in range(27):
        wrong(at - timedelta(days=ago % 2), "Van late", ruth)
    there = f"/learning/causes/{Cause.objects.get().pk}/"
    here = client_of(owner)

    first = here.get(there)
    second = here.get(there + first.context["next"])

    shown = [one.case.pk for page in (first, second) for one in page.context["rows"]]
    assert (len(shown), len(set(shown)), second.context["next"]) == (27, 27, "")


def test_a_helper_sees_causes_of_their_own_customers(
    client_of: ClientOf, helper: Member, at: datetime
) -> None:
    wrong(at, "Van late", make_customer("Mine", manager=helper), 100)
    hidden = wrong(at, "Van late", make_customer("Not Mine"), 5_000)
    Case.objects.filter(pk=hidden.pk).update(manager=None)
    here = client_of(helper)

    told = here.get("/learning/causes/").context["told"]
    page = here.get(f"/learning/causes/{Cause.objects.get().pk}/").content.decode()

    assert (told.cases, told.costs) == (1, [Money(100, "GBP")])
    assert "Mine" in page
    assert "Not Mine" not in page


def test_where_cases_are_hidden_causes_are(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    HiddenField.objects.create(role="manager", field="cases.what", hidden_at=at)
    here = client_of(manager)

    codes = [
        here.get(f"/learning/{path}").status_code
        for path in ("causes/", "causes/none/", "causes.csv")
    ]

    assert codes == [403] * 3
    assert "/learning/causes/" not in here.get("/learning/").content.decode()


@pytest.mark.parametrize("path", ["/learning/causes/", "/learning/causes/none/"])
def test_as_many_queries_for_one_as_for_three(
    client_of: ClientOf, owner: Member, at: datetime, path: str
) -> None:
    here, counts = client_of(owner), []
    for number in (1, 2):
        for nth in range(number):
            wrong(at, f"Cause {number} {nth}", None, 10)
            wrong(at, "", None, 10)
        here.get(path)
        with CaptureQueriesContext(connection) as told:
            here.get(path)
        counts.append(len(told))

    assert counts[0] == counts[1]


@pytest.mark.usefixtures("some")
def test_causes_as_a_file_and_for_programs(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    wrong(at, "=1+1", None)

    file = client_of(owner).get("/learning/causes.csv").content.decode().splitlines()
    shown = json.loads(CliRunner().invoke(show, ["causes", "--json"]).stdout)

    assert file[0] == "cause,cases,share,low,high,customers,running share,cost EUR,cost GBP"
    assert file[1].startswith("Van late,4,0.5714,")
    assert file[1].endswith(",2,0.5714,0.50,3.00")
    assert file[3].startswith("'=1+1,1,")
    assert file[4] == ",1,,,,1,,0,0"
    assert [(one["cause"], one["cases"], one["costs"]) for one in shown["items"]] == [
        ("Van late", 4, [{"minor": 50, "currency": "EUR"}, {"minor": 300, "currency": "GBP"}]),
        ("Oven too hot", 2, [{"minor": 3_150, "currency": "GBP"}]),
        ("=1+1", 1, []),
        (None, 1, []),
    ]
