"""The library on the screen."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.consent.choices import Channel
from regulars.core.actor import SYSTEM
from regulars.library.actions.shares import share_in_person
from regulars.library.models import Article, Proof, Share, Statement
from regulars.lists.actions.hiding import hide_fields
from regulars.messaging.models import Message
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.library import STARTER, make_article, make_interest, make_statement
from tests.factories.orders import make_line, make_order
from tests.factories.promises import make_one

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_who_would_thank_us_is_asked_of_a_pasted_text_and_it_goes_on_the_shelf(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, ruth = client_of(owner), make_customer()
    make_interest(ruth, "Starter", at)

    asked = _text(here.post("/library/ask/", {"title": "On starters", "body": STARTER}))
    assert "1 customer would thank us" in asked
    assert "They care about this: Starter (noted today)." in asked
    assert "You once spoke of Starter." in asked
    form = _text(here.post("/library/new/", {"asked": "1", "title": "On starters", "body": "x"}))
    assert 'value="On starters"' in form

    kept = here.post("/library/new/", {"kind": "text", "title": "On starters", "body": STARTER})
    page = _text(here.get(kept["Location"]))

    assert "Share it with Ruth" in page
    assert Article.objects.get().created_by == owner


@pytest.mark.parametrize(
    ("address", "given", "said"),
    [
        pytest.param("ask", {}, "Give a title, or paste", id="asked about nothing"),
        pytest.param("new", {"kind": "text", "title": "x"}, "needs its words", id="no words"),
        pytest.param("new", {"kind": "link", "title": "x"}, "no address", id="no address"),
        pytest.param("why/add", {"claim": "", "fresh_days": "9"}, "required", id="no claim"),
    ],
)
def test_what_is_missing_is_said(
    client_of: ClientOf, owner: Member, address: str, given: dict[str, str], said: str
) -> None:
    answer = client_of(owner).post(f"/library/{address}{'' if 'why' in address else '/'}", given)

    assert answer.status_code == 422
    assert said in _text(answer)


def test_it_is_shared_by_mail_once_and_taken_back_with_a_tap(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    ruth, article = make_customer(email="ruth@x.example"), make_article(at)
    make_interest(ruth, "Starter", at)
    here, there = client_of(owner), f"/library/{article.pk}/for/{ruth.pk}/"
    assert "You once spoke of Starter." in _text(here.get(there))

    sent = here.post(there, {"words": "You asked.", "how": "email"}, follow=True)
    assert "Written to Ruth; it leaves in ten seconds." in _text(sent)
    assert Message.objects.get().not_before == at + timedelta(seconds=10)
    again = here.post(there, {"words": "Again.", "how": "call"})
    assert (again.status_code, "has had this article" in _text(again)) == (422, True)

    here.post(f"/library/shares/{Share.objects.get().pk}/take-back", headers=HTMX)
    assert (Share.objects.count(), Message.objects.get().state) == (0, "cancelled")


def test_what_came_back_is_noted_on_the_customers_page(
    client_of: ClientOf, helper: Member, at: datetime
) -> None:
    ruth, article = make_customer(manager=helper), make_article(at)
    here = client_of(helper)
    here.post(f"/library/{article.pk}/for/{ruth.pk}/", {"words": "You asked.", "how": "call"})
    share = Share.objects.get()

    answer = here.post(f"/library/shares/{share.pk}/answer", {"answer": "liked"}, headers=HTMX)

    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert toast == {"text": "Noted: Thanked us.", "undo": f"/library/shares/{share.pk}/answer"}
    assert "Thanked us" in _text(here.get(f"/library/of/{ruth.pk}"))
    here.post(toast["undo"], headers=HTMX)
    share.refresh_from_db()
    assert share.answer == ""
    wrong = here.post(f"/library/shares/{share.pk}/answer", {"answer": "wept"}, headers=HTMX)
    assert wrong.status_code == 422


def test_the_panel_shows_what_fits_and_nothing_while_they_wait(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, ruth, joss = client_of(owner), make_customer(), make_customer("Joss Tully")
    make_line(make_order(ruth, at.date()), "Rye starter")
    make_article(at)
    assert "They bought Rye starter" in _text(here.get(f"/customers/{ruth.pk}/"))
    assert "Nothing on the shelf fits" in _text(here.get(f"/library/of/{joss.pk}"))

    make_one(at - timedelta(days=5), customer=ruth)

    waiting = _text(here.get(f"/library/of/{ruth.pk}"))
    assert "first that, then something to read" in waiting
    assert "They bought" not in waiting


def test_what_is_hidden_from_a_role_is_not_told_by_an_article(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    ruth, joss, article = make_customer(), make_customer("Joss Tully"), make_article(at)
    make_interest(ruth, "Starter", at)
    make_line(make_order(joss, at.date()), "Rye starter")
    here = client_of(manager)
    assert _text(here.get(f"/library/{article.pk}/")).count("Share it with") == 2

    hide_fields("manager", ["order"], by=owner.actor, at=at)
    page = _text(here.get(f"/library/{article.pk}/"))
    assert ("Share it with Ruth" in page, "Joss" in page) == (True, False)
    hide_fields("manager", ["order", "customer.interests"], by=owner.actor, at=at)

    assert "Ruth" not in _text(here.get(f"/library/{article.pk}/"))
    assert "Starter" not in _text(here.get(f"/library/{article.pk}/for/{ruth.pk}/"))
    assert here.post("/library/ask/", {"title": "Starter"}).status_code == 403


def test_the_shelf_takes_the_same_queries_for_one_and_for_three(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, counts = client_of(owner), []
    for title in ("One", "Two", "Three"):
        article = make_article(at, title, topics=[title])
        share_in_person(article, make_customer(), channel=Channel.CALL, words="", by=SYSTEM, at=at)
        with CaptureQueriesContext(connection) as asked:
            page = _text(here.get("/library/"))
        counts.append((len(asked), page.count("shared with 1 customer")))

    assert [shown for _asked, shown in counts] == [1, 2, 3]
    assert len({asked for asked, _shown in counts[1:]}) == 1


def test_articles_are_changed_and_stand_where_they_belong(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, article = client_of(owner), make_article(at)
    changed = {"kind": "text", "title": "Old", "body": "x", "true_until": "2026-11-23"}
    here.post(f"/library/{article.pk}/change", changed)
    assert "Old" in _text(here.get("/library/?show=old"))
    assert "is proposed to nobody now" in _text(here.get(f"/library/{article.pk}/"))

    put = here.post(f"/library/{article.pk}/put-away", follow=True)

    assert "Put away." in _text(put)
    assert "Old" in _text(here.get("/library/?show=away"))
    here.post(f"/library/{article.pk}/take-out")
    assert Article.objects.get().archived_at is None


def test_a_statement_is_written_proved_and_put_away(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    here.post("/library/why/add", {"claim": "Baked here", "fresh_days": "30", "is_said": "on"})
    statement = Statement.objects.get()
    page = _text(here.get("/library/why/"))
    assert "Nothing proves this yet" in page
    assert "why_baked_here" in page

    there = f"/library/why/{statement.pk}"
    here.post(f"{there}/proof", {"kind": "words", "words": "I know who baked it."})
    assert "Last proved today." in _text(here.get("/library/why/"))
    refused = here.post(f"{there}/proof", {"kind": "fact", "words": ""})
    assert (refused.status_code, "A proof says what it is" in _text(refused)) == (422, True)
    assert here.post(f"{there}/change", {"claim": "x", "fresh_days": "0"}).status_code == 422
    here.post(f"{there}/change", {"claim": "Baked by us", "fresh_days": "40"})
    here.post(f"{there}/proof/{Proof.objects.get().pk}/remove")
    assert here.post(f"{there}/proof/7/remove").status_code == 404
    here.post(f"{there}/put-away")

    statement.refresh_from_db()
    assert (statement.claim, statement.is_said, statement.archived_at) == ("Baked by us", False, at)
    here.post(f"{there}/take-out")
    assert Statement.objects.get().archived_at is None


def test_who_may_not_change_the_library_is_told_so(
    client_of: ClientOf, helper: Member, viewer: Member, at: datetime
) -> None:
    article, ruth, statement = make_article(at), make_customer(), make_statement(at)
    forbidden = ["/library/new/", f"/library/{article.pk}/change"]
    for_helper = client_of(helper)

    answers = [for_helper.get(one).status_code for one in forbidden]
    put = for_helper.post(f"/library/why/{statement.pk}/put-away").status_code
    added = for_helper.post("/library/why/add", {"claim": "x", "fresh_days": "9"}).status_code
    shared = client_of(viewer).get(f"/library/{article.pk}/for/{ruth.pk}/").status_code

    assert (answers, put, added, shared) == ([403, 403], 403, 403, 403)
