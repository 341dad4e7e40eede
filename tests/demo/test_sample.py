"""Who and what the sample business is made of, before anything is written."""

import itertools
from datetime import date, timedelta
from functools import cache

import pytest

from regulars.demo.baskets import worth_of
from regulars.demo.customers import everyone
from regulars.demo.habits import Habit, days_of
from regulars.demo.orders import Sale, sales
from regulars.demo.scene import Scene
from regulars.demo.stories import HARBOUR, RUTH, SAMUEL

TUESDAY = date(2026, 11, 24)
# A Tuesday as in the mock screens, a leap day's morrow, the day after Christmas, a summer Sunday.
DAYS = [TUESDAY, date(2028, 3, 1), date(2026, 12, 27), date(2027, 7, 11)]


@cache
def sold_by(day: date) -> list[Sale]:
    scene = Scene(day)
    return sales(everyone(scene), scene)


def bought_by(key: str, till: list[Sale]) -> list[Sale]:
    return [sale for sale in till if sale.key == key]


@pytest.mark.parametrize("day", DAYS)
def test_the_list_has_412_customers_with_names_and_numbers_of_their_own(day: date) -> None:
    people = everyone(Scene(day))

    kinds = [person.kind for person in people]
    counts = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
    assert counts == {"department": 2, "organisation": 22, "person": 388}
    for of in ("key", "name", "phone", "email"):
        # The older card of somebody has their number, by which it is found out.
        first = [person for person in people if of != "phone" or not person.card_of]
        values = [value for person in first if (value := getattr(person, of))]
        assert sorted({value for value in values if values.count(value) > 1}) == [], of


@pytest.mark.parametrize("day", DAYS)
def test_every_number_and_address_is_from_a_reserved_range(day: date) -> None:
    people = everyone(Scene(day))

    numbers = [person.phone for person in people if person.phone]
    assert [n for n in numbers if not n.startswith(("01632 960 ", "07700 900 "))] == []
    domains = {person.email.split("@")[1] for person in people if person.email}
    reserved = (".test", ".example")
    assert [d for d in domains if d != "example.com" and not d.endswith(reserved)] == []


def test_twenty_five_households_share_an_address() -> None:
    homes: dict[str, list[str]] = {}
    for person in everyone(Scene(TUESDAY)):
        if person.household:
            homes.setdefault(person.household, []).append(f"{person.street}, {person.postcode}")

    assert len(homes) == 25
    assert [home for home, lived in homes.items() if len(set(lived)) != 1 or len(lived) < 2] == []


@pytest.mark.parametrize("day", DAYS)
def test_ruth_came_59_times_in_twelve_months_for_1312_pounds(day: date) -> None:
    scene = Scene(day)

    hers = bought_by(RUTH, sold_by(scene.day))

    year = [sale for sale in hers if sale.placed_at.date() > scene.ago(365)]
    assert len({sale.placed_at.date() for sale in year}) == 59
    assert sum(worth_of(sale.basket) for sale in year) == 131_200
    assert [(day - sale.placed_at.date()).days for sale in year[-3:]] == [32, 26, 19]
    assert [worth_of(sale.basket) for sale in year[-3:]] == [1_820, 820, 1_160]


def test_samuel_is_back_on_the_first_morning_and_every_weekday_since() -> None:
    scene = Scene(TUESDAY)
    his = {sale.placed_at.date() for sale in bought_by(SAMUEL, sold_by(scene.day))}

    since = [scene.reopened_on + timedelta(days=n) for n in range(33)]
    assert {day for day in his if day >= scene.reopened_on} == {
        day for day in since if day.weekday() < 5
    }


def test_harbour_physio_has_ordered_one_friday_box_since_the_fire() -> None:
    scene = Scene(TUESDAY)

    theirs = bought_by(HARBOUR, sold_by(scene.day))

    assert [sale.placed_at.date() for sale in theirs[-2:]] == [
        date(2026, 10, 2),
        date(2026, 10, 30),
    ]
    assert {sale.placed_at.date().weekday() for sale in theirs[-20:]} == {4}


@pytest.mark.parametrize("day", DAYS)
def test_nothing_is_sold_while_closed_or_after_the_day(day: date) -> None:
    scene = Scene(day)

    till = sold_by(scene.day)

    sold_on = {sale.placed_at.date() for sale in till if sale.kind == "sale"}
    assert [on for on in sold_on if not scene.is_open(on)] == []
    assert [on for on in sold_on if not scene.ago(731) <= on < day] == []
    assert 20_000 < len(till) < 45_000


def test_the_till_has_cancellations_and_second_visits_on_one_day() -> None:
    scene = Scene(TUESDAY)

    till = sold_by(scene.day)

    cancelled = [worth_of(sale.basket) for sale in till if sale.kind == "cancellation"]
    assert 5 < len(cancelled) < 60
    assert max(cancelled) < 0
    visits = [(sale.key, sale.placed_at.date()) for sale in till if sale.key]
    assert len(visits) - len(set(visits)) > 100


def test_a_growing_rhythm_brings_more_purchases_in_the_second_year() -> None:
    scene = Scene(TUESDAY)
    habit = Habit(6.0, "bread", spread=0.2, grows=0.5, back=0)

    days = days_of(habit, scene, scene.lot("one who comes more and more"))

    half = scene.ago(365)
    assert len([d for d in days if d > half]) > 1.2 * len([d for d in days if d <= half])


def test_another_day_tells_the_same_stories_at_other_dates() -> None:
    later = Scene(TUESDAY + timedelta(days=100))

    hers = bought_by(RUTH, sold_by(later.day))

    assert hers[-1].placed_at.date() == later.ago(19)


def test_a_christmas_within_the_fire_is_noted_once() -> None:
    scene = Scene(date(2027, 2, 10))

    closures = scene.closures()

    assert closures[-1] == (date(2026, 12, 20), date(2027, 1, 7))
    assert [a for a, b in itertools.pairwise(closures) if b[0] <= a[1]] == []
