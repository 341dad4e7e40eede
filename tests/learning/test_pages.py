"""Themes on the screen: counted, opened, changed, and seen only by whom they may be."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.cli.show import show
from regulars.learning.actions.reading import read_texts
from regulars.learning.models import Theme
from regulars.learning.queries.themes import theme_called
from regulars.lists.models import HiddenField
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.learning import say, say_many

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]


def test_each_theme_opens_its_sentences_and_each_its_customer(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    ruth = make_customer("Ruth Calloway")
    say(at, "Everything else was fine. The driver was <b>rude</b> to me! Sorry.", customer=ruth)
    say(at, "The box came broken.", customer=ruth)
    read_texts(at=at)
    here = client_of(owner)

    home = here.get("/learning/").content.decode()
    page = here.get("/learning/themes/service/?mood=bad").content.decode()

    assert "Service and staff" in home
    assert "/learning/themes/service/?mood=bad" in home
    assert "The <mark>driver</mark> was &lt;b&gt;rude&lt;/b&gt; to me!" in page
    assert ("Everything else was fine" in page, "The box came" in page) == (False, False)
    assert "broken</mark>" in here.get("/learning/themes/damaged/?mood=bad").content.decode()
    assert f"/customers/{ruth.pk}/" in page
    assert here.get("/learning/themes/nonsense/").status_code == 404


def test_what_rose_is_said_and_too_few_is_an_answer(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    ruth = make_customer()
    say_many(at, "Came late", 5, customer=ruth, days=150)
    say_many(at, "Rude", 40, customer=ruth, days=150)
    say_many(at, "Came late", 30, customer=ruth, days=10)
    here = client_of(owner)

    quarter = here.get("/learning/?span=quarter").context["told"]
    every = here.get("/learning/?span=all").context["told"]

    late = next(one for one in quarter.rows if one.theme.key == "late")
    rude = next(one for one in quarter.rows if one.theme.key == "service")
    assert (quarter.texts, quarter.before) == (30, 45)
    assert (late.bad.count, late.bad_customers, late.word) == (30, 1, "more")
    assert (rude.bad.count, rude.word) == (0, "less")
    assert (every.texts, every.before) == (75, None)


def test_a_helper_reads_the_words_of_their_own_customers(
    client_of: ClientOf, helper: Member, at: datetime
) -> None:
    say(at, "Rude", customer=make_customer("Mine", manager=helper))
    say(at, "Rude", customer=make_customer("Not Mine"))
    read_texts(at=at)
    here = client_of(helper)

    page = here.get("/learning/themes/service/").content.decode()

    assert here.get("/learning/").context["told"].texts == 1
    assert "Mine" in page
    assert "Not Mine" not in page


def test_what_is_hidden_from_a_role_is_read_by_none_of_them(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    say(at, "Rude")
    read_texts(at=at)
    HiddenField.objects.create(role="manager", field="care.last_mark", hidden_at=at)

    assert client_of(manager).get("/learning/").context["told"].texts == 0

    for field in ("cases.what", "helping.words", "mentions.words"):
        HiddenField.objects.create(role="manager", field=field, hidden_at=at)
    assert client_of(manager).get("/learning/").status_code == 403


@pytest.mark.parametrize("path", ["/learning/", "/learning/themes/service/"])
def test_as_many_queries_for_one_as_for_three(
    client_of: ClientOf, owner: Member, at: datetime, path: str
) -> None:
    here, counts = client_of(owner), []
    for number in (1, 2):
        for _text in range(number):
            say(at, "Rude")
        read_texts(at=at)
        here.get(path)
        with CaptureQueriesContext(
            connection,
        ) as told:
            here.get(path)
        counts.append(len(told))

    assert counts[0] == counts[1]


def test_pages_of_sentences_go_on_where_the_last_ended(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    say_many(at, "Rude", 27)
    here = client_of(owner)

    first = here.get("/learning/themes/service/")
    second = here.get(f"/learning/themes/service/{first.context['next']}")

    assert (len(first.context["rows"]), len(second.context["rows"])) == (25, 2)
    assert second.context["next"] == ""


def test_an_owner_changes_words_and_takes_it_back(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    ours = theme_called("packing")

    kept = here.post(
        "/learning/words/packing/",
        {"name": "Boxes", "bad": "Squashed*\nbadly packed", "good": "\n".join(ours.good),
         "plain": ""},
        follow=True,
    )  # fmt: skip
    row = Theme.objects.get()

    assert "Kept. What customers wrote" in kept.content.decode()
    assert (row.name, row.bad, row.good, row.plain) == (
        "Boxes", ["squashed*", "badly packed"], None, [],
    )  # fmt: skip
    stamp = int(row.changed_at.timestamp())
    assert here.post(f"/learning/words/packing/back/{stamp + 60}").status_code == 422
    here.post(f"/learning/words/packing/back/{stamp}")
    assert theme_called("packing").name == "Packing"
    assert not Theme.objects.exists()


def test_switched_off_added_and_removed(client_of: ClientOf, owner: Member, at: datetime) -> None:
    here = client_of(owner)

    here.post("/learning/words/price/switch", {"is_off": "1"})
    here.post("/learning/words/new", {"name": "Crumb", "bad": "crumb"})
    page = here.get("/learning/words/").content.decode()

    assert theme_called("price").is_off
    assert "switched off" in page
    assert "Crumb" in page
    here.post("/learning/words/own-crumb/forget")
    here.post("/learning/words/price/switch", {})
    assert list(Theme.objects.values_list("key", "is_off")) == [("price", False)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"name": "", "bad": "x"}, "This field is required", id="no name"),
        pytest.param({"name": "Crumb", "bad": " , *"}, "Without words", id="no words"),
        pytest.param({"name": "x" * 61, "bad": "x"}, "at most 60", id="long name"),
        pytest.param(
            {"name": "Crumb", "bad": ",".join(f"w{n}" for n in range(401))}, "more than 400",
            id="many words",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_a_theme_is_said_at_the_form(
    client_of: ClientOf, owner: Member, at: datetime, given: dict[str, str], said: str
) -> None:
    answer = client_of(owner).post("/learning/words/new", given)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Theme.objects.exists()


def test_only_an_owner_sets_words(client_of: ClientOf, manager: Member, at: datetime) -> None:
    here = client_of(manager)

    assert here.get("/learning/words/late/").status_code == 200
    refused = [
        here.post(f"/learning/words/{path}", {"name": "x", "bad": "x"}).status_code
        for path in ("new", "late/", "late/switch", "late/forget", "late/back/1")
    ]

    assert refused == [403] * 5
    assert not Theme.objects.exists()


def test_the_table_as_a_file_and_for_programs(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    say(at - timedelta(days=1), "Rude")
    read_texts(at=at)

    file = client_of(owner).get("/learning/themes.csv").content.decode().splitlines()
    shown = json.loads(CliRunner().invoke(show, ["themes", "--json", "--limit", "1"]).stdout)

    assert file[0] == "theme,texts,not right,share,low,high,customers,praised,spoken"
    assert "Service and staff,1,1,1.0000,0.2065,1.0000,1,0,0" in file
    assert [(one["theme"], one["not_right"], one["texts"]) for one in shown["items"]] == [
        ("service", 1, 1)
    ]
