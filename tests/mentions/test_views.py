"""Mentions on the screen, and how they reach whoever answers them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.cases.models import Case
from regulars.cli.show import show
from regulars.core.reasons import ReasonDay
from regulars.lists.models import HiddenField
from regulars.mentions.actions.whose import match_mention
from regulars.mentions.models import Mention
from regulars.mentions.reasons import describe, unanswered
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.mentions import make_mention

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


def test_a_pasted_review_is_read_put_right_and_written_down(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    here = client_of(manager)

    read = here.post("/mentions/new/paste", {"text": "Jo\n★★☆☆☆\nyesterday\nBurnt <b>rye</b>"})
    page = read.content.decode()
    typed = {"site": "Town Guide", "said_on": "2026-11-23", "mark": "2/5", "author": "Jo",
             "words": "Burnt <b>rye</b>"}  # fmt: skip
    made = here.post("/mentions/new", typed, follow=True)

    assert Mention.objects.count() == 1
    assert 'value="2026-11-23"' in page
    assert '<option value="2/5" selected>' in page
    assert "Burnt &lt;b&gt;rye" in made.content.decode()
    again = here.post("/mentions/new", typed, follow=True).content.decode()
    assert "This stands here already" in again
    assert Mention.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"site": ""}, "This field is required"),
        ({"said_on": "2026-11-25"}, "That day is still to come"),
        ({"mark": "6/5"}, "Select a valid choice"),
        ({"mark": "", "words": ""}, "Write down what they said"),
        ({"words": "x" * 1_000_000}, "at most 5000"),
        ({"link": "javascript:alert(1)"}, "That is no link to a page"),
    ],
)
def test_what_cannot_be_kept_is_said_at_the_form(
    client_of: ClientOf, manager: Member, at: datetime, given: dict[str, str], said: str
) -> None:
    typed = {"site": "Town Guide", "said_on": "2026-11-23", "mark": "2/5", "words": "Burnt"}

    answer = client_of(manager).post("/mentions/new", {**typed, **given})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Mention.objects.count() == 0


def test_from_the_list_to_the_answer_and_back(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    make_customer()
    here, mention = client_of(owner), make_mention(at - DAY)
    there = f"/mentions/{mention.pk}/"

    assert "1 word about us in public waits for an answer" in here.get("/").content.decode()
    assert "1 too long" in here.get("/").content.decode()
    assert "nobody knows yet who that is" in here.get("/mentions/?show=mine").content.decode()
    here.post(f"{there}draft", {"words": "We are sorry"})
    assert "A draft by" in here.get(there).content.decode()
    empty = here.post(f"{there}answered", {"words": ""})
    done = here.post(f"{there}answered", {"words": "We are sorry"}, headers=HTMX)
    toast = json.loads(done["HX-Trigger"])["toast"]
    assert (empty.status_code, done.status_code) == (422, 204)
    assert "We are sorry" in here.get(there).content.decode()
    assert "wait for an answer" not in here.get("/").content.decode()
    assert here.post(toast["undo"], headers=HTMX).status_code == 204
    assert Mention.objects.get().state == "waiting"


def test_whose_it_is_is_proposed_by_name_and_said_by_a_person(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    ruth, here = make_customer("Ruth Calloway", manager=manager), client_of(manager)
    make_customer("Ada Lovelace", manager=manager)
    mention = make_mention(at, author="R. Calloway", handle="@rc")
    there = f"/mentions/{mention.pk}/"

    page = here.get(there).content.decode()
    sought = here.get(f"{there}?q=lovelace").content.decode()
    none = here.post(f"{there}whose", {}, headers=HTMX)
    here.post(f"{there}whose", {"customer": ruth.pk, "is_their_handle": "1"})

    assert "Ruth Calloway" in page
    assert "Ada Lovelace" not in page
    assert "Ada Lovelace" in sought
    assert none.status_code == 422
    assert Mention.objects.get().customer == ruth
    assert "This is a case." in here.get(there).content.decode()
    assert "What they said in public" in here.get(f"/customers/{ruth.pk}/").content.decode()
    here.post(f"{there}nobody")
    assert Case.objects.count() == 0


def test_set_aside_given_away_and_made_a_case(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    here, mention = client_of(owner), make_mention(at, mark=None)
    there = f"/mentions/{mention.pk}/"

    unsaid = here.post(f"{there}aside", {"why": "other", "words": ""})
    here.post(f"{there}aside", {"why": "other", "words": "The bar"})
    assert unsaid.status_code == 422
    assert "The bar" in here.get("/mentions/?show=aside").content.decode()
    assert "The rye was burnt" not in here.get("/mentions/?show=all").content.decode()
    here.post(f"{there}back/aside")
    here.post(f"{there}give", {"owner": manager.pk})
    assert Mention.objects.get().owner == manager
    assert here.post(f"{there}complaint", headers=HTMX).status_code == 422
    here.post(f"{there}whose", {"customer": make_customer().pk})
    assert here.post(f"{there}complaint").headers["Location"] == f"/cases/{Case.objects.get().pk}/"


def test_viewers_look_and_write_nothing(client_of: ClientOf, viewer: Member, at: datetime) -> None:
    mention, here = make_mention(at), client_of(viewer)
    deeds = ("new", "new/paste", *(f"{mention.pk}/{deed}" for deed in (
        "draft", "answered", "aside", "whose", "nobody", "complaint", "give", "back/aside",
    )))  # fmt: skip

    assert here.get("/mentions/").status_code == here.get(f"/mentions/{mention.pk}/").status_code
    assert {here.post(f"/mentions/{one}", headers=HTMX).status_code for one in deeds} == {403}
    assert here.get("/mentions/new").status_code == 403


def test_a_helper_sees_what_is_of_nobody_or_theirs(
    client_of: ClientOf, helper: Member, manager: Member, at: datetime
) -> None:
    theirs = make_mention(at, words="Of a colleague's customer")
    match_mention(theirs, make_customer("Ada", manager=manager), by=manager.actor, at=at)
    make_mention(at, words="Of nobody yet")

    page = client_of(helper).get("/mentions/?show=all").content.decode()

    assert "Of nobody yet" in page
    assert "Of a colleague" not in page
    assert client_of(helper).get(f"/mentions/{theirs.pk}/").status_code == 404


def test_hidden_from_a_role_there_is_no_page(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    HiddenField.objects.create(role="manager", field="mentions.words", hidden_at=at)
    here, mention = client_of(manager), make_mention(at)

    assert here.get("/mentions/").status_code == 403
    assert here.get(f"/mentions/{mention.pk}/").status_code == 403


def test_one_and_three_take_the_same_number_of_queries(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    here = client_of(manager)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert here.get("/mentions/").status_code == 200
        return len(asked)

    first = make_mention(at, external_id="1")
    match_mention(first, make_customer(manager=manager), by=manager.actor, at=at)
    queries()
    one = queries()
    for number in "23":
        more = make_mention(at, external_id=number)
        match_mention(more, make_customer(manager=manager), by=manager.actor, at=at)

    assert queries() == one


def test_of_a_known_customer_it_is_a_reason_unless_their_case_is(
    manager: Member, at: datetime
) -> None:
    ruth, joss = make_customer(manager=manager), make_customer("Joss", manager=manager)
    good = match_mention(make_mention(at - 7 * DAY, mark=4), ruth, by=manager.actor, at=at)
    bad = match_mention(make_mention(at, author="J"), joss, by=manager.actor, at=at)
    make_mention(at, author="Nobody")
    today = ReasonDay(at.date(), UTC)  # type: ignore[arg-type]

    rows = {row["customer_id"]: (row["overdue"], row["subject"]) for row in unanswered(today)}
    said = describe([str(good.pk), str(bad.pk)])

    assert rows == {ruth.pk: (2.0, str(good.pk))}
    assert said[str(good.pk)].sentence.startswith("They spoke about us in public on Town Guide")
    assert said[str(good.pk)].page == f"/mentions/{good.pk}/"


def test_show_mentions_as_json(owner: Member, at: datetime) -> None:
    make_mention(at - DAY)

    shown = json.loads(CliRunner().invoke(show, ["mentions", "--json"]).stdout)
    lines = CliRunner().invoke(show, ["mentions"]).stdout

    [one] = shown["items"]
    assert (shown["count"], one["site"], one["mark"], one["is_bad"]) == (1, "Town Guide", 2, True)
    assert (one["customer"], one["owner"], one["state"]) == (None, owner.name, "waiting")
    assert lines.endswith("  2/5  Town Guide  R. C.  The rye was burnt\n")
