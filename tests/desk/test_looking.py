"""The list with a filter, columns and an order of one's own, saved as views and segments."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core import jobs
from regulars.core.models import Job
from regulars.core.time_limit import TookTooLong
from regulars.insight.models import CustomerFacts
from regulars.lists.actions.views import save_view
from regulars.lists.looks import Look
from regulars.lists.models import HiddenField, Segment, View
from regulars.lists.queries import pages
from regulars.lists.queries.pages import capped_count
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
PART = {"HX-Request": "true"}
YORK = {"field": "customer.city", "is": "is", "value": "York"}


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def at_york(name: str, **over: object) -> None:
    make_point(make_customer(name, **over), "address", f"1 {name}", city="York")  # type: ignore[arg-type]


def as_filter(*conditions: Mapping[str, object]) -> str:
    return json.dumps({"all": list(conditions)})


def names_in(page: str) -> list[str]:
    return [unescape(name) for name in re.findall(r'class="name"><a [^>]*>([^<]+)<', page)]


def tree_in(address: str) -> object:
    return json.loads(parse_qs(urlsplit(address).query)["f"][0])


def built(client: Client, do: str, **form: str | list[str]) -> str:
    given = {name.replace("__", "."): value for name, value in form.items()}
    return client.get("/customers/filter", {**given, "do": do}).content.decode()


def test_a_filter_shows_those_who_fit_and_says_so(client_of: SignIn, owner: Member) -> None:
    at_york("Ruth Calloway")
    make_customer("Oscar Abernathy")

    page = client_of(owner).get("/customers/", {"f": as_filter(YORK)}).content.decode()

    assert names_in(page) == ["Ruth Calloway"]
    assert "Customers: Town is “York”." in page
    assert "1 found" in page


def test_days_stand_in_their_cells_as_people_say_them(client_of: SignIn, owner: Member) -> None:
    make_customer("Ruth Calloway", since_on=date(2019, 3, 14))

    asked = {"f": as_filter(), "cols": "customer.since_on"}
    page = client_of(owner).get("/customers/", asked).content.decode()

    assert "14 Mar 2019" in page
    assert "2019-03-14" not in page


def test_a_search_narrows_a_filter(client_of: SignIn, owner: Member) -> None:
    at_york("Ruth Calloway")
    at_york("Rose Mill")

    page = client_of(owner).get(
        "/customers/", {"f": as_filter(YORK), "q": "mill"}, headers=PART
    ).content.decode()  # fmt: skip

    assert names_in(page) == ["Rose Mill"]
    assert "<html" not in page


def test_columns_and_order_are_as_chosen(client_of: SignIn, owner: Member) -> None:
    for name, spent in (("Ruth Calloway", 500), ("Oscar Abernathy", 900)):
        CustomerFacts.objects.create(customer=make_customer(name), year_spend_minor=spent)

    page = client_of(owner).get(
        "/customers/", {"cols": "insight.year_spend,customer.kind", "by": "-insight.year_spend"}
    ).content.decode()  # fmt: skip

    assert names_in(page) == ["Oscar Abernathy", "Ruth Calloway"]
    headings = re.findall(r"<th[ >].*?</th>", page)
    assert 'aria-sort="descending"' in headings[2]
    assert ["Spent in twelve months" in headings[2], "Kind" in headings[3]] == [True, True]
    assert "£9.00" in page


def filled_form(page: str) -> dict[str, list[str]]:
    """What a browser would send of a form."""
    form: dict[str, list[str]] = {}
    name = ""
    for tag in re.findall(r"<(?:input|option|select)[^>]*>", page):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if tag.startswith("<select"):
            name = told["name"]
        elif tag.startswith("<option"):
            if " selected" in tag:
                form[name] = [told["value"]]
        elif told.get("name") and (told.get("type") != "checkbox" or " checked" in tag):
            form.setdefault(told["name"], []).append(unescape(told.get("value", "")))
    return form


def test_the_form_makes_a_filter_of_every_sort(client_of: SignIn, owner: Member) -> None:
    answer = client_of(owner).get("/customers/filter", {
        "do": "apply", "r.join": "all",
        "r.0.what": "f:customer.city", "r.0.is": "is", "r.0.value": "York",
        "r.1.join": "any",
        "r.1.0.what": "f:insight.tier", "r.1.0.is": "any_of", "r.1.0.value": ["core", "new"],
        "r.1.1.what": "f:insight.year_spend", "r.1.1.is": "at_least", "r.1.1.value": "19.90",
        "r.2.join": "none",
        "r.2.0.what": "e:order", "r.2.0.times": "at_least", "r.2.0.count": "2",
        "r.2.0.days": "90", "r.2.0.part": "goods", "r.2.0.is": "contains", "r.2.0.value": "rye",
        "r.3.what": "f:insight.last_on", "r.3.is": "until", "r.3.unit": "days_ago",
        "r.3.value": "30", "r.4.what": "",
    })  # fmt: skip

    assert answer.status_code == 302
    assert tree_in(answer["Location"]) == {"all": [
        {"field": "customer.city", "is": "is", "value": "York"},
        {"any": [
            {"field": "insight.tier", "is": "any_of", "value": ["core", "new"]},
            {"field": "insight.year_spend", "is": "at_least", "value": 1990},
        ]},
        {"not": {"any": [{
            "event": "order", "at_least": 2, "in": {"days": 90},
            "where": [{"field": "goods", "is": "contains", "value": "rye"}],
        }]}},
        {"field": "insight.last_on", "is": "until", "value": {"days_ago": 30}},
    ]}  # fmt: skip
    assert client_of(owner).get(answer["Location"]).status_code == 200


def test_a_filter_comes_back_into_its_form(client_of: SignIn, owner: Member) -> None:
    tree = {"all": [
        YORK, {"not": {"any": [{"event": "order", "at_most": 0, "in": {"days": 30}}]}},
        {"event": "order", "total": {"of": "total", "at_least": 5000}},
        {"field": "insight.due_on", "is": "between", "value": ["2026-11-01", "2026-11-30"]},
    ]}  # fmt: skip
    here = client_of(owner)
    page = here.get("/customers/filter", {"f": json.dumps(tree)}).content.decode()
    form = filled_form(page.split('id="builder"')[1])

    answer = here.get("/customers/filter", {**form, "do": "apply"})

    assert tree_in(answer["Location"]) == tree


def test_buttons_add_and_take_away_lines(client_of: SignIn, owner: Member) -> None:
    here = client_of(owner)

    added = built(here, "add:r", r__join="all", r__0__what="f:customer.city", r__0__value="York")
    bracket = built(here, "group:r", r__join="all")
    gone = built(here, "remove:r.0", r__join="all", r__0__what="f:customer.city")

    assert ['name="r.0.what"' in added, 'name="r.1.what"' in added, 'value="York"' in added] == [
        True, True, True,
    ]  # fmt: skip
    assert 'name="r.0.0.what"' in bracket
    assert "Nothing yet: everybody." in gone


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"r.0.what": "f:customer.city"}, "is compared with nothing yet"),
        ({"r.0.what": "f:insight.spend", "r.0.value": "much"}, "is no amount for"),
        ({"r.0.what": "f:no.such"}, "This filter cannot be read."),
        ({"r.0.raw": "{"}, "This filter cannot be read."),
        ({"r.0.what": "s:77"}, ""),
    ],
    ids=["nothing", "amount", "field", "raw", "segment"],
)
def test_a_form_that_cannot_be_asked_is_refused(
    client_of: SignIn, owner: Member, form: dict[str, str], sentence: str
) -> None:
    answer = client_of(owner).get("/customers/filter", {"r.join": "all", **form, "do": "apply"})

    assert answer.status_code in (302, 422)
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    "text", ["{", "[]", "7", "[" * 3000, '{"all": 1}', '{"field": "x"}'],
    ids=["open", "list", "number", "deep", "senseless", "unknown"],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused(
    client_of: SignIn, owner: Member, text: str
) -> None:
    assert client_of(owner).get("/customers/", {"f": text}).status_code in (200, 422)


def test_a_hidden_field_is_not_there_for_a_role(
    client_of: SignIn, owner: Member, manager: Member, at: datetime
) -> None:
    HiddenField.objects.create(role="manager", field="insight.year_spend", hidden_at=at)
    CustomerFacts.objects.create(customer=make_customer(), year_spend_minor=98765)
    asked = {"cols": "insight.year_spend,customer.kind", "by": "insight.year_spend"}
    by_spend = {"f": as_filter({"field": "insight.year_spend", "is": "at_least", "value": 1})}

    shown = [client_of(who).get("/customers/", asked).content.decode() for who in (owner, manager)]
    filtered = client_of(manager).get("/customers/", by_spend)
    forms = [
        client_of(manager).get(f"/customers/{page}").content.decode()
        for page in ("filter", "columns")
    ]

    assert ["987.65" in page for page in shown] == [True, False]
    assert filtered.status_code == 422
    assert ["insight.year_spend" in page for page in forms] == [False, False]


def test_a_helper_is_not_told_how_many_others_a_view_finds(
    client_of: SignIn, owner: Member, helper: Member, at: datetime
) -> None:
    view = save_view("York", Look(YORK), is_shared=True, by=owner.actor, at=at)
    View.objects.filter(pk=view.pk).update(counted=4321, counted_at=at)

    pages = [client_of(who).get("/customers/").content.decode() for who in (owner, helper)]

    assert ["York" in page for page in pages] == [True, True]
    assert ["4,321" in page for page in pages] == [True, False]


def test_what_is_looked_at_is_saved_changed_and_thrown_away(
    client_of: SignIn, owner: Member, manager: Member
) -> None:
    at_york("Ruth Calloway")
    here = client_of(owner)
    look = {"f": as_filter(YORK), "cols": "customer.city"}

    saved = here.post("/customers/views/keep", {**look, "name": "York", "as": "view", "shared": 1})

    view = View.objects.get()
    assert saved["Location"] == f"/customers/?view={view.pk}"
    assert names_in(here.get(saved["Location"]).content.decode()) == ["Ruth Calloway"]
    assert ">York<" in client_of(manager).get("/customers/").content.decode()
    here.post("/customers/views/keep", {"view": view.pk, "cols": "customer.kind", "name": "x",
                                        "as": "change"})  # fmt: skip
    view.refresh_from_db()
    assert (view.name, view.columns) == ("York", ["customer.kind"])
    here.post(f"/customers/views/{view.pk}", {"name": "In York"})
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("In York", False)
    assert client_of(manager).get("/customers/", {"view": view.pk}).status_code == 404
    here.post(f"/customers/views/{view.pk}", {"remove": 1})
    assert not View.objects.exists()


def test_a_segment_is_kept_from_what_is_looked_at(client_of: SignIn, owner: Member) -> None:
    look = {"f": as_filter(YORK), "name": "York", "as": "segment"}

    client_of(owner).post("/customers/views/keep", look)

    assert Segment.objects.get().tree == {"all": [YORK]}


def test_columns_are_moved_taken_and_left_out(client_of: SignIn, owner: Member) -> None:
    here, cols = client_of(owner), "customer.kind,customer.city,customer.about"

    def after(deed: str) -> str:
        page = here.get("/customers/columns", {"cols": cols, "do": deed}).content.decode()
        found = re.search(r'name="cols" value="([^"]*)"', page)
        return found[1] if found else ""

    assert [after(deed) for deed in (
        "up:customer.city", "down:customer.kind", "remove:customer.kind", "add:customer.email",
        "up:customer.kind", "add:no.such",
    )] == [
        "customer.city,customer.kind,customer.about", "customer.city,customer.kind,customer.about",
        "customer.city,customer.about", f"{cols},customer.email", cols, cols,
    ]  # fmt: skip
    applied = here.get("/customers/columns", {"cols": cols, "do": "apply"}, headers=PART)
    assert "cols=customer.kind" in applied["HX-Redirect"]


def test_one_row_and_three_ask_the_database_as_often(client_of: SignIn, owner: Member) -> None:
    here, look = client_of(owner), {"f": as_filter(YORK), "cols": "customer.city,insight.tier"}
    here.get("/customers/", look)
    counts = []
    for number in range(3):
        at_york(f"Ruth {number}", manager=owner)
        make_order(None, datetime(2026, 11, 2).date())  # noqa: DTZ001
        with CaptureQueriesContext(connection) as seen:
            here.get("/customers/", look)
        counts.append(len(seen))

    assert counts[0] == counts[2]


def test_the_sentence_leads_on_to_the_form(client_of: SignIn, owner: Member) -> None:
    make_customer("Ruth Calloway")

    page = client_of(owner).get("/customers/", {"tier": "new", "manager": "none"}).content.decode()

    address = unescape(re.search(r'href="(/customers/filter[^"]*)"', page)[1])  # type: ignore[index]
    assert tree_in(address) == {"all": [
        {"field": "insight.tier", "is": "is", "value": "new"},
        {"field": "customer.manager", "is": "empty"},
    ]}  # fmt: skip
    form = client_of(owner).get(address).content.decode()
    assert "1 found" in form


def test_a_count_that_was_left_open_is_taken_in_the_background_and_shown(
    client_of: SignIn, owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nth in range(3):
        at_york(f"Person {nth}")
    monkeypatch.setattr(capped_count, "__defaults__", (2,))
    address, client = f"?{urlencode({'f': as_filter(YORK)})}", client_of(owner)

    page = client.get(f"/customers/{address}").content.decode()
    asked = client.post(f"/customers/counted{address}").content.decode()
    waiting = Job.objects.get(name="lists.work_out")
    jobs.run_now(waiting.name, at=at, **waiting.arguments)
    told = client.get(f"/customers/counted{address}").content.decode()
    again = client.get(f"/customers/{address}").content.decode()

    assert "more than 2 found" in page
    assert 'hx-post="/customers/counted?' in page
    assert "counting them all" in asked
    assert "3 found" in told
    assert "3 found" in again
    assert "hx-post" not in again.partition("<table")[0]


def test_who_may_not_assign_has_nothing_counted(client_of: SignIn, helper: Member) -> None:
    answer = client_of(helper).post("/customers/counted")

    assert (answer.status_code, Job.objects.filter(name="lists.work_out").count()) == (403, 0)


def test_a_filter_that_takes_too_long_says_what_to_do(
    client_of: SignIn, owner: Member, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_york("Ruth Calloway")
    address, client = f"?{urlencode({'f': as_filter(YORK)})}", client_of(owner)

    @contextmanager
    def at_once(_length: timedelta) -> Iterator[None]:
        yield
        raise TookTooLong

    with monkeypatch.context() as patched:
        patched.setattr(pages, "at_most", at_once)
        slow = client.get(f"/customers/{address}").content.decode()
    client.post(f"/customers/counted{address}")
    waiting = Job.objects.get(name="lists.work_out")
    jobs.run_now(waiting.name, at=at, **waiting.arguments)
    told = client.get(f"/customers/counted{address}&open=page")

    assert "not counted yet found" not in slow
    assert "takes longer than a page may" in slow
    assert told.headers["HX-Trigger"] == '{"customers-changed": {}}'
