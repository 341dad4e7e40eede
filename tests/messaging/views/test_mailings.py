"""From the ticked customers to the last message: write, look, approve, watch, stop."""

from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core import worker
from regulars.customers.models import Customer
from regulars.messaging.actions.switch import stop_sending
from regulars.messaging.audiences import sealed
from regulars.messaging.choices import MailingState, State
from regulars.messaging.models import Mailing, Message, Template
from regulars.messaging.sending import drain
from regulars.team.models import Member
from regulars.team.queries import zone_of_the_business
from tests.factories.customers import make_customer
from tests.factories.messaging import make_mailing, make_message

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
WORDS = {
    "subject": "Open again", "body": "{{ greeting }}\n\nWe open at seven.\n\n{{ signature }}",
    "purpose": "serve", "nonce": "abc",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def three(manager: Member) -> list[Customer]:
    """Two who have an address, and one who has none."""
    return [
        make_customer("Ruth Calloway", email="ruth@x.example", manager=manager),
        make_customer("Thea Abernathy", email="thea@x.example"),
        make_customer("Oscar Winslow"),
    ]


def words(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return unescape(answer.content.decode())


def a_draft(client: Client, ids: list[int]) -> Mailing:
    answer = client.post(
        "/messages/mailings/new", {**WORDS, "who": sealed("customers-list", {"ids": ids})}
    )
    mailing = Mailing.objects.latest("pk")
    assert answer["Location"] == f"/messages/mailings/{mailing.pk}/", answer.content
    return mailing


def test_from_the_list_to_the_last_message(
    manager: Member, client_of: SignIn, three: list[Customer], at: datetime
) -> None:
    here = client_of(manager)
    chosen = here.post("/customers/write", {"ids": [one.pk for one in three]})
    sheet = words(here, chosen["Location"])
    who = chosen["Location"].partition("who=")[2]
    assert "chosen one by one: Thea Abernathy, Ruth Calloway, Oscar Winslow" in sheet
    assert who

    mailing = a_draft(here, [one.pk for one in three])
    path = f"/messages/mailings/{mailing.pk}/"
    look = words(here, path)

    assert "2 of 3 customers get this." in look
    assert "Send to 2 of them" in look
    assert "We have no address of theirs" in look
    assert 'name="seen" value="3"' in look
    assert f'src="/messages/paper/{mailing.version_id}/{three[1].pk}"' in look
    assert not Message.objects.exists()

    assert here.post(f"{path}approve", {"seen": "3"})["Location"] == path
    assert "Going out: 0 handed over" in words(here, path)
    worker.tick((), zone_of_the_business)
    drain()
    cache.clear()

    watch = words(here, path)
    assert "Done: 2 of 3 handed over" in watch
    assert "hx-get" not in watch.split('id="progress"')[1].split(">")[0]
    handed_over = words(here, f"{path}of/handed-over/")
    assert ("Ruth Calloway" in handed_over, "Oscar Winslow" in handed_over) == (True, False)
    assert "We have no address of theirs" in words(here, f"{path}of/not-sent/")


def test_whoever_lacks_what_the_text_says_is_not_counted_as_leaving(
    manager: Member, client_of: SignIn, three: list[Customer], at: datetime
) -> None:
    here = client_of(manager)
    school = make_customer("Weir School", kind="organisation", email="weir@x.example")
    make_customer("Mill School", kind="organisation", email="mill@x.example")
    make_customer("Lock School", kind="organisation")
    who = sealed("customers-list", {"ids": [*(one.pk for one in three), school.pk]})
    here.post("/messages/mailings/new", {**WORDS, "subject": "For {{ first_name }}", "who": who})
    path = f"/messages/mailings/{Mailing.objects.get().pk}/"

    look = words(here, path)
    here.post(f"{path}approve", {"seen": "4"})
    worker.tick((), zone_of_the_business)
    drain()

    assert "2 of 4 customers get this." in look
    assert "Send to 2 of them" in look
    assert "not: The text says something of them that is not known." in look
    assert "1 customer has no “First name” and would not get this message." in look
    assert Message.objects.filter(state=State.ACCEPTED).count() == 2


def test_all_that_match_are_meant_by_their_filter(
    manager: Member, client_of: SignIn, three: list[Customer]
) -> None:
    here = client_of(manager)

    chosen = here.post("/customers/write", {"all": "1", "q": "a", "manager": str(manager.pk)})

    page = words(here, chosen["Location"])
    assert f"everybody on the list whom {manager.name} looks after and who fit “a”" in page


@pytest.mark.parametrize(("other", "status"), [("3", 302), ("9", 303), ("", 303)])
def test_an_approval_is_for_what_was_seen(
    manager: Member, client_of: SignIn, three: list[Customer], other: str, status: int
) -> None:
    here = client_of(manager)
    mailing = a_draft(here, [one.pk for one in three])

    answer = here.post(f"/messages/mailings/{mailing.pk}/approve", {"seen": other})

    path = f"/messages/mailings/{mailing.pk}/"
    assert (answer.status_code, answer["Location"]) == (status, path)
    page = words(here, path)
    assert ("The list has changed: it was" in page) == (status == 303)
    assert ('name="seen" value="3"' in page) == (status == 303)
    mailing.refresh_from_db()
    assert (mailing.state == MailingState.RUNNING) == (status == 302)


def test_what_is_grave_has_no_button(
    manager: Member, client_of: SignIn, three: list[Customer]
) -> None:
    here = client_of(manager)
    who = sealed("customers-list", {"ids": [three[0].pk]})
    here.post("/messages/mailings/new", {**WORDS, "body": "Dear [write the name]", "who": who})

    page = words(here, f"/messages/mailings/{Mailing.objects.get().pk}/")

    assert "still holds a place to fill in" in page
    assert "/approve" not in page


def test_what_is_grave_is_not_approved_without_the_button_either(
    manager: Member, client_of: SignIn, three: list[Customer]
) -> None:
    here = client_of(manager)
    who = sealed("customers-list", {"ids": [three[0].pk]})
    here.post("/messages/mailings/new", {**WORDS, "body": "Dear [write the name]", "who": who})
    mailing = Mailing.objects.get()

    answer = here.post(f"/messages/mailings/{mailing.pk}/approve", {"seen": "1"})

    assert answer.status_code == 422
    assert "still holds a place to fill in" in answer.content.decode()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.DRAFT


def test_pause_go_on_and_stop_for_good(
    manager: Member, client_of: SignIn, three: list[Customer], at: datetime
) -> None:
    here = client_of(manager)
    mailing = a_draft(here, [one.pk for one in three])
    path = f"/messages/mailings/{mailing.pk}/"
    here.post(f"{path}approve", {"seen": "3"})
    worker.tick((), zone_of_the_business)

    here.post(f"{path}pause")
    paused = words(here, path)
    drain()
    here.post(f"{path}resume")
    going = words(here, f"{path}progress")
    here.post(f"{path}stop")
    stopped = words(here, path)
    drain()
    worker.tick((), zone_of_the_business)

    assert "Paused: 3 of its messages wait" in paused
    # Somebody else may let it go on: the page asks on, at a slower beat.
    assert 'hx-trigger="every 10s"' in paused
    assert 'hx-trigger="every 1s"' in going
    assert "Stopped for good; 0 had left, 3 are being taken back" in stopped
    assert "being taken back" not in words(here, path)
    assert "Stopped for good; 0 had left" in words(here, path)
    assert set(Message.objects.values_list("state", flat=True)) == {State.CANCELLED}
    refused = here.post(f"{path}pause")
    assert (refused.status_code, refused["Location"]) == (303, path)
    assert "no longer in a state for that" in words(here, path)


def test_what_is_finished_has_nothing_to_pause(
    manager: Member, client_of: SignIn, three: list[Customer], at: datetime
) -> None:
    here = client_of(manager)
    mailing = make_mailing(at=at)
    message = make_message(three[0], at=at, mailing=mailing)
    path = f"/messages/mailings/{mailing.pk}/"
    going = words(here, f"{path}progress")
    Message.objects.filter(pk=message.pk).update(state=State.ACCEPTED)

    done = words(here, f"{path}progress")
    answer = here.post(f"{path}pause")

    assert (f"{path}pause" in going, "Stop for good" in going) == (True, True)
    assert (f"{path}pause" in done, "Stop for good" in done, "left" in done) == (False,) * 3
    assert "hx-trigger" not in done
    assert (answer.status_code, answer["Location"]) == (303, path)
    assert "There is nothing left to pause." in words(here, path)
    assert "There is nothing left to pause." not in words(here, path)
    mailing.refresh_from_db()
    assert mailing.state == MailingState.RUNNING


def test_the_watch_says_who_stopped_everything(
    manager: Member, client_of: SignIn, three: list[Customer], at: datetime
) -> None:
    here = client_of(manager)
    mailing = make_mailing(at=at)
    make_message(three[0], at=at, mailing=mailing)
    stop_sending(why="A burst pipe.", by=manager.actor, at=at)

    part = words(here, f"/messages/mailings/{mailing.pk}/progress")

    assert f"It waits: {manager.name} stopped all sending" in part
    assert "A burst pipe." in part


def test_a_draft_is_named_without_marks(
    manager: Member, client_of: SignIn, three: list[Customer], at: datetime
) -> None:
    here = client_of(manager)
    who = sealed("customers-list", {"ids": [three[0].pk]})
    kept = Template.objects.create(
        name="Winter hours", subject="We open, {{ first_name }}", body=WORDS["body"],
        purpose="serve", created_at=at, updated_at=at,
    )  # fmt: skip
    subject = {"subject": "Thank you, {{ first_name }}"}

    here.post("/messages/mailings/new", {**WORDS, **subject, "who": who})
    here.post("/messages/mailings/new", {**WORDS, **subject, "who": who, "text": kept.pk})

    names = list(Mailing.objects.order_by("pk").values_list("name", flat=True))
    assert names == ["Thank you, …", "Winter hours"]


def test_a_draft_is_thrown_away_or_written_anew(
    manager: Member, client_of: SignIn, three: list[Customer]
) -> None:
    here = client_of(manager)
    old = a_draft(here, [three[0].pk])
    path = f"/messages/mailings/{old.pk}/"
    look = words(here, path)
    sheet = words(here, f"/messages/mailings/new?from={old.pk}")

    new = here.post(
        "/messages/mailings/new",
        {**WORDS, "subject": "Other words", "from": old.pk,
         "who": sealed(old.audience, old.definition)},
    )["Location"]  # fmt: skip
    away = here.post(f"{new}stop", follow=True)

    assert "Throw this draft away" in look
    assert f"/messages/mailings/new?from={old.pk}" in look
    assert ('value="Open again"' in sheet, "We open at seven." in sheet) == (True, True)
    assert f'name="from" value="{old.pk}"' in sheet
    assert "Thrown away: nobody gets it." in unescape(away.content.decode())
    assert "Thrown away; nobody got it" in unescape(away.content.decode())
    assert set(Mailing.objects.values_list("state", flat=True)) == {MailingState.CANCELLED}


@pytest.mark.parametrize("role", ["helper", "viewer"])
def test_only_owners_and_managers_write_to_many(
    role: str, manager: Member, client_of: SignIn, three: list[Customer],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    mailing = a_draft(client_of(manager), [three[0].pk])
    here = client_of(request.getfixturevalue(role))
    path = f"/messages/mailings/{mailing.pk}/"
    who = sealed("customers-list", {"ids": [three[0].pk]})

    assert here.post("/customers/write", {"ids": [three[0].pk]}).status_code == 403
    assert here.get("/messages/mailings/new", {"who": who}).status_code == 403
    assert here.post("/messages/mailings/new", {**WORDS, "who": who}).status_code == 403
    for deed in ("approve", "pause", "resume", "stop"):
        assert here.post(f"{path}{deed}").status_code == 403
    assert "Only an owner or a manager approves it." in words(here, path)
    mailing.refresh_from_db()
    assert (mailing.state, Mailing.objects.count()) == (MailingState.DRAFT, 1)


@pytest.mark.parametrize(
    "who", ["", "forged", sealed("customers-list", {})[:-2]], ids=["none", "forged", "cut"]
)
def test_who_is_meant_cannot_be_forged(manager: Member, client_of: SignIn, who: str) -> None:
    here = client_of(manager)

    assert here.get("/messages/mailings/new", {"who": who}).status_code == 422
    assert here.post("/messages/mailings/new", {**WORDS, "who": who}).status_code == 422
    assert not Mailing.objects.exists()


def test_nobody_chosen_is_said(manager: Member, client_of: SignIn) -> None:
    answer = client_of(manager).post("/customers/write")

    assert answer.status_code == 422
    assert "Nobody is chosen." in answer.content.decode()


def test_a_helper_finds_their_own_in_a_mailing(
    manager: Member, helper: Member, client_of: SignIn, three: list[Customer], at: datetime
) -> None:
    own = make_customer("Own Person", email="own@x.example", manager=helper)
    mailing = make_mailing(at=at)
    for one in (three[0], own):
        make_message(one, at=at, mailing=mailing, state=State.ACCEPTED)

    page = words(client_of(helper), f"/messages/mailings/{mailing.pk}/of/handed-over/")

    assert ("Own Person" in page, "Ruth Calloway" in page) == (True, False)


def test_a_list_of_three_asks_as_often_as_one_of_one(
    manager: Member, client_of: SignIn, three: list[Customer], at: datetime
) -> None:
    here = client_of(manager)
    mailing = make_mailing(at=at)
    path = f"/messages/mailings/{mailing.pk}/of/handed-over/"

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            here.get(path)
        return len(seen)

    make_message(three[0], at=at, mailing=mailing, state=State.ACCEPTED)
    here.get(path)
    one = asked()
    for customer in three[1:]:
        make_message(customer, at=at, mailing=mailing, state=State.ACCEPTED)

    assert asked() == one


def test_pages_of_a_list_follow_one_another(
    manager: Member, client_of: SignIn, at: datetime
) -> None:
    here = client_of(manager)
    mailing = make_mailing(at=at)
    for number in range(27):
        customer = make_customer(f"Person {number:02}", email=f"p{number}@x.example")
        make_message(customer, at=at, mailing=mailing, state=State.ACCEPTED)
    path = f"/messages/mailings/{mailing.pk}/of/handed-over/"

    first = words(here, path)
    after = first.partition('href="?after=')[2].partition('"')[0]
    second = words(here, f"{path}?after={after}")

    assert (first.count("<tr>"), second.count("<tr>")) == (26, 3)
    assert "Person 24" in first
    assert "Person 25" in second
    assert here.get(f"/messages/mailings/{mailing.pk}/of/nothing/").status_code == 302
    assert here.get(f"{path}?after=x").status_code == 200
