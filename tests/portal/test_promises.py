"""What we promised them, on their own page: where an owner wants it seen."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed
from regulars.core.signed_links import make_link
from regulars.promises.actions import keep_promise, make_promise, show_to_customers
from regulars.promises.models import Promise, Showing
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
DAY = timedelta(days=1)


def test_what_is_open_and_what_came_of_the_rest(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    ruth, other = make_customer(), make_customer("Ada")
    for what, customer in (("A <new> loaf", ruth), ("A call", ruth), ("A secret", other)):
        make_promise(what=what, due_at=at + DAY, customer=customer, by=SYSTEM, at=at)
    keep_promise(Promise.objects.get(what="A call"), by=SYSTEM, at=at)
    there = Client()
    there.post(f"/p/{make_link('preferences', ruth.pk, '', at)}")

    assert there.get("/p/promises").status_code == 410
    assert "/p/promises" not in there.get("/p/").content.decode()
    assert client_of(manager).post("/promises/shown", {"to_customers": "1"}).status_code == 403
    client_of(owner).post("/promises/shown", {"to_customers": "1"})

    assert "/p/promises" in there.get("/p/").content.decode()
    page = there.get("/p/promises")
    words = page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert "A &lt;new&gt; loaf" in words
    assert "We promised it by" in words
    assert "We kept it" in words
    assert "A secret" not in words
    assert Client().get("/p/promises").status_code == 410
    client_of(owner).post("/promises/shown")
    assert there.get("/p/promises").status_code == 410


def test_only_an_owner_says_so(manager: Member, at: datetime) -> None:
    with pytest.raises(NotAllowed):
        show_to_customers(to_customers=True, by=manager.actor, at=at)

    assert Showing.objects.count() == 0
