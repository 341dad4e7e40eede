"""The pages of insight in a real browser."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from regulars.insight.behind import keep_behind
from regulars.insight.models import BuyingLess, CustomerFacts, KeptFigure
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.insight import TODAY, make_stranger

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
    ruth = make_stranger(name="Ruth Calloway")
    CustomerFacts.objects.create(customer=ruth, tier="slipping", stake_minor=90_000)
    keep_behind({("flows", "2026-11/active/slipping"): np.array([ruth.pk])}, at=at)
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

    page.get_by_role("row", name="Active Slipping").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="From Active to Slipping")).to_be_visible()
    axe_in_both_lights(page)
    page.get_by_role("button", name="Open them in the list of customers").click()
    expect(page.get_by_text("Customers: Behind a figure is From Active")).to_be_visible()


def test_who_buys_for_less_and_what_was_foretold_read_well(
    owner: Member, page_for: OpenPage, axe_in_both_lights: Axe, at: datetime
) -> None:
    BuyingLess.objects.create(
        customer=make_stranger(name="Ruth Calloway"), since_on=TODAY, recent_count=5,
        is_by_basket=True, share=0.3, usual_minor=4800, recent_minor=3100, usual_gap_days=7.0,
        recent_gap_days=7.0, missing="Dark rye", worth_minor=88_000,
    )  # fmt: skip
    keep("hindsight", [{
        "from_on": "2026-08-25", "until_on": "2026-11-24", "days": 91, "customers": 200,
        "chances": 120.4, "doubt": 25.0, "came": 118, "purchases": 300.2, "purchases_came": 290,
        "by_models": None, "by_models_low": None, "by_models_high": None, "likeliest": 20,
        "likeliest_came": 19,
    }], at)  # fmt: skip
    keep("calibration", [{
        "by": "rhythm", "group": group, "customers": 100, "chance": group / 5,
        "came_share": group / 5, "doubt": 16.0, "expected": group / 5, "came": group / 5,
        "spread": 0.1,
    } for group in (1, 2, 3, 4)], at)  # fmt: skip
    keep("models", [], at)
    page = page_for(owner, path="/insight/buying-less")
    expect(page.get_by_role("link", name="Ruth Calloway")).to_be_visible()
    axe_in_both_lights(page)

    page.goto("/insight/hindsight")
    expect(page.get_by_text("118 did")).to_be_visible()
    axe_in_both_lights(page)
