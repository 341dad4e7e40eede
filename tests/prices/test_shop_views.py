"""Prices from the shop on the screen and from the command line."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.cli.prices import prices
from regulars.core.errors import Refusal
from regulars.prices.models import ListedPrice, Price, ShopList, ShopLook
from regulars.prices.sources import recognising
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.prices import bought
from tests.factories.shops import Shop, feed_of, look_again, look_at, named, open_shop, taken

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
DAY = timedelta(days=1)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(recognising, "PAUSE_SECONDS", 0)
    with open_shop() as found:
        found.sells(("R1", "Seeded rye", "4.00 GBP"), ("T1", "Tart &lt;b&gt;", "8.00 EUR"))
        yield found


def page(here: Client, path: str = "/prices/shop/") -> str:
    answer = here.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_from_an_address_to_prices_that_are_looked_at_each_morning(
    client_of: ClientOf, owner: Member, at: datetime, shop: Shop
) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, 500)
    here = client_of(owner)
    assert "Take them from the shop" in page(here, "/prices/")

    wrong = here.post("/prices/shop/", {"address": shop.address, "tax": "same"})
    wrote = {"address": f"{shop.address}/feed.xml", "tax": "same", "allows_private": "on"}
    named_it = here.post("/prices/shop/", wrote)
    asking = page(here)
    look_at(ShopList.objects.get())
    seen = page(here)
    shop_id = ShopList.objects.get().pk
    took = here.post(f"/prices/shop/{shop_id}/take")
    look_at(ShopList.objects.get())
    done, home = page(here), page(here, "/prices/")

    assert (wrong.status_code, named_it.status_code, took.status_code) == (422, 302, 302)
    assert "begins with https" in wrong.content.decode()
    assert "The shop is being asked: 0 products so far." in asking
    assert "every 2s" in asking
    assert "2 products with their prices." in seen
    assert "Take these 2 prices" in seen
    assert "1 price is in EUR, and your books are in GBP" in seen
    assert "1 of 2" in seen
    assert "Tart &lt;b&gt;" in seen
    assert "every 2s" not in seen
    assert "2 prices. 2 are new. 1 undercuts old customers." in done
    assert "Switch it off" in done
    assert "1 undercuts old customers." in home
    assert "1 old customer pays or paid more" in home
    assert "the shop" in page(here, f"/prices/{Price.objects.get(product='R1').pk}/")


def test_what_failed_what_was_held_and_what_is_gone_is_said(
    client_of: ClientOf, owner: Member, at: datetime, shop: Shop
) -> None:
    shop.sells(*[(f"N{n}", f"Loaf {n}", "4.00 GBP") for n in range(10)])
    found, here = taken(shop, owner, at), client_of(owner)
    shop.pages["/feed.xml"] = [feed_of("<item><g:id>N1</g:id><g:price>free</g:price></item>")]
    look_again(found, at + DAY, owner)
    held = page(here)
    assert here.post(f"/prices/shop/{found.pk}/look", {"anyway": "1"}).status_code == 302
    look_at(found)
    gone = page(here)
    shop.pages.clear()
    look_again(found, at + DAY, owner)
    failed, home = page(here), page(here, "/prices/")

    assert "0 products, where there were 10. Nothing was changed." in held
    assert "Take it all the same" in held
    assert "On the list no longer" in gone
    assert "Loaf 9, £4.00" in gone
    assert "It has no price that can be read: “free”." in gone
    assert "in vain. What holds is as it was." in failed
    assert "The address answered 404." in failed
    assert "in vain" in home


def test_taken_back_switched_and_given_up(
    client_of: ClientOf, owner: Member, at: datetime, shop: Shop
) -> None:
    found, here = taken(shop, owner, at), client_of(owner)
    look = ShopLook.objects.order_by("-pk")[0]

    undo = f"/customers/operations/{look.operation_id}/undo"
    assert undo in page(here)
    assert here.post(undo).status_code == 302
    back = page(here)
    on = here.post(f"/prices/shop/{found.pk}/on")
    off = here.post(f"/prices/shop/{found.pk}/off")
    switched = page(here)
    up = here.post(f"/prices/shop/{found.pk}/give-up")
    empty = page(here)
    kept = here.post(f"/prices/shop/{found.pk}/keep")

    assert Price.objects.count() == 0
    assert "What was last taken from it was taken back." in back
    assert [one.status_code for one in (on, off, up, kept)] == [302] * 4
    assert "It is switched off" in switched
    assert "Say once where your shop keeps its list" in empty
    assert ShopList.objects.get().is_used
    assert here.post(f"/prices/shop/{found.pk}/keep").status_code == 404


def test_who_may_do_what(
    client_of: ClientOf, owner: Member, manager: Member, helper: Member, at: datetime, shop: Shop
) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, 500)
    found = named(shop, owner, at)
    leader, other = client_of(manager), client_of(helper)

    assert "An owner can have its prices taken." in page(leader)
    for path in ("take", "on", "off", "give-up"):
        assert leader.post(f"/prices/shop/{found.pk}/{path}").status_code == 403
    assert leader.post(f"/prices/shop/{found.pk}/look").status_code == 302
    assert other.post(f"/prices/shop/{found.pk}/look").status_code == 403
    assert leader.post("/prices/shop/", {"address": "x.example"}).status_code == 403
    look_at(found)
    assert "Look now" not in page(other)
    assert ShopList.objects.get().begun_at is None


def test_as_many_questions_for_three_rows_as_for_one(
    client_of: ClientOf, owner: Member, at: datetime, shop: Shop
) -> None:
    found, here = taken(shop, owner, at), client_of(owner)
    counts = []
    for rows in (1, 3):
        ListedPrice.objects.all().delete()
        ListedPrice.objects.bulk_create(
            ListedPrice(shop=found, product=f"{gone}-{n}", currency="GBP", amount_minor=100,
                        gone_since=at.date() if gone else None)
            for n in range(rows) for gone in (True, False)
        )  # fmt: skip
        ShopLook.objects.all().delete()
        ShopLook.objects.bulk_create(
            ShopLook(shop=found, at=at, by=owner, state="taken") for _n in range(rows)
        )
        page(here)
        with CaptureQueriesContext(connection) as asked:
            page(here)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_from_the_command_line(owner: Member, at: datetime, shop: Shop) -> None:
    nothing = CliRunner().invoke(prices, ["fetch"])
    assert isinstance(nothing.exception, Refusal)
    taken(shop, owner, at)
    shop.sells(("R1", "Seeded rye", "3.00 GBP"), ("T1", "Tart", "8.00 EUR"))

    done = CliRunner().invoke(prices, ["fetch", "--json"])
    shop.pages.clear()
    failed = CliRunner().invoke(prices, ["fetch"])

    assert (done.exit_code, failed.exit_code) == (0, 1)
    assert json.loads(done.stdout) == {
        "address": f"{shop.address}/feed.xml", "kind": "feed", "state": "taken", "products": 2,
        "new": 0, "changed": 1, "gone": 0, "unread": 0, "undercut": 0, "sentence": "",
        "remedy": "",
    }  # fmt: skip
    assert "The address answered 404." in failed.stdout
