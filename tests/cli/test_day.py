"""The means of a day from the command line."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from regulars.cli.day import day
from regulars.consent.choices import Channel
from regulars.planning.models import Plan, PlanItem
from regulars.team.models import Member
from tests.factories.notes import at_home

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    return CliRunner().invoke(day, list(words))


@pytest.fixture
def visited(manager: Member, at: datetime) -> PlanItem:
    plan = Plan.objects.create(member=manager, day=at.date(), minutes=60, made_at=at)
    return PlanItem.objects.create(
        plan=plan, customer=at_home(), position=0, channel=Channel.VISIT, purpose="serve",
        minutes=15, reason="first_purchase", due_on=at.date(), values={"first_on": "2026-11-20"},
    )  # fmt: skip


def test_the_way_in_words_and_for_programs(visited: PlanItem) -> None:
    told = json.loads(run("route", "--json").stdout)

    assert [one["customer_id"] for one in told["stops"]] == [visited.customer_id]
    assert told["stops"][0]["where"] == "4 Weir Lane, AB1 2CD Ambley"
    assert told["way_minutes"] == told["stops"][0]["way_minutes"] + told["back_minutes"]
    assert run("route").stdout.splitlines()[0] == "09:00 set off"


def test_a_calendar_and_the_briefs_are_written_into_files(
    visited: PlanItem, tmp_path: Path
) -> None:
    calendar, briefs = tmp_path / "today.ics", tmp_path / "today.pdf"

    done = [
        run("calendar", "--to", str(calendar)).exit_code,
        run("briefs", "--to", str(briefs), "--manager", "tomasz").exit_code,
    ]

    assert done == [0, 0]
    assert b"SUMMARY:Visit Ruth Calloway" in calendar.read_bytes()
    assert "Ruth Calloway" in PdfReader(BytesIO(briefs.read_bytes())).pages[0].extract_text()


def test_without_anybody_left_there_are_no_briefs(manager: Member, tmp_path: Path) -> None:
    refused = run("briefs", "--to", str(tmp_path / "none.pdf"))

    assert "Nobody is left on the list" in str(refused.exception)
    assert not (tmp_path / "none.pdf").exists()
