"""Goals on a real book: Northwind, brought in by the product's own import, its rows mended."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from regulars.cli.main import main
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.goals.actions.goals import set_goal
from regulars.goals.actions.progress import count_progress
from regulars.goals.models import Progress
from regulars.goals.queries.goals import Group, known_places
from tests.factories.goals import told_goal
from tests.factories.team import make_business, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]
OF_ROUNDING = 25
AFTERWARDS = datetime(1998, 5, 31, 9, 0, tzinfo=UTC)


def test_goals_by_country_add_up_to_the_net_of_the_whole_book(real_data: Path) -> None:
    """1,265,793.04 net of discounts, freight aside, in 830 orders.

    Rounded once, as the import says; each row kept to the cent makes 25 cents more, and says so.
    """
    make_business(currency="USD", live_since=date(1998, 5, 31))
    fuller = make_member("owner", name="Andrew Fuller")
    folder = real_data / "purchases" / "northwind"
    files = [
        f"orders={folder}/orders.csv", f"lines={folder}/order-details.csv",
        f"customers={folder}/customers.csv",
    ]  # fmt: skip
    with clock.stopped_at(AFTERWARDS):
        words = ["import", "orders", *files, "--currency", "USD", "--mend", "--json"]
        brought_in = json.loads(CliRunner().invoke(main, words).stdout)
        countries = [name for kind, name, _count in known_places() if kind == "country"]
        groups = [
            Group("all"),
            *(Group("region", place_kind="country", place=one) for one in countries),
        ]
        goals = [
            set_goal(
                told_goal(
                    fuller, group=group, from_on=date(1996, 7, 1), until_on=date(1998, 5, 31),
                    amount_minor=1_000_000, currency="USD",
                ),
                by=SYSTEM, at=AFTERWARDS,
            )
            for group in groups
        ]  # fmt: skip
        count_progress(at=AFTERWARDS)

    sold = {row.goal_id: row for row in Progress.objects.all()}
    whole, *places = (sold[one.pk] for one in goals)
    assert len(countries) == 21
    assert brought_in["total"] == {"USD": 126_579_304}
    assert (whole.sold_minor, whole.orders) == (126_579_304 + OF_ROUNDING, 830)
    assert sum(one.sold_minor for one in places) == whole.sold_minor
    assert sum(one.orders for one in places) == 830
