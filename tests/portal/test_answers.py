"""The page that asks how it went: who may answer, by what it is doubted, what it says back."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.care.models import Answer, AnswerRules, CheckIn
from regulars.cases.models import Case
from regulars.consent.actions import set_wishes, void_links
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers
from regulars.team.models import Business, Member
from tests.factories.care import answer_path, make_check_in
from tests.factories.customers import make_customer
from tests.factories.instance import all_rows
from tests.factories.portal import make_ruth

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]
MINUTE = timedelta(minutes=1)
SEEN = re.compile(r'name="seen" value="([^"]+)"')


@pytest.fixture
def check_in(at: datetime) -> CheckIn:
    return make_check_in(at, make_ruth(), is_late=True, product="Simnel cake")


@pytest.fixture(autouse=True)
def now(at: datetime) -> Iterator[None]:
    with clock.stopped_at(at):
        yield


def seen_on(path: str, after: timedelta = MINUTE) -> str:
    """What a page carries that was opened so long ago."""
    with clock.stopped_at(clock.now() - after):
        found = SEEN.search(Client().get(path).content.decode())
    assert found
    return found[1]


def send(path: str, after: timedelta = MINUTE, **given: str) -> str:
    answer = Client().post(path, {"seen": seen_on(path, after), **given})
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_looking_asks_and_tells_nothing_of_anybody(check_in: CheckIn, at: datetime) -> None:
    path = answer_path(check_in, at)
    before = all_rows()

    answers = [ask(path) for ask in (Client().get, Client().head, Client().get)]
    tapped = Client().get(f"{path}?m=4").content.decode()

    page = answers[0].content.decode()
    assert [one.status_code for one in answers] == [200] * 3
    assert page.index("What went well?") < page.index("Is anything not right?")
    assert page.index("Is anything not right?") < page.index("And a mark")
    assert "It came later than we had said." in page
    assert [word for word in ("Ruth", "Calloway", "mail.example", "Simnel") if word in page] == []
    assert 'value="4" checked' in tapped
    assert "checked" not in page.replace('value="" checked', "")
    assert answers[0]["Cache-Control"] == "no-store"
    assert len(answers[0].content) < 10_000
    assert all_rows() == before


@pytest.mark.parametrize("told", ["9", "0", "-1", "four", "٤", "4.5", ""])
def test_a_mark_in_the_link_that_is_none_is_no_mark(
    check_in: CheckIn, at: datetime, told: str
) -> None:
    page = Client().get(f"{answer_path(check_in, at)}?m={told}").content.decode()

    assert page.count(" checked") == (1 if told in ("", "-1", "four", "٤", "4.5") else 0)


def test_pressing_files_it_once_and_thanks_fit(check_in: CheckIn, at: datetime) -> None:
    path = answer_path(check_in, at)

    good = send(path, mark="5", went_well="The crust")
    with clock.stopped_at(at + MINUTE):
        bad = send(path, mark="1", not_right="<script>alert(1)</script>")
    again = send(path, mark="1", not_right="<script>alert(1)</script>")

    assert "It is good to know what went well." in good
    assert "We are sorry that it was not right" in bad
    assert "We are sorry" in again
    assert Answer.objects.values_list("mark", "not_right", "doubt").get() == (
        1, "<script>alert(1)</script>", "",
    )  # fmt: skip
    assert Case.objects.count() == 1
    assert "<script>alert" not in bad


def test_an_answer_asks_the_database_no_more_often_than_it_must(
    check_in: CheckIn, at: datetime
) -> None:
    path = answer_path(check_in, at)
    seen = seen_on(path)

    with CaptureQueriesContext(connection) as asked:
        Client().post(path, {"seen": seen, "mark": "5"})

    # Many answer within a minute of one mailing: each of these costs all of them.
    assert len([one for one in asked if one["sql"].split()[0] != "SAVEPOINT"]) <= 15
    assert Answer.objects.get().is_newest


@pytest.mark.parametrize(
    ("after", "made_ago", "doubt"),
    [
        pytest.param(MINUTE, MINUTE, "", id="a person"),
        pytest.param(timedelta(seconds=0.5), MINUTE, "at_once", id="within a second"),
        pytest.param(timedelta(seconds=2), timedelta(seconds=9), "soon", id="within ten"),
        pytest.param(None, MINUTE, "no_page", id="not from our page"),
    ],
)
def test_what_nobody_can_have_sent_is_set_aside(
    check_in: CheckIn, at: datetime, after: timedelta | None, made_ago: timedelta, doubt: str
) -> None:
    message = "018f0000-0000-7000-8000-000000000000"
    path = answer_path(check_in, at - made_ago, message)
    seen = seen_on(path, after) if after is not None else "1763900000.0-" + "0" * 32

    Client().post(path, {"seen": seen, "mark": "1"})

    assert Answer.objects.get().doubt == doubt
    assert Case.objects.count() == (0 if doubt else 1)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"mark": "6"}, id="outside the scale"),
        pytest.param({"mark": "good"}, id="no number"),
        pytest.param({"went_well": "x" * 1_000_000}, id="a megabyte"),
    ],
)
def test_what_is_no_answer_is_asked_again_and_what_was_typed_stays(
    check_in: CheckIn, at: datetime, given: dict[str, str]
) -> None:
    path = answer_path(check_in, at)

    answer = Client().post(path, {"seen": seen_on(path), "not_right": "", **given})

    page = answer.content.decode()
    assert (answer.status_code, page.count('role="alert"')) == (422, 1)
    assert page.count("x" * 4_000) == ("went_well" in given)
    assert len(page) < 20_000
    assert Answer.objects.count() == 0


def test_a_link_that_is_forged_old_void_or_of_somebody_erased_opens_nothing(
    check_in: CheckIn, owner: Member, at: datetime
) -> None:
    jo = make_customer("Jo March")
    good, of_jo = answer_path(check_in, at), answer_path(make_check_in(at, jo), at)
    wrong = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "/k/short",
        answer_path(check_in, at - timedelta(days=60)),
    ]

    said = [Client().post(path, {"mark": "5"}).status_code for path in wrong]
    erase_customer(jo, by=owner.actor, at=at)
    said.append(Client().post(of_jo, {"mark": "5"}).status_code)
    void_links(check_in.customer, by=SYSTEM, at=at)
    said.append(Client().post(good, {"mark": "5"}).status_code)

    assert said == [410] * 5
    assert Answer.objects.count() == 0


def test_the_link_of_whoever_was_merged_answers_for_who_they_are(at: datetime) -> None:
    ruth, twin = make_ruth(), make_customer("R. Calloway")
    path = answer_path(make_check_in(at, twin), at)
    merge_customers(ruth, twin, by=SYSTEM, at=at)

    send(path, mark="4")

    assert Answer.objects.get().customer == ruth


def test_it_speaks_their_language_where_the_business_writes_it(
    check_in: CheckIn, business: Business, at: datetime
) -> None:
    Business.objects.update(languages=["en", "de"])
    path = answer_path(check_in, at)
    french_then_german = {"Accept-Language": "fr-CH, de-CH;q=0.9, en;q=0.8"}

    german = Client().get(path, headers=french_then_german).content.decode()
    chosen = Client().get(f"{path}?l=en", headers=french_then_german).content.decode()
    french = Client().get(f"{path}?l=fr").content.decode()

    assert ('<html lang="de"' in german, "Was war gut?" in german) == (True, True)
    assert ("What went well?" in chosen, 'lang="de" hreflang="de">Deutsch' in chosen) == (
        True,
        True,
    )
    assert '<html lang="en"' in french


@pytest.mark.parametrize(
    ("known", "asked", "said"),
    [
        ("de", "", "de"),
        ("de-AT", "", "de"),
        ("de", "?l=en", "en"),
        ("fr", "", "en"),
        ("", "", "en"),
    ],
)
def test_where_we_know_what_they_read_it_speaks_that_whatever_their_browser_does(
    check_in: CheckIn, at: datetime, known: str, asked: str, said: str
) -> None:
    Business.objects.update(languages=["nl", "en", "de"])
    set_wishes(check_in.customer, by=SYSTEM, at=at, language=known)
    path = f"{answer_path(check_in, at)}{asked}"

    page = Client().get(path, headers={"Accept-Language": "en-GB"}).content.decode()

    assert f'<html lang="{said}"' in page


@pytest.mark.parametrize(
    ("given", "thanks", "cases"),
    [
        pytest.param({"mark": "2"}, "gets in touch with you", 1, id="a bad mark"),
        pytest.param({"mark": "5", "went_well": "Quick, but it came broken"},
                     "gets in touch with you", 1, id="a word that opens a case"),
        pytest.param({"mark": "4", "not_right": "The box was dented"},
                     "Thank you for saying what was not right", 0, id="not right, and no case"),
        pytest.param({"mark": "5", "not_right": " Nothing!"}, "good to know what went well", 0,
                     id="nothing is wrong"),
        pytest.param({"went_well": "The crust", "not_right": "No."},
                     "good to know what went well", 0, id="no and well"),
        pytest.param({"mark": "3"}, "It is written down, and a person reads it", 0, id="so so"),
    ],
)  # fmt: skip
def test_that_somebody_gets_in_touch_is_said_where_a_case_makes_sure_of_it(
    check_in: CheckIn, at: datetime, given: dict[str, str], thanks: str, cases: int
) -> None:
    page = send(answer_path(check_in, at), MINUTE, **given)

    assert (thanks in page, Case.objects.count()) == (True, cases)


def test_what_is_set_aside_promises_nothing(check_in: CheckIn, at: datetime) -> None:
    page = send(answer_path(check_in, at), timedelta(seconds=0.5), mark="1")

    assert ("gets in touch" in page, Answer.objects.get().doubt) == (False, "at_once")


@pytest.mark.parametrize("mark", ["1", "5"])
def test_a_public_review_is_asked_of_all_or_of_none(
    check_in: CheckIn, at: datetime, mark: str
) -> None:
    path, url = answer_path(check_in, at), "https://reviews.example/juniper"
    without = send(path, mark="3")
    AnswerRules.objects.create(pk=1, asks_review=True, review_url=url)

    with clock.stopped_at(at + MINUTE):
        asked = send(path, mark=mark)

    assert (without.count(url), asked.count(url)) == (0, 1)
    assert "nobody gets anything for it" in asked
