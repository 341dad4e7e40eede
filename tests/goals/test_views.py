"""Break-even on the screen: empty it teaches, filled it answers; only owners change it."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from regulars.cli.show import show
from regulars.goals.models import Basis, FixedCost, ProductGroup, WhatIf
from regulars.team.models import Member
from tests.factories.goals import make_cost, make_group

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
PAGE, FROM = "/goals/break-even", "/goals/break-even/from"


def test_empty_it_teaches_and_two_rows_later_it_answers(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    empty = here.get(PAGE).content.decode()
    cost = {"name": "Rent", "low": "5000", "every": "month"}
    here.post(reverse("goals:new_row", args=["cost"]), cost)
    here.post(reverse("goals:new_row", args=["group"]), {"name": "Bread", "margin_low": "60"})
    full = here.get(PAGE).content.decode()

    assert "How much do you have to sell?" in empty
    assert "You break even at £1,918 a week." in full
    assert FixedCost.objects.get().low_minor == 500_000
    assert ProductGroup.objects.get().margin_high_bp == 6_000


@pytest.mark.parametrize(
    ("kind", "told", "said"),
    [
        ("cost", {"name": "Rent", "low": "-1", "every": "month"}, "greater than or equal to 0"),
        ("cost", {"name": "Rent", "low": "9", "high": "8", "every": "month"}, "not below"),
        ("cost", {"name": "R", "low": "9", "every": "month", "from_on": "2026-11-02",
                  "until_on": "2026-11-01"}, "on which it begins, or later"),
        ("group", {"name": "Bread", "margin_low": "150"}, "More than 100 of each 100"),
        ("group", {"name": "Bread"}, "Say what is left of 100"),
        ("group", {"name": "Bread", "cost_low": "2"}, "say both"),
        ("group", {"name": "Bread", "margin_low": "60", "price": "4", "cost_low": "2"}, "Either"),
        ("what-if", {"name": "Nothing"}, "Change something"),
    ],
)  # fmt: skip
def test_what_cannot_be_gets_a_sentence(
    client_of: ClientOf, owner: Member, kind: str, told: dict[str, str], said: str
) -> None:
    answer = client_of(owner).post(reverse("goals:new_row", args=[kind]), told)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert (FixedCost.objects.count(), ProductGroup.objects.count()) == (0, 0)


def test_a_row_is_changed_taken_away_and_put_back(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    rent, bread = make_cost(at), make_group(at)
    here = client_of(owner)
    there = reverse("goals:row", args=["cost", rent.pk])

    assert b"5000.00" in here.get(there).content
    here.post(there, {"name": "Rent", "low": "4000", "every": "month"})
    away = here.post(
        reverse("goals:remove", args=["group", bread.pk]), headers={"HX-Request": "true"}
    )
    assert ProductGroup.objects.standing().count() == 0
    undo = reverse("goals:back", args=["group", bread.pk])
    assert undo in away["HX-Trigger"]
    here.post(undo)

    rent.refresh_from_db()
    assert (rent.low_minor, rent.high_minor) == (400_000, 400_000)
    assert ProductGroup.objects.standing().count() == 1


def test_seasons_and_money_are_kept(client_of: ClientOf, owner: Member) -> None:
    here = client_of(owner)
    months = {f"month_{month}": str(month) for month in range(1, 13)}

    missing = here.post(FROM, {"season": "entered", "month_1": "3"})
    kept = here.post(FROM, {"season": "entered", "cash": "12000", **months})

    assert missing.status_code == 422
    assert kept.status_code == 302
    row = Basis.objects.get()
    assert row.month_weights == list(range(1, 13))
    here.post(FROM, {"season": "even", "cash": "12000", "cash_on": "2026-11-24"})
    assert 'value="2026-11-24"' in here.get(FROM).content.decode()
    row.refresh_from_db()
    assert (row.cash_minor, row.season) == (1_200_000, "even")


def test_what_ifs_stand_side_by_side_with_as_many_queries_for_three(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    make_cost(at)
    make_group(at)
    here = client_of(owner)
    here.get(PAGE)

    def asked(name: str) -> int:
        here.post(reverse("goals:new_row", args=["what-if"]), {"name": name, "price": "5"})
        with CaptureQueriesContext(connection) as seen:
            assert name in here.get(PAGE).content.decode()
        return len(seen)

    first = asked("Five up")
    asked("Another")

    assert asked("A third") == first
    assert WhatIf.objects.count() == 3


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("viewer", 200), ("helper", 403)])
def test_who_may_look_and_that_only_owners_write(
    client_of: ClientOf, request: pytest.FixtureRequest, at: datetime, role: str, status: int
) -> None:
    here = client_of(request.getfixturevalue(role))
    make_cost(at)

    assert here.get(PAGE).status_code == status
    told = {"name": "Rent", "low": "1", "every": "month"}
    assert here.post(reverse("goals:new_row", args=["cost"]), told).status_code == 403
    assert here.post(FROM, {"season": "even"}).status_code == 403
    assert FixedCost.objects.count() == 1


def test_show_break_even_as_json(owner: Member, at: datetime) -> None:
    make_cost(at)
    make_group(at)

    shown = json.loads(CliRunner().invoke(show, ["break-even", "--json"]).stdout)
    line = CliRunner().invoke(show, ["break-even"]).stdout

    [now] = shown["items"]
    assert (now["name"], now["trouble"], shown["count"]) == ("now", None, 1)
    assert now["year_minor"] == {"low": 10_000_000, "middle": 10_000_000, "high": 10_000_000}
    assert len(now["months"]) == 12
    assert line == "now: £1,917.81 a week\n"
