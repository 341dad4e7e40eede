"""Our promise to old customers: what each got, who has not got theirs, and no complaint unheard."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.cases.errors import PerkOfAnother
from regulars.cases.models import Perk, PerkGiven
from regulars.cases.terms import add_perk, end_perk
from regulars.cases.treating import Kept, give_perk, promise_to_old, take_back_perk, who_has_not
from regulars.core.errors import NotAllowed
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers
from regulars.insight.models import TierOverride
from regulars.lists.models import HiddenField
from regulars.team.models import Member
from tests.factories.cases import make_case
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


@pytest.fixture
def perk(owner: Member, at: datetime) -> Perk:
    return add_perk(tier="core", words="A call <first>", by=owner.actor, at=at)


def test_who_got_theirs_and_who_has_not_within_a_year(
    owner: Member, perk: Perk, at: datetime
) -> None:
    ruth, ada, jo = (make_customer(name) for name in ("Ruth", "Ada", "Jo"))
    for one in (ruth, ada):
        TierOverride.objects.create(customer=one, tier="core", reason="Old friend", set_at=at)

    given = give_perk(ruth, perk, by=owner.actor, at=at)
    again = give_perk(ruth, perk, by=owner.actor, at=at + timedelta(seconds=5))
    with pytest.raises(PerkOfAnother):
        give_perk(jo, perk, by=owner.actor, at=at)

    assert again == given
    assert promise_to_old(owner.actor, at) == [Kept(perk, "Core", 1, 2)]
    assert list(who_has_not(owner.actor, perk, at)) == [ada]
    assert list(who_has_not(owner.actor, perk, at + 366 * DAY)) == [ada, ruth]
    take_back_perk(given, by=owner.actor, at=at)
    assert PerkGiven.objects.count() == 0
    end_perk(perk, by=owner.actor, at=at)
    perk.refresh_from_db()
    with pytest.raises(PerkOfAnother):
        give_perk(ruth, perk, by=owner.actor, at=at)
    assert promise_to_old(owner.actor, at) == []


def test_it_is_given_on_their_page_and_undone_and_everybody_is_told(
    client_of: ClientOf, manager: Member, viewer: Member, perk: Perk, at: datetime
) -> None:
    ruth, here = make_customer(manager=manager), client_of(manager)
    TierOverride.objects.create(customer=ruth, tier="core", reason="Old friend", set_at=at)
    there = f"/cases/of/{ruth.pk}/perk/{perk.pk}"

    assert "They got it</span>" in here.get(f"/customers/{ruth.pk}/").content.decode()
    assert "Ruth Calloway" in here.get(f"/cases/treated/{perk.pk}/").content.decode()
    done = here.post(there, headers=HTMX)
    assert "They got it: " in here.get(f"/customers/{ruth.pk}/").content.decode()
    page = here.get("/cases/treated").content.decode()
    assert "A call &lt;first&gt;" in page
    assert "1 of 1" in page
    assert "Everybody has got theirs" in here.get(f"/cases/treated/{perk.pk}/").content.decode()
    got = here.get(f"/cases/treated/{perk.pk}/?show=got").content.decode()
    assert ("1 time within a year somebody got this" in got, "Ruth Calloway" in got) == (True, True)
    here.post(json.loads(done["HX-Trigger"])["toast"]["undo"], headers=HTMX)
    assert PerkGiven.objects.count() == 0
    assert client_of(viewer).post(there, headers=HTMX).status_code == 403
    with pytest.raises(NotAllowed):
        give_perk(ruth, perk, by=viewer.actor, at=at)
    back = here.post(there, {"next": "https://elsewhere.example/"})
    assert back.headers["Location"] == f"/customers/{ruth.pk}/"
    HiddenField.objects.create(role="manager", field="insight.tier", hidden_at=at)
    assert here.get("/cases/treated").status_code == 403


def test_a_helper_reads_who_got_it_of_their_own_customers(
    client_of: ClientOf, helper: Member, owner: Member, perk: Perk, at: datetime
) -> None:
    for name, manager in (("Jo March", helper), ("Ruth Calloway", None)):
        one = make_customer(name, manager=manager)
        TierOverride.objects.create(customer=one, tier="core", reason="Old friend", set_at=at)
        give_perk(one, perk, by=owner.actor, at=at)

    page = client_of(helper).get(f"/cases/treated/{perk.pk}/?show=got").content.decode()

    assert ("Jo March" in page, "Ruth Calloway" in page) == (True, False)


def test_merged_it_goes_along_and_erased_it_is_gone(
    owner: Member, perk: Perk, at: datetime
) -> None:
    ruth, twin = make_customer(), make_customer("Ruth C.")
    TierOverride.objects.create(customer=twin, tier="core", reason="Old friend", set_at=at)
    give_perk(twin, perk, by=owner.actor, at=at)

    merge_customers(ruth, twin, by=owner.actor, at=at)

    assert PerkGiven.objects.get().customer == ruth
    erase_customer(ruth, by=owner.actor, at=at)
    assert PerkGiven.objects.count() == 0


def test_no_complaint_of_a_colleague_goes_unanswered_unseen(
    client_of: ClientOf, owner: Member, manager: Member, at: datetime
) -> None:
    make_case(at - DAY, customer=make_customer(manager=manager))

    says = "1 complaint with a colleague has had no answer in time"
    assert says in client_of(owner).get("/").content.decode()
    assert says not in client_of(manager).get("/").content.decode()
    page = client_of(owner).get("/cases/treated").content.decode()
    assert "1 complaint has no answer yet" in page
