"""What customers expect now: written down, merged, erased, counted over the whole list."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.care.actions.expectations import (
    MOST_PRODUCTS,
    note_expectation,
    take_back_expectation,
)
from regulars.care.choices import Matter
from regulars.care.errors import MatterUnclear, NotTheNewest, TooManyProducts
from regulars.care.models import Expectation
from regulars.care.queries.expectations import base_for, by_product_for, changes_for
from regulars.care.reasons import asked_long_ago, describe_expected
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.core.models import Event
from regulars.core.reasons import ReasonDay
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers, unmerge_customers
from regulars.lists.models import HiddenField
from regulars.planning.actions import make_plans
from regulars.promises.models import Promise
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.planning import make_facts
from tests.factories.promises import make_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


def test_the_newest_answer_counts_and_is_taken_back(owner: Member, at: datetime) -> None:
    ruth = make_customer()
    first = note_expectation(ruth, what=Matter.HOURS, by=owner.actor, at=at - DAY)
    second = note_expectation(ruth, what=Matter.SAFETY, words=" Mould? ", by=owner.actor, at=at)

    assert Expectation.objects.current().get() == second
    assert (second.words, second.source, second.member) == ("Mould?", "staff", owner)
    told = Event.objects.filter(kind="care.ExpectationNoted").latest("id").payload
    assert told == {
        "expectation_id": second.pk, "customer_id": ruth.pk, "what": "safety", "source": "staff",
    }  # fmt: skip
    with pytest.raises(NotTheNewest):
        take_back_expectation(first, by=owner.actor, at=at)
    take_back_expectation(second, by=owner.actor, at=at)
    assert Expectation.objects.current().get() == first
    with pytest.raises(MatterUnclear):
        note_expectation(ruth, what=Matter.OTHER, words="  ", by=owner.actor, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Expectation.objects.create(
            customer=ruth, what="price", source="staff", said_at=at, recorded_at=at
        )


def test_of_two_made_one_the_newer_answer_counts_and_both_get_theirs_back(at: datetime) -> None:
    ruth, twin = make_customer(), make_customer("R. Calloway")
    older = note_expectation(twin, what=Matter.HOURS, by=SYSTEM, at=at - DAY)
    newer = note_expectation(ruth, what=Matter.PRICE, by=SYSTEM, at=at)
    promise = make_one(at, customer=twin)

    merge = merge_customers(ruth, twin, by=SYSTEM, at=at)
    rows = {one.pk: (one.customer_id, one.is_current) for one in Expectation.objects.all()}
    assert rows == {newer.pk: (ruth.pk, True), older.pk: (ruth.pk, False)}
    assert Promise.objects.get(pk=promise.pk).customer == ruth

    unmerge_customers(merge, by=SYSTEM, at=at)
    rows = {one.pk: (one.customer_id, one.is_current) for one in Expectation.objects.all()}
    assert rows == {newer.pk: (ruth.pk, True), older.pk: (twin.pk, True)}
    assert Promise.objects.get(pk=promise.pk).customer == twin


def test_erasing_forgets_what_was_said_and_every_word_of_a_promise(
    owner: Member, at: datetime
) -> None:
    ruth = make_customer()
    note_expectation(ruth, what=Matter.OTHER, words="A ramp", by=SYSTEM, at=at)
    make_one(at, customer=ruth, what="Call Ruth about the ramp")

    erase_customer(ruth, by=owner.actor, at=at)

    assert Expectation.objects.count() == 0
    kept = Promise.objects.values("what", "words", "state").get()
    assert kept == {"what": "", "words": "", "state": "withdrawn"}


def test_each_number_of_the_whole_list_opens_just_those_customers(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    said = {"Ada Byron": Matter.HOURS, "Jo March": Matter.HOURS, "Ruth Calloway": Matter.SAFETY}
    for name, what in said.items():
        customer = make_customer(name)
        make_facts(customer, tier="core" if name.startswith("Ada") else "active")
        note_expectation(customer, what=what, words=f"{name} says", by=SYSTEM, at=at)
    make_customer("Samuel Birch")
    gone = make_customer("Gone Away", archived_at=at)
    note_expectation(gone, what=Matter.HOURS, by=SYSTEM, at=at)

    page = here.get("/care/expectations/").content.decode()
    with CaptureQueriesContext(connection) as of_core:
        core = here.get("/care/expectations/?tier=core").content.decode()

    assert "3 of 4 have said what matters most to them." in page
    assert "1 of 1 have said" in core
    assert "Jo March says" in page
    assert "Jo March says" not in core
    assert len(of_core) <= 14
    links = [one.split('"')[0].replace("&amp;", "&") for one in page.split('href="')[1:]]
    asked = [one for one in links if "f=" in one]
    assert len(asked) == 3
    found = [here.get(one).content.decode() for one in asked]
    listed = [sorted(n for n in (*said, "Samuel Birch", "Gone Away") if n in p) for p in found]
    assert listed == [["Ada Byron", "Jo March"], ["Ruth Calloway"], ["Samuel Birch"]]
    assert "hours" in parse_qs(urlsplit(asked[0]).query)["f"][0]
    assert base_for(owner.actor).silent == 1


def test_staff_write_it_down_in_two_taps_and_take_it_back(
    client_of: ClientOf, helper: Member, viewer: Member, at: datetime
) -> None:
    ruth = make_customer(manager=helper)
    here, note = client_of(helper), f"/care/expectations/of/{ruth.pk}/note"

    done = here.post(note, {"what": "delivery"}, headers=HTMX)
    unclear = here.post(note, {"what": "other"}, headers=HTMX)
    nonsense = here.post(note, {"what": "gold"}, headers=HTMX)
    page = here.get(f"/customers/{ruth.pk}/").content.decode()

    noted = Expectation.objects.get()
    assert done.status_code == 204
    assert (unclear.status_code, nonsense.status_code) == (422, 422)
    assert "Say in a few words what it is." in unclear.content.decode()
    assert "<b>Delivery and stock</b>" in page
    assert client_of(viewer).post(note, {"what": "price"}).status_code == 403
    undo = here.post(f"/care/expectations/{noted.pk}/take-back", headers=HTMX)
    assert (undo.status_code, Expectation.objects.count()) == (204, 0)


def test_what_changed_in_the_whole_base_opens_those_customers(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    names = ("Ruth", "Ada", "Jo", "Cy")
    ruth, ada, jo, cy = (make_customer(name) for name in names)
    for customer, said in (
        (ruth, (Matter.PRICE, Matter.HOURS, Matter.SAFETY)), (ada, (Matter.HOURS, Matter.SAFETY)),
        (jo, (Matter.HOURS, Matter.HOURS)), (cy, (Matter.PRICE,)),
    ):  # fmt: skip
        for nth, what in enumerate(said):
            note_expectation(
                customer, what=what, by=SYSTEM, at=at - 400 * DAY * (nth == 0) + nth * DAY
            )
    here = client_of(owner)

    changed = changes_for(owner.actor, at + 9 * DAY)
    with clock.stopped_at(at + 9 * DAY):
        page = unescape(here.get("/care/expectations/").content.decode())
        there = re.search(r'href="(/customers/\?f=[^"]*expected_before[^"]*)"', page)
        old = re.search(r'href="(/customers/\?f=[^"]*expects_since[^"]*)"', page)
        assert there
        assert old
        moved, long_ago = (here.get(one[1]).content.decode() for one in (there, old))

    assert (changed.asked_again, changed.changed, changed.old) == (3, 2, 1)
    assert [(one.before, one.now, one.count) for one in changed.moved] == [("hours", "safety", 2)]
    assert "3 customers said it more than once; to 2 of them" in page
    assert [name in moved for name in names] == [True, True, False, False]
    assert [name in long_ago for name in names] == [False, False, False, True]


def test_after_a_year_it_is_asked_anew_once(manager: Member, at: datetime) -> None:
    ruth, ada = make_customer(manager=manager), make_customer("Ada", manager=manager)
    old = note_expectation(
        ruth, what=Matter.PRICE, words="Rye", by=SYSTEM, at=at - timedelta(days=366)
    )
    note_expectation(ada, what=Matter.PRICE, by=SYSTEM, at=at - timedelta(days=364))
    today = ReasonDay(at.date(), ZoneInfo("Europe/London"))

    found = asked_long_ago(today)
    rows = {row["customer_id"]: (str(row["due_on"]), row["subject"]) for row in found}
    said = describe_expected([str(old.pk)])[str(old.pk)]

    assert rows == {ruth.pk: ("2026-11-23", str(old.pk))}
    assert "Rye" in said.sentence
    note_expectation(ruth, what=Matter.PRICE, by=SYSTEM, at=at)
    assert list(asked_long_ago(today)) == []


def test_of_one_product_alone_it_stands_beside_what_matters_of_all(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    ruth = make_customer(manager=manager)
    here, there = client_of(manager), f"/care/expectations/of/{ruth.pk}/note"
    of_all = note_expectation(ruth, what=Matter.HOURS, by=SYSTEM, at=at - DAY)
    first = note_expectation(ruth, what=Matter.PRICE, product="Seeded  Rye", by=SYSTEM, at=at - DAY)

    here.post(there, {"what": "safety", "words": "No nuts", "product": " seeded rye "})
    page = here.get("/care/expectations/").content.decode()
    panel = here.get(f"/care/expectations/of/{ruth.pk}").content.decode()
    link = re.search(r'href="(/customers/\?f=[^"]*expects_product[^"]*)"', unescape(page))

    newest = Expectation.objects.current_of_products().get()
    assert (newest.what, newest.product, newest.key) == ("safety", "seeded rye", "seeded rye")
    assert list(Expectation.objects.current()) == [of_all]
    assert [one.product for one in by_product_for(manager.actor)] == ["seeded rye"]
    assert (base_for(manager.actor).answered, changes_for(manager.actor, at).asked_again) == (1, 0)
    assert "seeded rye: <b>Safety</b>" in panel
    assert link
    assert ruth.name in here.get(link[1]).content.decode()
    take_back_expectation(newest, by=SYSTEM, at=at)
    assert Expectation.objects.current_of_products().get() == first
    assert list(Expectation.objects.current()) == [of_all]


def test_of_two_made_one_each_product_keeps_the_newer_answer(at: datetime) -> None:
    ruth, twin = make_customer(), make_customer("R. Calloway")
    said = [
        note_expectation(who, what=Matter.PRICE, product=product, by=SYSTEM, at=at - days * DAY).pk
        for who, product, days in (
            (ruth, "Rye", 2), (twin, "rye", 1), (twin, "Bun", 3), (ruth, "", 4)
        )
    ]  # fmt: skip

    merge_customers(ruth, twin, by=SYSTEM, at=at)

    rows = {one.pk: (one.customer_id, one.is_current) for one in Expectation.objects.all()}
    hers = [(ruth.pk, is_it) for is_it in (False, True, True, True)]
    assert rows == dict(zip(said, hers, strict=True))


def test_products_without_end_are_refused(at: datetime) -> None:
    ruth = make_customer()
    for nth in range(MOST_PRODUCTS):
        note_expectation(ruth, what=Matter.PRICE, product=f"Loaf {nth}", by=SYSTEM, at=at)

    with pytest.raises(TooManyProducts, match="12 products"):
        note_expectation(ruth, what=Matter.PRICE, product="One more", by=SYSTEM, at=at)

    note_expectation(ruth, what=Matter.HOURS, product="LOAF 3", by=SYSTEM, at=at)
    note_expectation(ruth, what=Matter.HOURS, by=SYSTEM, at=at)
    assert Expectation.objects.filter(is_current=True).count() == MOST_PRODUCTS + 1


def test_what_matters_stands_before_every_contact(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    ruth = make_customer(manager=manager, email="ruth@x.example", phone="+44 20 7946 0000")
    note_expectation(ruth, what=Matter.SAFETY, words="No <nuts>", by=SYSTEM, at=at)
    note_expectation(ruth, what=Matter.PRICE, product="Bun <5>", by=SYSTEM, at=at)
    make_plans(day=at.date(), by=manager.actor, at=at)
    here = client_of(manager)

    for path in ("/", f"/messages/to/{ruth.pk}/", f"/notes/to/{ruth.pk}"):
        page = here.get(path).content.decode()
        assert "What matters most to them now:" in page, path
        assert "No &lt;nuts&gt;" in page, path
        assert "Bun &lt;5&gt;: Prices" in page, path
    HiddenField.objects.create(role="manager", field="care.expects", hidden_at=at)
    assert "What matters most to them now:" not in here.get("/").content.decode()
