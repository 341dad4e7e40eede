"""Prices on the screen: from a price to those it undercuts, made right, published."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.cli.show import show
from regulars.core.jobs import run_now
from regulars.core.models import Job
from regulars.lists.models import HiddenField
from regulars.orders.queries import credit_of
from regulars.prices.actions.publishing import publish_price
from regulars.prices.choices import PriceKind
from regulars.prices.models import LookBack, Price, Righting
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.prices import bought, make_price

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
DAY = timedelta(days=1)


def page(here: Client, path: str) -> str:
    answer = here.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_from_a_price_to_those_it_undercuts_made_right_and_published(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    here, ruth = client_of(manager), make_customer("Ruth Calloway")
    bought(ruth, at.date() - DAY, 900, quantity="2")
    wrote = {"product": "R1", "kind": "list", "amount": "4.00", "opens_on": "2026-12-01",
             "tax": "same"}  # fmt: skip

    assert "No price is written down yet" in page(here, "/prices/")
    assert here.post("/prices/new", wrote).status_code == 302
    price = Price.objects.get()
    assert (price.name, price.amount_minor) == ("Seeded rye", 400)
    assert "Looking who paid more" in page(here, f"/prices/{price.pk}/")
    job = Job.objects.get(name="prices.check")
    run_now("prices.check", at=at, **job.arguments)
    undercut = page(here, f"/prices/{price.pk}/")
    refused = here.post(f"/prices/{price.pk}/publish")
    seen = {"remedy": "credit", "count": "1", "minor": "100"}
    righted = here.post(f"/prices/{price.pk}/right", seen)
    run_now("prices.right", at=at, righting_id=Righting.objects.get().pk)
    published = here.post(f"/prices/{price.pk}/publish")

    assert "1 old customer pays more, or paid more in the last 90 days: £1.00." in undercut
    assert "Ruth Calloway" in undercut
    assert "Make it right, £1.00" in undercut
    assert "An owner can publish it anyway" in undercut
    assert (refused.status_code, "Make it right for them first" in refused.content.decode()) == (
        422, True,
    )  # fmt: skip
    assert (righted.status_code, published.status_code) == (302, 302)
    assert credit_of(ruth, "GBP").minor == 100
    price.refresh_from_db()
    assert price.published_by == manager
    after = page(here, f"/prices/{price.pk}/")
    assert "credit given" in after
    assert "approve it" in after
    assert "£4.00" in page(here, "/prices/")


def test_anyway_with_a_reason_that_stays_beside_it(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    bought(make_customer("Ruth"), at.date() - DAY, 500)
    here, price = client_of(owner), make_price(at, 400)

    short = here.post(f"/prices/{price.pk}/publish", {"why": "so"})
    done = here.post(f"/prices/{price.pk}/publish", {"why": "The flour goes bad on Monday."})

    assert (short.status_code, done.status_code) == (422, 302)
    assert "The flour goes bad on Monday." in page(here, f"/prices/{price.pk}/")
    price.refresh_from_db()
    stamp = int(price.published_at.timestamp() * 1_000_000)  # type: ignore[union-attr]
    assert here.post(f"/prices/{price.pk}/publish/undo/{stamp}").status_code == 302
    assert here.post(f"/prices/{price.pk}/publish/undo/{stamp}").status_code == 404
    price.refresh_from_db()
    assert price.published_at is None


def test_set_aside_put_back_changed_and_looked_at_again(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, price = client_of(owner), make_price(at, 400)
    changed = {"product": "R1", "name": "Rye", "kind": "coupon", "code": "RYE", "amount": "3.5",
               "opens_on": "2026-12-01", "closes_on": "2026-11-01", "tax": "same"}  # fmt: skip

    wrong = here.post(f"/prices/{price.pk}/change", changed)
    right = here.post(f"/prices/{price.pk}/change", changed | {"closes_on": ""})
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "end before it begins" in wrong.content.decode()
    assert here.post(f"/prices/{price.pk}/again").status_code == 302
    here.post(f"/prices/{price.pk}/aside")
    price.refresh_from_db()
    assert (price.kind, price.compare_milli) == ("coupon", 350_000)
    stamp = int(price.withdrawn_at.timestamp() * 1_000_000)  # type: ignore[union-attr]
    assert "· set aside" in page(here, f"/prices/{price.pk}/")
    assert here.post(f"/prices/{price.pk}/back/{stamp}").status_code == 302
    price.refresh_from_db()
    assert price.withdrawn_at is None


def test_taken_back_on_its_page(client_of: ClientOf, owner: Member, at: datetime) -> None:
    ruth = make_customer("Ruth")
    bought(ruth, at.date() - DAY, 500)
    here, price = client_of(owner), make_price(at, 400)
    stale = here.post(f"/prices/{price.pk}/right", {"remedy": "note", "count": 2, "minor": 5})
    here.post(f"/prices/{price.pk}/right", {"remedy": "note", "count": 1, "minor": 100})

    assert (stale.status_code, "changed since you looked" in stale.content.decode()) == (422, True)
    righting = Righting.objects.get()
    assert here.post(f"/prices/rightings/{righting.pk}/take-back").status_code == 302
    assert "taken back" in page(here, f"/prices/{price.pk}/")


def test_what_one_customer_pays_beside_everybody_and_a_quote_to_them(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    here, ruth = client_of(manager), make_customer("Ruth", manager=manager)
    assert "bought nothing in those days" in page(here, f"/prices/of/{ruth.pk}/")
    bought(ruth, at.date() - DAY, 500)
    bought(ruth, at.date() - 9 * DAY, 450)
    public = make_price(at, 480, opens_on=at.date() - 5 * DAY)
    assert "not written down" in page(here, f"/prices/of/{ruth.pk}/")
    publish_price(public, by=manager.actor, at=at, anyway="") if not public.open_count else None
    Price.objects.update(published_at=at)
    wrote = {"product": "R1", "amount": "4.40", "opens_on": "2026-11-24", "to": str(ruth.pk)}

    assert here.post("/prices/new", wrote).status_code == 302

    quote = Price.objects.get(kind=PriceKind.QUOTE)
    assert (quote.customer, quote.name) == (ruth, "Seeded rye")
    Price.objects.update(published_at=at)
    told = page(here, f"/prices/of/{ruth.pk}/")
    assert all(amount in told for amount in ("£5.00", "£4.80", "£4.40"))
    assert 'class="num soon"' in told
    assert f"/prices/of/{ruth.pk}/" in page(here, f"/customers/{ruth.pk}/")
    assert here.post("/prices/new", wrote | {"to": "x"}).status_code == 404


def test_only_an_owner_says_how_far_back_is_looked_and_why(
    client_of: ClientOf, owner: Member, manager: Member
) -> None:
    told = {"days": "30", "why": "Bread is forgotten soon."}

    refused = client_of(manager).post("/prices/look-back", told)
    empty = client_of(owner).post("/prices/look-back", {"days": "900"})
    done = client_of(owner).post("/prices/look-back", told)

    assert (refused.status_code, empty.status_code, done.status_code) == (403, 422, 302)
    assert LookBack.objects.get().days == 30
    assert "Bread is forgotten soon." in page(client_of(manager), "/prices/")


def test_who_may_not_hears_nothing_and_changes_nothing(
    client_of: ClientOf, helper: Member, manager: Member, at: datetime
) -> None:
    ruth = make_customer("Ruth Calloway")
    bought(ruth, at.date() - DAY, 500)
    price = make_price(at, 400)
    quote = make_price(at, 450, kind=PriceKind.QUOTE, customer=ruth)
    HiddenField.objects.create(role=helper.role, field="order", hidden_at=at)
    here = client_of(helper)

    seen = page(here, "/prices/") + page(here, f"/prices/{price.pk}/")
    assert "Ruth" not in seen
    assert "£1.00" not in seen
    assert here.get(f"/prices/{quote.pk}/").status_code == 404
    assert here.get(f"/prices/of/{ruth.pk}/").status_code == 403
    for deed in ("publish", "aside", "again", "right"):
        assert here.post(f"/prices/{price.pk}/{deed}").status_code == 403
    assert here.get("/prices/new").status_code == 403


def test_lists_ask_the_same_for_one_as_for_three(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    bought(make_customer("Ruth"), at.date() - DAY, 500)
    first = make_price(at, 400)
    paths = ("/prices/", f"/prices/{first.pk}/")
    for path in paths:
        here.get(path)
    counts = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as seen:
            for path in paths:
                here.get(path)
        counts.append(len(seen))
        if not turn:
            for n in (1, 2):
                bought(make_customer(f"C{n}"), at.date() - DAY, 500)
                make_price(at, 400, opens_on=at.date() + n * DAY)
            run_now("prices.check", at=at + DAY / 24)

    assert counts[0] == counts[1]


def test_the_command_line_lists_prices(owner: Member, at: datetime) -> None:
    ruth = make_customer("Ruth")
    bought(ruth, at.date() - DAY, 500)
    make_price(at, 400)
    make_price(at, 390, kind=PriceKind.QUOTE, customer=ruth)

    told = json.loads(CliRunner().invoke(show, ["prices", "--json"]).output)
    lines = CliRunner().invoke(show, ["prices"]).output

    assert (told["list"], told["count"]) == ("prices", 2)
    assert [
        (one["kind"], one["amount_minor"], one["standing"], one["concerned"], one["customer"])
        for one in told["items"]
    ] == [
        ("quote", 390, "planned", 0, {"id": ruth.pk, "name": "Ruth"}),
        ("list", 400, "planned", 1, None),
    ]
    assert "1 paid more, £1.00" in lines


def test_many_are_published_by_one_press_and_planned_again_by_another(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    for n in range(2):
        make_price(at, 400, product=f"P{n}")

    assert "Publish all that undercut nobody" in page(here, "/prices/")
    assert here.post("/prices/publish").status_code == 302
    stamp = int(at.timestamp() * 1_000_000)
    assert Price.objects.published().count() == 2
    assert here.post(f"/prices/publish/undo/{stamp}").status_code == 302
    assert Price.objects.published().count() == 0
    assert here.post(f"/prices/publish/undo/{stamp}").status_code == 422
    assert here.post(f"/prices/publish/undo/{10**18}").status_code == 404
