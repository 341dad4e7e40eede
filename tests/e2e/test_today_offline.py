"""Today without a connection: what is written down arrives once, in order, and nothing is lost."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Error, Page, expect

from regulars.conversations.models import Touch
from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.customers.models import Customer
from regulars.planning.actions import make_plans
from regulars.planning.models import OfflineTouch, PlanItem
from regulars.team.models import Business, Member
from tests.factories.planning import make_due

OpenPage = Callable[..., Page]
NAMES = ["Ruth Calloway", "Samuel Birch", "Joss Tully", "Olga Brandt", "Ada Byron"]
# What the browser holds on its disk, as text where there is any.
ON_DISK = """async () => {
  const rows = (name, table) => new Promise((done) => {
    indexedDB.open(name).onsuccess = ({ target }) => {
      const found = target.result.transaction(table).objectStore(table).getAll();
      found.onsuccess = () => { target.result.close(); done(found.result); };
    };
  });
  const told = (row) => JSON.stringify(row) + new TextDecoder().decode(row.sealed);
  const sealed = [...await rows("regulars", "list"), ...await rows("regulars", "touches")];
  const keys = await rows("regulars-keys", "keys");
  return { rows: sealed.map(told), keys: keys.map((key) => key.extractable) };
}"""


def wait_on_disk(page: Page, holds: Callable[[dict[str, list[object]]], bool]) -> None:
    """The browser waits for no promise of its own, so it is asked again and again."""
    for _try in range(60):
        # On its way to another page it answers nothing.
        with suppress(Error):
            if holds(page.evaluate(ON_DISK)):
                return
        page.wait_for_timeout(250)
    raise AssertionError(page.evaluate(ON_DISK))


@pytest.fixture
def day(manager: Member, business: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five customers on the list of a Tuesday; the server's clock stands still."""
    monkeypatch.setenv("REGULARS_NOW", "2026-11-24T09:10:00+00:00")
    for place, name in enumerate(NAMES):
        make_due(name, manager=manager, stake=90_000 - 1000 * place)
    make_plans(day=business.day_of(clock.now()), by=COMMAND, at=clock.now())


def kept(page: Page) -> Page:
    """The page, once the device has what it needs."""
    page.locator("html[data-kept=yes]").wait_for()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return page


def reopened(context: BrowserContext, page: Page) -> Page:
    page.close()
    again = context.new_page()
    again.goto("/")
    again.locator("html[data-shown=yes]").wait_for()
    return again


def log(page: Page, name: str, line: str) -> None:
    expect(page.locator("#card h2")).to_have_text(name)
    page.locator("[data-act=done]").first.click()
    page.get_by_label("In a line").fill(line)
    page.get_by_role("button", name="Spoke").click()
    # It says so once it is on the disk.
    expect(page.locator("[data-said]")).to_contain_text(f"{name} is kept here")


@pytest.mark.usefixtures("day")
def test_five_touches_without_a_connection_arrive_once_and_in_order(
    page_for: OpenPage, manager: Member, axe_in_both_lights: Callable[[Page], None]
) -> None:
    page = kept(page_for(manager, width="phone"))
    context = page.context

    context.set_offline(True)
    page.goto("/")
    expect(page.get_by_text("No connection")).to_be_visible()
    for place, name in enumerate(NAMES[:3]):
        log(page, name, f"{place + 1}: by Friday.")
    page = reopened(context, page)
    expect(page.locator("[data-chip]")).to_have_text("No connection, 3 kept here")
    page.locator("[data-act=done]").first.click()
    axe_in_both_lights(page)
    page.get_by_role("button", name="Leave it").click()
    for place, name in enumerate(NAMES[3:], start=3):
        log(page, name, f"{place + 1}: by Friday.")
    page = reopened(context, page)
    expect(page.locator("#card")).to_contain_text("That was everyone")
    disk = page.evaluate(ON_DISK)
    context.set_offline(False)
    # It goes over by itself as soon as there is a connection.
    expect(page.locator(".row.done")).to_have_count(5, timeout=15_000)
    kept(page)
    page.reload()
    kept(page)

    written = Touch.objects.order_by("happened_at", "pk")
    assert [(one.customer.name, one.said) for one in written] == [
        (name, f"{place + 1}: by Friday.") for place, name in enumerate(NAMES)
    ]
    assert [one.touch for one in OfflineTouch.objects.order_by("pk")] == list(written)
    assert len(disk["rows"]) == 6
    assert disk["keys"] == [False, False]
    assert [row for row in disk["rows"] if "Friday" in row or "Calloway" in row] == []


@pytest.mark.usefixtures("day")
def test_later_and_not_now_without_a_connection_arrive_in_order(
    page_for: OpenPage, manager: Member
) -> None:
    page = kept(page_for(manager))

    # The connection goes while the page still stands there.
    page.keyboard.press("l")
    expect(page.get_by_role("button", name="Tomorrow")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Tomorrow").click()
    expect(page.locator("#card h2")).to_have_text(NAMES[1])
    page.keyboard.press("n")
    page.get_by_label("Why not now?").fill("Is away until Friday.")
    page.get_by_role("button", name="Ask again on").click()
    expect(page.locator("[data-said]")).to_contain_text(f"{NAMES[1]} is kept here")
    page.keyboard.press("l")
    page.get_by_role("button", name="In three days").click()
    expect(page.locator("[data-chip]")).to_have_text("No connection, 3 kept here")
    expect(page.locator(".awaykept").nth(1)).to_contain_text("Not now. Is away until Friday.")
    page.locator(".awaykept").nth(2).get_by_role("button", name="Take it back").click()
    page.context.set_offline(False)
    wait_on_disk(page, lambda disk: len(disk["rows"]) == 1)

    settled = PlanItem.objects.exclude(state="open").order_by("pk")
    assert [(one.customer.name, one.state, one.remark) for one in settled] == [
        (NAMES[0], "snoozed", ""), (NAMES[1], "not_now", "Is away until Friday."),
    ]  # fmt: skip
    assert Touch.objects.count() == 0


@pytest.mark.usefixtures("day")
def test_what_was_being_written_when_the_connection_went_is_kept(
    page_for: OpenPage, manager: Member
) -> None:
    page = kept(page_for(manager))

    page.keyboard.press("d")
    page.get_by_label("What did they say?").fill("Comes on Friday.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Spoke").click()
    expect(page.locator("[data-chip]")).to_have_text("No connection, 1 kept here")
    expect(page.locator("#card h2")).to_have_text("Samuel Birch")
    # A browser whose storage is full keeps nothing, and says so; what was typed stays.
    page.evaluate("() => { IDBObjectStore.prototype.add = () => { throw new DOMException(); } }")
    page.keyboard.press("d")
    page.get_by_label("In a line").fill("Not at home.")
    page.get_by_role("button", name="No answer").click()
    expect(page.locator("[data-said]")).to_contain_text("This browser would not keep it")
    expect(page.get_by_label("In a line")).to_have_value("Not at home.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Go on with it").click()

    expect(page.locator(".row.done")).to_have_count(1)
    assert [one.said for one in Touch.objects.all()] == ["Comes on Friday."]


@pytest.mark.usefixtures("day")
def test_a_session_that_ended_meanwhile_loses_nothing_and_signing_out_leaves_nothing(
    page_for: OpenPage, manager: Member
) -> None:
    page = kept(page_for(manager))
    context = page.context
    [session] = [one for one in context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME]

    context.set_offline(True)
    page.goto("/")
    log(page, NAMES[0], "On Friday.")
    context.clear_cookies()
    context.set_offline(False)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    wait_on_disk(page, lambda disk: not disk["keys"])
    sealed = page.evaluate(ON_DISK)
    home = page.url.partition("/account")[0]
    context.add_cookies([{"name": session["name"], "value": session["value"], "url": home}])
    page.goto("/")
    expect(page.locator(".row.done")).to_have_count(1)
    kept(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    assert (len(sealed["rows"]), sealed["keys"]) == (1, [])
    assert page.evaluate(ON_DISK) == {"rows": [], "keys": []}
    assert [one.said for one in Touch.objects.all()] == ["On Friday."]


@pytest.mark.usefixtures("day")
def test_a_browser_that_keeps_nothing_says_so_in_time(page_for: OpenPage, manager: Member) -> None:
    page = kept(page_for(manager))
    page.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException(); }")

    page.reload()
    expect(page.locator("[data-away-if=forbidden]")).to_be_visible()
    page.context.set_offline(True)
    page.goto("/")

    expect(page.locator("#card")).to_contain_text("This browser keeps nothing for us")
    page.context.set_offline(False)
    # As over plain http, from another machine.
    plain = page.context.new_page()
    plain.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    plain.goto("/")
    expect(plain.locator("[data-away-if=insecure]")).to_contain_text("TLS")


@pytest.mark.usefixtures("day")
def test_what_is_not_taken_in_stays_and_says_why(page_for: OpenPage, manager: Member) -> None:
    page = kept(page_for(manager))

    page.context.set_offline(True)
    page.goto("/")
    log(page, NAMES[0], "On Friday.")
    manager.role = "helper"
    manager.save()
    Customer.objects.update(manager=None)
    PlanItem.objects.all().delete()
    page.context.set_offline(False)

    stuck = page.locator(".stuck li")
    expect(stuck).to_contain_text("On Friday.")
    assert Touch.objects.count() == 0
    stuck.get_by_role("button", name="Take it off this device").click()
    expect(stuck).to_have_count(0)
