"""Whether it is right now: looking counts nothing, pressing counts once."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.cases.actions import resolve_case, tell_of_case
from regulars.cases.models import Case, CaseEntry
from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_touch
from regulars.conversations.choices import Direction, Outcome
from regulars.core.events import deliver_events
from regulars.core.signed_links import make_link
from regulars.customers.actions.leaving import erase_customer
from regulars.team.models import Member
from tests.factories.cases import make_case

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def told(owner: Member, at: datetime) -> CaseEntry:
    case = make_case(at - DAY)
    resolve_case(case, words="A new loaf", by=owner.actor, at=at - DAY)
    return tell_of_case(case, how="E-mail", by=owner.actor, at=at - DAY)


def page_of(told: CaseEntry, at: datetime) -> str:
    return f"/r/{make_link('case', told.pk, '', at)}"


def test_a_robot_that_looks_answers_nothing(client: Client, told: CaseEntry, at: datetime) -> None:
    there = page_of(told, at)

    answers = [client.get(there), client.head(there), client.get(f"{there}?right=no")]

    assert [one.status_code for one in answers] == [200, 200, 200]
    assert "Ruth" not in answers[0].content.decode()
    assert answers[0]["X-Robots-Tag"] == "noindex, nofollow"
    assert Case.objects.get().state == "resolved"


def test_yes_counts_once(client: Client, told: CaseEntry, at: datetime) -> None:
    there = page_of(told, at)

    first, second = (client.post(there, {"right": "yes"}) for _time in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    case = Case.objects.get()
    assert (case.state, case.is_right) == ("right", True)
    assert case.entries.filter(kind="right").count() == 1


def test_no_opens_it_again_once_and_keeps_the_words(
    client: Client, told: CaseEntry, at: datetime
) -> None:
    there = page_of(told, at)

    for words in ("Burnt too", "Burnt too", "And cold"):
        client.post(there, {"right": "no", "words": words})

    case = Case.objects.get()
    assert (case.state, case.is_right, case.reopened_count) == ("open", False, 1)
    assert list(case.entries.filter(kind__in=["reopened", "heard"]).values_list("words")) == [
        ("Burnt too",), ("And cold",)
    ]  # fmt: skip


def test_without_a_choice_it_says_so(client: Client, told: CaseEntry, at: datetime) -> None:
    answer = client.post(page_of(told, at), {"words": "<script>x</script>" * 10})

    assert answer.status_code == 422
    assert "Choose one, then send it." in answer.content.decode()
    assert "<script>x" not in answer.content.decode()


def test_links_that_open_nothing(
    client: Client, told: CaseEntry, owner: Member, at: datetime
) -> None:
    there = page_of(told, at)
    opened = CaseEntry.objects.filter(kind="opened").latest("pk")

    # Not the last sign of all: some of its bits stand for nothing.
    other = "A" if there[-3] != "A" else "B"
    assert client.get(f"{there[:-3]}{other}{there[-2:]}").status_code == 410
    assert client.get(page_of(told, at - 61 * DAY)).status_code == 410
    assert client.get(page_of(opened, at)).status_code == 410
    erase_customer(told.case.customer, by=owner.actor, at=at)
    assert client.post(there, {"right": "no"}).status_code == 410


@pytest.mark.parametrize(("days", "state"), [(1, "open"), (20, "resolved")])
def test_a_reply_opens_it_again(
    told: CaseEntry, owner: Member, at: datetime, days: int, state: str
) -> None:
    heard_at = at - DAY + days * DAY
    log_touch(
        told.case.customer, channel=Channel.EMAIL, direction=Direction.IN, purpose=Purpose.SERVE,
        outcome=Outcome.REACHED, happened_at=heard_at, by=owner.actor, at=heard_at,
        body="It is burnt again",
    )  # fmt: skip
    deliver_events(at=heard_at)

    assert Case.objects.get().state == state
