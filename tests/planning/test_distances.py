"""The way between two places: by coordinates, by what postcodes share, by the town."""

import pytest

from regulars.planning.distances import (
    SAME_HOUSE_MINUTES,
    UNKNOWN_KM,
    Place,
    kilometres_between,
    minutes_between,
    minutes_from,
)

AT_HOME = Place("4 Mill Lane", "80331", "München", "DE")


@pytest.mark.parametrize(
    ("other", "kilometres"),
    [
        (Place("9 Mill Lane", "80331", "Munchen"), 0.3),
        (Place("1 High Street", "80331", "München"), 2.5),
        (Place("1 High Street", "81929", "München"), 5.0),
        (Place("1 High Street", "80999", "Dachau"), 32.0),
        (Place("1 High Street", "D-80335", "Elsewhere"), 5.7),
        (Place("1 High Street", "10115", "Berlin"), 310.0),
        (Place("1 High Street", "", "Berlin"), UNKNOWN_KM),
        (Place("1 High Street", "8010", "Graz"), UNKNOWN_KM),
        (Place("1 High Street", "80331", "München", "Austria"), 300.0),
    ],
    ids=["street", "code", "town", "two", "three", "none", "no code", "other code", "abroad"],
)
def test_the_more_two_places_share_the_nearer_they_are(other: Place, kilometres: float) -> None:
    assert kilometres_between(AT_HOME, other) == kilometres
    assert kilometres_between(other, AT_HOME) == kilometres


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ("SW1A 1AA", "sw1a1aa", 0.2),
        ("SW1A 1AA", "SW1A 2BB", 4.7),
        ("SW1A 1AA", "SW19 5AE", 23.0),
        ("SW1A", "SW1A", 4.7),
        ("SW1A 1AA", "M1 1AE", 120.0),
        ("K1A 0B1", "K1A 0B9", 4.7),
        ("D02 X285", "D02 AF30", 4.7),
        ("02139-4307", "02139", 2.5),
        ("1012 AB", "1012 XZ", 2.5),
        ("SW1A 1AA", "80331", UNKNOWN_KM),
    ],
)
def test_postcodes_of_letters_go_by_area_district_and_unit(
    one: str, other: str, kilometres: float
) -> None:
    assert kilometres_between(Place(postcode=one), Place(postcode=other)) == kilometres


def test_coordinates_are_believed_before_a_postcode() -> None:
    berlin = Place(postcode="80331", latitude=52.52, longitude=13.405)
    munich = Place(postcode="80331", latitude=48.137, longitude=11.575)

    # The great circle as printed in atlases: 504 km.
    assert kilometres_between(berlin, munich) == pytest.approx(504, abs=1)
    assert kilometres_between(berlin, Place(postcode="80331")) == 2.5


def test_minutes_grow_with_the_way_and_next_door_takes_one() -> None:
    next_door = Place("4 mill lane", "80331", "München")
    ways = [
        minutes_between(AT_HOME, other)
        for other in (
            next_door, Place("9 Mill Lane", "80331", "München"), Place("", "80331"),
            Place("", "80335"), Place("", "80999"), Place("", "10115"),
        )
    ]  # fmt: skip

    assert ways[0] == SAME_HOUSE_MINUTES
    assert ways == sorted(set(ways))
    # 32 km: 3 to set off, 5 km of streets at 25, 25 of roads at 50, 11.6 at 80.
    assert ways[4] == 54


def test_minutes_from_one_place_to_many() -> None:
    places = {7: Place("", "80335"), 8: Place("", "10115")}

    assert minutes_from(AT_HOME, places) == {
        key: minutes_between(AT_HOME, place) for key, place in places.items()
    }
