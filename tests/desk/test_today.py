"""Today: what it shows, what one may do on it, and that each action can be taken back."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.conversations.models import Touch
from regulars.core.models import Job
from regulars.planning.models import PlanItem
from regulars.team.models import Business, Closure, Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.orders import make_order
from tests.factories.planning import (
    TODAY,
    first_touch,
    items_of,
    make_due,
    names_of,
    plan_today,
)
from tests.factories.team import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true", "HX-Target": "today"}


def text_of(response: object) -> str:
    """The words of a page, without its tags."""
    html = response.content.decode()  # type: ignore[attr-defined]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def item_of(member: Member) -> PlanItem:
    return items_of(member)[0]


def test_before_there_are_customers_it_says_how_to_begin(
    owner: Member, client_of: ClientOf
) -> None:
    shown = text_of(client_of(owner).get("/"))

    assert "Bring your customers and orders" in shown
    assert "Look around in a sample business" in shown


def test_without_a_list_it_is_made_once_when_asked(manager: Member, client_of: ClientOf) -> None:
    make_due(manager=manager)
    client = client_of(manager)
    missing = client.get("/")

    first, second = client.post("/today/make", headers=HTMX), client.post("/today/make")

    assert "There is no list for today yet." in text_of(missing)
    # The page asks by itself; looking alone changes nothing.
    assert 'hx-post="/today/make" hx-trigger="load"' in missing.content.decode()
    assert "Your list for today is being made." in text_of(first)
    assert second.status_code == 302
    assert Job.objects.filter(name="planning.make_plans").count() == 1


def test_the_list_and_the_card_say_why_and_what_to_say(
    manager: Member, client_of: ClientOf
) -> None:
    ruth = make_due("Ruth Calloway", manager=manager, tier="core")
    make_due("Samuel Birch", manager=manager, stake=10)
    make_order(ruth, date(2026, 11, 18))
    make_touch(
        ruth,
        datetime(2026, 9, 5, 9, tzinfo=UTC),
        said="If the seeded one comes back, put two by for me.",
    )
    plan_today()

    shown = text_of(client_of(manager).get("/"))

    assert "Tuesday 24 November" in shown or "Tuesday, 24 November" in shown
    assert "Call Ruth" in shown
    assert "“ If the seeded one" in shown or "“If the seeded one" in shown
    assert "For a visit no address is known." in shown
    assert "Last in touch on" in shown
    assert "Nothing to sell today" in shown
    assert "2 to go" in shown
    assert "2 of 2 have no recorded permission for e-mail." in shown


def test_the_main_action_dials(manager: Member, client_of: ClientOf) -> None:
    make_due(manager=manager)
    plan_today()

    html = client_of(manager).get("/").content.decode()

    assert 'href="tel:+442079460991"' in html


def test_done_logs_the_touch_and_the_toast_takes_it_back(
    manager: Member, client_of: ClientOf
) -> None:
    make_due(manager=manager)
    plan_today()
    item, client = item_of(manager), client_of(manager)

    answer = client.post(
        f"/today/{item.pk}/done",
        {"outcome": "reached", "line": "Will be in on Friday."},
        headers=HTMX,
    )

    assert answer.status_code == 200
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert toast == {"text": "Done: Ruth Calloway. Spoke.", "undo": f"/today/{item.pk}/undo"}
    touch = Touch.objects.get()
    assert (touch.channel, touch.outcome, touch.said, touch.member, touch.minutes) == (
        "call",
        "reached",
        "Will be in on Friday.",
        manager,
        6,
    )
    assert "That was everyone for today." in text_of(answer)
    assert "Spoke, by a call. Will be in on Friday." in text_of(answer)

    undone = client.post(toast["undo"], headers={"HX-Request": "true"})

    assert 'hx-swap-oob="outerHTML"' in undone.content.decode()
    assert Touch.objects.standing().count() == 0
    assert names_of(manager) == ["Ruth Calloway"]


def test_done_works_without_a_script(manager: Member, client_of: ClientOf) -> None:
    make_due(manager=manager)
    plan_today()
    item, client = item_of(manager), client_of(manager)
    form = text_of(client.get(f"/?item={item.pk}&act=done"))

    page = client.post(f"/today/{item.pk}/done", {"outcome": "no_answer"}, follow=True)

    assert "Left a message" in form
    assert page.redirect_chain[-1][1] == 302
    assert "Done: Ruth Calloway. No answer." in text_of(page)
    assert f'action="/today/{item.pk}/undo"' in page.content.decode()


def test_done_without_an_outcome_keeps_what_was_typed(manager: Member, client_of: ClientOf) -> None:
    make_due(manager=manager)
    plan_today()
    item = item_of(manager)

    answer = client_of(manager).post(f"/today/{item.pk}/done", {"line": "Two loaves"})

    assert answer.status_code == 422
    assert 'value="Two loaves"' in answer.content.decode()
    assert "Say what came of it: choose one." in text_of(answer)
    assert Touch.objects.count() == 0


def test_a_second_done_is_refused(manager: Member, client_of: ClientOf) -> None:
    make_due(manager=manager)
    plan_today()
    item, client = item_of(manager), client_of(manager)
    client.post(f"/today/{item.pk}/done", {"outcome": "reached"})

    again = client.post(f"/today/{item.pk}/done", {"outcome": "reached"})

    assert again.status_code == 422
    assert "Someone has settled this one already." in text_of(again)
    assert Touch.objects.count() == 1


@pytest.mark.parametrize(
    ("until", "group"), [("afternoon", "With you"), ("tomorrow", "Asked again on 25 November.")]
)
def test_later(manager: Member, client_of: ClientOf, until: str, group: str) -> None:
    make_due(manager=manager)
    plan_today()
    item = item_of(manager)

    answer = client_of(manager).post(f"/today/{item.pk}/later", {"until": until}, headers=HTMX)

    assert group in text_of(answer)


def test_later_needs_a_day(manager: Member, client_of: ClientOf) -> None:
    make_due(manager=manager)
    plan_today()

    answer = client_of(manager).post(f"/today/{item_of(manager).pk}/later", {"until": "never"})

    assert answer.status_code == 422
    assert "Choose when to be asked again." in text_of(answer)


def test_not_now_says_until_when_and_why(manager: Member, client_of: ClientOf) -> None:
    make_due(manager=manager)
    plan_today()

    answer = client_of(manager).post(
        f"/today/{item_of(manager).pk}/not-now", {"remark": "On holiday."}, headers=HTMX
    )

    assert "Asked again on 24 December. On holiday." in text_of(answer)


def test_hand_over_puts_it_on_the_colleagues_list(
    manager: Member, owner: Member, client_of: ClientOf
) -> None:
    make_due(manager=manager)
    plan_today()
    client = client_of(manager)
    form = client.get(f"/?item={item_of(manager).pk}&act=hand_over").content.decode()

    answer = client.post(
        f"/today/{item_of(manager).pk}/hand-over",
        {"to": owner.pk, "for_good": "no"},
        headers=HTMX,
    )

    assert f'<option value="{owner.pk}">' in form
    assert f"Handed over to {owner.name}." in text_of(answer)
    assert names_of(owner) == ["Ruth Calloway"]


def test_hand_over_needs_a_colleague(manager: Member, client_of: ClientOf) -> None:
    make_due(manager=manager)
    plan_today()

    answer = client_of(manager).post(f"/today/{item_of(manager).pk}/hand-over", {"to": "x"})

    assert (answer.status_code, "Choose a colleague." in text_of(answer)) == (422, True)


def test_what_can_wait_is_named_with_why_and_can_be_taken_up(
    business: Business, client_of: ClientOf
) -> None:
    member = make_member("manager", minutes=7)
    make_due("Ruth Calloway", manager=member, stake=900)
    make_due("Samuel Birch", manager=member, stake=100)
    plan_today()
    client = client_of(member)

    assert "1 that can wait, and why" in text_of(client.get("/"))
    shown = text_of(client.get("/?waiting=1"))
    [waiting] = items_of(member, "waiting")
    answer = client.post(f"/today/{waiting.pk}/take-up", headers=HTMX)

    assert "Can wait: 1 minute was left, and this takes 6." in shown
    assert "Samuel Birch is on today" in json.loads(answer["HX-Trigger"])["toast"]["text"]
    assert names_of(member) == ["Ruth Calloway", "Samuel Birch"]


def test_a_touch_logged_elsewhere_counts_as_done(manager: Member, client_of: ClientOf) -> None:
    ruth = make_due(manager=manager)
    plan_today()
    make_touch(ruth, datetime(2026, 11, 24, 8, 30, tzinfo=UTC), said="Came by herself.")

    shown = text_of(client_of(manager).get("/"))

    assert "That was everyone for today." in shown
    assert "Came by herself." in shown


def test_no_minutes_says_so(business: Business, client_of: ClientOf) -> None:
    member = make_member("manager", minutes=0)
    make_due(manager=member)
    plan_today()

    shown = text_of(client_of(member).get("/"))

    assert "There are no minutes for customers in your week today" in shown
    assert "1 customer is due and waits for the next working day." in shown


def test_a_day_closed_says_so(business: Business, client_of: ClientOf) -> None:
    Closure.objects.create(business=business, starts_on=TODAY, ends_on=TODAY)
    member = make_member("manager", minutes=0)
    make_due(manager=member)
    plan_today()

    assert "We are closed today" in text_of(client_of(member).get("/"))


def test_nobody_due_is_calm(manager: Member, client_of: ClientOf) -> None:
    first_touch(make_customer(manager=manager), date(2026, 12, 1))
    plan_today()

    shown = text_of(client_of(manager).get("/"))

    assert "Nobody needs to hear from us today." in shown


def test_the_owner_looks_at_another_list_and_a_helper_does_not(
    owner: Member, manager: Member, helper: Member, client_of: ClientOf
) -> None:
    make_due(manager=manager)
    plan_today()

    seen = text_of(client_of(owner).get(f"/?member={manager.pk}"))
    refused = client_of(helper).get(f"/?member={manager.pk}")

    assert f"24 November: {manager.name}" in seen
    assert "Call Ruth" in seen
    assert refused.status_code == 403
    assert client_of(owner).get("/?member=999999").status_code == 404


@pytest.mark.parametrize("verb", ["done", "later", "not-now", "hand-over", "take-up", "undo"])
def test_a_viewer_sees_and_changes_nothing(
    manager: Member, viewer: Member, client_of: ClientOf, verb: str
) -> None:
    make_due(manager=manager)
    plan_today()
    item, client = item_of(manager), client_of(viewer)
    page = client.get(f"/?member={manager.pk}").content.decode()

    form = {"outcome": "reached", "until": "tomorrow", "to": str(manager.pk)}
    answer = client.post(f"/today/{item.pk}/{verb}", form)

    assert "Ruth Calloway" in page
    assert 'class="acts"' not in page
    assert answer.status_code == 403
    assert names_of(manager) == ["Ruth Calloway"]


def test_another_members_item_is_not_there_for_a_helper(
    manager: Member, helper: Member, client_of: ClientOf
) -> None:
    make_due(manager=manager)
    plan_today()

    answer = client_of(helper).post(f"/today/{item_of(manager).pk}/done", {"outcome": "reached"})

    assert answer.status_code == 404


def test_queries_do_not_grow_with_the_list(manager: Member, client_of: ClientOf) -> None:
    client = client_of(manager)
    make_due("Ruth Calloway", manager=manager)
    plan_today()
    client.get("/")
    with CaptureQueriesContext(connection) as one:
        client.get("/")
    for name in ("Samuel Birch", "Joss Tully"):
        make_due(name, manager=manager)
    plan_today()

    with CaptureQueriesContext(connection) as three:
        client.get("/")

    assert len(items_of(manager)) == 3
    assert len(three) == len(one)


def test_odd_addresses_are_harmless(manager: Member, client_of: ClientOf) -> None:
    make_due(manager=manager)
    plan_today()
    client = client_of(manager)

    for address in ("/?item=x", "/?item=99999999", "/?act=nonsense", "/?member=", "/?list=1"):
        assert client.get(address).status_code == 200
