"""The pages of insight in a real browser."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from regulars.insight.models import KeptFigure
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.insight import TODAY

Axe = Callable[[Page], None]


def keep(name: str, rows: list[dict[str, Any]], at: datetime) -> None:
    KeptFigure.objects.create(
        name=name, as_of=TODAY, counted_at=at, rows=rows, statements="SELECT 1 FROM purchases"
    )


def test_pages_read_well_and_a_drawing_becomes_a_picture(
    owner: Member, page_for: OpenPage, axe_in_both_lights: Axe, at: datetime
) -> None:
    moves = [("active", "slipping", 8), ("active", "active", 30), ("", "new", 4)]
    keep("flows", [
        {"month": date(2026, 11, 1), "before": before, "after": after, "customers": count,
         "stake_minor": 90_000 * count, "customer_ids": []}
        for before, after, count in moves
    ], at)  # fmt: skip
    keep("cohorts", [
        {"came": date(2026, month, 1), "after": after, "newcomers": 20,
         "customers": 20 - 4 * after, "spend_minor": 9000}
        for month in (8, 9, 10) for after in range(12 - month)
    ], at)  # fmt: skip
    page = page_for(owner, path="/insight/stays/")
    expect(page.get_by_role("link", name="80 , 16 of 20 bought in September 2026")).to_be_visible()
    axe_in_both_lights(page)

    page.get_by_role("link", name="Who moves").click()
    page.get_by_text("What is counted here").click()
    expect(page.get_by_text("SELECT 1 FROM purchases")).to_be_visible()
    axe_in_both_lights(page)
    with page.expect_download() as handed:
        page.get_by_role("button", name="Picture (PNG)").click()

    assert Path(handed.value.path()).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert handed.value.suggested_filename == "flows.png"
