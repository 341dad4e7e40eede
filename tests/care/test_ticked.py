"""A file of orders starts check-ins only where it is ticked, and says whom that would reach."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.urls import reverse

from regulars.care.actions.check_ins import start_check_ins
from regulars.care.arrivals import quiet_arrivals
from regulars.care.models import CheckIn
from regulars.cli.imports import import_files
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal
from regulars.core.events import deliver_events
from regulars.intake import actions
from regulars.intake.models import Import
from regulars.orders.models import Order
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer
from tests.factories.intake import bring, make_file
from tests.factories.orders import make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
DAY = timedelta(days=1)
HEAD = "Order ID,Date,Customer ID,Name,Email,Item,Qty,Price,Delivered"
# Live since 2 November 2026; today is the 24th.
FILE = f"""{HEAD}
1,2026-10-20,7,Ruth,ruth@example.org,Rye,1,3.40,2026-10-30
2,2026-11-18,7,Ruth,ruth@example.org,Rye,1,3.40,2026-11-20
3,2026-11-18,8,Sam,sam@example.org,Rye,1,3.40,2026-11-21
4,2026-11-19,8,Sam,sam@example.org,Rye,1,3.40,2026-11-27
5,2026-11-19,,,,Rye,1,3.40,2026-11-20
6,2026-11-19,9,Tim,tim@example.org,Rye,1,3.40,
"""


def take(ticks: tuple[str, ...], content: str = FILE) -> Import:
    item = bring("orders", content, dry=True)
    actions.bring_in_now(item, by=SYSTEM, at=clock.now(), ticks=ticks)
    return item


def test_before_it_happens_the_page_says_how_many_it_would_reach(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    with clock.stopped_at(at):
        item = bring("orders", FILE, dry=True, at=at)
        page = client_of(owner).get(reverse("intake:show", args=[item.pk])).content.decode()

    (told,) = item.report["ticks"]
    assert (told["name"], told["count"], told["customers"]) == ("check-ins", 2, 2)
    assert "2 orders of 2 customers arrived since 2 November 2026" in page
    # It stands with what the file says, and goes with the button that brings it in.
    assert 'form="bring-in" name="tick" value="check-ins"' in page
    assert '<form id="bring-in" method="post"' in page
    assert 'value="check-ins" checked' not in page


def test_a_plain_import_starts_none_and_a_ticked_one_does(at: datetime) -> None:
    take(())
    assert start_check_ins(at=at).orders == 0

    # Brought in again with the tick, what is here already is meant as well.
    again = take(("check-ins",))
    assert again.report["updated"] == 0
    assert start_check_ins(at=at).orders == 2
    assert take(()).report["ticks"] == []
    assert start_check_ins(at=at + 9 * DAY).orders == 1


def test_history_starts_none_ticked_or_not(at: datetime) -> None:
    Business.objects.update(live_since=date(2026, 11, 28))

    assert take(("check-ins",)).report["ticks"] == []
    assert start_check_ins(at=at + 9 * DAY).orders == 0


def test_a_day_that_a_plain_file_tells_for_the_first_time_starts_none(at: datetime) -> None:
    ruth = make_customer("Ruth", email="ruth@example.org")
    for number in ("a", "b"):
        make_order(ruth, date(2026, 11, 18), source="files", external_id=number)
    told = "\n".join(f"{one},2026-11-18,,Ruth,ruth@example.org,Rye,1,3,2026-11-20" for one in "ab")
    bring("orders", f"{HEAD}\n{told}\n")

    assert start_check_ins(at=at).orders == 0
    assert quiet_arrivals(at).count() == 2


def test_what_came_without_the_tick_is_counted_and_asked_after_with_one_press(
    client_of: ClientOf, manager: Member, viewer: Member, at: datetime
) -> None:
    take(())
    with clock.stopped_at(at):
        here = client_of(manager)
        page = here.get("/care/check-ins/").content.decode()
        refused = client_of(viewer).post("/care/check-ins/quiet").status_code
        done = here.post("/care/check-ins/quiet")

    assert "2 orders arrived lately and came in by files without the tick" in page
    assert (refused, done.status_code) == (403, 302)
    assert start_check_ins(at=at).orders == 2
    # What arrived long ago is not asked after all the same.
    assert quiet_arrivals(at + 60 * DAY).count() == 0
    assert Order.objects.get(external_id="1").is_quiet


def test_nothing_else_can_be_ticked(at: datetime) -> None:
    item = bring("orders", FILE, dry=True)

    with pytest.raises(Refusal, match="follows from orders"):
        actions.bring_in_now(item, by=SYSTEM, at=at, ticks=("letters",))
    assert Order.objects.count() == 0


def test_what_comes_by_itself_follows_the_last_file_of_its_shape(at: datetime) -> None:
    take(("check-ins",), f"{HEAD}\n9,2026-11-18,9,Tim,tim@example.org,Rye,1,3,\n")
    item = actions.begin_import("orders", [make_file(FILE, role="orders")], by=SYSTEM, at=at)
    actions.check_now(item, by=SYSTEM, at=at)
    actions.bring_in_now(item, by=SYSTEM, at=at, ticks=None)

    assert item.settings["ticks"] == ["check-ins"]
    assert start_check_ins(at=at).orders == 2


def test_the_command_line_says_it_and_starts_it_where_told(tmp_path: Path, at: datetime) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(FILE, encoding="utf-8")
    with clock.stopped_at(at):
        dry = CliRunner().invoke(
            import_files, ["orders", str(file), "--dry-run", "--json"], standalone_mode=False
        )
        done = CliRunner().invoke(
            import_files, ["orders", str(file), "--start", "check-ins", "--json"],
            standalone_mode=False,
        )  # fmt: skip
        deliver_events(at=at)

    assert json.loads(dry.output)["ticks"][0]["count"] == 2
    assert done.exit_code == 0
    assert start_check_ins(at=at).orders == 2
    assert CheckIn.objects.count() == 2


def test_what_arrived_is_found_by_its_day(at: datetime) -> None:
    """However many orders there are, those that arrived lately are found by an index."""
    rows = Order.objects.filter(
        delivered_at__gte=at - 20 * DAY, delivered_at__lt=datetime(2026, 11, 25, tzinfo=UTC)
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        sql, values = rows.order_by().values("pk").query.sql_with_params()
        explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute(explain + sql, values)
        plan = " ".join(str(part) for row in cursor.fetchall() for part in row)

    assert "orders_delivered" in plan
