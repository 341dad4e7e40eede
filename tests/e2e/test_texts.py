"""Texts with a real browser: written, looked over, put in, seen as a customer."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from regulars.core.actor import COMMAND
from regulars.messaging.actions.texts import bring_starters
from regulars.messaging.models import Template
from regulars.team.models import Member
from tests.e2e.conftest import OpenPage
from tests.factories.customers import make_customer
from tests.factories.team import make_business, make_member

Axe = Callable[[Page], None]
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def nora() -> Member:
    make_business()
    return make_member("owner")


@pytest.fixture
def bulletin(nora: Member) -> Template:
    bring_starters(by=COMMAND, at=NOW)
    make_customer("Ruth Calloway", email="ruth@x.example")
    make_customer("Tom Weir")
    return Template.objects.get(source="starter:bulletin")


def test_a_text_is_written_looked_over_and_seen(page_for: OpenPage, nora: Member) -> None:
    make_customer("Ruth Calloway", email="ruth@x.example")
    page = page_for(nora, path="/messages/texts/")

    page.get_by_role("link", name="Write a new text").click()
    page.get_by_label("Name for the team").fill("Put by")
    page.get_by_label("Subject").fill("Your loaf")
    body = page.get_by_label("What you want to say")
    body.fill("Your loaf is put by, {{ fist_name }}.")
    expect(page.get_by_text("there is no field “fist_name”")).to_be_visible()
    body.fill("Your loaf is put by.\n")
    expect(page.get_by_text("Nothing in it is personal")).to_be_visible()
    body.press("Control+End")
    page.get_by_role("button", name="Signature").click()
    expect(body).to_have_value("Your loaf is put by.\n{{ signature }}\n")
    expect(page.get_by_text("Nothing stands against it.")).to_be_visible()
    page.get_by_role("button", name="Keep this text").click()
    expect(page.get_by_text("Kept: “Put by”.")).to_be_visible()
    page.get_by_role("link", name="See it as a customer").click()

    expect(page.get_by_role("heading", name="As Ruth Calloway would read it")).to_be_visible()
    sheet = page.frame_locator("iframe.mailsheet")
    expect(sheet.get_by_text("Your loaf is put by.")).to_be_visible()
    expect(sheet.get_by_text("Nora Lindqvist")).to_be_visible()


def test_the_preview_changes_its_look_and_its_reader(
    page_for: OpenPage, nora: Member, bulletin: Template
) -> None:
    page = page_for(nora, path=f"/messages/texts/{bulletin.pk}/preview")
    sheet = page.frame_locator("iframe.mailsheet")
    expect(sheet.get_by_text("Dear Ruth Calloway,")).to_be_visible()
    light = sheet.locator(".box.know").evaluate("one => getComputedStyle(one).backgroundColor")

    page.get_by_role("link", name="On a phone").click()
    expect(page.locator("iframe.phone")).to_be_visible()
    assert page.locator("iframe.phone").bounding_box()["width"] == 390  # type: ignore[index]
    page.get_by_role("link", name="In the dark").click()
    expect(page.locator("iframe.dark")).to_be_visible()
    dark = sheet.locator(".box.know").evaluate("one => getComputedStyle(one).backgroundColor")
    page.get_by_role("link", name="As plain text").click()
    expect(page.locator("pre.plainmail")).to_contain_text("Dear Ruth Calloway,")
    page.get_by_label("Search by name, e-mail or telephone").last.fill("tom")
    page.get_by_role("link", name="Tom Weir").click()

    expect(page.locator("pre.plainmail")).to_contain_text("Dear Tom Weir,")
    assert light != dark


def test_texts_work_without_scripts(page_for: OpenPage, nora: Member, bulletin: Template) -> None:
    page = page_for(nora, path=f"/messages/texts/{bulletin.pk}", scripts=False)

    page.get_by_label("Subject").fill("Where it stands")
    page.get_by_role("button", name="Keep this text").click()
    page.goto(f"/messages/texts/{bulletin.pk}/preview?q=tom")
    page.get_by_role("link", name="Tom Weir").click()

    expect(page.get_by_text("Where it stands")).to_be_visible()
    expect(page.get_by_role("heading", name="As Tom Weir would read it")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_screens_of_texts_are_accessible(
    page_for: OpenPage, axe_in_both_lights: Axe, nora: Member, bulletin: Template, width: int
) -> None:
    page = page_for(nora, width=width, path="/messages/texts/")
    axe_in_both_lights(page)
    for path in ("", "/preview", "/preview?look=phone", "/preview?look=text"):
        page.goto(f"/messages/texts/{bulletin.pk}{path}")
        axe_in_both_lights(page)
    page.goto("/messages/texts/new")
    axe_in_both_lights(page)
