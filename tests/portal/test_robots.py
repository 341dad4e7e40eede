"""RELIABILITY R3: a robot opens every link of every mail, twice, and nothing changes."""

import email
import email.policy
import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.test import Client

from regulars.care.models import Answer, Expectation
from regulars.cases.actions import resolve_case, tell_of_case
from regulars.cases.models import Case, CaseEntry
from regulars.consent.actions import ask_to_opt_in
from regulars.consent.models import ConsentState
from regulars.core import clock
from regulars.core.asking_links import asking_links
from regulars.core.events import deliver_events
from regulars.core.public_addresses import one_click_answers, public_address
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from regulars.departures.models import Departure
from regulars.helping.models import HelpRequest
from regulars.messaging import sending
from regulars.messaging.models import Message
from regulars.outreach.models import HelpOffered
from regulars.team.models import Business, Member
from tests.factories.care import make_check_in
from tests.factories.cases import make_case
from tests.factories.consent import make_decision
from tests.factories.instance import all_rows
from tests.factories.messaging import Carrier, make_message, make_version
from tests.factories.portal import HOME, make_ruth, prove_address

pytestmark = pytest.mark.django_db

LINKED = """{{ greeting }}

[What matters to you]({{ expectations_url }}).
[What you want to hear]({{ preferences_url }}), [no more of this]({{ unsubscribe_url }}).

{{ signature }}"""
HREF = re.compile(r'(?:href|src|action)="([^"#]+)"')
ADDRESS = re.compile(r"https?://[^\s\"'<>)]+")
FORWARDED = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "host=evil.example",
}


@pytest.fixture
def carrier(
    business: Business, at: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Carrier:
    prove_address(settings, at)
    kept = Carrier()
    monkeypatch.setattr(sending, "adapter_for", lambda _server: kept)
    return kept


@pytest.fixture
def mails(carrier: Carrier, at: datetime) -> list[bytes]:
    """A mail with news, one that belongs to a purchase, and one that asks a stranger."""
    ruth = make_ruth()
    make_decision(ruth)
    news = make_version("inform", body=LINKED)
    make_message(ruth, at=at, version=news, purpose="inform", occasion="mailing:1")
    make_message(ruth, at=at, version=make_version(body=LINKED), occasion="manual:1")
    ask_to_opt_in(
        "new@mail.example", name="", purposes=["sell"], wording="I want offers.", source="form",
        asked_from_ip="192.0.2.1", at=at,
    )  # fmt: skip
    deliver_events(at=at)
    for _ in range(3):
        sending.drain()
    assert len(carrier.carried) == 3
    return [parcel.raw for parcel in carrier.carried]


def links_in(raw: bytes) -> set[str]:
    """Every address in every part and in the header that mail programs read."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    found = set(ADDRESS.findall(str(mail["List-Unsubscribe"] or "")))
    for part in mail.walk():
        if part.get_content_type() == "text/html":
            found |= {html.unescape(link) for link in HREF.findall(part.get_content())}
        elif part.get_content_type() == "text/plain":
            found |= {link.rstrip(".,;:!?]") for link in ADDRESS.findall(part.get_content())}
    return {link for link in found if not link.startswith(("mailto:", "tel:"))}


def paths_of(mails: list[bytes]) -> list[str]:
    found = set().union(*(links_in(raw) for raw in mails))
    return sorted(urlsplit(link).path for link in found if link.startswith(HOME))


def test_every_mail_has_its_ways(mails: list[bytes]) -> None:
    kinds = [sorted({path[:3] for path in paths_of([raw])}) for raw in mails]

    assert sorted(kinds) == [["/c/"], ["/e/", "/p/", "/u/"], ["/e/", "/p/", "/u/"]]
    assert sum(path.endswith("/now") for path in paths_of(mails)) >= 1


def test_a_robot_opens_everything_twice_and_changes_nothing(mails: list[bytes]) -> None:
    robot = Client(headers={"User-Agent": "SafeLinks/1.0"})
    before, opened, todo = all_rows(), set(), paths_of(mails)

    while todo:
        path = todo.pop()
        opened.add(path)
        for ask in (robot.get, robot.head, robot.get, robot.head):
            answer = ask(path, follow=True)
            assert answer.status_code in {200, 410}, path
            beyond = re.findall(r'href="([^"#]+)"', answer.content.decode())
            onward = {urlsplit(urljoin(path, link)).path for link in beyond if "static" not in link}
            todo += sorted(
                one for one in onward - opened if one.startswith("/") and one not in todo
            )

    assert len(opened) >= 6
    assert all_rows() == before


def test_after_the_robot_the_person_is_still_served(mails: list[bytes]) -> None:
    robot, person = Client(), Client()
    for path in paths_of(mails) * 2:
        robot.get(path)

    paths = [path for path in paths_of(mails) if not path.endswith("/now")]
    answers = [person.post(path, {"what": "hours"}) for path in paths]

    assert {a.status_code for a in answers} == {200, 303}
    assert person.get("/p/").status_code == 200
    assert set(ConsentState.objects.values_list("purpose", "decision")) == {
        ("", "withdrawn"), ("sell", "granted"),
    }  # fmt: skip


def test_the_robot_answers_no_check_in_and_the_person_behind_the_link_once(
    owner: Member, carrier: Carrier, at: datetime
) -> None:
    ruth = make_ruth()
    make_decision(ruth)
    asked = make_check_in(at, ruth)
    body = "{{ greeting }}\n\n[Tell us]({{ checkin_url }})\n\n{{ signature }}"
    make_message(ruth, at=at, version=make_version(body=body), occasion=f"checkin:{asked.pk}")
    sending.drain()
    [path] = [p for p in paths_of([carrier.carried[0].raw]) if p.startswith("/k/")]
    marks = [f"{path}?m={mark}" for mark in range(1, 6)]
    robot, before = Client(headers={"User-Agent": "SafeLinks/1.0"}), all_rows()

    for link in (path, *marks) * 2:
        assert {ask(link, follow=True).status_code for ask in (robot.get, robot.head)} == {200}
    assert all_rows() == before
    # One that presses buttons too: at once, and without the page.
    robot.post(path, {"mark": "1"})
    assert (Answer.objects.counted().count(), Case.objects.count()) == (0, 0)
    with clock.stopped_at(at + timedelta(hours=1)):
        seen = re.search(r'name="seen" value="([^"]+)"', Client().get(marks[0]).content.decode())
    assert seen
    with clock.stopped_at(at + timedelta(hours=1, minutes=1)):
        Client().post(path, {"mark": "1", "seen": seen[1]})

    assert (Answer.objects.counted().count(), Answer.objects.count()) == (1, 1)
    assert Case.objects.count() == 1


# What a person presses on each page that asks, and how many answers it then holds.
PRESSED: dict[str, tuple[dict[str, str], Callable[[], int]]] = {
    "expectations_url": ({"what": "hours"}, Expectation.objects.count),
    "checkin_url": ({"mark": "1", "not_right": "Wet"}, lambda: Answer.objects.counted().count()),
    "case_url": ({"right": "no", "words": "Burnt again"},
                 lambda: CaseEntry.objects.filter(kind="reopened").count()),
    "help_url": ({"what": "choosing", "words": "Which?"}, HelpRequest.objects.count),
    "ways_url": ({"words": "I tell my neighbours"}, HelpOffered.objects.count),
    "why_url": ({"what": "price", "words": "Too dear"}, Departure.objects.count),
}  # fmt: skip


def asked_by(mark: str, owner: Member, at: datetime) -> str:
    """The path of a page that asks, for somebody whom it is about."""
    link, ruth = asking_links[mark], make_ruth()
    number = ruth.pk
    if mark == "checkin_url":
        number = make_check_in(at, ruth).pk
    elif mark == "case_url":
        case = make_case(at, customer=ruth)
        resolve_case(case, words="A new loaf", by=owner.actor, at=at)
        number = tell_of_case(case, how="E-mail", by=owner.actor, at=at).pk
    return f"/{link.path}/{make_link(link.kind, number, '', at)}"


def test_no_link_that_asks_is_forgotten_here() -> None:
    # An article is handed over by its link: whoever only looks reads nothing (tests/library); so
    # are offers with their codes (test_offers).
    assert {*PRESSED, "article_url", "offer_link"} == set(asking_links.names())


@pytest.mark.parametrize("mark", PRESSED)
def test_on_every_link_that_asks_the_robot_answers_nothing_and_the_person_once(
    owner: Member, at: datetime, mark: str
) -> None:
    given, answers = PRESSED[mark]
    path = asked_by(mark, owner, at)
    robot, before, cases = Client(headers={"User-Agent": "SafeLinks/1.0"}), all_rows(), waiting()

    for tail in ("", *(f"?m={n}" for n in range(11)), *(f"?{urlencode(given)}",)) * 2:
        for ask in (robot.get, robot.head):
            assert ask(path + tail, follow=True).status_code == 200
    assert (all_rows(), answers(), waiting()) == (before, 0, cases)

    with clock.stopped_at(at + timedelta(hours=1)):
        page = Client().get(path).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    person = Client()
    for minute in (1, 2):
        with clock.stopped_at(at + timedelta(hours=1, minutes=minute)):
            told = given | ({"seen": seen[1]} if seen else {})
            assert person.post(path, told, follow=True).status_code == 200

    assert answers() == 1
    assert waiting() - cases == (1 if mark in ("checkin_url", "case_url") else 0)


def waiting() -> int:
    """How many cases wait for us."""
    return Case.objects.waiting().count()


def test_the_header_of_the_mail_is_what_a_mail_program_can_use(mails: list[bytes]) -> None:
    mail = email.message_from_bytes(mails[0], policy=email.policy.default)
    address = next(link for link in ADDRESS.findall(str(mail["List-Unsubscribe"])))
    gmail = Client(enforce_csrf_checks=True)

    answers = [
        gmail.post(urlsplit(address).path, str(mail["List-Unsubscribe-Post"]),
                   content_type="application/x-www-form-urlencoded")
        for _ in range(5)
    ]  # fmt: skip

    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [a.status_code for a in answers] == [200] * 5
    assert ConsentState.objects.get().decision == "withdrawn"


# RELIABILITY A6, F53: links lead where PUBLIC_URL says, whatever host a request names


def test_no_request_chooses_where_links_lead(mails: list[bytes], client: Client) -> None:
    for path in paths_of(mails):
        answer = client.get(path, headers=FORWARDED)
        assert answer.status_code == 400 or b"evil" not in answer.content
    pages = [
        client.get(path, headers={"X-Forwarded-Host": "evil.example"}) for path in paths_of(mails)
    ]

    assert all(b"evil" not in page.content for page in pages)
    assert all(link.startswith(HOME) for raw in mails for link in links_in(raw))


def test_an_address_is_given_only_where_it_was_proved(
    business: Business, settings: Any, at: datetime
) -> None:
    token = make_link("unsubscribe", 7, "", at)
    unproved = public_address("unsubscribe", token)

    prove_address(settings, at)

    assert unproved == ""
    assert public_address("unsubscribe", token) == f"{HOME}/u/{token}"
    assert public_address("one_click", token) == f"{HOME}/u/{token}/now"
    assert public_address("preferences", token) == f"{HOME}/p/{token}"
    assert public_address("confirm", token) == f"{HOME}/c/{token}"


def test_one_click_is_advertised_only_where_it_answers(
    business: Business, settings: Any, at: datetime
) -> None:
    """RELIABILITY F28: advertised, and not served, is worse than not advertised."""
    before = one_click_answers()
    prove_address(settings, at)
    proved = one_click_answers()
    settings.ALLOWED_HOSTS = ["another.example"]
    elsewhere = one_click_answers()
    settings.ALLOWED_HOSTS = ["*"]
    settings.ROOT_URLCONF = "regulars.team.urls"
    without_portal = one_click_answers()

    assert (before, proved, elsewhere, without_portal) == (False, True, False, False)


def test_asking_ourselves_changes_nothing(business: Business, settings: Any, at: datetime) -> None:
    prove_address(settings, at)
    before = all_rows()

    assert one_click_answers()

    assert all_rows() == before
    assert (Message.objects.count(), Customer.objects.count()) == (0, 0)
