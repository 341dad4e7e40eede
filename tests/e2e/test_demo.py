"""The sample business in a browser: brought in, looked at, taken out."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from regulars.customers.models import Customer
from regulars.team.models import Member


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_owner_looks_around_and_takes_it_out(
    page_for: Callable[..., Any],
    work: Callable[[], int],
    at: datetime,
    owner: Member,
    scripts: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not scripts:
        # The same work but for its counts.
        monkeypatch.setattr("regulars.demo.actions._count", lambda *_day, **_by: None)
    page = page_for(owner, path="/demo/", scripts=scripts)

    page.get_by_role("button", name="Look around in a sample business").click()
    expect(page.get_by_role("status").first).to_contain_text("Opening the bakery")
    work()
    if not scripts:
        page.get_by_role("link", name="Look again").click()
    page.wait_for_url(re.compile(r":\d+/$"), timeout=15_000)
    assert Customer.objects.on_the_list().count() == 412

    page.goto("/demo/")
    expect(page.get_by_text("412 customers, as of 24 November 2026")).to_be_visible()
    if scripts:
        page.get_by_role("button", name="Take the sample out …").click()
        page.get_by_role("button", name="Take it out").click()
    else:
        page.get_by_role("button", name="Take the sample out", exact=True).click()
    page.wait_for_url("**/demo/progress/**")
    work()
    if not scripts:
        page.get_by_role("link", name="Look again").click()
    page.wait_for_url(lambda url: "/demo/" not in url, timeout=15_000)
    assert Customer.objects.count() == 0


@pytest.mark.parametrize("width", ["desk", 320])
def test_the_page_of_the_sample_has_no_fault(
    page_for: Callable[..., Any],
    axe_in_both_lights: Callable[[Any], None],
    owner: Member,
    width: str | int,
) -> None:
    axe_in_both_lights(page_for(owner, path="/demo/", width=width))
