"""Looking at pairs, merging, keeping apart and undoing, as a browser gets it."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core import clock, jobs
from regulars.core.actor import COMMAND
from regulars.core.models import Job
from regulars.customers.actions.finding import find_duplicates
from regulars.customers.choices import Made
from regulars.customers.models import Customer, Duplicate, Merge
from regulars.lists.models import HiddenField
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
PAGE = "/customers/duplicates/"


def pair(name: str = "Ruth Hale") -> Duplicate:
    email = f"{name.split(maxsplit=1)[0].lower()}@mail.example"
    for card in (name, f"{name}e"):
        make_order(make_customer(card, email=email, about=card), date(2026, 11, 1))
    find_duplicates(by=COMMAND, at=clock.now())
    return Duplicate.objects.get(low__name=name)


def test_the_page_shows_two_side_by_side_in_words(owner: Member, client_of: SignIn) -> None:
    found = pair()

    page = client_of(owner).get(PAGE).content.decode()

    assert "Ruth Hale and Ruth Halee: one customer?" in page
    assert "similar name" in page
    assert "same e-mail" in page
    assert f'name="stays" value="{found.low_id}"' in page
    assert 'name="take-name"' in page


def test_what_is_hidden_from_a_role_is_not_compared_for_it(
    owner: Member, manager: Member, client_of: SignIn
) -> None:
    pair()
    for name in ("customer.email", "customer.about", "order"):
        HiddenField.objects.create(role="manager", field=name, hidden_at=clock.now())

    pages = [client_of(who).get(PAGE).content.decode() for who in (manager, owner)]

    for word in ("ruth@mail.example", 'name="take-about"', "Orders"):
        assert [word in page.partition("<main")[2] for page in pages] == [False, True], word


def test_flipped_the_other_one_stays(owner: Member, client_of: SignIn) -> None:
    found = pair()

    page = client_of(owner).get(f"{PAGE}?pair={found.pk}&flip=1").content.decode()

    assert f'name="stays" value="{found.high_id}"' in page


def test_merging_takes_the_chosen_field_and_can_be_undone(owner: Member, client_of: SignIn) -> None:
    found, client = pair(), client_of(owner)

    answer = client.post(
        f"{PAGE}{found.pk}/merge", {"stays": found.low_id, "take-name": "1"}, follow=True
    )
    assert Customer.objects.get(pk=found.low_id).name == "Ruth Halee"
    assert "Undo the last one" in answer.content.decode()
    led_on = client.get(f"/customers/{found.high_id}/")
    assert led_on.headers["Location"] == f"/customers/{found.low_id}/"
    assert "Take them apart again" in client.get(led_on.headers["Location"]).content.decode()

    client.post(f"/customers/merges/{Merge.objects.get().pk}/undo")

    assert Customer.objects.get(pk=found.low_id).name == "Ruth Hale"
    assert client.get(f"/customers/{found.high_id}/").status_code == 200


def test_not_the_same_leaves_the_page_and_can_be_asked_again(
    owner: Member, client_of: SignIn
) -> None:
    found, client = pair(), client_of(owner)

    after = client.post(f"{PAGE}{found.pk}/apart", follow=True).content.decode()
    assert "Nobody seems to be on the list twice." in after
    assert Duplicate.objects.get().state == Made.APART

    client.post(f"{PAGE}{found.pk}/again")

    assert Duplicate.objects.get().state == Made.OPEN


def test_a_pair_that_was_decided_is_refused_in_a_sentence(owner: Member, client_of: SignIn) -> None:
    found, client = pair(), client_of(owner)
    client.post(f"{PAGE}{found.pk}/apart")

    assert client.post(f"{PAGE}{found.pk}/apart").status_code == 422


def test_a_helper_may_not_merge(helper: Member, client_of: SignIn) -> None:
    found, client = pair(), client_of(helper)

    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}{found.pk}/merge").status_code == 403
    assert Merge.objects.count() == 0


def test_the_list_leads_here_with_a_count(owner: Member, client_of: SignIn) -> None:
    pair()

    page = client_of(owner).get("/customers/").content.decode()

    assert f'href="{PAGE}"' in page


def test_looking_now_leaves_one_job(owner: Member, client_of: SignIn) -> None:
    client = client_of(owner)

    client.post(f"{PAGE}look")
    client.post(f"{PAGE}look")

    assert Job.objects.filter(name="customers.find_duplicates").count() == 1


def test_many_pairs_take_as_many_queries_as_one(owner: Member, client_of: SignIn) -> None:
    client = client_of(owner)
    pair()
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)
    for name in ("Ada Byron", "Oscar Wild"):
        pair(name)
    with CaptureQueriesContext(connection) as three:
        client.get(PAGE)

    assert len(one) == len(three)


def test_somebody_new_who_looks_like_one_on_the_list_is_said_while_typing(
    owner: Member, client_of: SignIn
) -> None:
    make_customer("Ruth Hale", phone="020 7946 0018")
    client = client_of(owner)

    typed = client.get("/customers/new/twins?name=Ruth+Hal&reach=020+7946+0018").content.decode()
    other = client.get("/customers/new/twins?name=Tom+Hale&reach=0161+496+0999").content.decode()

    assert "Ruth Hale</a>" in typed
    assert "same phone" in typed
    assert "Ruth Hale" not in other


def test_a_misspelled_name_alone_is_said_while_typing(owner: Member, client_of: SignIn) -> None:
    make_customer("Ruth Calloway")
    make_customer("Ruth Calder")
    client = client_of(owner)

    typed = client.get("/customers/new/twins?name=Ruth+Caloway").content.decode()

    assert "Ruth Calloway</a>" in typed
    assert "similar name" in typed
    assert "Ruth Calder" not in typed


def test_undoing_within_the_review_asks_about_the_pair_once_more(
    owner: Member, client_of: SignIn
) -> None:
    found, client = pair(), client_of(owner)
    client.post(f"{PAGE}{found.pk}/merge", {"stays": found.low_id})
    merge = Merge.objects.get()

    answer = client.post(f"/customers/merges/{merge.pk}/undo", {"review": "1"}, follow=True)

    assert answer.redirect_chain == [(f"{PAGE}?pair={found.pk}", 302)]
    assert "Ruth Hale and Ruth Halee: one customer?" in answer.content.decode()
    assert Duplicate.objects.get().state == Made.OPEN


def test_pairs_that_speak_for_themselves_are_merged_by_one_press(
    owner: Member, client_of: SignIn, at: datetime
) -> None:
    pair("Oscar Wild")
    for about in ("one", "two"):
        make_customer("Ruth Hale", email="ruth@hale.example", about=about)
    find_duplicates(by=COMMAND, at=at)
    client = client_of(owner)
    assert "1 pair speaks for itself" in client.get(PAGE).content.decode()

    client.post(f"{PAGE}merge-sure")
    while claimed := jobs.claim("tests", at=clock.now()):
        jobs.run(claimed, at=clock.now())

    merge = Merge.objects.get()
    assert (merge.merged.name, merge.is_automatic, merge.made_by) == ("Ruth Hale", True, owner)
    page = client.get(PAGE).content.decode()
    assert "speaks for itself" not in page
    assert "Oscar Wild and Oscar Wilde: one customer?" in page
    assert "Take apart Ruth Hale and Ruth Hale" in page


def test_what_was_decided_stands_on_the_page_with_its_way_back(
    owner: Member, client_of: SignIn
) -> None:
    found, client = pair(), client_of(owner)
    client.post(f"{PAGE}{found.pk}/apart")

    page = client.get(PAGE).content.decode()

    assert "Not the same, as somebody said" in page
    assert f'action="{PAGE}{found.pk}/again"' in page
