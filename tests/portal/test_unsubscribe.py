"""Saying no by a link: looking changes nothing, one press does, mail programs may press too."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.consent.actions import void_links
from regulars.consent.choices import Decision
from regulars.consent.models import ConsentEvent, ConsentState
from regulars.core.actor import SYSTEM
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from regulars.messaging import gate
from regulars.messaging.models import Message
from tests.factories.instance import all_rows
from tests.factories.messaging import make_message, make_version
from tests.factories.portal import link_to, prove_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(ruth: Customer, at: datetime) -> Message:
    return make_message(ruth, at=at, version=make_version("sell"), purpose="sell")


@pytest.fixture
def path(ruth: Customer, offer: Message, at: datetime) -> str:
    return link_to("unsubscribe", ruth, at, offer)


def decisions() -> list[tuple[str, str, str]]:
    rows = ConsentState.objects.order_by("channel", "purpose")
    return list(rows.values_list("channel", "purpose", "decision"))


def test_the_page_says_what_would_stop_and_changes_nothing(client: Client, path: str) -> None:
    before = all_rows()

    answers = [client.get(path), client.head(path), client.get(path), client.get(f"{path}/now")]

    assert [a.status_code for a in answers] == [200] * 4
    assert all_rows() == before
    text = answers[0].content.decode()
    assert "r…@m….example" in text
    assert re.findall(r'<button[^>]*value="(\w+)">([^<]+)<', text) == [
        ("all", "Stop all that I did not ask for"), ("purpose", "Stop only this kind: Offers"),
    ]  # fmt: skip
    for hidden in ("ruth@", "Ruth", "Calloway", "960214", "Weir"):
        assert hidden not in text


def test_one_press_stops_all_and_keeps_how_it_was_said(
    client: Client, path: str, ruth: Customer, offer: Message, at: datetime
) -> None:
    answer = client.post(path, {"what": "all"})

    assert answer.status_code == 200
    assert "It is done" in answer.content.decode()
    assert decisions() == [("email", "", "withdrawn")]
    event = ConsentEvent.objects.latest("id")
    assert (event.customer_id, event.source, event.wording, event.proof, event.recorded_at) == (
        ruth.pk, "unsubscribe page",
        "I want no more by e-mail: everything that I did not ask for.",
        f"message {offer.pk}", at,
    )  # fmt: skip


def test_a_press_without_a_choice_stops_all(client: Client, path: str) -> None:
    client.post(path)

    assert decisions() == [("email", "", "withdrawn")]


def test_only_this_kind_leaves_the_rest(client: Client, path: str) -> None:
    answer = client.post(path, {"what": "purpose"})

    assert "Nothing of this kind comes to you any more: Offers." in answer.content.decode()
    assert decisions() == [("email", "", "granted"), ("email", "sell", "withdrawn")]


def test_pressing_again_adds_nothing(client: Client, path: str) -> None:
    client.post(path)
    kept = list(ConsentEvent.objects.values())

    answers = [client.post(path) for _ in range(3)]

    assert [a.status_code for a in answers] == [200] * 3
    assert list(ConsentEvent.objects.values()) == kept


def test_after_the_press_the_gate_lets_nothing_offered_leave(
    client: Client, path: str, offer: Message, at: datetime, settings: object
) -> None:
    prove_address(settings, at)
    before = gate.verdicts_for_messages([offer.pk], at)[offer.pk].code

    client.post(path)

    assert before != "refused"
    assert gate.verdicts_for_messages([offer.pk], at)[offer.pk].code == "refused"


def test_what_belongs_to_a_purchase_is_no_kind_to_stop(
    client: Client, ruth: Customer, at: datetime
) -> None:
    receipt = make_message(ruth, at=at)

    text = client.get(link_to("unsubscribe", ruth, at, receipt)).content.decode()

    assert "Stop only" not in text
    assert "Stop all that I did not ask for" in text


# Old, altered, of another purpose, of nobody: one answer


def test_a_link_that_opens_nothing_says_what_to_do_and_not_why(
    client: Client, ruth: Customer, at: datetime
) -> None:
    good = make_link("unsubscribe", ruth.pk, "", at)
    unknown = [
        "wrong",
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        make_link("unsubscribe", ruth.pk, "", at - timedelta(days=400)),
        make_link("preferences", ruth.pk, "", at),
        make_link("unsubscribe", 987654321, "", at),
    ]

    answers = [client.get(f"/u/{token}") for token in unknown]
    answers += [client.post(f"/u/{token}") for token in unknown]

    assert {a.status_code for a in answers} == {410}
    assert len({a.content for a in answers}) == 1
    assert "This link opens nothing any more" in answers[0].content.decode()
    assert decisions() == [("email", "", "granted")]


def test_a_void_link_shows_nothing_and_still_says_no(
    client: Client, path: str, ruth: Customer, at: datetime
) -> None:
    void_links(ruth, by=SYSTEM, at=at)

    shown = client.get(path)
    client.post(path)

    assert "…@" not in shown.content.decode()
    assert decisions() == [("email", "", "withdrawn")]


# RFC 8058


FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b0"
IN_PARTS = (
    b'--b0\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
    b"One-Click\r\n--b0--\r\n"
)
MAIL_PROGRAMS = [
    ("Mozilla/5.0 (compatible; GoogleMailUnsubscribe)", FORM, b"List-Unsubscribe=One-Click"),
    ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy", PARTS, IN_PARTS),
    ("", FORM + "; charset=UTF-8", b"List-Unsubscribe=One-Click\r\n"),
    ("Apache-HttpClient/4.5", "", b"List-Unsubscribe=One-Click"),
    ("Apple-Mail", "text/plain", b"List-Unsubscribe=One-Click"),
]


@pytest.mark.parametrize(("program", "kind", "body"), MAIL_PROGRAMS)
def test_a_mail_program_says_no_and_may_repeat_it(
    path: str, ruth: Customer, program: str, kind: str, body: bytes
) -> None:
    """RELIABILITY F28: no cookie, no token of a form, another site, five times."""
    browser = Client(enforce_csrf_checks=True)
    headers = {"User-Agent": program, "Sec-Fetch-Site": "cross-site", "Origin": "https://m.example"}

    answers = [
        browser.post(f"{path}/now", body, content_type=kind, headers=headers) for _ in range(5)
    ]

    assert [a.status_code for a in answers] == [200] * 5
    assert [a.cookies for a in answers] == [{}] * 5
    assert decisions() == [("email", "", "withdrawn")]
    assert ConsentEvent.objects.filter(decision=Decision.WITHDRAWN).count() == 1
    assert ConsentEvent.objects.latest("id").source == "one click in the mail program"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, b""),
        (FORM, b"List-Unsubscribe=Two-Clicks"),
        (FORM, b"x=List-Unsubscribe"),
        ("application/json", b'{"List-Unsubscribe": "One-Click"}'),
        (FORM, b"List-Unsubscribe=One-Click&x=" + b"a" * 20_000),
        (PARTS, b"--b0\r\nno parts at all"),
    ],
)
def test_another_body_changes_nothing(client: Client, path: str, kind: str, body: bytes) -> None:
    before = all_rows()

    answer = client.post(f"{path}/now", body, content_type=kind)

    assert answer.status_code == 400
    assert all_rows() == before


def test_a_mail_program_learns_nothing_from_the_answer(
    client: Client, path: str, ruth: Customer, at: datetime
) -> None:
    said = {"List-Unsubscribe": "One-Click"}
    old = make_link("unsubscribe", ruth.pk, "", at - timedelta(days=500))

    answers = [client.post(f"{where}/now", said) for where in (path, f"/u/{old}", "/u/wrong")]

    assert [a.status_code for a in answers] == [200] * 3
    assert len({a.content for a in answers}) == 1


def test_a_signed_in_browser_is_nobody_here(
    client_of: object, owner: object, path: str, ruth: Customer
) -> None:
    client_of(owner).post(f"{path}/now", {"List-Unsubscribe": "One-Click"})  # type: ignore[operator]

    assert ConsentEvent.objects.latest("id").recorded_by_id is None


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_not_for_us(client: Client, path: str, method: str) -> None:
    before = all_rows()

    answers = [getattr(client, method)(path), getattr(client, method)(f"{path}/now")]

    assert [a.status_code for a in answers] == [405, 405]
    assert all_rows() == before


def test_the_page_stays_between_us_and_them(client: Client, path: str) -> None:
    for answer in (client.get(path), client.post(path), client.get("/u/wrong")):
        told = ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")
        assert [answer[name] for name in told] == ["no-store", "no-referrer", "noindex, nofollow"]
        assert answer.cookies == {}
        text = answer.content.decode()
        assert len(answer.content) < 10_000
        assert "<script" not in text
        assert re.findall(r'(?:src|href)="(https?:[^"]+)"', text) == []
