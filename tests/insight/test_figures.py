"""Figures by name, and the commands that show them."""

import json
from datetime import datetime

import pytest
from click.testing import CliRunner

from regulars.cli.main import main
from regulars.insight.actions import set_tier
from regulars.insight.errors import NoSuchFigure
from regulars.insight.figures import FIGURES, figure
from regulars.insight.models import CustomerFacts, Refresh
from regulars.insight.page_figures import PAGE_FIGURES
from regulars.team.models import Member
from tests.factories.insight import A_MORNING, THE_ENGINE, days_ago, make_buyer, make_stranger

pytestmark = pytest.mark.django_db(transaction=True)


def test_concentration_by_hand(owner: Member) -> None:
    """600, 300 and twice 100 in the last year; one who spent nothing is no buyer."""
    for spend in (100, 600, 300, 100):
        make_buyer(last=days_ago(1), spend=spend)
    make_stranger()

    found = figure("concentration", as_of=None, at=A_MORNING)

    assert found.columns == [
        "step", "total_minor", "buyers", "customers", "spend_minor", "least_minor", "alike",
    ]  # fmt: skip
    assert [row[2:] for row in found.rows] == [
        [4, 1, 600, 600, 1], [4, 2, 900, 300, 2], [4, 3, 1000, 100, 4], [4, 4, 1100, 100, 4],
    ]  # fmt: skip


def test_tiers_are_shown_as_people_see_them(owner: Member, at: datetime) -> None:
    make_buyer(7, 7, last=days_ago(1), spend=400)
    lost = make_buyer(last=days_ago(2), spend=100)
    set_tier(lost, tier="lost", reason="Moved", by=owner.actor, at=at)

    found = figure("tiers", as_of=None, at=A_MORNING)

    assert found.columns == ["tier", "customers", "year_spend_minor", "stake_minor"]
    assert [row[:3] for row in found.rows] == [["active", 1, 1200], ["lost", 1, 100]]


def test_slipping_is_worth_most_first_and_as_of_a_day(owner: Member) -> None:
    small = make_buyer(*[7] * 6, last=days_ago(25), spend=100)
    large = make_buyer(*[7] * 6, last=days_ago(25), spend=900)

    now = figure("slipping", as_of=None, at=A_MORNING)
    then = figure("slipping", as_of=days_ago(24), at=A_MORNING)

    assert [row[0] for row in now.rows] == [large.pk, small.pk]
    assert then.rows == []
    assert not CustomerFacts.objects.exists()


def test_an_unknown_figure_is_refused_with_those_that_there_are(owner: Member) -> None:
    with pytest.raises(NoSuchFigure) as refused:
        figure("weather", as_of=None, at=A_MORNING)

    assert refused.value.remedy == f"Choose one of these: {', '.join(FIGURES.names())}."
    assert {"tiers", "cohorts", "verdicts"} <= set(FIGURES.names())


# Here they have no rows: seven purchases foretell nothing, nobody was left out by lot, and no
# order says what was in it. Those of the pages are counted together in test_page_figures.py.
EMPTY_HERE = {"calibration", "hindsight", "verdicts", *PAGE_FIGURES} - {"months"}


@pytest.mark.parametrize("name", [name for name in FIGURES.names() if name not in EMPTY_HERE])
def test_every_figure_is_shown_as_json(owner: Member, at: datetime, name: str) -> None:
    make_buyer(*[7] * 6, last=days_ago(25))

    done = CliRunner().invoke(main, ["insight", "show", name, "--as-of", "2026-11-20", "--json"])

    shown = json.loads(done.stdout)
    assert done.exit_code == 0
    assert list(shown) == ["name", "as_of", "columns", "rows"]
    assert (shown["name"], shown["as_of"]) == (name, "2026-11-20")
    assert shown["rows"]
    assert all(len(row) == len(shown["columns"]) for row in shown["rows"])


def test_refresh_says_what_it_did(owner: Member, at: datetime) -> None:
    make_buyer(7, last=days_ago(3))

    done = CliRunner().invoke(main, ["insight", "refresh", "--json"])
    words = CliRunner().invoke(main, ["insight", "refresh", "--as-of", "2026-11-23"])

    said = json.loads(done.stdout)
    assert said.pop("seconds") == Refresh.objects.order_by("id")[0].seconds
    assert said == {
        "as_of": "2026-11-24", "way": "full", "full_on": "2026-11-24", "engine": THE_ENGINE,
        "customers": 1, "orders": 2, "changed": 1,
    }  # fmt: skip
    assert words.stdout.startswith("Counted 1 customers and 2 orders as of 2026-11-23 in ")


def test_refusals_are_exit_code_1(owner: Member, at: datetime) -> None:
    future = CliRunner().invoke(main, ["insight", "refresh", "--as-of", "2027-01-01"])
    engine = CliRunner().invoke(main, ["insight", "refresh", "--engine", "abacus"])

    assert (future.exit_code, engine.exit_code) == (1, 1)
    assert future.stderr == (
        "Nobody can count a day that has not come yet. Choose today or a day before it.\n"
    )
    assert engine.stderr.startswith("There is no engine called “abacus”.")
