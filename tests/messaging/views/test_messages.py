"""Writing to one customer, what needs a look, the story of a message, as a browser gets them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.customers.models import Customer
from regulars.messaging.choices import State
from regulars.messaging.models import Attempt, Message, Template
from regulars.messaging.sending import drain
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer
from tests.factories.messaging import make_mailing, make_message, make_version

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
WORDS = {
    "subject": "Your loaf", "body": "{{ greeting }}\n\nIt is put by.\n\n{{ signature }}",
    "purpose": "serve", "nonce": "abc",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def ruth(manager: Member) -> Customer:
    return make_customer("Ruth Calloway", email="ruth@x.example", manager=manager)


def words(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.content
    return unescape(answer.content.decode())


def test_the_same_form_twice_is_one_message(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    here = client_of(manager)

    answers = [here.post(f"/messages/to/{ruth.pk}/", WORDS) for _time in range(2)]

    assert [answer["Location"] for answer in answers] == [f"/customers/{ruth.pk}/"] * 2
    message = Message.objects.get()
    assert (message.state, message.purpose, message.created_by) == ("ready", "serve", manager)
    page = words(here, f"/customers/{ruth.pk}/")
    assert "Written to Ruth" in page
    assert f'action="/messages/m/{message.pk}/take-back"' in page
    assert "Waiting to leave" in page


def test_it_can_be_taken_back_while_the_toast_stands(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    here = client_of(manager)
    here.post(f"/messages/to/{ruth.pk}/", WORDS)
    message = Message.objects.get()

    drain()
    answer = here.post(f"/messages/m/{message.pk}/take-back", headers={"HX-Request": "true"})

    assert (answer.status_code, "touch-changed" in answer["HX-Trigger"]) == (204, True)
    message.refresh_from_db()
    assert message.state == State.CANCELLED
    again = here.post(f"/messages/m/{message.pk}/take-back")
    assert again.status_code == 422
    assert "cannot be taken back" in again.content.decode()


def test_a_text_is_taken_as_it_is_or_changed(
    manager: Member, client_of: SignIn, ruth: Customer
) -> None:
    kept = Template.objects.create(
        name="Thank you", subject="Thank you, {{ first_name }}", body="{{ greeting }}\n\nThanks.",
        purpose="thank", created_at=A_DAY, updated_at=A_DAY,
    )  # fmt: skip
    here = client_of(manager)
    sheet = words(here, f"/messages/to/{ruth.pk}/?text={kept.pk}")
    said = {"text": kept.pk, "purpose": "thank", "subject": kept.subject}

    here.post(
        f"/messages/to/{ruth.pk}/", {**said, "body": "{{ greeting }}\r\n\r\nThanks.", "nonce": "1"}
    )
    here.post(f"/messages/to/{ruth.pk}/", {**said, "body": "Other words.", "nonce": "2"})

    assert 'value="Thank you, {{ first_name }}"' in sheet
    versions = [one.version for one in Message.objects.order_by("pk")]
    assert [version.template for version in versions] == [kept, None]
    assert [version.body for version in versions] == [kept.body, "Other words."]


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"subject": ""}, "This field is required."),
        ({"body": "{{ nothing_known }}"}, "nothing_known"),
        ({"purpose": "boss"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_sent_stays_typed(
    manager: Member, client_of: SignIn, ruth: Customer, over: dict[str, str], said: str
) -> None:
    answer = client_of(manager).post(f"/messages/to/{ruth.pk}/", {**WORDS, **over})

    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    assert said in page
    assert over.get("body", "It is put by.") in page
    assert not Message.objects.exists()


def test_without_an_address_nothing_is_written(manager: Member, client_of: SignIn) -> None:
    nobody = make_customer("Oscar Winslow", manager=manager)
    here = client_of(manager)

    before = words(here, f"/messages/to/{nobody.pk}/")
    answer = here.post(f"/messages/to/{nobody.pk}/", WORDS)

    assert "We have no address of theirs" in before
    assert answer.status_code == 422
    assert "There is no e-mail address of Oscar Winslow" in answer.content.decode()
    assert not Message.objects.exists()


def test_who_may_write_to_whom(
    helper: Member, viewer: Member, client_of: SignIn, ruth: Customer
) -> None:
    own = make_customer("Thea Abernathy", email="thea@x.example", manager=helper)

    assert client_of(helper).post(f"/messages/to/{own.pk}/", WORDS).status_code == 302
    assert client_of(helper).post(f"/messages/to/{ruth.pk}/", WORDS).status_code == 404
    assert client_of(viewer).post(f"/messages/to/{ruth.pk}/", WORDS).status_code == 403
    assert client_of(viewer).get(f"/messages/to/{ruth.pk}/").status_code == 403
    assert Message.objects.get().customer == own


def test_a_helper_sees_messages_to_their_own_alone(
    helper: Member, viewer: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    own = make_customer("Thea Abernathy", email="thea@x.example", manager=helper)
    theirs, others = (
        make_message(customer, at=at, state=State.UNKNOWN) for customer in (own, ruth)
    )
    path = "/messages/needs-a-look/"

    page = words(client_of(helper), path)

    assert ("Thea Abernathy" in page, "Ruth Calloway" in page) == (True, False)
    assert client_of(helper).get(f"/messages/m/{others.pk}/").status_code == 404
    assert client_of(helper).post(f"/messages/m/{theirs.pk}/arrived").status_code == 302
    assert client_of(viewer).get(f"/messages/m/{others.pk}/").status_code == 200
    for deed in ("arrived", "send-again", "take-back", "try-again"):
        assert client_of(viewer).post(f"/messages/m/{others.pk}/{deed}").status_code == 403
    others.refresh_from_db()
    assert others.state == State.UNKNOWN


@pytest.mark.parametrize(
    ("state", "deed"), [("unknown", "arrived"), ("failed", "try-again"), ("ready", "take-back")]
)
def test_who_only_looks_has_no_buttons(
    manager: Member, viewer: Member, client_of: SignIn, ruth: Customer, at: datetime, state: str,
    deed: str,
) -> None:  # fmt: skip
    message = make_message(ruth, at=at, state=state)
    looks = f"/messages/needs-a-look/?what={state}"
    path = f"/messages/m/{message.pk}/" if state == "ready" else looks

    assert f"/{deed}" in words(client_of(manager), path)
    assert f"/{deed}" not in words(client_of(viewer), path)


def test_numbers_and_tabs_are_for_who_looks(
    owner: Member, manager: Member, helper: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    own = make_customer("Thea Abernathy", email="thea@x.example", manager=helper)
    for customer in (own, ruth, ruth):
        make_message(customer, at=at, state=State.UNKNOWN)
        make_message(customer, at=at, state=State.FAILED, why="550")
    path = "/messages/needs-a-look/"

    def numbers(client: Client) -> list[str]:
        return re.findall(r'<span class="n">(\d+)</span>', words(client, path).split("<h2")[0])

    assert numbers(client_of(manager))[-3:] == ["3", "3", "3"]
    assert numbers(client_of(helper))[-3:] == ["1", "1", "1"]
    assert "Mail server</a>" in words(client_of(owner), path)
    assert "Mail server</a>" not in words(client_of(manager), path)


def test_what_failed_leads_back_to_what_failed(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    message = make_message(ruth, at=at, state=State.FAILED, why="550")
    here = client_of(manager)

    assert 'name="from" value="failed"' in words(here, "/messages/needs-a-look/?what=failed")
    answer = here.post(f"/messages/m/{message.pk}/try-again", {"from": "failed"})

    assert answer["Location"] == "/messages/needs-a-look/?what=failed"


@pytest.mark.parametrize(
    ("begun", "deed", "ended"),
    [
        ("unknown", "arrived", "accepted"),
        ("unknown", "send-again", "ready"),
        ("failed", "try-again", "ready"),
        ("held", "take-back", "cancelled"),
    ],
)
def test_one_button_each_way(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime, begun: str, deed: str,
    ended: str,
) -> None:  # fmt: skip
    message = make_message(ruth, at=at, state=begun)
    here = client_of(manager)
    path = f"/messages/m/{message.pk}/"

    assert f'action="{path}{deed}"' in words(here, path)
    answer = here.post(f"{path}{deed}", {"from": "look"})

    assert answer["Location"] == "/messages/needs-a-look/"
    message.refresh_from_db()
    assert message.state == ended
    assert here.post(f"{path}{deed}").status_code == 422


def test_failed_ones_stand_apart(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    make_message(ruth, at=at, state=State.FAILED, why="refused", why_detail="550 No such user")
    here = client_of(manager)

    assert "Ruth Calloway" not in words(here, "/messages/needs-a-look/")
    page = words(here, "/messages/needs-a-look/?what=failed")

    assert "550 No such user" in page
    assert "Try again" in page


def test_the_story_and_the_words_as_they_were(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime, settings: object
) -> None:
    here = client_of(manager)
    message = make_message(ruth, at=at)
    waiting = words(here, f"/messages/m/{message.pk}/")

    drain()

    page = words(here, f"/messages/m/{message.pk}/")
    assert "It has not been written out yet" in waiting
    assert "They have it, as far as anybody can know" in page
    assert "Dear Ruth," in page
    assert "Handed over" in page
    Message.objects.filter(pk=message.pk).update(content_sha256="0" * 64)
    assert "no longer makes the words that left" in words(here, f"/messages/m/{message.pk}/")


def test_messages_stand_in_the_timeline_with_their_state(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    for hours, (state, why) in enumerate(
        [("held", "quiet"), ("suppressed", "refused"), ("unknown", ""), ("delivered", "")]
    ):
        make_message(ruth, at=at, state=state, why=why, state_at=at - timedelta(hours=hours))

    page = words(client_of(manager), f"/customers/{ruth.pk}/")

    for said in (
        "Held for later", "until today", "quiet hours", "said no", "Nobody knows whether it left",
        "Delivered",
    ):  # fmt: skip
        assert said in page, said


def test_a_page_asks_as_often_for_three_as_for_one(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    here = client_of(manager)
    paths = ("/messages/", "/messages/needs-a-look/", f"/customers/{ruth.pk}/")

    def asked() -> list[int]:
        counts = []
        for path in paths:
            with CaptureQueriesContext(connection) as seen:
                here.get(path)
                print(path, *[q["sql"][:130] for q in seen.captured_queries[-14:]], sep="\n")
            counts.append(len(seen))
        return counts

    def add() -> None:
        mailing = make_mailing(at=at)
        message = make_message(ruth, at=at, state=State.UNKNOWN, mailing=mailing)
        Attempt.objects.create(message=message, epoch=1, begun_at=at)

    here.get("/messages/")
    add()
    one = asked()
    add()
    add()

    assert asked() == one


def test_the_first_page_says_what_waits(
    manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    here = client_of(manager)
    empty = words(here, "/messages/")
    make_message(ruth, at=at)
    make_message(ruth, at=at, state=State.UNKNOWN)
    mailing = make_mailing(at=at)
    make_message(ruth, at=at, mailing=mailing, state=State.ACCEPTED)

    page = words(here, "/messages/")

    assert "Nothing waits to leave, and nothing needs a look." in empty
    assert "Choose customers from the list" in empty
    assert "Nothing leaves yet." in empty
    assert "1 message waits to leave, and 1 needs a look." in page
    assert "Done: 1 of 1 handed over" in page


def test_the_paper_is_shown_alone(
    manager: Member, viewer: Member, client_of: SignIn, ruth: Customer
) -> None:
    version = make_version()
    here = client_of(manager)
    typed = {"subject": "Hello", "body": "Dear {{ first_name }}, <script>alert(1)</script>"}

    kept = here.get(f"/messages/paper/{version.pk}/{ruth.pk}")
    tried = here.post(f"/messages/paper?as={ruth.pk}", typed)
    torn = here.post(f"/messages/paper?as={ruth.pk}", {**typed, "body": "{{ what_is_that }}"})

    for answer in (kept, tried, torn):
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "script-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "Dear Ruth," in kept.content.decode()
    assert "Dear Ruth," in tried.content.decode()
    assert "<script>" not in tried.content.decode()
    assert torn.status_code == 422
    assert "what_is_that" in torn.content.decode()
    assert client_of(viewer).post(f"/messages/paper?as={ruth.pk}", typed).status_code == 403
    assert here.post("/messages/paper?as=x", typed).status_code == 404


def test_the_verdict_follows_what_it_is_for(
    manager: Member, viewer: Member, client_of: SignIn, ruth: Customer
) -> None:
    here = client_of(manager)
    path = f"/messages/to/{ruth.pk}/verdict"

    page = words(here, f"/messages/to/{ruth.pk}/")

    assert f'hx-get="{path}" hx-trigger="change from:#id_purpose"' in page
    assert 'id="id_purpose"' in page
    assert "Nothing stands in the way" in words(here, f"{path}?purpose=serve")
    assert "They have not agreed to this" in words(here, f"{path}?purpose=sell")
    assert "Nothing stands in the way" in words(here, f"{path}?purpose=boss")


def test_a_long_paste_is_told_so_and_not_cut(
    manager: Member, client_of: SignIn, ruth: Customer
) -> None:
    here = client_of(manager)
    page = words(here, f"/messages/to/{ruth.pk}/")

    answer = here.post(f"/messages/to/{ruth.pk}/", {**WORDS, "body": "\u20ac" * 1_000_000})
    too_much = here.post(
        f"/messages/to/{ruth.pk}/", f"body={'x' * 13_000_000}",
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip

    assert "maxlength" not in page.partition("<textarea")[2].partition(">")[0]
    assert answer.status_code == 422
    assert "at most 50000 characters" in answer.content.decode()
    assert too_much.status_code == 400
    assert "It was too much at once" in too_much.content.decode()
