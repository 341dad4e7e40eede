"""Goals on a real book: Northwind, brought in by the product's own import, its rows mended.

Published are 1,265,793.04 in all and 232,890.85 of Peacock, added up before anything is rounded.
Customers paid whole cents, row by row, and so do we keep them: 25 cents more in all. The import
says the published sum, and by how much the rows differ (docs/decisions/0028). Which region each
employee works in stands in three files of their own; looked up beside the employee's number, it is
a column of the orders, and nothing else has to be said for goals by region.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from regulars.cli.main import main
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.goals.actions.goals import set_goal
from regulars.goals.actions.progress import count_progress
from regulars.goals.choices import Counts
from regulars.goals.models import Goal, Progress
from regulars.goals.queries.goals import Group, known_places
from regulars.orders.actions import say_who_sold
from regulars.orders.models import Order, Seller
from regulars.team.models import Member
from tests.factories.goals import told_goal
from tests.factories.team import make_business, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]
PUBLISHED, OF_ROUNDING = 126_579_304, 25
AFTERWARDS = datetime(1998, 5, 31, 9, 0, tzinfo=UTC)
CENT = Decimal("0.01")
# What whoever works there sold, in cents, and in how many orders.
BY_REGION = {
    "Eastern": (66_032_863, 417), "Western": (19_848_139, 139),
    "Northern": (20_417_039, 147), "Southern": (20_281_288, 127),
}  # fmt: skip


@pytest.fixture
def northwind(real_data: Path, tmp_path: Path) -> dict[str, Any]:
    """The folder, what the import reported, and the staff by their number."""
    make_business(currency="USD", live_since=date(1998, 5, 31))
    folder = real_data / "purchases" / "northwind"
    staff = {
        row["employeeID"]: make_member("manager", name=f"{row['firstName']} {row['lastName']}")
        for row in _rows(folder / "employees.csv")
    }
    orders = _with_regions(folder, tmp_path / "orders.csv")
    files = [
        f"orders={orders}", f"lines={folder}/order-details.csv",
        f"customers={folder}/customers.csv",
    ]  # fmt: skip
    with clock.stopped_at(AFTERWARDS):
        words = ["import", "orders", *files, "--currency", "USD", "--mend", "--json"]
        report = json.loads(CliRunner().invoke(main, words).stdout)
        for seller in Seller.objects.all():
            member = staff[seller.words]
            say_who_sold(seller, member_id=member.pk, name="", by=SYSTEM, at=AFTERWARDS)
    return {"folder": folder, "report": report, "staff": staff}


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as held:
        return list(csv.DictReader(held))


def _with_regions(folder: Path, path: Path) -> Path:
    """The orders, each with the region of whoever sold it before everything else.

    Some rows of the file are broken further on, and are mended by the import.
    """
    heading, *rows = (folder / "orders.csv").read_text(encoding="utf-8").splitlines()
    regions = _regions(folder)
    placed = [f"{regions[row.split(',')[2]]},{row}" for row in rows]
    path.write_text("\n".join([f"salesRegion,{heading}", *placed]), encoding="utf-8")
    return path


def goals_of(member: Member, **over: Any) -> Goal:
    told = told_goal(
        member, from_on=date(1996, 7, 1), until_on=date(1998, 5, 31), amount_minor=1_000_000,
        currency="USD", **over,
    )  # fmt: skip
    return set_goal(told, by=SYSTEM, at=AFTERWARDS)


def test_goals_by_country_by_region_and_by_who_sold_add_up_to_the_whole_book(
    northwind: dict[str, Any], client_of: Callable[[Member], Client]
) -> None:
    staff, peacock = northwind["staff"], northwind["staff"]["4"]
    countries = [name for kind, name, _count in known_places() if kind == "country"]
    whole = goals_of(peacock)
    places = [
        goals_of(peacock, group=Group("region", place_kind="country", place=one))
        for one in countries
    ]
    regions = [name for kind, name, _count in known_places() if kind == "area"]
    areas = {
        one: goals_of(peacock, group=Group("region", place_kind="area", place=one))
        for one in regions
    }
    sellers = {number: goals_of(one, counts=Counts.SOLD) for number, one in staff.items()}

    count_progress(at=AFTERWARDS)

    progress = {row.goal_id: (row.sold_minor, row.orders) for row in Progress.objects.all()}
    assert northwind["report"]["total"] == {"USD": PUBLISHED}
    assert progress[whole.pk] == (PUBLISHED + OF_ROUNDING, 830)
    assert (len(places), len(sellers)) == (21, 9)
    for parts in (places, sellers.values()):
        assert _sum(progress[one.pk] for one in parts) == progress[whole.pk]
    assert progress[sellers["4"].pk] == (23_289_085 + 4, 156)

    # The regions of Northwind are those of whoever sold; nobody works in two.
    assert {region: progress[one.pk] for region, one in areas.items()} == BY_REGION
    by_region: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, region in _regions(northwind["folder"]).items():
        by_region[region].append(progress[sellers[number].pk])
    assert {region: _sum(parts) for region, parts in by_region.items()} == BY_REGION

    # The same stands on their pages.
    with clock.stopped_at(AFTERWARDS):
        here = client_of(peacock)
        home = here.get(reverse("goals:home")).content.decode()
        pages = [
            here.get(reverse("goals:show", args=[one.pk])).content.decode()
            for one in (sellers["4"], areas["Eastern"])
        ]
    for name in ("Sold by Margaret Peacock", "Sold in Eastern", "Sold in Southern"):
        assert name in home
    for page, sold in zip(
        pages, ("$232,890.89 in 156 orders", "$660,328.63 in 417 orders"), strict=True
    ):
        assert sold in page


def test_unrounded_the_book_is_the_published_one_of_everybody(northwind: dict[str, Any]) -> None:
    """What differs is rounding alone: the file's own prices, added up exactly, by who sold."""
    exact: dict[str, Decimal] = defaultdict(Decimal)
    sold_by = dict(Order.objects.values_list("external_id", "seller__words"))
    for row in _rows(northwind["folder"] / "order-details.csv"):
        price = Decimal(row["unitPrice"]) * Decimal(row["quantity"])
        exact[str(sold_by[row["orderID"]])] += price * (1 - Decimal(row["discount"]))

    assert sum(exact.values(), Decimal(0)).quantize(CENT) == Decimal("1265793.04")
    assert exact["4"].quantize(CENT) == Decimal("232890.85")


def _sum(parts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    minor, orders = zip(*parts, strict=True)
    return sum(minor), sum(orders)


def _regions(folder: Path) -> dict[str, str]:
    """By the number of whoever works there."""
    names = {one["regionID"]: one["regionDescription"] for one in _rows(folder / "regions.csv")}
    of = {one["territoryID"]: names[one["regionID"]] for one in _rows(folder / "territories.csv")}
    pairs = {
        (one["employeeID"], of[one["territoryID"]].strip())
        for one in _rows(folder / "employee-territories.csv")
    }
    assert len(pairs) == 9
    return dict(pairs)
