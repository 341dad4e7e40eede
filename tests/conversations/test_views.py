import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.test import Client

from regulars.conversations.models import Touch
from regulars.conversations.timeline import Place, folded_months, timeline_of
from regulars.customers.models import Customer
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.orders import make_order

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ruth(owner: Member) -> Customer:
    return make_customer("Ruth Calloway", manager=owner)


def test_a_call_is_written_down_and_taken_back(
    owner: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    client = client_of(owner)

    answer = client.post(
        f"/touches/log/{ruth.pk}", {"channel": "call", "body": "Pleased."}, headers=HTMX
    )

    touch = Touch.objects.get()
    woken = json.loads(answer["HX-Trigger"])
    assert (touch.channel, touch.outcome, touch.purpose, touch.happened_at, touch.member) == (
        "call", "reached", "serve", at, owner,
    )  # fmt: skip
    assert woken["toast"] == {
        "text": "Done: called Ruth.", "undo": f"/touches/{touch.pk}/take-back",
    }  # fmt: skip

    assert client.post(woken["toast"]["undo"], headers=HTMX).status_code == 204
    assert Touch.objects.standing().count() == 0
    assert client.post(woken["toast"]["undo"], headers=HTMX).status_code == 422


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({"channel": "email", "outcome": "no_answer"}, "sent"),
        ({"channel": "note"}, "sent"),
        ({"channel": "visit", "outcome": "message"}, "message"),
    ],
)
def test_what_was_written_is_sent_and_what_was_spoken_says_how(
    owner: Member, client_of: SignIn, ruth: Customer, at: datetime, given: dict[str, str],
    outcome: str,
) -> None:  # fmt: skip
    client_of(owner).post(f"/touches/log/{ruth.pk}", given, headers=HTMX)

    assert Touch.objects.get().outcome == outcome


def test_another_day_is_noon_there(
    owner: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    given = {"channel": "call", "happened_on": "2026-06-01"}

    client_of(owner).post(f"/touches/log/{ruth.pk}", given, headers=HTMX)

    assert Touch.objects.get().happened_at.isoformat() == "2026-06-01T11:00:00+00:00"


@pytest.mark.parametrize(
    "given",
    [{"channel": "owl"}, {}, {"channel": "call", "happened_on": "2026-12-24", "body": "kept"}],
)
def test_what_does_not_fit_comes_back_as_it_was_typed(
    owner: Member, client_of: SignIn, ruth: Customer, at: datetime, given: dict[str, str]
) -> None:
    answer = client_of(owner).post(f"/touches/log/{ruth.pk}", given, headers=HTMX)

    assert answer.status_code == 422
    assert given.get("body", "") in answer.content.decode()
    assert Touch.objects.count() == 0


def test_viewers_and_strangers_write_nothing_down(
    helper: Member, viewer: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    given = {"channel": "call"}

    assert client_of(viewer).post(f"/touches/log/{ruth.pk}", given).status_code == 403
    assert client_of(helper).post(f"/touches/log/{ruth.pk}", given).status_code == 404
    assert Touch.objects.count() == 0


def test_a_helper_takes_back_their_own_alone(
    owner: Member, helper: Member, viewer: Member, client_of: SignIn, at: datetime
) -> None:
    theirs = make_customer("Thea Abernathy", manager=helper)
    by_owner = make_touch(theirs, at, by=owner.actor)
    own = make_touch(theirs, at, by=helper.actor)
    elsewhere = make_touch(make_customer("Oscar Winslow", manager=owner), at, by=helper.actor)

    def answer(member: Member, touch: Touch) -> int:
        return client_of(member).post(f"/touches/{touch.pk}/take-back", headers=HTMX).status_code

    assert answer(helper, by_owner) == 403
    assert answer(helper, elsewhere) == 404
    assert answer(viewer, own) == 403
    assert answer(helper, own) == 204


def test_the_ledger_goes_down_by_key_and_folds_what_is_far(
    owner: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    for days in range(30):
        make_order(ruth, date(2026, 11, 20) - timedelta(days=days * 3), 100)
        make_touch(ruth, at - timedelta(days=days * 3))
    first = timeline_of(ruth)
    assert first.earlier is not None

    seen = [entry.place for month in first.months for entry in month.entries]
    below: Place | None = first.earlier
    while below is not None:
        more = timeline_of(ruth, below=below)
        seen += [entry.place for month in more.months for entry in month.entries]
        below = more.earlier

    assert len(seen) == len(set(seen)) == 60
    assert seen == sorted(seen, key=lambda p: (p.moment, p.rank, p.pk), reverse=True)
    folded = folded_months(ruth, first.earlier, "GBP")
    assert sum(month.touch_count + month.order_count for month in folded) == 60 - 20
    assert [month.first for month in folded] == sorted(
        (month.first for month in folded), reverse=True
    )

    client = client_of(owner)
    page = unescape(client.get(f"/touches/of/{ruth.pk}").content.decode())
    assert "Earlier: 40 entries" in page
    sign = first.earlier.sign()
    months = client.get(f"/touches/of/{ruth.pk}/earlier?below={sign}").content.decode()
    assert months.count("<details") == len(folded)
    september = client.get(f"/touches/of/{ruth.pk}/2026-09?below={sign}").content.decode()
    expected = next(month for month in folded if month.first == date(2026, 9, 1))
    assert september.count('class="entry') == expected.touch_count + expected.order_count


def test_a_place_that_we_did_not_sign_is_no_place(
    owner: Member, client_of: SignIn, ruth: Customer
) -> None:
    assert Place.read("WyIyMDI2Il0:x:y") is None
    answer = client_of(owner).get(f"/touches/of/{ruth.pk}/earlier?below=nonsense")
    assert (answer.status_code, answer["Location"]) == (302, f"/customers/{ruth.pk}/")


def test_the_ledger_of_somebody_elses_customer_is_not_there(
    helper: Member, client_of: SignIn, ruth: Customer
) -> None:
    client = client_of(helper)
    paths = ("", "/earlier", "/2026-11")

    assert [client.get(f"/touches/of/{ruth.pk}{path}").status_code for path in paths] == [404] * 3


@pytest.mark.parametrize("size", [1, 2, 3])
def test_entries_of_one_moment_stand_once_each_wherever_a_stretch_ends(
    ruth: Customer, at: datetime, size: int
) -> None:
    for _ in range(3):
        make_order(ruth, at.date(), placed_at=at)
        make_touch(ruth, at)

    seen, below = [], None
    while True:
        found = timeline_of(ruth, below=below, size=size)
        seen += [entry.place for month in found.months for entry in month.entries]
        below = found.earlier
        if below is None:
            break

    assert [place.rank for place in seen] == [1, 1, 1, 0, 0, 0]
    assert len(set(seen)) == 6
