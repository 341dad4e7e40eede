"""Verdicts for machines, and after each count."""

from datetime import date, datetime, timedelta

import pytest

from regulars.core.actor import SYSTEM
from regulars.core.events import deliver_events
from regulars.core.models import Job
from regulars.insight.actions import refresh_facts
from regulars.insight.figures import figure
from regulars.verdicts.actions import look_at
from tests.factories.verdicts import make_buyers, make_crowd, make_trial

BEGAN = date(2026, 10, 1)


@pytest.mark.usefixtures("business")
@pytest.mark.django_db(transaction=True)
def test_the_figure_has_each_and_all_together_as_of_a_day(at: datetime) -> None:
    trial = make_trial(make_crowd(60), BEGAN, at=at)
    make_buyers(trial, BEGAN + timedelta(days=5), got=0.5, left=0.35)
    look_at(trial, look=4, at=at)

    now = figure("verdicts", as_of=None, at=at)
    then = figure("verdicts", as_of=date(2026, 10, 20), at=at)
    before = figure("verdicts", as_of=date(2026, 9, 20), at=at)

    rows = [dict(zip(now.columns, row, strict=True)) for row in now.rows]
    assert [(row["occasion"], row["word"]) for row in rows] == [
        ("mailing:1", "cannot"), ("all", "cannot"),
    ]  # fmt: skip
    assert rows[0]["low"] < rows[0]["more"] < rows[0]["high"]
    assert [(row[0], row[6]) for row in then.rows] == [("mailing:1", None)]
    assert before.rows == []


@pytest.mark.usefixtures("business")
@pytest.mark.django_db(transaction=True)
def test_a_count_leaves_the_looks_to_be_taken(at: datetime) -> None:
    refresh_facts(by=SYSTEM, at=at)

    deliver_events(at=at)

    assert Job.objects.filter(name="verdicts.look").count() == 1
