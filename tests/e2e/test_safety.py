"""A held instance says so on every page; a code proves the address; both read well."""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from regulars.core import instance
from regulars.core.instance import Waiting
from regulars.team.models import Member

OpenPage = Callable[..., Page]
AxeCheck = Callable[[Page], None]

PICTURES = os.environ.get("REGULARS_PICTURES", "")
PASSWORD = "a loaf of rye, well baked"


@pytest.fixture
def held(at: datetime, settings: Any) -> None:
    settings.PUBLIC_URL = "https://shop.example"
    instance.settle_identity()
    instance.hold("copied", at=at)
    instance.waiting.register("browser", lambda _at: Waiting("Messages", 3, at))


@pytest.fixture(autouse=True)
def _counts_go() -> Any:
    yield
    instance.waiting._things.pop("browser", None)


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("width", [320, 1280])
def test_a_held_instance_is_clear_and_clean(
    page_for: OpenPage, axe_in_both_lights: AxeCheck, owner: Member,
    width: int,
) -> None:  # fmt: skip
    page = page_for(owner, width=width, path="/team/safety")

    expect(page.locator(".standing")).to_contain_text("Nothing leaves this instance")
    expect(page.locator("#held")).to_contain_text("Messages: 3 wait.")
    expect(page.locator(".qr svg")).to_be_visible()
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/safety-{width}.png", full_page=True)
    axe_in_both_lights(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.usefixtures("held")
def test_an_owner_releases_after_the_password(page_for: OpenPage, owner: Member) -> None:
    owner.set_password(PASSWORD)
    owner.save()
    page = page_for(owner, path="/team/safety")

    page.get_by_label("The other one goes on").check()
    page.get_by_role("button", name="Release this instance").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="It is me").click()

    expect(page.get_by_text("Released: this instance acts again.")).to_be_visible()
    expect(page.locator(".standing")).to_have_count(0)
    assert instance.why_held_now() == ""


@pytest.mark.usefixtures("held")
def test_the_page_behind_the_code_reads_well(
    page_for: OpenPage, axe: AxeCheck, owner: Member
) -> None:
    here = page_for(owner, path="/team/safety")
    link = here.locator("#proof-link").input_value().removeprefix("https://shop.example")

    page = page_for(None, width="phone", path=link)

    expect(page.get_by_role("button", name="Yes, I see it here")).to_be_visible()
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/safety-proof.png")
    axe(page)
