"""The pages of insight: what they say, the lists behind their numbers, and their files."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.insight.charts.sheet import COLOURS
from regulars.insight.models import KeptFigure
from regulars.insight.page_figures import PAGE_FIGURES
from regulars.insight.plates.pages import PAGES, PAINTERS
from regulars.insight.plates.plate import Scope
from regulars.team.models import Member
from tests.factories.insight import (
    TODAY,
    add_orders,
    days_ago,
    make_stranger,
)
from tests.house.tree import ROOT

pytestmark = pytest.mark.django_db(transaction=True)
ClientOf = Callable[[Member], Client]
SCOPE = Scope("GBP", TODAY)


def keep(name: str, rows: list[dict[str, Any]], statements: str = "SELECT 1") -> KeptFigure:
    made = KeptFigure(
        name=name, as_of=TODAY, counted_at=datetime.fromisoformat("2026-11-24T05:10:00+00:00"),
        columns=list(rows[0]) if rows else [], rows=json.loads(json.dumps(rows, default=str)),
        statements=statements,
    )  # fmt: skip
    made.save()
    return made


def product(name: str, customers: int, came: int, says: str) -> dict[str, Any]:
    return {
        "product": name, "name": name, "customers": customers, "came": came, "all_customers": 100,
        "all_came": 50, "share": came / customers, "low": 0.1, "high": 0.9, "says": says,
    }  # fmt: skip


def moved(before: str, after: str, count: int, *ids: int) -> dict[str, Any]:
    return {
        "month": date(2026, 11, 1), "before": before, "after": after, "customers": count,
        "stake_minor": 1000 * count, "customer_ids": list(ids),
    }  # fmt: skip


def test_every_figure_of_a_page_is_counted_painted_and_documented() -> None:
    shown = [name for page in PAGES for name in page.figures]
    commands = (ROOT / "docs/commands.md").read_text(encoding="utf-8")

    assert sorted(shown) == sorted(PAINTERS) == sorted(PAGE_FIGURES)
    assert [name for name in PAGE_FIGURES if f"`{name}`" not in commands] == []


@pytest.mark.parametrize("name", PAINTERS)
def test_without_rows_a_plate_teaches_and_draws_nothing(name: str) -> None:
    plate = PAINTERS[name](KeptFigure(name=name, as_of=TODAY, rows=[]), SCOPE)

    assert (plate.chart, plate.table) == (None, None)
    assert plate.says.endswith(".")
    assert plate.means.endswith(".")


def test_the_colours_of_files_are_those_of_the_light_pages() -> None:
    tokens = (ROOT / "frontend/src/tokens.css").read_text(encoding="utf-8")
    light = dict(reversed(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", tokens.split("@media")[0])))

    assert {name: light[name] for name in COLOURS} == COLOURS


def test_products_are_said_to_differ_only_where_they_do(
    viewer: Member, client_of: ClientOf, at: datetime
) -> None:
    keep("goods", [product("Rye", 40, 30, "more"), product("Tart", 3, 3, "few")])
    keep("seconds", [])

    page = client_of(viewer).get("/insight/goods/").content.decode()

    assert "Those who begin with Rye come back more often than others." in page
    assert "too few to tell" in page
    assert "The orders here do not say what was in them" in page
    assert "counted this morning at 5:10" in page
    assert "SELECT 1" in page


@pytest.mark.parametrize(
    ("came", "said"),
    [(95, "90 to 110 purchases; 95 came."), (60, "60 came. Things went otherwise")],
)
def test_a_forecast_says_how_it_would_have_done(came: int, said: str) -> None:
    row = {
        "days": 91, "purchases": 100.4, "low": 90.0, "high": 110.0, "spend_minor": 100_000,
        "spend_low_minor": 90_000, "spend_high_minor": 110_000, "before_purchases": came,
        "before_customers": 7,
        "before_spend_minor": 96_000, "then_purchases": 100.0, "then_low": 90.0,
        "then_high": 110.0,
    }  # fmt: skip

    plate = PAINTERS["ahead"](KeptFigure(name="ahead", as_of=TODAY, rows=[row]), SCOPE)

    assert plate.says == "In the next 91 days about £1,000, between £900 and £1,100."
    assert said in plate.sure


def test_a_page_takes_the_same_queries_however_much_it_shows(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    client = client_of(owner)
    client.get("/insight/moves/")  # renews the session, once
    keep("flows", [moved("active", "slipping", 2)])
    with CaptureQueriesContext(connection) as of_one:
        client.get("/insight/moves/")
    keep("flows", [moved("active", tier, 2) for tier in ("core", "lapsed", "lost", "slipping")])

    with CaptureQueriesContext(connection) as of_four:
        page = client.get("/insight/moves/").content.decode()

    assert page.count('class="ribbon') == 8  # for a desk and for a phone
    assert len(of_four) == len(of_one)
    assert sum("insight_keptfigure" in one["sql"] for one in of_four) == 1


def test_a_month_can_be_chosen(owner: Member, client_of: ClientOf, at: datetime) -> None:
    keep("flows", [{**moved("", "new", 1), "month": date(2026, 10, 1)}, moved("", "new", 2)])

    october = client_of(owner).get("/insight/moves/?month=2026-10").content.decode()

    assert "Who moved in October 2026" in october
    assert 'href="/insight/behind/flows/2026-10/first/new"' in october


def test_a_figure_goes_out_as_a_table_and_as_a_drawing(
    viewer: Member, client_of: ClientOf, at: datetime
) -> None:
    keep("goods", [product("=HYPERLINK(1)", 40, 30, "more"), product("Tart", 40, 20, "same")])
    keep("months", [
        {"month": date(2026, 11, 1), "customers": 1, "purchases": 2, "newcomers": 1,
         "spend_minor": 1950, "open_days": 21},
    ])  # fmt: skip
    client = client_of(viewer)

    goods = client.get("/insight/figures/goods.csv").content.decode()
    months = client.get("/insight/figures/months.csv").content.decode()
    drawing = client.get("/insight/figures/goods.svg")

    assert "'=HYPERLINK(1)" in goods
    assert months.splitlines() == [
        "month,customers,purchases,newcomers,spend GBP,open days", "2026-11-01,1,2,1,19.50,21",
    ]  # fmt: skip
    assert drawing["Content-Type"].startswith("image/svg+xml")
    assert "<title>Products that bring people back</title>" in drawing.content.decode()
    assert "class=" not in drawing.content.decode()
    assert client.get("/insight/figures/weather.csv").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["stays/", "figures/months.csv", "figures/months.svg", "behind/flows/2026-11/new/active"],
)
def test_helpers_see_none_of_it(helper: Member, client_of: ClientOf, address: str) -> None:
    assert client_of(helper).get(f"/insight/{address}").status_code == 403


def test_before_orders_and_before_the_first_count_a_page_says_what_to_do(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    client = client_of(owner)

    empty = client.get("/insight/stays/").content.decode()
    add_orders(make_stranger(), days_ago(3))
    waiting = client.get("/insight/stays/").content.decode()

    assert "Bring your orders" in empty
    assert "This page is filled with the next count" in waiting
    assert client.get("/insight/weather/").status_code == 404
