"""What would have been foretold a quarter ago, beside what came: counted, kept, and on its page."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from regulars.core.actor import SYSTEM
from regulars.core.jobs import run_now
from regulars.core.models import AuditEntry, Job
from regulars.customers.models import Customer
from regulars.insight.actions import ask_to_look_back, look_back
from regulars.insight.counting import Count
from regulars.insight.figures import figure
from regulars.insight.hindsight import looking_back
from regulars.insight.models import KeptFigure
from regulars.insight.queries import open_days
from regulars.insight.tenths import Whole, drawn, lines_of
from regulars.team.models import Member
from tests.factories.insight import A_MORNING, TODAY, add_orders, days_ago

pytestmark = pytest.mark.django_db(transaction=True)
ClientOf = Callable[[Member], Client]
CUT = days_ago(91)
WHOLE: dict[str, Any] = {
    "from_on": "2026-08-25", "until_on": "2026-11-24", "days": 91, "customers": 200,
    "chances": 120.4, "doubt": 25.0, "came": 118, "purchases": 300.2, "purchases_came": 290,
    "by_models": None, "by_models_low": None, "by_models_high": None, "likeliest": 20,
    "likeliest_came": 19,
}  # fmt: skip


def tenth(group: int, chance: float, came: float) -> dict[str, Any]:
    return {
        "by": "rhythm", "group": group, "customers": 100, "chance": chance, "came_share": came,
        "doubt": 100 * chance * (1 - chance), "expected": chance, "came": came, "spread": 0.1,
    }  # fmt: skip


def make_list() -> None:
    """Thirty who come every week to this day, thirty who stopped half a year ago."""
    people = Customer.objects.bulk_create(
        Customer(name=str(n), sort_name=str(n), created_at=A_MORNING, updated_at=A_MORNING)
        for n in range(60)
    )
    for place, one in enumerate(people):
        last = 2 + place % 5 if place < 30 else 180 + place % 5
        add_orders(one, *(days_ago(last + 7 * week) for week in range(30)))


@pytest.mark.usefixtures("business")
def test_what_was_foretold_knows_nothing_of_what_came() -> None:
    """Who stopped before the cut is foretold to stay away; nobody's later order moves a chance."""
    make_list()
    before = figure("calibration", as_of=None, at=A_MORNING)
    add_orders(Customer.objects.latest("pk"), *(days_ago(day) for day in (80, 70, 60)))

    after = figure("calibration", as_of=None, at=A_MORNING)
    [whole] = [
        dict(zip(found.columns, row, strict=True))
        for found in [figure("hindsight", as_of=None, at=A_MORNING)]
        for row in found.rows
    ]

    chance, came = before.columns.index("chance"), before.columns.index("came_share")
    assert before.as_of == CUT
    assert [row[chance] for row in after.rows] == [row[chance] for row in before.rows]
    assert sum(row[came] for row in after.rows) > sum(row[came] for row in before.rows)
    assert len([row for row in before.rows if row[0] == "rhythm"]) == 5
    assert (whole["customers"], whole["came"], whole["likeliest_came"]) == (60, 31, 20)
    assert whole["chances"] == pytest.approx(30, abs=2)
    # Sales of one day are one purchase: thirteen weeks of thirty, and three of one.
    assert whole["purchases_came"] == 30 * 13 + 3


def test_too_few_are_told_so_and_what_is_kept_is_replaced(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    KeptFigure.objects.create(name="months", as_of=TODAY, counted_at=at)
    look_back(by=SYSTEM, at=at - timedelta(days=8))

    page = client_of(owner).get("/insight/hindsight").content.decode()
    run_now("insight.look_back", at=at, day="2026-11-24")
    run_now("insight.look_back", at=at + timedelta(days=1), day="2026-11-25")

    assert "Too few to tell how right we would have been" in page
    assert AuditEntry.objects.filter(verb="looked back").count() == 2
    kept = {one.name: one.counted_at for one in KeptFigure.objects.all()}
    assert kept == dict.fromkeys(("months", "hindsight", "calibration", "models"), at)


def test_the_page_says_what_came(owner: Member, client_of: ClientOf, at: datetime) -> None:
    tenths = [tenth(1, 0.2, 0.4), tenth(2, 0.8, 0.79)]
    parameters = [{"model": "BG/NBD", "parameter": "r", "value": 0.243, "standard_error": None}]
    rows = {"hindsight": [WHOLE], "calibration": tenths, "models": parameters}
    for name, of_one in rows.items():
        KeptFigure.objects.create(name=name, as_of=TODAY, counted_at=at, rows=of_one)

    page = client_of(owner).get("/insight/hindsight").content.decode()

    assert "What we would have foretold is what came" in page
    assert "about 120 of 200 customers come again by today. 118 did" in page
    assert "between 111 and 130. Of the 20 who were likeliest to come, 19 did." in page
    assert "more came" in page
    assert "too few came back for it" in page
    assert "0.243" in page


def test_before_the_first_look_a_button_asks_for_it(
    owner: Member, viewer: Member, client_of: ClientOf, at: datetime
) -> None:
    seen_by_viewer = client_of(viewer).get("/insight/hindsight").content.decode()
    asked = client_of(owner).post("/insight/hindsight/look-again")
    again = client_of(owner).post("/insight/hindsight/look-again", HTTP_HX_REQUEST="true")
    waiting = client_of(owner).get("/insight/hindsight/looking").content.decode()
    Job.objects.all().delete()
    over = client_of(owner).get("/insight/hindsight/looking")

    assert "Look back now" not in seen_by_viewer
    assert asked.headers["Location"] == "/insight/hindsight"
    assert "Looking back …" in again.content.decode()
    assert "Looking back …" in waiting
    assert over.headers["HX-Refresh"] == "true"
    assert AuditEntry.objects.filter(verb="asked to look back").count() == 1


def test_viewers_start_nothing_and_helpers_see_nothing(
    viewer: Member, helper: Member, client_of: ClientOf, at: datetime
) -> None:
    assert client_of(viewer).post("/insight/hindsight/look-again").status_code == 403
    assert client_of(helper).get("/insight/hindsight").status_code == 403
    assert not Job.objects.exists()


def test_a_look_that_waits_is_not_asked_for_twice(at: datetime) -> None:
    first = ask_to_look_back(by=SYSTEM, at=at)

    assert ask_to_look_back(by=SYSTEM, at=at) == first


@pytest.mark.parametrize(
    ("begin_on", "days"),
    [(days_ago(700), 91), (days_ago(100), 50), (TODAY, 1), (None, 1)],
    ids=["two years", "a hundred days", "today", "no books"],
)
def test_short_books_are_cut_in_the_middle(begin_on: date | None, days: int) -> None:
    count = looking_back(Count(TODAY, "GBP", open_days()), begin_on)

    assert (count.as_of, count.ahead_days) == (days_ago(days), days)


@pytest.mark.parametrize(
    ("came", "heading"),
    [
        (118, "What we would have foretold is what came"),
        (105, "Fewer came than we would have foretold"),
        (140, "More came than we would have foretold"),
    ],
    ids=["as foretold", "fewer", "more"],
)
def test_what_chance_alone_makes_is_no_news(came: int, heading: str) -> None:
    assert Whole.of(WHOLE | {"came": came}).heading == heading


def test_a_group_is_named_only_where_chance_would_hardly_do_it() -> None:
    """Two in ten foretold of a hundred: 27 come once in twelve times, 33 once in a thousand."""
    few = lines_of([tenth(1, 0.2, 0.27), tenth(2, 0.2, 0.33), tenth(3, 1.0, 1.0)])

    assert [one.says for one in few] == ["as foretold", "more came", "as foretold"]
    assert few[0].low < 0.27 < few[0].high
    drawing = drawn(few, (120, 100, 20, 110, 10, 90))
    assert [post.x for post in drawing.posts] == ["35.0", "65.0", "95.0"]
    assert drawing.line == "M35.0 74.0L65.0 74.0L95.0 10.0"
